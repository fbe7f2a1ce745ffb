"""Patterns of the common subset, as text. Each matches at least one byte and is bounded."""

from __future__ import annotations

import re

from hypothesis import strategies as st

_CHARACTERS = st.sampled_from(["a", "b", "c", "k", "0", "1", " ", "-", "=", r"\.", r"\x41", "é"])
_CLASSES = st.sampled_from(
    ["[abc]", "[a-k]", "[0-9]", "[^a]", r"[\w-]", r"[\s,]", r"\d", r"\w", r"\s", r"\D", r"\S", r"\W", "."]
)
_REPEATS = st.sampled_from(["?", "??", "{0,3}", "{1,4}", "{1,3}?", "{0,2}?", "{2}"])
_STARTS = st.sampled_from(["", "", "", r"\b", r"\B", "^"])
_ENDS = st.sampled_from(["", "", "", r"\b", r"\B", "$"])

_solid = st.one_of(_CHARACTERS, _CLASSES)


def _grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    sequences = st.lists(inner, min_size=1, max_size=3).map("".join)
    alternatives = st.lists(sequences, min_size=2, max_size=3).map("|".join)
    groups = st.builds("{}{})".format, st.sampled_from(["(?:", "(", "(?i:"]), st.one_of(sequences, alternatives))
    optional = st.builds("(?:{}){}".format, st.one_of(sequences, alternatives), st.sampled_from(["?", "??"]))
    certain = st.builds("{}{}".format, sequences, _solid)  # what cannot be empty, and so may be repeated
    choices = st.lists(certain, min_size=2, max_size=3).map("|".join)
    repeated = st.builds("(?:{}){}".format, st.one_of(certain, choices), _REPEATS)
    return st.one_of(_solid, groups, optional, repeated, st.builds("{}{}".format, _CLASSES, _REPEATS))


_pieces = st.recursive(_solid, _grow, max_leaves=6)


@st.composite
def regexes(draw: st.DrawFn) -> tuple[str, int]:
    """A pattern and the group that is the finding (0: all of it)."""
    before = draw(st.lists(_pieces, max_size=2))
    after = draw(st.lists(_pieces, max_size=2))
    start, end = draw(_STARTS), draw(_ENDS)
    text = f"{start}{''.join(before)}{draw(_solid)}{''.join(after)}{end}"
    if draw(st.booleans()):
        text = f"(?i){text}"
    groups = text.replace(r"\(", "").replace("(?", "").count("(")
    return text, draw(st.integers(0, groups))


def matches(pattern: str) -> st.SearchStrategy[str]:
    """Texts that hold a match, or nearly: assertions are left out."""
    bare = re.sub(r"\\[bB]|^\^|\$$", "", pattern.removeprefix("(?i)"))
    return st.from_regex(re.compile(bare, re.ASCII), fullmatch=True, alphabet=st.characters(codec="utf-8"))
