"""Clues: bytes of which every match of a pattern holds some, and that ordinary text rarely does (`native/clues.c`).

The compiler chooses them (`aigov_compiler.clues`); the patterns that have them only see the places where these stand.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any, NamedTuple

from aigov_runtime.native._native import ffi, lib

CLUE, GRAM, MAX_PARTS = 8, 4, 3
"""Bytes of a clue at most, bytes by which it is found, and sets of clues of a pattern. The C code knows the same."""

_COUNTS = struct.Struct("=II")
_RULE = struct.Struct(f"=III{2 * MAX_PARTS}I")
_ROW = struct.Struct("=8s8sIBB2x")


class Clue(NamedTuple):
    """Neighbouring bytes: each one's `fixed` bits are those of `bits`. It is found by the four from byte `at` on."""

    fixed: bytes
    bits: bytes
    at: int


class Part(NamedTuple):
    """Clues of which each match holds one. Of a match, at most `before` bytes come before where the clue starts, and at
    most `after` from there on."""

    clues: frozenset[Clue]
    before: int
    after: int


class Rule(NamedTuple):
    """Within `reach` bytes a clue of each part stands, and when it is `numbered`, a trigger fires."""

    reach: int
    parts: Sequence[Part]
    numbered: bool


def section(rules: Sequence[Rule]) -> bytes:
    """The section of a bundle with these rules."""
    rows = sorted(
        (clue, number, place)
        for number, rule in enumerate(rules)
        for place, part in enumerate(rule.parts)
        for clue in part.clues
    )
    return b"".join(
        (
            _COUNTS.pack(len(rules), len(rows)),
            *(_RULE.pack(rule.reach, len(rule.parts), rule.numbered, *_sides(rule)) for rule in rules),
            *(_ROW.pack(clue.fixed, clue.bits, number, place, clue.at) for clue, number, place in rows),
        )
    )


def _sides(rule: Rule) -> list[int]:
    """The bytes before and after, of every part that there may be."""
    sides = [side for part in rule.parts for side in (part.before, part.after)]
    return sides + [0] * (2 * MAX_PARTS - len(sides))


class Clues:
    """The clues of a bundle. Threads share them. Raises ValueError when the section is damaged."""

    def __init__(self, section: bytes) -> None:
        self.handle = ffi.gc(lib.aigov_clues_new(section, len(section)), lib.aigov_clues_free)
        if self.handle == ffi.NULL:
            raise ValueError("the clues of the patterns are damaged")

    def seen(self) -> Any:
        """What one thread writes to."""
        seen = ffi.gc(lib.aigov_seen_new(self.handle), lib.aigov_seen_free)
        if seen == ffi.NULL:
            raise MemoryError
        return seen
