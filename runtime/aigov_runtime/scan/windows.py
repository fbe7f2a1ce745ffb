"""The parts of a text that gated patterns see, around triggers and clues, and their copies behind one another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aigov_runtime.native._native import ffi, lib
from aigov_runtime.scan.clues import Clues
from aigov_runtime.scan.triggers import Gate

_MOST = 2
"""What joining says of windows that are most of the data."""


class Windows:
    """What is seen of one text, for every gate; reused by one thread."""

    def __init__(self, clues: Clues | None = None) -> None:
        self._lists: dict[Gate, Any] = {
            gate: ffi.gc(ffi.new("aigov_windows *"), lib.aigov_windows_free) for gate in Gate if gate is not Gate.OPEN
        }
        self._triggered = [self._lists[gate] for gate in (Gate.NARROW, Gate.WIDE, Gate.FAR)]
        self._found = self._lists[Gate.CLUES]
        self._joined = ffi.gc(ffi.new("aigov_joined *"), lib.aigov_joined_free)
        self._clues = clues
        self._seen = None if clues is None else clues.seen()

    def look(self, data: bytes) -> None:
        """Take what is in the data."""
        if not lib.aigov_triggers(data, len(data), *self._triggered):
            raise MemoryError
        if self._clues is not None and not lib.aigov_clues_look(
            self._clues.handle, self._seen, data, len(data), self._triggered[0], self._found
        ):
            raise MemoryError

    def of(self, gate: Gate) -> Iterator[tuple[int, int]]:
        """(start, end) of every window, in order; they do not touch."""
        found = self._lists[gate]
        for at in range(0, 2 * found.count, 2):
            yield found.items[at], found.items[at + 1]

    def joined(self, data: bytes, gate: Gate) -> Any:
        """The windows behind one another, to be used before the next are; None when there are none, and the data
        itself when they are most of it."""
        found = self._lists[gate]
        if not found.count:
            return None
        done = lib.aigov_windows_join(found, data, len(data), self._joined)
        if not done:
            raise MemoryError
        return data if done == _MOST else ffi.buffer(self._joined.bytes, self._joined.size)

    def place(self, candidates: Any, first: int, gate: Gate) -> None:
        """Candidates from number `first` on are from the joined windows: put them where they are in the data."""
        lib.aigov_candidates_place(candidates, first, self._lists[gate])
