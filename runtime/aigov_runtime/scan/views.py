"""Views: texts as they read once what is encoded in them is decoded (`docs/semantics.md`, Views).

`aigov_runtime.native` finds the places and decodes characters; blocks of base64 and hexadecimal digits are
decoded here. A view shows the lines around the decoded places and knows which bytes of its origin each of its bytes is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from aigov_runtime.limits import MAX_VIEW_BYTES, MAX_VIEW_EDITS, VIEW_DEPTH, VIEW_FACTOR
from aigov_runtime.native._native import ffi, lib
from aigov_runtime.scan.blocks import decode_base64, decode_hex
from aigov_runtime.scan.layout import extents_of, join

KINDS = (
    "base64",
    "hexadecimal",
    "percent-encoding",
    "entities",
    "escapes",
    "quoted-printable",
    "invisible characters",
    "look-alike letters",
    "wrapped lines",
    "spaced letters",
    "concatenation",
)
"""What the kinds of edits are called, in the order of `enum kind` in native/views.inc."""

_GUESSED = KINDS.index("wrapped lines")

_DECODERS = (decode_base64, decode_hex)
_COST_OF_BLOCK = 256
"""Bytes of work that a block counts for at least."""


class Edit(NamedTuple):
    """Bytes `start` to `end` of the origins, joined, read as `size` bytes at `at` of the view. As in native/views.h."""

    kind: int
    at: int
    size: int
    start: int
    end: int


class View(NamedTuple):
    """A window on the text number `origin`, decoded. Between the edits nothing is changed.

    `base` is where the origin starts among its joined neighbours, `start` where the window does; the window's edits are
    number `first` to `last` (exclusive) of `edits`.
    """

    text: bytes
    origin: int
    base: int
    start: int
    edits: Sequence[Any]
    first: int
    last: int

    def source(self, start: int, end: int) -> tuple[int, int]:
        """The bytes of the origin that bytes `start` to `end` (at least one) come from; what was decoded, whole."""
        return self._byte(start)[0] - self.base, self._byte(end - 1)[1] - self.base

    def kinds(self, start: int, end: int) -> list[str]:
        """What was decoded in these bytes, or last before them."""
        edits = range(max(self._edit(start), self.first), max(self._edit(end - 1), self.first) + 1)
        return [KINDS[kind] for kind in dict.fromkeys(self.edits[number].kind for number in edits)]

    def guessed(self, start: int, end: int) -> bool:
        """Two of these bytes stand together by a guess: a line end may part words, or cut one."""
        edits = range(self._edit(start) + 1, self._edit(end - 1) + 1)
        return any(self.edits[number].kind == _GUESSED for number in edits)

    def _byte(self, at: int) -> tuple[int, int]:
        number = self._edit(at)
        if number < self.first:
            return self.start + at, self.start + at + 1
        edit = self.edits[number]
        behind = at - edit.at - edit.size
        return (edit.start, edit.end) if behind < 0 else (edit.end + behind, edit.end + behind + 1)

    def _edit(self, at: int) -> int:
        """The last edit that starts at or before a byte, or the number before the first."""
        edits = range(self.first, self.last)
        return self.first + bisect_right(edits, at, key=lambda number: self.edits[number].at) - 1


class TooMuchWorkError(Exception):
    """Decoding all of it would take too long."""


class Places(NamedTuple):
    """What is encoded in joined texts, as it was counted."""

    data: bytes
    characters: Any
    blocks: Any


def find(data: bytes) -> Places | None:
    """What is encoded in joined texts; None when nothing is. Clean text costs no more than this."""
    characters, blocks = ffi.new("aigov_view *"), ffi.new("aigov_view *")
    return Places(data, characters, blocks) if lib.aigov_views(data, len(data), characters, blocks) else None


def views(texts: Sequence[bytes], places: Places | None) -> tuple[list[View], bool]:
    """The views of texts in which these places were found, and those of views: an origin is a number of the texts and
    the views behind them. False when decoding it all would be too much work; then there are the views made so far."""
    budget = max(MAX_VIEW_BYTES, VIEW_FACTOR * sum(map(len, texts)))
    made: list[View] = []
    first, layer = 0, texts
    for depth in range(VIEW_DEPTH):
        before = len(made)
        places = find(join(layer)) if depth else places
        if places is None:
            break
        try:
            for view in _layer(layer, places, first, budget):
                made.append(view)
                budget -= len(view.text)
        except TooMuchWorkError:
            return made, False
        first += len(layer)
        layer = [view.text for view in made[before:]]
    return made, True


def _layer(texts: Sequence[bytes], places: Places, first: int, budget: int) -> Iterator[View]:
    """The views of texts that are numbered from `first` on. Raises TooMuchWorkError."""
    data, characters, blocks = places
    starts = [start for start, _ in extents_of(texts)]
    work = characters.byte_count + blocks.byte_count + _COST_OF_BLOCK * blocks.edit_count
    if work > budget or characters.edit_count > MAX_VIEW_EDITS:
        raise TooMuchWorkError
    arrays = _Arrays(characters), _Arrays(blocks)
    lib.aigov_views(data, len(data), characters, blocks)
    budget -= work
    for array, decode in zip(arrays, (False, True), strict=True):
        for text, start, low, high in array.windows():
            number = bisect_right(starts, start) - 1
            if not decode:
                yield View(text, first + number, starts[number], start, array.edits, low, high)
                continue
            decoded, edits, used = _decode(text, data, array.edits[low:high], budget)
            budget -= used
            if edits:
                yield View(decoded, first + number, starts[number], start, edits, 0, len(edits))


class _Arrays:
    """The arrays of a view that was counted, for the library to fill."""

    def __init__(self, view: Any) -> None:
        self._bytes = ffi.new("uint8_t[]", view.byte_count)
        self._windows = ffi.new("aigov_window[]", view.window_count)
        self.edits = ffi.new("aigov_edit[]", view.edit_count)
        view.bytes, view.windows, view.edits = self._bytes, self._windows, self.edits

    def windows(self) -> Iterator[tuple[bytes, int, int, int]]:
        """Of every window: its text, where it starts in the data, its first edit, and the one behind its last."""
        text = memoryview(ffi.buffer(self._bytes))
        at = edit = 0
        for window in self._windows:
            yield bytes(text[at : at + window.size]), window.start, edit, edit + window.edits
            at += window.size
            edit += window.edits


def _decode(text: bytes, data: bytes, blocks: Sequence[Any], budget: int) -> tuple[bytes, list[Edit], int]:
    """A window with its blocks decoded, the edits that did, and how many bytes that took. Raises TooMuchWorkError."""
    parts: list[bytes] = []
    edits: list[Edit] = []
    done = used = 0
    for block in blocks:
        decoded, whole = _DECODERS[block.kind](data[block.start : block.end], budget - used)
        if not whole:
            raise TooMuchWorkError
        parts += (text[done : block.at], decoded)
        edits.append(Edit(block.kind, block.at + used, len(decoded), block.start, block.end))
        done = block.at
        used += len(decoded)
    return b"".join([*parts, text[done:]]), edits, used
