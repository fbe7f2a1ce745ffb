"""All segments of an interaction in one buffer, and the way back from the buffer to segments."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate

from aigov_runtime.model import Segment

SEPARATOR = "\n\0\n"
"""Between segments: a line ends before it and starts after it, and no neighbour is part of a word."""

_SEPARATOR = SEPARATOR.encode()


def encode_all(segments: Sequence[Segment]) -> list[bytes]:
    """The UTF-8 form of every text."""
    try:
        return [segment.text.encode() for segment in segments]
    except UnicodeEncodeError:
        return [encode(segment.text) for segment in segments]


def encode(text: str) -> bytes:
    """UTF-8; lone surrogates, which JSON escapes may hold, keep their three bytes."""
    return text.encode("utf-8", "surrogatepass")


def join(parts: Sequence[bytes]) -> bytes:
    """One buffer. A separator also follows the last part: Vectorscan 5.4.12 misses some matches that end at the very
    last byte of a buffer (VectorCamp/vectorscan issue 358)."""
    return _SEPARATOR.join([*parts, b""])


def extents_of(parts: Sequence[bytes]) -> list[tuple[int, int]]:
    """Where each part starts and ends in the buffer."""
    starts = accumulate((len(part) + len(_SEPARATOR) for part in parts), initial=0)
    return [(start, start + len(part)) for start, part in zip(starts, parts, strict=False)]


class Layout:
    """Where each segment lies in the joined buffer: bytes starts[i] to ends[i] are segment i."""

    def __init__(self, segments: Sequence[Segment], parts: Sequence[bytes], data: bytes) -> None:
        self.segments = segments
        self.data = data
        extents = extents_of(parts)
        self.starts = [start for start, _ in extents]
        self.ends = [end for _, end in extents]

    @cached_property
    def text(self) -> str:
        """The joined buffer as text."""
        return SEPARATOR.join([*(segment.text for segment in self.segments), ""])

    @cached_property
    def offsets(self) -> Sequence[int]:
        """The byte offset of every code point of the text, and of its end."""
        return range(len(self.text) + 1) if len(self.data) == len(self.text) else byte_offsets(self.text)

    def bounds(self, segment: int) -> tuple[int, int]:
        """Where a segment starts and ends in the buffer."""
        return self.starts[segment], self.ends[segment]

    def segment_at(self, end: int) -> int:
        """The segment that holds the byte before `end`, or -1 when a separator does."""
        segment = bisect_left(self.ends, end)
        return segment if segment < len(self.starts) and self.starts[segment] < end else -1


def byte_offsets(text: str) -> list[int]:
    """The byte offset of every code point and of the end."""
    return list(accumulate(map(_utf8_length, text), initial=0))


def _utf8_length(character: str) -> int:
    return 1 if character < "\x80" else 2 if character < "\u0800" else 3 if character < "\U00010000" else 4
