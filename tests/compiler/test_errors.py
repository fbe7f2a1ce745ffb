"""The compiler's codes are its own, and documented."""

from __future__ import annotations

from pathlib import Path

from aigov_compiler.errors import Error
from aigov_dsl.errors import Error as LanguageError

PAGE = Path(__file__).parents[2] / "docs" / "bundle.md"


def test_codes_go_on_from_the_languages() -> None:
    assert min(error.code for error in Error) > max(error.code for error in LanguageError)


def test_every_code_is_on_the_page() -> None:
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| E")]
    assert rows == [f"| {error.code} | {error.title} |" for error in Error]
