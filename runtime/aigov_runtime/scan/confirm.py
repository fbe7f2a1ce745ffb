"""From candidates to confirmed matches.

Hyperscan reports only where matches end. `Patterns` finds exact spans and groups around those ends with the programs
that the compiler wrote, in C; where one would take too long or is missing, RE2 (linear time) does it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import re2

from aigov_runtime.limits import MAX_MATCHES
from aigov_runtime.native._native import ffi, lib
from aigov_runtime.scan.dialect import groups, to_re2
from aigov_runtime.scan.layout import Layout
from aigov_runtime.scan.sweep import Candidates
from aigov_runtime.scan.validators import SCREENS

_SPAN = struct.Struct("=iiqq")


def compile_re2(translated: bytes) -> Any:
    """Compile what `to_re2` made. Raises ValueError with RE2's words when it is refused."""
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.log_errors = False
    try:
        return re2.compile(translated, options)
    except re2.error as error:
        reason = error.args[0]
        raise ValueError(reason.decode("latin-1") if isinstance(reason, bytes) else str(reason)) from None


class Pattern:
    """One pattern as RE2 sees it. RE2 takes long over wide bounded repeats, so it compiles when first needed."""

    def __init__(self, regex: bytes, group: int) -> None:
        self._regex = regex
        self._group = group

    @cached_property
    def _compiled(self) -> tuple[Any, str | None]:
        try:
            return compile_re2(to_re2(self._regex)), None
        except ValueError as error:
            return None, f"a pattern cannot be compiled: {error}"

    @property
    def refusal(self) -> str | None:
        """Why there can be no spans; None when there can."""
        return self._compiled[1]

    def spans(self, data: bytes, low: int, high: int) -> Iterator[tuple[int, int]]:
        r"""The spans in a window. RE2 sees the bytes around it, so `\b` and `^` hold."""
        for match in self._compiled[0].finditer(data, low, high):
            yield match.span(self._group)


def _lacks_group(entry: Mapping[str, Any]) -> bool:
    return bool(entry["group"] > groups(entry["regex"]))


class Patterns:
    """The patterns of a bundle, by number; their programs follow each other. Raises ValueError for a damaged one."""

    def __init__(
        self, entries: Sequence[Mapping[str, Any]], detectors: Sequence[Mapping[str, Any]], programs: bytes
    ) -> None:
        self.detectors = [entry["detector"] for entry in entries]
        self._entries = entries
        self._spare: dict[int, Pattern] = {}
        self._table = ffi.new("aigov_pattern[]", len(entries))
        self._alive: list[Any] = [programs]
        words, at = ffi.from_buffer("int32_t[]", programs), 0
        for row, entry in zip(self._table, entries, strict=True):
            if entry["group"] > entry["regex"].count(b"(") or (not entry["program"] and _lacks_group(entry)):
                raise ValueError(f"the pattern has no group {entry['group']}")
            row.width = entry["width"]
            if length := entry["program"]:
                row.program = words + at // 4
                if length % 4 or not lib.aigov_matcher_check(row.program, length // 4):
                    raise ValueError("the program of a pattern is damaged")
                at += length
            screens = [
                (SCREENS[check["name"]], check["minimum"] or 0.0)
                for check in detectors[entry["detector"]]["validate"]
                if check["name"] in SCREENS
            ]
            if screens:
                row.checks, row.check_count = self._keep(ffi.new("aigov_check[]", screens)), len(screens)

    @property
    def programs(self) -> list[tuple[Any, int, int]]:
        """Of the patterns that have one: the program, which is this object's, the longest match, and the detector."""
        rows = zip(self._table, self.detectors, strict=True)
        return [(row.program, row.width, detector) for row, detector in rows if row.program != ffi.NULL]

    def _by_re2(self, number: int) -> Pattern:
        if number not in self._spare:
            entry = self._entries[number]
            self._spare[number] = Pattern(entry["regex"], entry["group"])
        return self._spare[number]

    def _keep(self, owned: Any) -> Any:
        self._alive.append(owned)
        return owned

    def spans(
        self, candidates: Candidates, layout: Layout, incomplete: dict[int, str]
    ) -> Iterator[tuple[int, int, int, int]]:
        """(detector, segment, start, end) of every match, in bytes of the joined buffer, without those that a validator
        surely refuses. A detector with more than MAX_MATCHES is put into `incomplete`, as is one whose pattern RE2
        refuses, with the reason."""
        spans = ffi.gc(ffi.new("aigov_spans *"), lib.aigov_spans_free)
        starts, ends = ffi.new("int64_t[]", layout.starts), ffi.new("int64_t[]", layout.ends)
        if not lib.aigov_confirm(
            candidates.handle,
            self._table,
            len(self._table),
            layout.data,
            len(layout.data),
            starts,
            ends,
            len(layout.starts),
            MAX_MATCHES,
            spans,
        ):
            raise MemoryError
        if not spans.count:
            return
        for pattern, segment, start, end in _SPAN.iter_unpack(ffi.buffer(spans.items, spans.count * _SPAN.size)):
            if pattern >= 0:
                yield self.detectors[pattern], segment, start, end
                continue
            spare = self._by_re2(-1 - pattern)
            if (refusal := spare.refusal) is not None:
                incomplete[self.detectors[-1 - pattern]] = refusal
                continue
            for low, high in spare.spans(layout.data, start, end):
                yield self.detectors[-1 - pattern], segment, low, high
