"""Two rules that reroute to different targets and can both match are an error: one request has one way to go."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import NamedTuple

from aigov_compiler.errors import Error
from aigov_compiler.ir import And, Leaf, Predicate, Rule
from aigov_compiler.satisfy import Assignment, satisfy
from aigov_dsl import typed
from aigov_dsl.ast import Scope
from aigov_dsl.diagnostics import Diagnostic
from aigov_runtime.core.isa import Predicate as Kind


class _Reroute(NamedTuple):
    rule: Rule
    target: str
    values: Mapping[str, frozenset[str]]
    """Attributes that must have one of these values, from the top of the condition."""


def conflicts(rules: tuple[Rule, ...], attributes: Iterable[typed.Attribute]) -> list[Diagnostic]:
    """One diagnostic per rule and its first opponent by id."""
    by_name = {attribute.name: attribute for attribute in attributes}
    reported: dict[str, Diagnostic] = {}
    for first, second in _pairs(_reroutes(rules)):
        if first.rule.source.id in reported or not _could_meet(first, second):
            continue
        example = satisfy(And((first.rule.condition, second.rule.condition)), by_name)
        if example is not None:
            reported[first.rule.source.id] = _diagnostic(first, second, example)
    return list(reported.values())


def _reroutes(rules: tuple[Rule, ...]) -> list[_Reroute]:
    return [
        _Reroute(rule, rule.source.effect.target, _required_values(rule))
        for rule in rules
        if isinstance(rule.source.effect, typed.Reroute)
    ]


def _required_values(rule: Rule) -> dict[str, frozenset[str]]:
    terms = rule.condition.terms if isinstance(rule.condition, And) else (rule.condition,)
    found: dict[str, frozenset[str]] = {}
    for term in terms:
        if isinstance(term, Leaf) and term.predicate.kind is Kind.STRING_IN:
            values = frozenset(term.predicate.strings)
            found[term.predicate.attribute] = found.get(term.predicate.attribute, values) & values
    return found


def _pairs(reroutes: list[_Reroute]) -> Iterator[tuple[_Reroute, _Reroute]]:
    """Pairs in order that share a value of the attribute that most rules name, or of which one does not name it."""
    popular = Counter(name for reroute in reroutes for name in reroute.values).most_common(1)
    key = popular[0][0] if popular else ""
    buckets: dict[str, list[int]] = defaultdict(list)
    loose = []
    for number, reroute in enumerate(reroutes):
        if key in reroute.values:
            for value in reroute.values[key]:
                buckets[value].append(number)
        else:
            loose.append(number)
    pairs = {pair for bucket in buckets.values() for pair in combinations(bucket, 2)}
    pairs.update((min(a, b), max(a, b)) for a in loose for b in range(len(reroutes)) if a != b)
    for first, second in sorted(pairs):
        if reroutes[first].target != reroutes[second].target:
            yield reroutes[first], reroutes[second]


def _could_meet(first: _Reroute, second: _Reroute) -> bool:
    """Cheap, before the search: one interaction is in both scopes, and no attribute must have two values."""
    if {first.rule.source.scope, second.rule.source.scope} == {Scope.PROMPT, Scope.RESPONSE}:
        return False
    return not any(
        values.isdisjoint(second.values[name]) for name, values in first.values.items() if name in second.values
    )


def _diagnostic(first: _Reroute, second: _Reroute, example: Assignment) -> Diagnostic:
    one, other = first.rule.source, second.rule.source
    when = " and ".join(_literal(predicate, truth) for predicate, truth in example.items())
    return Error.CONFLICT.at(
        one.span,
        f"`{one.id}` reroutes to `{first.target}` and `{other.id}` to `{second.target}`, and both can match",
        help=f"add `unless` to one of them so that they exclude each other, or give both one target; "
        f"both match when {when or 'anything is asked'}",
        related=((other.span, f"`{other.id}` reroutes to `{second.target}` here"),),
    )


def _literal(predicate: Predicate, truth: bool) -> str:
    return f"`{predicate.text}`" if truth else f"not `{predicate.text}`"
