r"""Programs of the matcher: what the compiler writes for a pattern, and how it is run.

A program is little-endian int32 words: the number of instructions, the number of sets, the set of bytes that a match
may start with, and whether the span asked for is that of a group; then instructions of four words, an `Op` and
operands; then sets of 256 bits. Jumps only go forward.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

from aigov_runtime.native._native import ffi, lib


class Op(IntEnum):
    """The instructions; positions are those of instructions in the program."""

    MATCH = 0
    BYTE = 1  # byte
    SET = 2  # set
    RUN = 3  # set, least, most: as many as possible
    LAZY_RUN = 4  # set, least, most: as few as possible
    SPLIT = 5  # position to try first, position to try then
    JUMP = 6  # position
    SAVE = 7  # 0: the group starts here, 1: it ends
    LINE_START = 8
    LINE_END = 9
    WORD = 10
    NOT_WORD = 11


ASSERTIONS: Mapping[str, Op] = {"^": Op.LINE_START, "$": Op.LINE_END, r"\b": Op.WORD, r"\B": Op.NOT_WORD}

_BATCH = 256


class Matcher:
    """Finds the spans of one pattern. Raises ValueError for a damaged program."""

    def __init__(self, program: bytes) -> None:
        self._bytes = program
        self._program = ffi.from_buffer("int32_t[]", program)
        if len(program) % 4 or not lib.aigov_matcher_check(self._program, len(self._program)):
            raise ValueError("the program of a pattern is damaged")

    def spans(self, data: bytes, low: int, high: int) -> list[tuple[int, int]] | None:
        r"""The spans in data[low:high], left to right; the bytes around are seen by `\b`, `^` and `$`. None when it
        would take too long."""
        found: list[tuple[int, int]] = []
        spans = ffi.new("int64_t[]", 3 * _BATCH)
        while True:
            count = lib.aigov_matcher_find(self._program, data, len(data), low, high, spans, _BATCH)
            if count < 0:
                return None
            triples = range(0, 3 * count, 3)
            found += [(spans[at], spans[at + 1]) for at in triples if spans[at] >= 0]
            if count < _BATCH:
                return found
            low = spans[3 * count - 1]
