"""The compiler's codes are its own, and documented."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aigov_compiler.errors import Error
from aigov_dsl.ast import Span
from aigov_dsl.errors import Error as LanguageError
from aigov_dsl.report import render

PAGE = Path(__file__).parents[2] / "docs" / "bundle.md"


def test_codes_go_on_from_the_languages() -> None:
    assert min(error.code for error in Error) > max(error.code for error in LanguageError)


def test_every_code_is_on_the_page() -> None:
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| E")]
    assert rows == [f"| {error.code} | {error.title} |" for error in Error]


@pytest.mark.parametrize("error", Error)
def test_sarif_describes_the_code(error: Error) -> None:
    found = error.at(Span("a.gov", start=0, end=1, line=1, column=1, end_line=1, end_column=2), "here")
    (rule,) = json.loads(render((found,), {}, format="sarif"))["runs"][0]["tool"]["driver"]["rules"]
    assert rule == {"id": error.code, "shortDescription": {"text": error.title}}
