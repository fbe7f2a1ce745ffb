"""The catalogue of errors, and its page."""

from __future__ import annotations

import re
from pathlib import Path

from aigov_dsl.errors import Error, page
from tests.conftest import Golden


def test_codes_are_stable_in_form_and_unique() -> None:
    codes = [error.code for error in Error]
    assert codes == sorted(set(codes))
    assert all(re.fullmatch(r"E0[0-9]{2}", code) for code in codes)


def test_the_page_lists_the_catalogue(golden: Golden) -> None:
    golden(Path(__file__).parents[2] / "docs" / "errors.md", page())
