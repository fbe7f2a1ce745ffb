"""The wide pass: what Hyperscan sees in a whole text, and in the surroundings of triggers and clues."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from itertools import accumulate, pairwise
from typing import Any

import hyperscan

from aigov_runtime.bundle.sections import Sections
from aigov_runtime.limits import MAX_CANDIDATES
from aigov_runtime.native._native import ffi, lib
from aigov_runtime.scan.clues import Clues
from aigov_runtime.scan.database import database_key, open_database, read_database
from aigov_runtime.scan.triggers import Gate
from aigov_runtime.scan.windows import Windows


class Candidates:
    """(pattern, end) pairs of one sweep, filled by C and reused by one thread: `handle` is what Hyperscan is given."""

    def __init__(self) -> None:
        self.handle = ffi.gc(lib.aigov_candidates_new(MAX_CANDIDATES), lib.aigov_candidates_free)
        if self.handle == ffi.NULL:
            raise MemoryError

    def __bool__(self) -> bool:
        return bool(self.handle.count)

    @property
    def too_many(self) -> bool:
        """Whether the sweep was stopped."""
        return bool(self.handle.count > MAX_CANDIDATES)


class _Own:
    """What one thread writes to."""

    def __init__(self, databases: Mapping[Gate, hyperscan.Database], clues: Clues | None) -> None:
        self.candidates = Candidates()
        self.windows = Windows(clues)
        self.scratch = {gate: hyperscan.Scratch(database) for gate, database in databases.items()}


def _cues(scan: Mapping[str, Any], sections: Sections) -> list[bytes]:
    """What stands for each pattern."""
    if scan["cues"] is None:
        return [b""] * len(scan["patterns"])
    joined, ends = sections[scan["cues"]], list(accumulate(entry["cue"] for entry in scan["patterns"]))
    return [joined[start:end] for start, end in pairwise((0, *ends))]


class Sweep:
    """The databases of a bundle's patterns, one for each gate. Threads share it."""

    def __init__(self, scan: Mapping[str, Any], sections: Sections) -> None:
        """From the document's `scan`. A database that the bundle brings for this machine is read, else its cues are
        compiled. Raises hyperscan.HyperscanError for a bad one, ValueError for damaged clues, BundleError for a section
        that was altered."""
        self._databases = {}
        gates, cues = [entry["gate"] for entry in scan["patterns"]], list[bytes]()
        for gate in sorted(map(Gate, set(gates))):
            brought = scan["databases"].get(database_key(gate))
            database = None if brought is None else read_database(sections[brought])
            if database is None:
                cues = cues or _cues(scan, sections)
                numbers = [number for number, each in enumerate(gates) if each == gate]
                database = open_database([cues[number] for number in numbers], numbers)
            self._databases[gate] = database
        self._gated = [(gate, database) for gate, database in self._databases.items() if gate is not Gate.OPEN]
        self._open = self._databases.get(Gate.OPEN)
        self._clues = None if scan["clues"] is None else Clues(sections[scan["clues"]])
        self._local = threading.local()

    def candidates(self, data: bytes) -> Candidates:
        """Everything seen in the data, no more than MAX_CANDIDATES and one. They are this thread's, until its next
        sweep."""
        own: _Own
        try:
            own = self._local.own
        except AttributeError:
            own = self._local.own = _Own(self._databases, self._clues)
        handle = own.candidates.handle
        handle.count = 0
        try:
            if self._open is not None:  # by position: keywords cost a tenth more
                self._open.scan(data, lib.aigov_candidates_add, 0, handle, own.scratch[Gate.OPEN])
            if self._gated:
                own.windows.look(data)
                for gate, database in self._gated:
                    if (seen := own.windows.joined(data, gate)) is not None:
                        first = handle.count
                        try:
                            database.scan(seen, lib.aigov_candidates_add, 0, handle, own.scratch[gate])
                        finally:
                            if seen is not data:
                                own.windows.place(handle, first, gate)
        except hyperscan.ScanTerminated:
            pass  # the count says so
        return own.candidates
