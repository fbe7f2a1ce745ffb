"""The errors of whole programs; every code of the catalogue is shown at least once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from aigov_dsl import check
from aigov_dsl.errors import Error
from aigov_dsl.report import render
from tests.conftest import Golden

GOLDEN = Path(__file__).parents[1] / "golden"
CASES = sorted(p for p in (GOLDEN / "checker").iterdir() if p.suffix == ".gov" or p.is_dir())

# Too large to keep as files: `tests/dsl/parser/test_limits.py` has them.
ELSEWHERE = {Error.TOO_LARGE, Error.TOO_DEEP, Error.TOO_MANY}


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_errors(case: Path, golden: Golden, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(case if case.is_dir() else case.parent)
    checked = check(["main.gov" if case.is_dir() else case.name])
    golden(case.with_suffix(".txt"), render(checked.diagnostics, checked.sources))


def test_every_error_is_shown() -> None:
    shown = {
        code
        for file in GOLDEN.glob("*/*.txt")
        for code in re.findall(r"^error\[(E\d{3})\]", file.read_text(), re.MULTILINE)
    }
    assert shown == {error.code for error in Error if error not in ELSEWHERE}
