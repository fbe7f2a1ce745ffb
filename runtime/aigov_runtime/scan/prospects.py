"""Matches that may still come: where in a text that goes on a value may have begun (`native/prospects.c`).

All patterns of a bundle, as programs of the matcher, are one automaton, made when a bundle's first stream begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aigov_runtime.native._native import ffi, lib


class Automaton:
    """Of the patterns that have a program. Threads share it."""

    def __init__(self, patterns: Sequence[tuple[Any, int, bool]]) -> None:
        """Of (checked program, longest match, whether its values are held)."""
        programs = ffi.new("int32_t const *[]", [program for program, _, _ in patterns])
        widths = ffi.new("int64_t[]", [width for _, width, _ in patterns])
        held = ffi.new("uint8_t[]", [held for _, _, held in patterns])
        self.handle = ffi.gc(lib.aigov_automaton_new(programs, widths, held, len(patterns)), lib.aigov_automaton_free)
        if self.handle == ffi.NULL:
            raise MemoryError


class Prospects:
    """Of one text that is read on and on."""

    __slots__ = ("_automaton", "_match", "_own", "_value")

    def __init__(self, automaton: Automaton) -> None:
        self._automaton = automaton.handle
        self._own = ffi.gc(ffi.new("aigov_prospects *"), lib.aigov_prospects_free)
        self._own.matched = -1
        self._value, self._match = ffi.new("int64_t *"), ffi.new("int64_t *")

    def read(self, data: bytes, base: int, end: int) -> int | None:
        """Where the first value that is held may have begun that may go on behind byte `end`, as far as the text
        has come; `end` for none. `data` is the text from byte `base` on. None when there are too many to follow."""
        if lib.aigov_prospects_read(self._automaton, self._own, data, base, end, self._value, self._match):
            value: int = self._value[0]
            return value
        return None

    @property
    def first(self) -> int:
        """Where the first match may have begun, what stands before its value included, as of the last `read`."""
        return self._match[0]  # type: ignore[no-any-return]

    @property
    def matched(self) -> int:
        """Where the first match began that may have ended since this was last taken; -1: there is none."""
        at: int = self._own.matched
        self._own.matched = -1
        return at

    def restart(self) -> None:
        """The next text is another one."""
        self._own.count = self._own.at = 0
