"""A pattern's tree → a program for the scanner's matcher (`aigov_runtime.scan.program`, `native/matcher.c`).

Repeats of one set of bytes are one instruction; all others are written out, so that jumps only go forward.
"""

from __future__ import annotations

import struct

from aigov_dsl.regex import PatternError, first_bytes, parse
from aigov_dsl.regex.tree import Alternation, Assertion, Bytes, Concat, Group, Repeat, Tree
from aigov_runtime.scan.program import ASSERTIONS, Op

MAX_INSTRUCTIONS = 4_096
"""A longer program is not worth its place: the pattern is then confirmed by RE2."""


class _NoProgram(Exception):
    pass


def program(pattern: str, group: int) -> bytes:
    """The program that finds the spans of `group` (0: of the whole match); b"" when there is none: it would be too
    long, or the pattern is not of the common subset."""
    assembler = _Assembler(group)
    try:
        tree, _ = parse(pattern)
        assembler.add(tree)
        assembler.emit(Op.MATCH)
    except (_NoProgram, PatternError):
        return b""
    first = assembler.set_number(first_bytes(tree))
    code = [word for instruction in assembler.code for word in instruction]
    header = (len(assembler.code), len(assembler.sets), first, int(group > 0))
    sets = b"".join(mask.to_bytes(32, "little") for mask in assembler.sets)
    return struct.pack(f"<{4 + len(code)}i", *header, *code) + sets


class _Assembler:
    def __init__(self, group: int) -> None:
        self.code: list[list[int]] = []
        self.sets: dict[int, int] = {}
        self._group = group

    def set_number(self, mask: int) -> int:
        return self.sets.setdefault(mask, len(self.sets))

    def emit(self, op: Op, *operands: int) -> list[int]:
        if len(self.code) >= MAX_INSTRUCTIONS:
            raise _NoProgram
        self.code.append([op, *operands, *[0] * (3 - len(operands))])
        return self.code[-1]

    def add(self, node: Tree) -> None:
        match node:
            case Bytes(mask=mask) if mask.bit_count() == 1:
                self.emit(Op.BYTE, mask.bit_length() - 1)
            case Bytes(mask=mask):
                self.emit(Op.SET, self.set_number(mask))
            case Assertion(text=text):
                self.emit(ASSERTIONS[text])
            case Concat(items=items):
                for item in items:
                    self.add(item)
            case Group(number=number, body=body):
                self._add_group(number, body)
            case Alternation(branches=branches):
                self._add_alternation(branches)
            case Repeat():
                self._add_repeat(node)

    def _add_group(self, number: int | None, body: Tree) -> None:
        saved = number is not None and number == self._group
        if saved:
            self.emit(Op.SAVE, 0)
        self.add(body)
        if saved:
            self.emit(Op.SAVE, 1)

    def _add_alternation(self, branches: tuple[Tree, ...]) -> None:
        ends = []
        for branch in branches[:-1]:
            split = self.emit(Op.SPLIT, len(self.code) + 1)
            self.add(branch)
            ends.append(self.emit(Op.JUMP))
            split[2] = len(self.code)
        self.add(branches[-1])
        for end in ends:
            end[1] = len(self.code)

    def _add_repeat(self, node: Repeat) -> None:
        if node.high is None:
            raise _NoProgram
        body = _only_bytes(node.body)
        if body is not None:
            self.emit(Op.LAZY_RUN if node.lazy else Op.RUN, self.set_number(body.mask), node.low, node.high)
            return
        for _ in range(node.low):
            self.add(node.body)
        splits = []
        for _ in range(node.high - node.low):
            splits.append(self.emit(Op.SPLIT))
            splits[-1][2 if node.lazy else 1] = len(self.code)
            self.add(node.body)
        for split in splits:
            split[1 if node.lazy else 2] = len(self.code)


def _only_bytes(node: Tree) -> Bytes | None:
    """The one set of bytes that a repeat repeats, if it is no more than that."""
    while isinstance(node, Group) and node.number is None:
        node = node.body
    return node if isinstance(node, Bytes) else None
