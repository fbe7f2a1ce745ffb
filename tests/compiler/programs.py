"""Typed programs made by hand, as `aigov_dsl.load` would make them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from aigov_dsl.ast import Confidence, Scope, Severity, Span, Style
from aigov_dsl.typed import (
    Allow,
    And,
    Attribute,
    Condition,
    Constant,
    Default,
    Detector,
    Effect,
    Exempt,
    Ignore,
    IntCompare,
    IsTrue,
    Known,
    Not,
    Obligation,
    Or,
    Payload,
    Program,
    Reroute,
    Rule,
    SetHas,
    Source,
    StringAffix,
    StringIn,
    StringLike,
    Validate,
)

HERE = Span("policy.gov", 0, 1, 1, 1, 1, 2)


def span(line: int) -> Span:
    """A place on a line of its own."""
    return Span("policy.gov", line, line + 1, line, 1, line, 2)


def attribute(name: str, kind: str, phase: str, *values: str, optional: bool = False) -> Attribute:
    """One attribute of the vocabulary below."""
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


def is_true(name: str) -> IsTrue:
    return IsTrue(text=name, span=HERE, attribute=VOCABULARY[name])


def known(name: str) -> Known:
    return Known(text=f"{name} is known", span=HERE, attribute=VOCABULARY[name])


def integer(name: str, operator: str, value: int) -> IntCompare:
    text = f"{name} {operator} {value}"
    return IntCompare(text=text, span=HERE, attribute=VOCABULARY[name], operator=operator, value=value)


def one_of(name: str, *values: str) -> StringIn:
    text = f'{name} == "{values[0]}"' if len(values) == 1 else f"{name} in {sorted(values)}"
    return StringIn(text=text, span=HERE, attribute=VOCABULARY[name], values=tuple(sorted(set(values))))


def like(name: str, *globs: str) -> StringLike:
    return StringLike(text=f"{name} like any {list(globs)}", span=HERE, attribute=VOCABULARY[name], globs=globs)


def affix(name: str, text: str, *, end: bool = False) -> StringAffix:
    words = f'{name} {"ends" if end else "starts"} with "{text}"'
    return StringAffix(text=words, span=HERE, attribute=VOCABULARY[name], affix=text, end=end)


def has(name: str, *values: str, every: bool = False) -> SetHas:
    text = f"{name} has {'all' if every else 'any'} {sorted(values)}"
    return SetHas(text=text, span=HERE, attribute=VOCABULARY[name], values=tuple(sorted(set(values))), all=every)


def contains(*detectors: str, confidence: Confidence = Confidence.POSSIBLE, count: int = 1) -> Payload:
    text = f"payload contains {list(detectors)}"
    return Payload(
        text=text, span=HERE, detectors=tuple(sorted(detectors)), confidence=confidence, count=count
    )


def both(*terms: Condition) -> And:
    return And(terms=terms)


def either(*terms: Condition) -> Or:
    return Or(terms=terms)


def no(term: Condition) -> Not:
    return Not(term=term)


TRUE = Constant(value=True)
FALSE = Constant(value=False)


def exempt(when: Condition, until: date | None = None) -> Exempt:
    return Exempt(when=when, until=until, owner="secops", reason="migration", span=HERE)


def rule(
    name: str,
    when: Condition,
    effect: Effect | None = None,
    *,
    unless: Condition | None = None,
    exempts: tuple[Exempt, ...] = (),
    obligations: tuple[Obligation, ...] = (),
    scope: Scope = Scope.PROMPT,
    unknown_skip: bool = False,
    line: int = 1,
) -> Rule:
    return Rule(
        id=name,
        package="policy",
        scope=scope,
        when=when,
        unless=unless,
        exempts=exempts,
        effect=effect,
        obligations=obligations,
        unknown_skip=unknown_skip,
        owner="",
        tickets=(),
        controls=(),
        severity=None,
        doc="",
        span=span(line),
    )


def reroute(name: str, when: Condition, target: str, *, scope: Scope = Scope.PROMPT) -> Rule:
    return rule(name, when, Reroute(target=target), scope=scope)


def detector(name: str, *sources: Source, style: Style | None = None, validators: tuple[Validate, ...] = ()) -> Detector:
    return Detector(
        id=f"policy.{name}",
        package="policy",
        name=name,
        sources=sources,
        near=(),
        validators=validators,
        ignore=Ignore(literals=(), patterns=()),
        cls="internal",
        severity=Severity.MEDIUM,
        confidence=Confidence.LIKELY,
        style=style,
        doc="",
        span=HERE,
    )


def program(
    *rules: Rule, detectors: tuple[Detector, ...] = (), sources: Mapping[str, bytes] | None = None
) -> Program:
    return Program(
        packages=("policy",),
        attributes=tuple(VOCABULARY.values()),
        detectors=tuple(sorted(detectors, key=lambda item: item.id)),
        rules=tuple(sorted(rules, key=lambda item: item.id)),
        default=Default(effect=Allow(), span=HERE),
        tests=(),
        sources=sources or {"policy.gov": b"hand made"},
    )
