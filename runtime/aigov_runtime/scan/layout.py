"""All segments of an interaction in one buffer, and the way back from the buffer to segments."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate

from aigov_runtime.model import Segment

SEPARATOR = "\n\0\n"
"""Between segments: a line ends before it and starts after it, and no neighbour is part of a word."""


def join(segments: Sequence[Segment]) -> tuple[str, bytes]:
    """The texts in one string, and its UTF-8 form; lone surrogates, which JSON may hold, keep their three bytes.

    A separator also follows the last text: Vectorscan 5.4.12 misses some matches that end at the very last
    byte of a buffer (VectorCamp/vectorscan issue 358).
    """
    text = SEPARATOR.join([*[segment.text for segment in segments], ""])
    return text, encode(text)


def encode(text: str) -> bytes:
    """UTF-8; lone surrogates, which JSON escapes may hold, keep their three bytes."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


class Layout:
    """Where each segment lies in the joined buffer: bytes starts[i] to ends[i] are segment i."""

    def __init__(self, segments: Sequence[Segment], text: str, data: bytes) -> None:
        self.segments = segments
        self.text = text
        self.data = data
        self.starts: list[int] = []
        self.ends: list[int] = []
        at = 0
        for segment in segments:
            size = len(segment.text) if len(data) == len(text) else len(encode(segment.text))
            self.starts.append(at)
            self.ends.append(at + size)
            at += size + len(SEPARATOR)

    @cached_property
    def offsets(self) -> Sequence[int]:
        """The byte offset of every code point of the joined text, and of its end."""
        return range(len(self.text) + 1) if len(self.data) == len(self.text) else byte_offsets(self.text)

    def segment_at(self, end: int) -> int:
        """The segment that holds the byte before `end`, or -1 when a separator does."""
        segment = bisect_left(self.ends, end)
        return segment if segment < len(self.starts) and self.starts[segment] < end else -1

    def by_segment(self, ends: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
        """Ascending end offsets, grouped by segment; those inside separators are dropped."""
        at = 0
        while at < len(ends):
            segment = bisect_left(self.ends, ends[at])
            if segment == len(self.ends):
                return
            stop = bisect_left(ends, self.ends[segment] + 1, at)
            inside = bisect_left(ends, self.starts[segment] + 1, at, stop)
            if inside < stop:
                yield segment, list(ends[inside:stop])
            at = stop


def byte_offsets(text: str) -> list[int]:
    """The byte offset of every code point and of the end."""
    return list(accumulate(map(_utf8_length, text), initial=0))


def _utf8_length(character: str) -> int:
    return 1 if character < "\x80" else 2 if character < "\u0800" else 3 if character < "\U00010000" else 4
