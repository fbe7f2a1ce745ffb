"""Exact data match: rows of a table found in text through keyed hashes, so that a bundle holds no clear values.

`normalise` and `cell_hash` are shared with the compiler, which hashes the cells. A cell is found where a
run of consecutive tokens (maximal runs of letters and digits) concatenates to it, so `+49 30 1234` and
`030-1234` styles of one value meet. The lengths of the cells are stored: only runs of such a length
are hashed.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import accumulate, groupby
from typing import Any, NamedTuple

from aigov_runtime.scan.layout import byte_offsets

MIN_CELL_CHARS = 4
"""Shorter cells (`no`, `42`) would match everywhere."""

_TOKEN = re.compile(r"[^\W_]+")


class Occurrence(NamedTuple):
    """A cell of a row found in a text: the span in bytes of the text, and the cell's column."""

    start: int
    end: int
    column: int


def normalise(text: str) -> str:
    """Case-folded, everything but letters and digits dropped."""
    return "".join(character for character in text.casefold() if character.isalnum())


def cell_hash(key: bytes, cell: str) -> int:
    """64-bit keyed BLAKE2b (RFC 7693) of a normalised cell, as an unsigned integer. `key` is 1 to 64 bytes."""
    return int.from_bytes(hashlib.blake2b(cell.encode(), digest_size=8, key=key).digest(), "big")


class Table:
    """The rows of one `table` clause. Built once, read by many threads."""

    def __init__(self, section: Mapping[str, Any], count: int, within: int) -> None:
        self._key: bytes = section["key"]
        self._lengths = sorted(set(section["lengths"]))
        self._count = count
        self._within = within
        self._cells: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for row, cells in enumerate(section["rows"]):
            for column, cell in enumerate(cells):
                if cell is not None:
                    self._cells[cell].append((row, column))

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Byte spans of the rows found in one segment."""
        places = self._places(text)
        rows: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for cell in places:
            for row, column in self._cells[cell]:
                rows[row].append((column, cell))
        # Many rows share cells such as a country. Those of which the text has the same cells have the same spans.
        for cells in {tuple(cells) for cells in rows.values() if len({column for column, _ in cells}) >= self._count}:
            yield from self._close_together(
                [Occurrence(start, end, column) for column, cell in cells for start, end in places[cell]]
            )

    def _places(self, text: str) -> Mapping[int, list[tuple[int, int]]]:
        """The hashes of the cells in a text, and where each is."""
        places: dict[int, list[tuple[int, int]]] = defaultdict(list)
        tokens = _tokens(text)
        whole = "".join(token for _, _, token in tokens)
        limits = list(accumulate((len(token) for _, _, token in tokens), initial=0))
        ends = {limit: end for limit, (_, end, _) in zip(limits[1:], tokens, strict=True)}
        for low, (start, _, _) in zip(limits, tokens, strict=False):
            for length in self._lengths:
                end = ends.get(low + length)
                if end is not None and (cell := cell_hash(self._key, whole[low : low + length])) in self._cells:
                    places[cell].append((start, end))
        return places

    def _close_together(self, found: list[Occurrence]) -> Iterator[tuple[int, int]]:
        """Every span, from the start of one occurrence to the end of another, that `count` distinct columns fill."""
        if self._count == 1:
            yield from ((occurrence.start, occurrence.end) for occurrence in found)
            return
        found.sort()
        starts = [occurrence.start for occurrence in found]
        for first in found:
            last_start = first.start + self._within
            reachable = found[bisect_left(starts, first.start) : bisect_right(starts, last_start)]
            reachable = sorted((o for o in reachable if o.end <= last_start), key=_end)
            columns: set[int] = set()
            for end, group in groupby(reachable, key=_end):
                last = list(group)
                columns.update(occurrence.column for occurrence in last)
                closes = end >= first.end and any(o is first or o.column != first.column for o in last)
                if closes and len(columns) >= self._count:
                    yield first.start, end


def _end(occurrence: Occurrence) -> int:
    return occurrence.end


def _tokens(text: str) -> list[tuple[int, int, str]]:
    """(start, end, normal form) of the maximal runs of letters and digits, offsets in bytes."""
    matches = _TOKEN.finditer(text)
    if text.isascii():
        return [(match.start(), match.end(), match.group().lower()) for match in matches]
    offsets = byte_offsets(text)
    return [(offsets[match.start()], offsets[match.end()], normalise(match.group())) for match in matches]
