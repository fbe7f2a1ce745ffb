"""The look of formatted text, case by case."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from aigov_dsl import PolicyError
from aigov_dsl.format import format_text

Golden = Callable[[Path, str], None]
CASES = sorted((Path(__file__).parent / "golden" / "format").glob("*.in.gov"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name.removesuffix(".in.gov"))
def test_golden(case: Path, golden: Golden) -> None:
    golden(case.with_name(case.name.replace(".in.", ".out.")), format_text(case.read_text(), case.name))


def test_a_text_that_does_not_parse_is_refused_with_all_its_errors() -> None:
    with pytest.raises(PolicyError) as caught:
        format_text("rule a {\n}\nrule b {\n}\n", "bad.gov")
    assert [diagnostic.span.line for diagnostic in caught.value.diagnostics] == [2, 4]


@pytest.mark.parametrize("text", ["", "\n\n", "  \n"])
def test_an_empty_file_stays_empty(text: str) -> None:
    assert format_text(text, "empty.gov") == ""


def test_windows_line_ends_become_unix_ones() -> None:
    assert format_text("// note\r\nlist a = [\r\n]\r\n", "a.gov") == "// note\nlist a = []\n"


def test_a_comment_with_three_slashes_documents_nothing_where_it_may_be_moved() -> None:
    text = "exempt r when (device.managed /// why\n  or request.stream)\n"
    assert format_text(text, "a.gov") == "exempt r when device.managed // why\n  or request.stream\n"


def test_a_blank_line_between_comments_stays_and_more_go() -> None:
    assert format_text("// a\n\n\n\n// b\n// c\nlist a = []\n", "a.gov") == "// a\n\n// b\n// c\nlist a = []\n"
