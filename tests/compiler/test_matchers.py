"""Programs of the matcher find what Python's `re` finds, and give up rather than explode."""

from __future__ import annotations

import re
import struct

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from aigov_compiler.matchers import program
from aigov_dsl.regex import PatternError, check_repeats, measure, parse
from aigov_runtime.scan.program import Matcher

ATOMS = st.sampled_from(["a", "b", "[ab]", "[^a]", ".", r"\b", r"\B", "^", "$", "c", r"\s"])
REPEATS = st.sampled_from(["", "{1,3}", "{0,2}", "?", "{2}", "{1,3}?", "??"])
SEQUENCES = st.lists(
    st.tuples(ATOMS, REPEATS).map(lambda pair: pair[0] if pair[0] in (r"\b", r"\B", "^", "$") else "".join(pair)),
    min_size=1,
    max_size=4,
).map("".join)
PATTERNS = st.recursive(
    SEQUENCES,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda pair: f"(?:{pair[0]}|{pair[1]})"),
        inner.map(lambda one: f"({one})"),
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, st.sampled_from(["{1,2}", "{2}", "?", "{1,2}?"])).map(lambda pair: f"(?:{pair[0]}){pair[1]}"),
    ),
    max_leaves=5,
)


def spans_of_re(pattern: str, data: bytes, group: int) -> list[tuple[int, int]]:
    found = (match.span(group) for match in re.finditer(pattern.encode(), data, re.MULTILINE))
    return [span for span in found if span != (-1, -1)]


@given(pattern=PATTERNS, text=st.text("abc \n", max_size=30), group=st.integers(0, 2))
@example(pattern="(?:(a)|b){2}", text="abba", group=1)
@example(pattern="a{1,3}?(b)?", text="aaab", group=1)
def test_a_program_finds_what_re_finds(pattern: str, text: str, group: int) -> None:
    try:
        tree, groups = parse(pattern)
        check_repeats(tree)
    except PatternError:
        assume(False)
    assume(measure(tree).low > 0 and group <= groups)
    data = text.encode()
    assert Matcher(program(pattern, group)).spans(data, 0, len(data)) == spans_of_re(pattern, data, group)


@pytest.mark.parametrize("low", range(7))
def test_a_window_is_not_left_but_seen_around(low: int) -> None:
    data = b"xx ab ab"
    found = Matcher(program(r"\bab?\b", 0)).spans(data, low, 7)
    assert found == ([(3, 5)] if low <= 3 else [])  # the second one ends outside


def test_many_matches_come_in_more_than_one_batch() -> None:
    data = b"ab," * 1_000
    assert Matcher(program("a(b)", 1)).spans(data, 0, len(data)) == spans_of_re("a(b)", data, 1)


def test_it_gives_up_rather_than_explode() -> None:
    pattern = "(?:a{0,40}){1}(?:a{0,40}){1}(?:a{0,40}){1}(?:a{0,40}){1}(?:a{0,40}){1}x"
    assert Matcher(program(pattern, 0)).spans(b"a" * 300, 0, 300) is None


def test_a_pattern_with_too_many_repeats_has_no_program() -> None:
    assert program("(?:ab){5000}", 0) == b""


@given(st.data())
def test_a_damaged_program_is_refused_or_harmless(data: st.DataObject) -> None:
    sound = program(r"(?:a|b{1,3})([^c]{2})$", 1)
    at = data.draw(st.integers(0, len(sound) // 4 - 1))
    word = data.draw(st.integers(-3, 40) | st.integers(-(2**31), 2**31 - 1))
    damaged = sound[: 4 * at] + struct.pack("<i", word) + sound[4 * at + 4 :]
    try:
        matcher = Matcher(damaged)
    except ValueError:
        return
    matcher.spans(b"aabbbxyc\nzz", 0, 11)


@pytest.mark.parametrize("text", [b"", b"\0" * 4, b"\0" * 15, b"\1\0\0\0" * 4])
def test_what_is_no_program_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match="damaged"):
        Matcher(text)
