"""The truth of conditions, and the evidence that an unknown atom lacks."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from aigov_dsl.reference import kleene
from aigov_dsl.reference.candidates import at_least
from aigov_dsl.reference.kleene import Truth
from aigov_dsl.reference.model import Finding
from aigov_dsl.typed import (
    And,
    Condition,
    Constant,
    IntCompare,
    IsTrue,
    Known,
    Not,
    Or,
    Payload,
    Rule,
    SetHas,
    StringAffix,
    StringIn,
    StringLike,
    Value,
)

OnValue = IsTrue | IntCompare | StringIn | StringLike | StringAffix | SetHas
"""Atoms that are unknown when their attribute has no value."""

Predicate = OnValue | Known | Payload
"""Every atom."""

UNPARSED = "body"
"""The name of the missing evidence when the body could not be parsed."""

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a rule can see: attribute values, the findings in its scope, and what is known to be missing."""

    attributes: Mapping[str, Value]
    findings: tuple[Finding, ...]
    incomplete: Collection[str]
    unparsed: bool


def whole_condition(rule: Rule, day: int) -> Condition:
    """`when and not unless and not E1 and not E2 …`; an exemption holds until its day is over."""
    terms = [rule.when]
    if rule.unless is not None:
        terms.append(Not(term=rule.unless))
    for exempt in rule.exempts:
        in_force = exempt.until is None or day <= (exempt.until - EPOCH).days
        terms.append(Not(term=And(terms=(exempt.when, Constant(value=in_force)))))
    return And(terms=tuple(terms))


def truth(condition: Condition, evidence: Evidence) -> Truth:
    """Strong Kleene evaluation."""
    match condition:
        case And(terms=terms):
            return kleene.conjunction(truth(term, evidence) for term in terms)
        case Or(terms=terms):
            return kleene.disjunction(truth(term, evidence) for term in terms)
        case Not(term=term):
            return kleene.negation(truth(term, evidence))
        case Constant(value=constant):
            return kleene.of(constant)
        case Payload():
            return _contains(condition, evidence)
        case Known(attribute=attribute):
            return kleene.of(attribute.name in evidence.attributes)
        case _:
            value = evidence.attributes.get(condition.attribute.name)
            return Truth.UNKNOWN if value is None else kleene.of(_holds(condition, value))


def atoms(condition: Condition) -> Iterator[Predicate]:
    """The atoms of a condition, in source order."""
    match condition:
        case And(terms=terms) | Or(terms=terms):
            for term in terms:
                yield from atoms(term)
        case Not(term=term):
            yield from atoms(term)
        case Constant():
            pass
        case _:
            yield condition


def missing(atom: Predicate, evidence: Evidence) -> set[str]:
    """What an unknown atom lacks: its attribute, or its incomplete detectors, or the body."""
    if isinstance(atom, Payload):
        return {d for d in atom.detectors if d in evidence.incomplete} | ({UNPARSED} if evidence.unparsed else set())
    return {atom.attribute.name}


def _contains(atom: Payload, evidence: Evidence) -> Truth:
    """The count reached is true; not reached, it is false only when nothing could have been missed."""
    count = sum(f.detector in atom.detectors and at_least(f, atom.confidence) for f in evidence.findings)
    if count >= atom.count:
        return Truth.TRUE
    missed = evidence.unparsed or any(d in evidence.incomplete for d in atom.detectors)
    return Truth.UNKNOWN if missed else Truth.FALSE


def _holds(atom: OnValue, value: Value) -> bool:
    match atom, value:
        case IsTrue(), bool():
            return value
        case IntCompare(operator=operator, value=other), int():
            return _compare(value, operator, other)
        case StringIn(values=values), str():
            return value in values
        case StringLike(globs=globs), str():
            return any(_glob_matches(glob, value) for glob in globs)
        case StringAffix(affix=affix, end=end), str():
            return value.endswith(affix) if end else value.startswith(affix)
        case SetHas(values=values, all=every), frozenset():
            return value.issuperset(values) if every else not value.isdisjoint(values)
    raise TypeError(f"`{atom.attribute.name}` is of kind {atom.attribute.kind}, got {value!r}")


def _compare(value: int, operator: str, other: int) -> bool:
    return {
        "==": value == other,
        "!=": value != other,
        "<": value < other,
        "<=": value <= other,
        ">": value > other,
        ">=": value >= other,
    }[operator]


def _glob_matches(glob: str, value: str) -> bool:
    """`*` is any run of characters, also an empty one; everything else is literal."""
    return re.fullmatch(".*".join(map(re.escape, glob.split("*"))), value, re.DOTALL) is not None
