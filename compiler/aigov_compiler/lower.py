"""From the typed program to the intermediate form."""

from __future__ import annotations

from datetime import date

from aigov_compiler.fold import fold
from aigov_compiler.ir import And, Constant, Expression, Leaf, Not, Or, Predicate, Rule
from aigov_dsl import typed
from aigov_dsl.ast import Confidence
from aigov_dsl.ast import Scope as ScopeWord
from aigov_runtime.core.isa import Phase, Scope
from aigov_runtime.core.isa import Predicate as Kind

DAY = typed.Attribute(
    name="time.day", kind="int", optional=False, phase="call", doc="Days since 1970-01-01, UTC; internal"
)
"""The clock of exemptions. Not in the language; added to the attributes of a bundle that has one with `until`."""

CONFIDENCES = tuple(Confidence)
SCOPES = {word: Scope[word.name] for word in ScopeWord}
EPOCH = date(1970, 1, 1)

_NARROW = (Scope.TOOL_CALL, Scope.TOOL_RESULT)


def lower(program: typed.Program) -> tuple[Rule, ...]:
    """Every rule with its folded condition, in the program's order."""
    return tuple(Rule(rule, fold(_condition(rule))) for rule in program.rules)


def attributes(program: typed.Program) -> tuple[typed.Attribute, ...]:
    """The attribute table: the program's, and the day if an exemption can expire."""
    expires = any(exempt.until for rule in program.rules for exempt in rule.exempts)
    return (*program.attributes, DAY) if expires else program.attributes


def _condition(rule: typed.Rule) -> Expression:
    scope = SCOPES[rule.scope]
    terms = [_expression(rule.when, scope)]
    if rule.unless is not None:
        terms.append(Not(_expression(rule.unless, scope)))
    terms.extend(Not(_exemption(exempt, scope)) for exempt in rule.exempts)
    return And(tuple(terms))


def _exemption(exempt: typed.Exempt, scope: Scope) -> Expression:
    condition = _expression(exempt.when, scope)
    if exempt.until is None:
        return condition
    over = Predicate(
        kind=Kind.INT_GT,
        phase=Phase.CALL,
        attribute=DAY.name,
        integer=(exempt.until - EPOCH).days,
        text=f"the day is after {exempt.until}",
    )
    return And((condition, Not(Leaf(over, exempt.span))))


def _expression(condition: typed.Condition, scope: Scope) -> Expression:
    match condition:
        case typed.And(terms=terms):
            return And(tuple(_expression(term, scope) for term in terms))
        case typed.Or(terms=terms):
            return Or(tuple(_expression(term, scope) for term in terms))
        case typed.Not(term=term):
            return Not(_expression(term, scope))
        case typed.Constant(value=value):
            return Constant(value)
        case typed.IntCompare():
            return _int_compare(condition)
        case typed.Payload():
            return Leaf(_payload(condition, scope), condition.span)
        case _:
            return Leaf(_on_attribute(condition), condition.span)


OnAttribute = typed.IsTrue | typed.StringIn | typed.StringLike | typed.StringAffix | typed.SetHas | typed.Known


def _on_attribute(atom: OnAttribute) -> Predicate:
    kind, strings = _operands(atom)
    return Predicate(
        kind=kind,
        phase=Phase[atom.attribute.phase.upper()],
        attribute=atom.attribute.name,
        strings=strings,
        text=atom.text,
    )


def _operands(atom: OnAttribute) -> tuple[Kind, tuple[str, ...]]:
    match atom:
        case typed.IsTrue():
            return Kind.IS_TRUE, ()
        case typed.Known():
            return Kind.KNOWN, ()
        case typed.StringIn(values=values):
            return Kind.STRING_IN, values
        case typed.StringLike(globs=globs):
            return Kind.STRING_LIKE, tuple(sorted(set(globs)))
        case typed.StringAffix(affix=affix, end=end):
            return Kind.STRING_SUFFIX if end else Kind.STRING_PREFIX, (affix,)
        case typed.SetHas(values=values, all=every):
            return Kind.SET_ALL if every and len(values) != 1 else Kind.SET_ANY, values


_INT_FORMS = {
    "==": (Kind.INT_EQ, False),
    "!=": (Kind.INT_EQ, True),
    "<": (Kind.INT_LT, False),
    ">=": (Kind.INT_LT, True),
    ">": (Kind.INT_GT, False),
    "<=": (Kind.INT_GT, True),
}
"""Operator → predicate kind, and whether it is negated."""

_INT_SIGNS = {Kind.INT_EQ: "==", Kind.INT_LT: "<", Kind.INT_GT: ">"}


def _int_compare(atom: typed.IntCompare) -> Expression:
    """The text is that of the predicate, not of its negation: a reason shows it beside its own truth."""
    kind, negated = _INT_FORMS[atom.operator]
    predicate = Predicate(
        kind=kind,
        phase=Phase[atom.attribute.phase.upper()],
        attribute=atom.attribute.name,
        integer=atom.value,
        text=f"{atom.attribute.name} {_INT_SIGNS[kind]} {atom.value}",
    )
    leaf = Leaf(predicate, atom.span)
    return Not(leaf) if negated else leaf


def _payload(atom: typed.Payload, scope: Scope) -> Predicate:
    """Rules on prompts, responses and both see all segments, so they share predicates."""
    return Predicate(
        kind=Kind.PAYLOAD,
        phase=Phase.CALL,
        detectors=atom.detectors,
        confidence=CONFIDENCES.index(atom.confidence),
        integer=atom.count,
        scope=scope if scope in _NARROW else Scope.ANY,
        text=atom.text,
    )
