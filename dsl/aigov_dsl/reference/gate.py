"""What lies near a candidate, and which values are ignored."""

from __future__ import annotations

from collections.abc import Sequence

from aigov_dsl.reference.sources import regex
from aigov_dsl.typed import Ignore, Near, NearDetector

Span = tuple[int, int]
"""Start and end in bytes."""


def is_near(near: Near, text: bytes, span: Span) -> bool:
    """Whether one of the words lies whole within `within` bytes of the span, on the side asked for; negated, none."""
    start, end = span
    sides = {"before": (max(0, start - near.within), start), "after": (end, min(len(text), end + near.within))}
    asked = [window for side, window in sides.items() if near.side in ("", side)]
    return any(_holds_word(text, window, word.encode()) for window in asked for word in near.words) != near.negated


def lies_near(other: Span, span: Span, near: NearDetector) -> bool:
    """Whether `other` lies beside the span, at most `within` bytes away, on the side asked for."""
    before = near.side in ("", "before") and 0 <= span[0] - other[1] <= near.within
    after = near.side in ("", "after") and 0 <= other[0] - span[1] <= near.within
    return before or after


def is_ignored(ignore: Ignore, value: bytes) -> bool:
    """Whether a value matches one of the globs as a whole, or holds a match of one of the patterns."""
    return any(_matches(glob.encode().lower().split(b"*"), value.lower()) for glob in ignore.values) or any(
        regex(pattern).search(value) for pattern in ignore.patterns
    )


def _matches(pieces: Sequence[bytes], value: bytes) -> bool:
    """The value is the pieces in order, with anything between two of them."""
    first, *rest = pieces
    if not rest:
        return value == first
    if not value.startswith(first):
        return False
    return any(_matches(rest, value[at:]) for at in range(len(first), len(value) + 1))


def _holds_word(text: bytes, window: Span, word: bytes) -> bool:
    """`word` stands inside the window in any ASCII case, with a border at its start and at its end."""
    low, high = window
    return any(
        text[at : at + len(word)].lower() == word.lower() and _is_border(text, at) and _is_border(text, at + len(word))
        for at in range(low, high - len(word) + 1)
    )


def _is_border(text: bytes, at: int) -> bool:
    """A word may start or end between the bytes before `at` and after it: one of them is no ASCII letter or digit, or
    the two are like `tT`, `1T`, `t1`, `T1`, or `IT` in `APIToken`."""
    before, after, beyond = text[at - 1 : at] if at else b"", text[at : at + 1], text[at + 1 : at + 2]
    if not before.isalnum() or not after.isalnum():
        return True
    if before.isalpha() and after.isdigit():
        return True
    return after.isupper() and (not before.isupper() or beyond.islower())
