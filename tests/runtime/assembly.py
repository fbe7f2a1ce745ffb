"""Decision core programs made by hand or by chance, and what they should decide: a plain evaluator beside the core.

An expression is ("pred", number), ("const", bool), ("not", e), ("and", e, …) or ("or", e, …).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from aigov_runtime.core.isa import OPCODES, Flag, Phase, Predicate, Scope
from aigov_runtime.core.program import TYPES, Attribute, Program
from aigov_runtime.model import Value

OP = {op.name: op.code for op in OPCODES}
FALSE, TRUE, UNKNOWN = 0, 1, 2
Expression = tuple[Any, ...]

STRINGS = ("", "*", "*b*", "a", "a*", "ab", "b", "ba*b")
"""Constant pool of programs made by chance: sorted, some of them globs."""

VALUES = ("", "a", "ab", "abab", "b", "bab", "c", "é", "\udc80")
"""Values of string attributes and members of sets."""


@dataclass
class Test:
    """One predicate, in the words of the core; `strings` are numbers of the constant pool."""

    __test__ = False

    kind: Predicate
    attribute: int = -1
    strings: tuple[int, ...] = ()
    selector: int = 0
    confidence: int = 0
    imm: int = 0
    scope: Scope = Scope.ANY


@dataclass
class Rule:
    """One rule."""

    condition: Expression
    scope: Scope = Scope.PROMPT
    flags: int = 0
    leaves: tuple[int, ...] = ()


@dataclass
class Source:
    """A program before assembly."""

    attributes: list[Attribute] = field(default_factory=list)
    detectors: int = 0
    selectors: list[list[int]] = field(default_factory=list)
    predicates: list[Test] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)

    def phase(self, predicate: int) -> Phase:
        attribute = self.predicates[predicate].attribute
        return Phase.CALL if attribute < 0 else self.attributes[attribute].phase


def attribute(number: int, kind: str, phase: Phase) -> Attribute:
    return Attribute(number, f"x.a{number}", kind, TYPES[kind], phase, frozenset())


def assemble(source: Source) -> dict[str, Any]:
    """The arguments of `Program`."""
    pool: list[int] = []
    postings: list[int] = []
    predicates = b""
    for test in source.predicates:
        a, b, imm = test.selector, test.confidence, test.imm
        if test.kind is Predicate.PAYLOAD:
            imm |= test.scope << 32
        elif test.kind in {Predicate.STRING_PREFIX, Predicate.STRING_SUFFIX}:
            a = test.strings[0]
        elif test.strings:
            a, b = len(pool), len(test.strings)
            pool += test.strings
        predicates += struct.pack("<4iq8x", test.kind, test.attribute, a, b, imm)
    code, rows = b"", b""
    for rule in source.rules:
        own = emit(rule.condition) + bytes([OP["END"]])
        guards = []
        for phase in Phase:
            guard = necessary(source, rule.condition, phase)
            guards.append(-1 if guard is None else len(postings))
            if guard is not None:
                postings += [len(guard), *sorted(guard)]
        rows += struct.pack("<8i", len(code), len(own), rule.scope, rule.flags, *guards, len(rule.leaves))
        code += own
    return {
        "attributes": source.attributes,
        "strings": STRINGS,
        "detectors": source.detectors,
        "selectors": source.selectors,
        "core": {
            "pool": struct.pack(f"<{len(pool)}i", *pool),
            "predicates": predicates,
            "code": code,
            "rules": rows,
            "postings": struct.pack(f"<{len(postings)}i", *postings),
        },
        "leaves": [list(rule.leaves) for rule in source.rules],
    }


def emit(expression: Expression) -> bytes:
    kind, *terms = expression
    if kind == "pred":
        return op("PRED", terms[0])
    if kind == "const":
        return op("TRUE" if terms[0] else "FALSE")
    if kind == "not":
        return emit(terms[0]) + op("NOT")
    jump, combine = ("JF", "AND") if kind == "and" else ("JT", "OR")
    tail = b""
    for term in reversed(terms[1:]):
        step = emit(term) + op(combine) + tail
        tail = op(jump, len(step)) + step
    return emit(terms[0]) + tail


def op(name: str, operand: int | None = None) -> bytes:
    return bytes([OP[name]]) + (b"" if operand is None else struct.pack("<I", operand))


def necessary(source: Source, expression: Expression, phase: Phase) -> frozenset[int] | None:
    """A guard: the expression is false unless one of these predicates is not; None when there is none."""
    kind, *terms = expression
    if kind == "pred":
        return frozenset(terms) if source.phase(terms[0]) is phase else None
    if kind == "const":
        return None if terms[0] else frozenset()
    if kind == "not":
        return None
    guards = [necessary(source, term, phase) for term in terms]
    usable = [guard for guard in guards if guard is not None]
    if kind == "and":
        return min(usable, key=len, default=None)
    return frozenset().union(*usable) if len(usable) == len(guards) else None


# What the core should decide ------------------------------------------------------------------------------------


@dataclass
class Call:
    """One decision: attribute values by number, findings as (detector, confidence, where), and the rest."""

    values: Mapping[int, Value]
    findings: Sequence[tuple[int, int, int]]
    incomplete: Sequence[int]
    flags: int


def expected(source: Source, call: Call) -> dict[int, tuple[int, tuple[int, ...]]]:
    """rule → (verdict, truths of its leaves) for every rule that is not false and applies, or may apply: a body that
    could not be read (flag 16) may hold tool calls and results."""
    truths = [truth(source, test, call) for test in source.predicates]
    masks = {Scope.PROMPT: 1, Scope.RESPONSE: 2, Scope.TOOL_CALL: 4 | 16, Scope.TOOL_RESULT: 8 | 16, Scope.ANY: 3}
    return {
        number: (verdict, tuple(truths[leaf] for leaf in rule.leaves))
        for number, rule in enumerate(source.rules)
        if masks[rule.scope] & call.flags and (verdict := evaluate(rule.condition, truths)) != FALSE
    }


def evaluate(expression: Expression, truths: Sequence[int]) -> int:
    kind, *terms = expression
    if kind == "pred":
        return truths[terms[0]]
    if kind == "const":
        return int(terms[0])
    values = [evaluate(term, truths) for term in terms]
    if kind == "not":
        return {FALSE: TRUE, TRUE: FALSE, UNKNOWN: UNKNOWN}[values[0]]
    decisive = FALSE if kind == "and" else TRUE
    return decisive if decisive in values else UNKNOWN if UNKNOWN in values else 1 - decisive


def truth(source: Source, test: Test, call: Call) -> int:
    if test.kind is Predicate.PAYLOAD:
        place = {Scope.TOOL_CALL: {1}, Scope.TOOL_RESULT: {2}}.get(test.scope, {0, 1, 2})
        members = source.selectors[test.selector]
        count = sum(d in members and c >= test.confidence and where in place for d, c, where in call.findings)
        if count >= test.imm:
            return TRUE
        return UNKNOWN if call.flags & 16 or set(call.incomplete) & set(members) else FALSE
    value = call.values.get(test.attribute)
    if test.kind is Predicate.KNOWN:
        return int(value is not None)
    return UNKNOWN if value is None else int(holds(test, value))


def holds(test: Test, value: Any) -> bool:
    strings = [STRINGS[number] for number in test.strings]
    match test.kind:
        case Predicate.IS_TRUE:
            return bool(value)
        case Predicate.INT_EQ:
            return bool(value == test.imm)
        case Predicate.INT_LT:
            return bool(value < test.imm)
        case Predicate.INT_GT:
            return bool(value > test.imm)
        case Predicate.STRING_IN:
            return value in strings
        case Predicate.STRING_LIKE:
            return any(matches(glob, value) for glob in strings)
        case Predicate.STRING_PREFIX:
            return bool(value.startswith(strings[0]))
        case Predicate.STRING_SUFFIX:
            return bool(value.endswith(strings[0]))
        case Predicate.SET_ANY:
            return bool(value & set(strings))
        case _:
            return bool(value >= set(strings))


def matches(glob: str, text: str) -> bool:
    """Recursive and plain: `*` is any run of characters."""
    if not glob:
        return not text
    if glob[0] == "*":
        return any(matches(glob[1:], text[at:]) for at in range(len(text) + 1))
    return bool(text) and text[0] == glob[0] and matches(glob[1:], text[1:])


# By chance ------------------------------------------------------------------------------------------------------

_OF_KIND = {
    "bool": (Predicate.IS_TRUE,),
    "int": (Predicate.INT_EQ, Predicate.INT_LT, Predicate.INT_GT),
    "string": (Predicate.STRING_IN, Predicate.STRING_LIKE, Predicate.STRING_PREFIX, Predicate.STRING_SUFFIX),
    "set": (Predicate.SET_ANY, Predicate.SET_ALL),
}
_EDGES = (-(2**63), -1, 0, 1, 2, 2**31, 2**63 - 1)


def random_source(random: Random) -> Source:
    source = Source(detectors=random.randint(0, 6))
    for number in range(random.randint(1, 8)):
        phase = random.choice(list(Phase))
        kind = "int" if phase is Phase.CALL else random.choice(["bool", "int", "string", "set"])
        source.attributes.append(attribute(number, kind, phase))
    subsets = {
        tuple(sorted(random.sample(range(source.detectors), random.randint(0, source.detectors)))) for _ in range(4)
    }
    source.selectors = [list(subset) for subset in sorted(subsets)]
    source.predicates = [_random_test(random, source) for _ in range(random.randint(1, 14))]
    for _ in range(random.randint(0, 12)):
        condition = _random_expression(random, len(source.predicates), 4)
        leaves = [leaf for leaf in leaves_of(condition) if random.random() < 0.9] * random.choice([1, 1, 1, 9])
        flags = random.choice([0, Flag.ALLOWS, Flag.SKIP_UNKNOWN])
        source.rules.append(Rule(condition, random.choice(list(Scope)), flags, tuple(leaves)))
    return source


def _random_test(random: Random, source: Source) -> Test:
    if random.random() < 0.4:
        return Test(
            Predicate.PAYLOAD,
            selector=random.randrange(len(source.selectors)),
            confidence=random.randint(0, 2),
            imm=random.randint(1, 3),
            scope=random.choice([Scope.ANY, Scope.TOOL_CALL, Scope.TOOL_RESULT]),
        )
    chosen = random.choice(source.attributes)
    kind = random.choice((*_OF_KIND[chosen.kind], Predicate.KNOWN))
    test = Test(kind, chosen.number)
    if chosen.kind == "int" and kind is not Predicate.KNOWN:
        test.imm = random.choice(_EDGES)
    elif kind in {Predicate.STRING_PREFIX, Predicate.STRING_SUFFIX}:
        test.strings = (random.randrange(len(STRINGS)),)
    elif chosen.kind in {"string", "set"} and kind is not Predicate.KNOWN:
        test.strings = tuple(sorted(random.sample(range(len(STRINGS)), random.randint(0, 4))))
    return test


def _random_expression(random: Random, predicates: int, depth: int) -> Expression:
    roll = random.random()
    if depth == 0 or roll < 0.3:
        return ("const", random.random() < 0.5) if roll < 0.03 else ("pred", random.randrange(predicates))
    if roll < 0.5:
        return ("not", _random_expression(random, predicates, depth - 1))
    terms = [_random_expression(random, predicates, depth - 1) for _ in range(random.randint(2, 3))]
    return (random.choice(["and", "or"]), *terms)


def leaves_of(expression: Expression) -> Iterator[int]:
    kind, *terms = expression
    if kind == "pred":
        yield terms[0]
    elif kind != "const":
        for term in terms:
            yield from leaves_of(term)


def random_call(random: Random, source: Source) -> Call:
    values = {a.number: _random_value(random, a.kind) for a in source.attributes if random.random() < 0.75}
    wheres = (0, 1, 2)
    findings = [
        (random.randrange(source.detectors), random.randint(0, 2), random.choice(wheres))
        for _ in range(random.randint(0, 5) if source.detectors else 0)
    ]
    incomplete = sorted(random.sample(range(source.detectors), random.randint(0, min(2, source.detectors))))
    flags = random.choice([1, 2]) | random.choice([0, 0, 4, 8, 12]) | random.choice([0, 0, 0, 16])
    return Call(values, findings, incomplete if random.random() < 0.4 else [], flags)


def _random_value(random: Random, kind: str) -> Value:
    if kind == "bool":
        return random.random() < 0.5
    if kind == "int":
        return random.choice(_EDGES)
    if kind == "string":
        return random.choice(VALUES)
    return frozenset(random.sample(VALUES, random.randint(0, 4)))


def program(source: Source) -> Program:
    return Program(**assemble(source))
