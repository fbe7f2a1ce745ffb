"""Exact data match: rows of a table found in text through keyed hashes, so that a bundle holds no clear values.

The C half (`native/tables.c`) knows the normal form of cells, hashes them, and finds the places of a text where
consecutive tokens make a cell. This half puts places together to rows. `Cells` is what the compiler builds an index
with.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import Any, NamedTuple

from aigov_runtime.limits import MAX_CANDIDATES, MAX_TABLE_STEPS
from aigov_runtime.native._native import ffi, lib

KEY_BYTES = 32
MIN_CELL_CHARS = 4
"""Shorter cells (`no`, `42`) would match everywhere."""

MAX_CELL_BYTES = 1_023
"""Of the normal form."""

_FIRST_PLACES = 1_024
_PAIR_STEPS = 64
"""What it takes to look at two places, in steps of a search through entries."""


class TooMuchWorkError(Exception):
    """A text has more places, or its places more rows in common, than a scan will look at."""


class Place(NamedTuple):
    """Where a text holds a cell, in bytes, and the cell's entries in the index: the first, by which it is known, and
    how many."""

    start: int
    end: int
    cell: int
    entries: int


class Occurrence(NamedTuple):
    """A cell of a row found in a text: the span in bytes of the text, and the cell's column."""

    start: int
    end: int
    column: int


class Cells:
    """The cells of a table on their way into an index."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._form = ffi.new("uint8_t[]", MAX_CELL_BYTES)
        self._hashes, self._rolling, self._slots = array("Q"), array("Q"), array("I")
        self._lengths = array("Q", bytes(2 * 64))

    def normal_form(self, cell: str) -> str | None:
        """The form in which cells and text are compared; None when it is longer than MAX_CELL_BYTES."""
        data = cell.encode("utf-8", "surrogatepass")
        length: int = lib.aigov_cell_form(data, len(data), self._form)
        return None if length < 0 else bytes(ffi.buffer(self._form, length)).decode()

    def add(self, slot: int, cell: str) -> None:
        """`slot` is row * columns + column. Short cells are left out. Raises ValueError for one that is too long."""
        form = self.normal_form(cell)
        if form is None:
            raise ValueError(f"a cell has more than {MAX_CELL_BYTES:,} bytes")
        if len(form) < MIN_CELL_CHARS:
            return
        data = form.encode()
        self._hashes.append(lib.aigov_siphash(self._key, data, len(data)))
        self._rolling.append(lib.aigov_rolling_hash(self._key, data, len(data)))
        self._slots.append(slot)
        self._lengths[len(data) >> 6] |= 1 << (len(data) & 63)

    def index(self, rows: int, columns: int) -> bytes:
        """The binary index of `docs/bundle.md`."""
        count = len(self._slots)
        index = bytearray(lib.aigov_table_size(count))
        failed = lib.aigov_table_build(
            ffi.from_buffer("uint64_t[]", self._hashes),
            ffi.from_buffer("uint64_t[]", self._rolling),
            ffi.from_buffer("uint32_t[]", self._slots),
            ffi.from_buffer("uint64_t[]", self._lengths),
            count,
            rows,
            columns,
            ffi.from_buffer(index),
        )
        if failed:
            raise MemoryError
        return bytes(index)


class Table:
    """The rows of one `table` clause. Built once, read by many threads."""

    def __init__(self, index: bytes, key: bytes, columns: int, *, count: int, within: int) -> None:
        """`count` of the columns within `within` bytes make a finding. Raises ValueError for a damaged index."""
        self._index = index  # which the C structure points into
        self._table = ffi.new("aigov_table *")
        self._columns = columns
        if lib.aigov_table_open(self._table, key, ffi.from_buffer(index), len(index), columns):
            raise ValueError("the index of a table is damaged")
        self._count = count
        self._within = within

    def spans(self, data: bytes, low: int, high: int) -> Iterator[tuple[int, int]]:
        """Byte spans, from the start of `data`, of the rows found in the segment low..high.

        Raises TooMuchWorkError when the segment is not worth its work.
        """
        # Of the digits that end in a telephone number, the longest run goes last, and counts.
        ending = {(place.end, place.cell): place for place in self._places(data, low, high)}
        places = sorted(ending.values())
        if self._count == 1:
            yield from ((place.start, place.end) for place in places)
            return
        at: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for place in places:
            at[place.cell].append((place.start, place.end))
        # Many rows share cells such as a country. Those of which the text has the same cells have the same spans.
        for cells in {tuple(sorted(cells)) for cells in self._rows(places).values()}:
            if len({column for column, _ in cells}) >= self._count:
                yield from self._close_together(
                    [Occurrence(start, end, column) for column, cell in cells for start, end in at[cell]]
                )

    def _places(self, data: bytes, low: int, high: int) -> Iterator[Place]:
        capacity, text = _FIRST_PLACES, ffi.from_buffer(data) + low
        while capacity <= MAX_CANDIDATES:
            places = ffi.new("aigov_place[]", capacity)
            found = lib.aigov_table_find(self._table, text, high - low, places, capacity)
            if found <= capacity:
                for start, end, cell, count in _numbers(places, found, 4):
                    yield Place(low + start, low + end, cell, count)
                return
            capacity = found
        raise TooMuchWorkError

    def _rows(self, places: Sequence[Place]) -> Mapping[int, set[tuple[int, int]]]:
        """Row → (column, cell) of those of its cells that stand close to another."""
        rows: dict[int, set[tuple[int, int]]] = defaultdict(set)
        for few, many in self._pairs(places):
            shared = ffi.new("aigov_shared_row[]", few.entries * self._columns)
            found = lib.aigov_table_common(self._table, few.cell, few.entries, many.cell, many.entries, shared)
            for row, few_column, many_column in _numbers(shared, found, 3):
                rows[row].update(((few_column, few.cell), (many_column, many.cell)))
        return rows

    def _pairs(self, places: Sequence[Place]) -> Iterator[tuple[Place, Place]]:
        """Every two cells that lie within the distance, a cell and itself too, the one in fewer rows first."""
        steps, seen = 0, set[tuple[int, int]]()
        for number, one in enumerate(places):
            last = one.start + self._within
            for other in islice(places, number, None):
                if other.start > last:
                    break
                few, many = sorted((one, other), key=_count)
                if other.end <= last and (few.cell, many.cell) not in seen:
                    seen.add((few.cell, many.cell))
                    steps += few.entries * many.entries.bit_length()
                    yield few, many
                steps += _PAIR_STEPS
                if steps > MAX_TABLE_STEPS:
                    raise TooMuchWorkError

    def _close_together(self, found: list[Occurrence]) -> Iterator[tuple[int, int]]:
        """Every span, from the start of one occurrence to the end of another, that `count` distinct columns fill."""
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


def _count(place: Place) -> int:
    return place.entries


def _end(occurrence: Occurrence) -> int:
    return occurrence.end


def _numbers(structures: Any, count: int, fields: int) -> Iterator[tuple[int, ...]]:
    """The fields, all uint32, of the first `count` of an array of C structures."""
    numbers = iter(memoryview(ffi.buffer(structures))[: 4 * count * fields].cast("I"))
    return zip(*[numbers] * fields, strict=True)
