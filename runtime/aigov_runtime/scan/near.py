"""Words and spans near a candidate."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Any

from aigov_runtime.native._native import ffi, lib

SIDES = {"before": 1, "after": 2, "": 3}


class Near:
    """Which words are wanted, how far away, and on which side; negated, none may be there."""

    def __init__(self, words: Words, within: int, side: str, *, negated: bool) -> None:
        self._words, self._within, self._side = words, within, SIDES[side]
        self.negated = negated

    def nearest(self, data: bytes, start: int, end: int, segment: tuple[int, int]) -> tuple[int, bytes] | None:
        """The whole word nearest to the span, with the bytes between; None when there is none. `segment` bounds all."""
        words = self._words
        found = lib.aigov_near(data, start, end, *segment, self._within, self._side, words.table, len(words.texts))
        return None if found < 0 else (found >> 32, words.texts[found & 0xFFFFFFFF])

    def holds(self, data: bytes, start: int, end: int, segment: tuple[int, int]) -> bool:
        """Whether a word is there, or negated, none."""
        return (self.nearest(data, start, end, segment) is None) == self.negated


class Words:
    """Words to look for (bytes, lower case). Many detectors share them."""

    def __init__(self, texts: Sequence[bytes]) -> None:
        self.texts = texts

    @cached_property
    def table(self) -> Any:
        """As C wants them. Made when first needed: a bundle has thousands."""
        self._buffers = [ffi.from_buffer("uint8_t[]", text) for text in self.texts]
        return ffi.new("aigov_near_word[]", [(buffer, len(buffer)) for buffer in self._buffers])


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


def near(entry: Mapping[str, Any], contexts: Sequence[Words]) -> Near:
    """A `near` of the bundle; `contexts` holds the words."""
    return Near(contexts[entry["words"]], entry["within"], entry["side"], negated=entry["negated"])
