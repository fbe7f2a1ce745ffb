"""Diagnostics for people (text), programs (JSON) and code-scanning tools (SARIF 2.1.0)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aigov_dsl.diagnostics import Diagnostic
from aigov_dsl.report.machine import to_json
from aigov_dsl.report.sarif import to_sarif
from aigov_dsl.report.text import to_text

__all__ = ["render"]


def render(
    diagnostics: Sequence[Diagnostic], sources: Mapping[str, bytes], format: str = "text", *, color: bool = False
) -> str:
    """All diagnostics in one text that ends with a newline, or "" for none as text.

    `format` is text, json or sarif; `sources` gives the files' bytes by path, for the lines that the text
    quotes. Raises ValueError for another format.
    """
    match format:
        case "text":
            return to_text(diagnostics, sources, color=color)
        case "json":
            return to_json(diagnostics)
        case "sarif":
            return to_sarif(diagnostics)
        case _:
            raise ValueError(f"unknown report format {format!r}")
