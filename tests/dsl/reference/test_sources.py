from typing import Any

import pytest

from aigov_dsl.reference.candidates import findings
from aigov_dsl.typed import Code, Ignore, Near, Table, Validate
from tests.dsl.build import Primitives, Text, detector, pattern, words


def spans(made: Any, text: Any) -> list[tuple[int, int]]:
    return [(f.start, f.end) for f in findings([made], [Text(text)], Primitives())]


@pytest.mark.parametrize(
    ("regex", "group", "text", "expected"),
    [
        (r"a.c", 0, "abc a\nc axc", [(0, 3), (8, 11)]),
        (r"aa", 0, "aaaaa", [(0, 2), (2, 4)]),
        (r"a|ab", 0, "ab", [(0, 1)]),
        (r"k=(\w+)", 1, "k=v1", [(2, 4)]),
        (r"(a)|b", 1, "ba", [(1, 2)]),
        (r"^x$", 0, "x\nyx\nx", [(0, 1), (5, 6)]),
        (r"(?i)KEY", 0, "key Key", [(0, 3), (4, 7)]),
        (r"\d", 0, "٣é1", [(4, 5)]),
    ],
)
def test_pattern(regex: Any, group: Any, text: Any, expected: Any) -> None:
    assert spans(detector("d", pattern(regex, group)), text) == expected


@pytest.mark.parametrize(
    ("entry", "text", "expected"),
    [
        ("apollo", "Apollo, apollo_1 xapollo APOLLO", [(0, 6), (25, 31)]),
        ("aa aa", "aa aa aa", [(0, 5), (3, 8)]),
        ("straße", "STRAẞE strasse", [(0, 8)]),
        ("été", "x ÉTÉ y", [(2, 7)]),
        ("c++", "use C++!", [(4, 7)]),
        ("apollo", "éapollo", []),
    ],
)
def test_words(entry: Any, text: Any, expected: Any) -> None:
    assert spans(words("d", entry), text) == expected


def table(count: Any = 1, within: Any = 0) -> Table:
    rows = (("ann@x.io", "Ann-Marie Lee", "4711"), ("bob@x.io", "Bob", "0815"))
    return Table(file="t.csv", columns=("mail", "name", "account"), rows=rows, count=count, within=within)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("to ANN@X.IO now", [(3, 11)]),
        ("annmarielee", [(0, 11)]),
        ("Bob is too short", []),
        ("x4711", []),
        ("4 7 1 1", [(0, 7)]),
    ],
)
def test_table_cells(text: Any, expected: Any) -> None:
    assert spans(detector("d", table()), text) == expected


@pytest.mark.parametrize(
    ("within", "text", "expected"),
    [
        (20, "4711 and ann@x.io", [(0, 17)]),
        (16, "4711 and ann@x.io", []),
        (20, "4711 and bob@x.io", []),
        (20, "4711 4711", []),
    ],
)
def test_table_columns_of_one_row(within: Any, text: Any, expected: Any) -> None:
    assert spans(detector("d", table(2, within)), text) == expected


def test_code_is_asked_of_the_primitives() -> None:
    assert spans(detector("d", Code(languages=())), "see `x = 1` here") == [(5, 10)]


@pytest.mark.parametrize(
    ("within", "text", "kept"),
    [
        (10, "token: 1234", True),
        (10, "1234 is my TOKEN", False),
        (11, "1234 is my TOKEN", False),
        (12, "1234 is my TOKEN", True),
        (10, "my_token-1234", True),
        (10, "tokens: 1234", False),
        (10, "2token 1234", False),
        (5, "token1234", True),
        (6, "token:1234", True),
        (4, "token:1234", False),
    ],
)
def test_near(within: Any, text: Any, kept: Any) -> None:
    made = detector("d", pattern(r"1234"), near=(Near(words=("token",), within=within),))
    assert bool(spans(made, text)) is kept


def test_every_near_clause_counts() -> None:
    made = detector("d", pattern(r"1234"), near=(Near(words=("a", "b"), within=9), Near(words=("c",), within=9)))
    assert spans(made, "b 1234 c") == [(2, 6)]
    assert spans(made, "a 1234 b") == []


def test_ignore_is_for_the_value_alone() -> None:
    made = detector("d", pattern(r"\w+"), ignore=(Ignore(values=("Test",), patterns=(r"^x+$", "9")),))
    assert spans(made, "tEST tests xx xxy a9b") == [(5, 10), (14, 17)]


def test_every_validator_accepts() -> None:
    made = detector(
        "d", pattern(r"\d+"), validators=(Validate(name="even", minimum=None), Validate(name="at_least", minimum=5))
    )
    assert spans(made, "4 5 6") == [(4, 5)]


def test_empty_spans_are_dropped_and_equal_ones_are_one() -> None:
    assert spans(detector("d", pattern(r"k=(\w*)", 1), pattern(r"v")), "k= k=v") == [(5, 6)]


def test_order_is_by_segment_start_end_detector() -> None:
    found = findings([words("b", "x y", "x"), words("a", "x")], [Text("x y"), Text("x")], Primitives())
    assert [(f.segment, f.start, f.end, f.detector) for f in found] == [
        (0, 0, 1, "t.a"), (0, 0, 1, "t.b"), (0, 0, 3, "t.b"), (1, 0, 1, "t.a"), (1, 0, 1, "t.b"),
    ]  # fmt: skip
