"""Typed programs made by hand, over a small vocabulary with every kind and phase of attribute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from aigov_dsl.ast import Span
from aigov_dsl.typed import (
    And,
    Attribute,
    Condition,
    Constant,
    Detector,
    Exempt,
    IntCompare,
    IsTrue,
    Known,
    Not,
    Or,
    Program,
    Reroute,
    Rule,
    SetHas,
    StringAffix,
    StringIn,
    StringLike,
)
from tests.dsl import build
from tests.dsl.build import AT, rule


def attribute(name: str, kind: str, phase: str, *values: str, optional: bool = False) -> Attribute:
    return Attribute(name=name, kind=kind, optional=optional, phase=phase, values=values)


VOCABULARY = {
    item.name: item
    for item in (
        attribute("device.managed", "bool", "session"),
        attribute("device.posture", "enum", "session", "compliant", "noncompliant", "unknown"),
        attribute("request.bytes", "int", "call"),
        attribute("request.model", "string", "profile"),
        attribute("request.provider", "string", "profile"),
        attribute("session.turn", "int", "call"),
        attribute("user.groups", "set", "session"),
        attribute("user.region", "string", "session", optional=True),
    )
}

TRUE = Constant(value=True)
FALSE = Constant(value=False)


def at(line: int) -> Span:
    """A place on a line of its own."""
    return Span("test.gov", line, line + 1, line, 1, line, 2)


def is_true(name: str) -> IsTrue:
    return IsTrue(text=name, span=AT, attribute=VOCABULARY[name])


def known(name: str) -> Known:
    return Known(text=f"{name} is known", span=AT, attribute=VOCABULARY[name])


def integer(name: str, operator: str, value: int) -> IntCompare:
    text = f"{name} {operator} {value}"
    return IntCompare(text=text, span=AT, attribute=VOCABULARY[name], operator=operator, value=value)


def one_of(name: str, *values: str) -> StringIn:
    text = f'{name} == "{values[0]}"' if len(values) == 1 else f"{name} in {sorted(values)}"
    return StringIn(text=text, span=AT, attribute=VOCABULARY[name], values=tuple(sorted(set(values))))


def like(name: str, *globs: str) -> StringLike:
    return StringLike(text=f"{name} like any {list(globs)}", span=AT, attribute=VOCABULARY[name], globs=globs)


def affix(name: str, text: str, *, end: bool = False) -> StringAffix:
    words = f'{name} {"ends" if end else "starts"} with "{text}"'
    return StringAffix(text=words, span=AT, attribute=VOCABULARY[name], affix=text, end=end)


def has(name: str, *values: str, every: bool = False) -> SetHas:
    text = f"{name} has {'all' if every else 'any'} {sorted(values)}"
    return SetHas(text=text, span=AT, attribute=VOCABULARY[name], values=tuple(sorted(set(values))), all=every)


def both(*terms: Condition) -> And:
    return And(terms=terms)


def either(*terms: Condition) -> Or:
    return Or(terms=terms)


def no(term: Condition) -> Not:
    return Not(term=term)


def exempt(when: Condition, until: date | None = None) -> Exempt:
    return Exempt(when=when, until=until, owner="secops", reason="migration", span=AT)


def reroute(name: str, when: Condition, target: str, *, span: Span = AT, **fields: Any) -> Rule:
    return replace(rule(name, when, Reroute(target=target), **fields), span=span)


def program(*parts: Detector | Rule, sources: Mapping[str, bytes] | None = None) -> Program:
    """A program of these parts, with the whole vocabulary."""
    made = build.program(*parts)
    return replace(made, attributes=tuple(VOCABULARY.values()), sources=sources or {"test.gov": b"made by hand"})
