"""Words and spans near a candidate."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple


class Near(NamedTuple):
    """Which words are wanted (bytes, lower case), how far away, and on which side; negated, none may be there."""

    words: Sequence[bytes]
    within: int
    side: str
    negated: bool

    def nearest(self, data: bytes, start: int, end: int, segment: tuple[int, int]) -> tuple[int, bytes] | None:
        """The whole word nearest to the span, with the bytes between; None when there is none. `segment` bounds all."""
        found: list[tuple[int, bytes]] = []
        if self.side != "after":
            low = max(start - self.within, segment[0])
            text = data[low:start].lower()
            places = ((word, _last(word, text, data, low, segment)) for word in self.words)
            found += ((len(text) - at - len(word), word) for word, at in places if at >= 0)
        if self.side != "before":
            text = data[end : min(end + self.within, segment[1])].lower()
            places = ((word, _first(word, text, data, end, segment)) for word in self.words)
            found += ((at, word) for word, at in places if at >= 0)
        return min(found, default=None)

    def holds(self, data: bytes, start: int, end: int, segment: tuple[int, int]) -> bool:
        """Whether a word is there, or negated, none."""
        return (self.nearest(data, start, end, segment) is None) == self.negated


def _first(word: bytes, text: bytes, data: bytes, base: int, segment: tuple[int, int]) -> int:
    """Where `word` first stands whole in `text`, which is data[base:…] in lower case; -1 for nowhere."""
    at = text.find(word)
    while at >= 0 and not _is_whole(data, base + at, base + at + len(word), segment):
        at = text.find(word, at + 1)
    return at


def _last(word: bytes, text: bytes, data: bytes, base: int, segment: tuple[int, int]) -> int:
    at = text.rfind(word)
    while at >= 0 and not _is_whole(data, base + at, base + at + len(word), segment):
        at = text.rfind(word, 0, at + len(word) - 1)
    return at


def _is_whole(data: bytes, start: int, end: int, segment: tuple[int, int]) -> bool:
    return is_border(data, start, segment) and is_border(data, end, segment)


def is_border(data: bytes, at: int, segment: tuple[int, int]) -> bool:
    """Whether a word may start or end here: beside what is no ASCII letter or digit, and where letters change as in
    `githubToken`, `token1` and `APIToken`."""
    low, high = segment
    if not low < at < high:
        return True
    before, after = data[at - 1 : at], data[at : at + 1]
    if not before.isalnum() or not after.isalnum():
        return True
    if before.isalpha() and after.isdigit():
        return True
    return after.isupper() and (not before.isupper() or (at + 1 < high and data[at + 1 : at + 2].islower()))


class Spans:
    """The kept candidates of one detector in one text, by place."""

    def __init__(self, spans: Collection[tuple[int, int]]) -> None:
        self._spans = spans

    @cached_property
    def _starts(self) -> list[int]:
        return sorted(start for start, _ in self._spans)

    @cached_property
    def _ends(self) -> list[int]:
        return sorted(end for _, end in self._spans)

    def distance(self, start: int, end: int, side: str) -> int | None:
        """The bytes between start..end and the nearest span beside it; None when there is none."""
        gaps = []
        if side != "after" and (at := bisect_right(self._ends, start)):
            gaps.append(start - self._ends[at - 1])
        if side != "before" and (at := bisect_left(self._starts, end)) < len(self._starts):
            gaps.append(self._starts[at] - end)
        return min(gaps, default=None)


NO_SPANS = Spans(())


def near(entry: Mapping[str, Any], contexts: Sequence[Sequence[bytes]]) -> Near:
    """A `near` of the bundle; `contexts` holds the words."""
    return Near(contexts[entry["words"]], entry["within"], entry["side"], entry["negated"])
