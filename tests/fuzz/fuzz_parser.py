"""Any bytes: the parser answers with a tree or with diagnostics, and what it accepts the formatter keeps."""

from __future__ import annotations

import contextlib

import atheris

with atheris.instrument_imports(include=["aigov_dsl"]):
    import aigov_dsl
    from aigov_dsl.diagnostics import PolicyError
    from aigov_dsl.source import decode

from pathlib import Path

from tests.fuzz.harness import fuzz

ROOT = Path(__file__).parents[2]


def target(data: bytes) -> None:
    text = decode(data, "fuzz.gov")
    if not isinstance(text, str):
        return
    parsed = aigov_dsl.parse(text, "fuzz.gov")
    if parsed.module is None or parsed.diagnostics:
        assert parsed.diagnostics, "a text without a tree has a diagnostic"
        with contextlib.suppress(PolicyError):
            aigov_dsl.format_text(text, "fuzz.gov")
            raise AssertionError("the formatter takes only what parses")
        return
    formatted = aigov_dsl.format_text(text, "fuzz.gov")
    assert aigov_dsl.parse(formatted, "fuzz.gov").module == parsed.module, "formatting keeps the meaning"
    assert aigov_dsl.format_text(formatted, "fuzz.gov") == formatted, "formatting twice changes nothing"


if __name__ == "__main__":
    fuzz(target, (path.read_bytes() for folder in ("dsl", "examples") for path in (ROOT / folder).rglob("*.gov")))
