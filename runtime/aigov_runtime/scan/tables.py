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
from itertools import groupby
from typing import Any, NamedTuple

from aigov_runtime.scan.layout import byte_offsets

MIN_CELL_CHARS = 4
"""Shorter cells (`no`, `42`) would match everywhere."""

_TOKEN = re.compile(r"[^\W_]+")


class Occurrence(NamedTuple):
    """A cell found in a text: its row and column, and the span in bytes of the text."""

    start: int
    end: int
    row: int
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
        self._lengths = frozenset(section["lengths"])
        self._longest = max(self._lengths, default=0)
        self._count = count
        self._within = within
        self._cells: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for row, cells in enumerate(section["rows"]):
            for column, cell in enumerate(cells):
                if cell is not None:
                    self._cells[cell].append((row, column))

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Byte spans of the rows found in one segment."""
        rows: dict[int, list[Occurrence]] = defaultdict(list)
        for occurrence in self._occurrences(text):
            rows[occurrence.row].append(occurrence)
        for found in rows.values():
            yield from self._close_together(found)

    def _occurrences(self, text: str) -> Iterator[Occurrence]:
        tokens = _tokens(text)
        for first, (start, _, _) in enumerate(tokens):
            run = ""
            for index in range(first, len(tokens)):
                _, end, token = tokens[index]
                run += token
                if len(run) > self._longest:
                    break
                if len(run) in self._lengths:
                    for row, column in self._cells.get(cell_hash(self._key, run), ()):
                        yield Occurrence(start, end, row, column)

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
