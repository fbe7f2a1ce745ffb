"""The intermediate form: conditions over canonical predicates.

    typed program → lower (one expression per rule, folded) → IR → index guards, assemble code → document → bundle

What it has that the typed program lacks: exemptions and `unless` are part of the one condition; predicates have the
kinds and operands of the decision core (`aigov_runtime.core.isa`); equal predicates are one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from aigov_dsl import typed
from aigov_dsl.ast import Span
from aigov_runtime.core.isa import Phase, Scope
from aigov_runtime.core.isa import Predicate as Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicate:
    """One entry of the predicate table; operands that its kind does not use keep their defaults.

    `strings` is sorted and unique; `detectors` (ids, sorted), `confidence`, `integer` (the count) and `scope` belong
    to payload predicates. `text` is for people: two spellings of one predicate are one predicate.
    """

    kind: Kind
    phase: Phase
    attribute: str = ""
    strings: tuple[str, ...] = ()
    integer: int = 0
    detectors: tuple[str, ...] = ()
    confidence: int = 0
    scope: Scope = Scope.ANY
    text: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A predicate at the place where the author wrote it."""

    predicate: Predicate
    span: Span


@dataclass(frozen=True, slots=True)
class And:
    """Kleene conjunction of two or more terms."""

    terms: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Kleene disjunction of two or more terms."""

    terms: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Kleene negation."""

    term: Expression


@dataclass(frozen=True, slots=True)
class Constant:
    """A truth value."""

    value: bool


Expression = And | Or | Not | Constant | Leaf


@dataclass(frozen=True, slots=True)
class Rule:
    """A typed rule and its whole condition: `when and not unless and not E1 and not E2 …`."""

    source: typed.Rule
    condition: Expression


def leaves(expression: Expression) -> Iterator[Leaf]:
    """The leaves, left to right."""
    match expression:
        case Leaf():
            yield expression
        case And(terms) | Or(terms):
            for term in terms:
                yield from leaves(term)
        case Not(term):
            yield from leaves(term)


def predicate_table(rules: tuple[Rule, ...]) -> dict[Predicate, int]:
    """Every predicate that the rules use, numbered by first use."""
    table: dict[Predicate, int] = {}
    for rule in rules:
        for leaf in leaves(rule.condition):
            table.setdefault(leaf.predicate, len(table))
    return table
