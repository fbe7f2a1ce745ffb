"""The tree of a pattern agrees with Python's `re`, whose common subset it reads."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from aigov_dsl.regex import PatternError, check_repeats, measure, parse


def width(pattern: str) -> tuple[int, int | None]:
    size = measure(parse(pattern)[0])
    return size.low, size.high


@pytest.mark.parametrize(
    ("pattern", "low", "high"),
    [
        (r"\bACME-[0-9]{5,7}\b", 10, 12),
        (r"(?i)ab(?:c|de{2,4})?", 2, 7),
        (r"a|bcd", 1, 3),
        (r"é日", 5, 5),
        (r"(?:é){2}", 4, 4),
        (r"^\x41\.[^\]a-c]$", 3, 3),
        (r"[]a]{3}[^]]", 4, 4),
        (r"a+", 1, None),
        (r"(?:ab?){2,}", 2, None),
        (r"a{0,3}?b??c*?", 0, None),
        (r"", 0, 0),
    ],
)
def test_width(pattern: str, low: int, high: int | None) -> None:
    assert width(pattern) == (low, high)


def test_groups_are_counted() -> None:
    assert parse(r"(a)(?:b)((c)|d)")[1] == 3


@pytest.mark.parametrize(
    ("pattern", "construct", "start"),
    [
        ("ab(?=c)", "look-ahead", 2),
        ("ab(?!c)", "look-ahead", 2),
        ("(?<=a)b", "look-behind", 0),
        ("(?<!a)b", "look-behind", 0),
        (r"(a)\1", "back-reference", 3),
        ("(?P<n>a)(?P=n)", "named group", 0),
        ("a++", "possessive", 2),
        ("a{2}+", "possessive", 4),
        ("(?>a)", "atomic", 0),
        (r"a\Z", r"`\Z`", 1),
        (r"\Ga", r"`\G`", 0),
        (r"\p{L}", r"`\p`", 0),
        (r"[\p{L}]", r"`\p`", 1),
        (r"a\C", r"`\C`", 1),
        ("(?m)a", "flags `(?m)`", 0),
        ("(?i-s:a)", "flags", 0),
        ("a(?i)", "very start", 1),
        ("[[:alpha:]]", "set inside a set", 1),
        ("[a&&b]", "set operator", 2),
        ("[é]", "several bytes", 1),
        (r"[\b]", "inside a class", 1),
        (r"\u0041", r"`\u`", 0),
        ("(?#x)a", "comment", 0),
        ("(?(1)a)", "conditional", 0),
        ("(*VERB)", "control verb", 0),
    ],
)
def test_a_refused_construct_is_named_and_placed(pattern: str, construct: str, start: int) -> None:
    with pytest.raises(PatternError) as caught:
        parse(pattern)
    assert caught.value.error.code == "E051"
    assert construct in caught.value.message
    assert caught.value.start == start


@pytest.mark.parametrize(
    "pattern",
    ["(", ")", "[a", "*a", "a**", "a{2}{3}", "a{3,1}", "a{", "a{,2}", "[z-a]", r"[\w-z]", "\\", r"\x1", "^*", r"\b+"],
)
def test_malformed(pattern: str) -> None:
    with pytest.raises(PatternError) as caught:
        parse(pattern)
    assert caught.value.error.code == "E050"


@pytest.mark.parametrize(
    "pattern",
    [
        r"(\w+)+",
        r"(\w{1,9}){1,9}",
        r"([a-z]{1,10} ?){1,9}",
        r"((a{1,30}){1,30})",
        r"(?:x|a{1,9}){12}",
        r"(?:(?:ab?){1,9}c?){9}",
    ],
)
def test_repeats_that_multiply(pattern: str) -> None:
    with pytest.raises(PatternError) as caught:
        check_repeats(parse(pattern)[0])
    assert caught.value.error.code == "E054"


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?:\w{1,63}\.){1,8}\w{2,24}",
        r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}",
        r"(?:[A-Za-z0-9+/]{4}){1,500}",
        r"(?:[ -]?[0-9]){13,19}",
        r"(?:\d{1,3}){3}",
    ],
)
def test_repeats_that_do_not(pattern: str) -> None:
    check_repeats(parse(pattern)[0])


def test_nesting_is_bounded() -> None:
    with pytest.raises(PatternError) as caught:
        parse("(" * 10_000 + "a" + ")" * 10_000)
    assert caught.value.error.code == "E011"


ATOMS = st.sampled_from(
    ["a", "b", ".", r"\d", r"\w", r"\W", "[a-c]", "[^a]", r"\.", r"\x41", "é", "^", "$", r"\b", "{", "}", "]"]
)
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map("".join),
        st.tuples(inner, inner).map("|".join),
        inner.map("({})".format),
        inner.map("(?:{})".format),
        st.tuples(inner, st.sampled_from(["?", "*", "+", "{2}", "{1,3}", "{2,}", "??", "*?", "++", "{,2}"])).map(
            "".join
        ),
    ),
    max_leaves=8,
)


@given(PATTERNS, st.text("ab.A0 é\n", max_size=20))
@settings(deadline=None, max_examples=500)
def test_what_is_accepted_means_the_same_to_python(pattern: str, text: str) -> None:
    try:
        tree, groups = parse(pattern)
        check_repeats(tree)
    except PatternError:
        assume(False)
        return
    compiled = re.compile(pattern.encode(), re.MULTILINE)
    assert compiled.groups == groups
    low, high = measure(tree)[:2]
    for match in compiled.finditer(text.encode()):
        assert low <= len(match[0])
        assert high is None or len(match[0]) <= high


@given(st.text(max_size=30) | st.from_regex(r"[()\[\]{}\\|*+?a-c0-9,^$:=<!iPx-]{1,15}", fullmatch=True))
@settings(deadline=None, max_examples=500)
def test_any_text_is_read_or_refused(pattern: str) -> None:
    try:
        tree, _ = parse(pattern)
    except PatternError:
        return
    measure(tree)
    re.compile(pattern.encode("utf-8", "surrogatepass"))
