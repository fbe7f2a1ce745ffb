"""The decision core's instruction set and predicate kinds: one table, from which the C header, the
assembler and the disassembler follow.

A rule's code is a stack program over Kleene truth values (FALSE=0, TRUE=1, UNKNOWN=2). All
operands are little-endian. Jumps are relative to the byte after the instruction, forward only, and
must land on an instruction of the same rule, at the same stack depth. A jump is a shortcut: until it
lands, nothing but AND (OR for JT) may change the value it keeps, so taking it or not gives the same truth.

Worked example, `a and not b` with a = predicate 0 and b = predicate 1:

    10 00000000    PRED 0
    30 07000000    JF +7        false: nothing can change it
    10 01000000    PRED 1
    20             NOT
    21             AND
    3f             END          (where the jump lands)
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

MAX_DEPTH = 64


class Opcode(NamedTuple):
    """One instruction: `operand` is "" (none), "predicate" or "jump" (both uint32)."""

    code: int
    name: str
    operand: str
    effect: str


OPCODES = (
    Opcode(0x00, "FALSE", "", "push false"),
    Opcode(0x01, "TRUE", "", "push true"),
    Opcode(0x10, "PRED", "predicate", "push the truth of a predicate"),
    Opcode(0x20, "NOT", "", "Kleene negation of the top"),
    Opcode(0x21, "AND", "", "Kleene conjunction of the top two"),
    Opcode(0x22, "OR", "", "Kleene disjunction of the top two"),
    Opcode(0x30, "JF", "jump", "jump if the top is false, keeping it"),
    Opcode(0x31, "JT", "jump", "jump if the top is true, keeping it"),
    Opcode(0x3F, "END", "", "the top is the rule's truth; the stack is then empty"),
)


class Predicate(IntEnum):
    """Predicate kinds; the comment gives attribute kind and operands `a`, `b`, `imm` (int64 from imm_low, imm_high)."""

    IS_TRUE = 0  # bool
    INT_EQ = 1  # int; imm
    INT_LT = 2  # int; imm   (value < imm; the other orders are lowered to LT, GT and NOT)
    INT_GT = 3  # int; imm
    STRING_IN = 4  # string or enum; pool[a : a + b] sorted string ids
    STRING_LIKE = 5  # string; pool[a : a + b] globs
    STRING_PREFIX = 6  # string; a = string id
    STRING_SUFFIX = 7  # string; a = string id
    SET_ANY = 8  # set; pool[a : a + b] sorted string ids
    SET_ALL = 9  # set; pool[a : a + b] sorted string ids
    KNOWN = 10  # any kind
    PAYLOAD = 11  # attribute = -1; a = selector, b = confidence, imm = count | (scope << 32)


class Phase(IntEnum):
    """When an attribute's value is known."""

    SESSION = 0
    PROFILE = 1
    CALL = 2


class Scope(IntEnum):
    """Which part of an interaction a rule or payload predicate sees."""

    PROMPT = 0
    RESPONSE = 1
    TOOL_CALL = 2
    TOOL_RESULT = 3
    ANY = 4


class Flag(IntEnum):
    """Bits of a rule's flags word."""

    ALLOWS = 1  # an unknown verdict does not match
    SKIP_UNKNOWN = 2  # `on unknown skip`
