"""From the intermediate form to the decision core's binary sections (`docs/bundle.md`, `aigov_runtime.core.isa`)."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from aigov_compiler.guards import Guard, Guards
from aigov_compiler.ir import And, Constant, Expression, Leaf, Not, Or, Predicate, Rule
from aigov_compiler.lower import SCOPES
from aigov_compiler.pools import Pools
from aigov_dsl import typed
from aigov_runtime.bundle.format import GUARD_NONE
from aigov_runtime.core.isa import MAX_DEPTH, OPCODES, Flag
from aigov_runtime.core.isa import Predicate as Kind

_OP = {op.name: op.code for op in OPCODES}
_OPERAND = struct.Struct("<I")


class RuleCode(NamedTuple):
    """A rule's instructions, and the leaf of every PRED among them in order."""

    code: bytes
    leaves: tuple[Leaf, ...]


class Core(NamedTuple):
    """The binary sections."""

    pool: bytes
    predicates: bytes
    code: bytes
    rules: bytes
    postings: bytes


def rule_code(rule: Rule, numbers: Mapping[Predicate, int]) -> RuleCode:
    """Assemble one condition: source order, jumps over what cannot change the result any more."""
    condition = rule.condition if _depth(rule.condition) <= MAX_DEPTH else _shallow(rule.condition)
    leaves: list[Leaf] = []
    code = _emit(condition, numbers, leaves)
    return RuleCode(code + bytes((_OP["END"],)), tuple(leaves))


def assemble(
    rules: Sequence[Rule],
    codes: Sequence[RuleCode],
    guards: Sequence[Guards],
    numbers: Mapping[Predicate, int],
    pools: Pools,
) -> Core:
    """Lay out the sections. `codes` and `guards` are one per rule, `numbers` is the predicate table."""
    operands, postings = _Slices(), _Slices()
    predicates = b"".join(_predicate(predicate, operands, pools) for predicate in numbers)
    records, offset = [], 0
    for rule, code, guard in zip(rules, codes, guards, strict=True):
        at = [_posting(g, postings, numbers) for g in guard]
        scope = SCOPES[rule.source.scope]
        records.append(struct.pack("<8i", offset, len(code.code), scope, _flags(rule.source), *at, len(code.leaves)))
        offset += len(code.code)
    return Core(
        pool=operands.pack(),
        predicates=predicates,
        code=b"".join(code.code for code in codes),
        rules=b"".join(records),
        postings=postings.pack(),
    )


class _Slices:
    """A growing array of int32 in which equal runs are stored once."""

    def __init__(self) -> None:
        self._words: list[int] = []
        self._offsets: dict[tuple[int, ...], int] = {}

    def offset(self, words: tuple[int, ...]) -> int:
        if words not in self._offsets:
            self._offsets[words] = len(self._words)
            self._words.extend(words)
        return self._offsets[words]

    def pack(self) -> bytes:
        return struct.pack(f"<{len(self._words)}i", *self._words)


def _predicate(predicate: Predicate, operands: _Slices, pools: Pools) -> bytes:
    attribute, a, b, immediate = pools.attributes.get(predicate.attribute, -1), 0, 0, predicate.integer
    match predicate.kind:
        case Kind.PAYLOAD:
            a, b = pools.selector(predicate.detectors), predicate.confidence
            immediate = predicate.integer | predicate.scope << 32
        case Kind.STRING_PREFIX | Kind.STRING_SUFFIX:
            a = pools.strings[predicate.strings[0]]
        case Kind.STRING_IN | Kind.STRING_LIKE | Kind.SET_ANY | Kind.SET_ALL:
            a = operands.offset(tuple(pools.strings[text] for text in predicate.strings))
            b = len(predicate.strings)
    return struct.pack("<4iq8x", predicate.kind, attribute, a, b, immediate)


def _posting(guard: Guard | None, postings: _Slices, numbers: Mapping[Predicate, int]) -> int:
    if guard is None:
        return GUARD_NONE
    return postings.offset((len(guard), *sorted(numbers[predicate] for predicate in guard)))


def _flags(rule: typed.Rule) -> int:
    allows = Flag.ALLOWS if isinstance(rule.effect, typed.Allow) else 0
    return allows | (Flag.SKIP_UNKNOWN if rule.unknown_skip else 0)


def _emit(expression: Expression, numbers: Mapping[Predicate, int], leaves: list[Leaf]) -> bytes:
    match expression:
        case Leaf(predicate):
            leaves.append(expression)
            return _instruction("PRED", numbers[predicate])
        case Constant(value):
            return bytes((_OP["TRUE" if value else "FALSE"],))
        case Not(term):
            return _emit(term, numbers, leaves) + bytes((_OP["NOT"],))
        case And():
            jump, combine = "JF", "AND"
        case Or():
            jump, combine = "JT", "OR"
    first, *rest = (_emit(term, numbers, leaves) for term in expression.terms)
    tail = b""  # from the back, since a jump must know how far it is to the end
    for code in reversed(rest):
        step = code + bytes((_OP[combine],)) + tail
        tail = _instruction(jump, len(step)) + step
    return first + tail


def _instruction(name: str, operand: int) -> bytes:
    return bytes((_OP[name],)) + _OPERAND.pack(operand)


def _depth(expression: Expression) -> int:
    """Stack slots that the expression needs as written."""
    match expression:
        case Not(term):
            return _depth(term)
        case And(terms) | Or(terms):
            return max(_depth(terms[0]), 1 + max(map(_depth, terms[1:])))
        case _:
            return 1


def _shallow(expression: Expression) -> Expression:
    """The same condition with the deepest term of every connective first: the least depth there is."""
    match expression:
        case Not(term):
            return Not(_shallow(term))
        case And(terms):
            return And(tuple(sorted(map(_shallow, terms), key=_depth, reverse=True)))
        case Or(terms):
            return Or(tuple(sorted(map(_shallow, terms), key=_depth, reverse=True)))
        case _:
            return expression
