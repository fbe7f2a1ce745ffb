from typing import Any

import pytest

from aigov_dsl.ast import Style
from aigov_dsl.reference.redaction import Proposal, redacted
from tests.dsl.build import Primitives, words

A, B = words("a", "-"), words("b", "-")


def redact(text: Any, *proposals: Any) -> str:
    return redacted(text, [Proposal(*p) for p in proposals], Primitives())


@pytest.mark.parametrize(
    ("value", "style", "expected"),
    [
        ("v1", Style.LABEL, "[t.a]"),
        ("v1", Style.REMOVE, ""),
        ("v1", Style.HASH, "<hash t.a a v1>"),
        ("v1", Style.TOKEN, "<token t.a a v1>"),
        ("4111 1111 1111", Style.MASK, "**** **** 1111"),
        ("4111 1111 111", Style.MASK, "**** **** ***"),
        ("ü-éb", Style.MASK, "*-**"),
    ],
)
def test_styles(value: Any, style: Any, expected: Any) -> None:
    assert redact(f"<{value}>", (1, 1 + len(value.encode()), A, "r", style)) == f"<{expected}>"


def test_overlaps_merge_transitively_and_the_longest_names() -> None:
    assert (
        redact("0123456789", (0, 3, A, "r", Style.LABEL), (2, 6, B, "r", Style.LABEL), (5, 8, A, "r", Style.MASK))
        == "[t.b]89"
    )


def test_touching_spans_stay_apart() -> None:
    assert redact("0123", (0, 2, A, "r", Style.LABEL), (2, 4, B, "r", Style.LABEL)) == "[t.a][t.b]"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((0, 4, A, "s", Style.LABEL), (0, 4, B, "r", Style.LABEL), "[t.b]"),
        ((1, 4, A, "r", Style.LABEL), (0, 3, B, "r", Style.LABEL), "[t.b]"),
        ((0, 4, B, "r", Style.LABEL), (0, 4, A, "r", Style.LABEL), "[t.a]"),
    ],
    ids=["rule", "start", "detector"],
)
def test_ties(first: Any, second: Any, expected: Any) -> None:
    assert redact("0123", first, second) == expected
