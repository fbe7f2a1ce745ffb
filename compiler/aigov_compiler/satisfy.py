"""Can a condition be true? Satisfiability of a Kleene condition over its predicates.

Depth-first over the truths of predicates; after every step the predicates chosen so far on one attribute must have a
common value. Bool, enum, equality, membership and integer ranges are decided exactly. Globs and affixes, sets and
counts of findings err on the side of "yes", as does running out of steps.

Only what is *true* counts, not what would be unknown: with evidence missing almost any two rules could match. So an
attribute may lack its value only where the condition asks `is known`; its other predicates are then left open, which to
Kleene's tables is the same as unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aigov_compiler.ir import And, Constant, Expression, Leaf, Not, Or, Predicate, leaves
from aigov_compiler.values import consistent
from aigov_dsl.typed import Attribute
from aigov_runtime.core.isa import Predicate as Kind

MAX_STEPS = 20_000
"""Truths tried before giving up; conditions that people write take a few dozen."""

Assignment = dict[Predicate, bool]


def satisfy(expression: Expression, attributes: Mapping[str, Attribute]) -> Assignment | None:
    """Truths of predicates that make the expression true, or None when nothing can.

    When steps run out, the truths are those tried last.
    """
    return _Search(expression, attributes).run()


class _Search:
    def __init__(self, expression: Expression, attributes: Mapping[str, Attribute]) -> None:
        self._expression = expression
        self._attributes = attributes
        found = dict.fromkeys(leaf.predicate for leaf in leaves(expression))
        self._order = sorted(found, key=lambda predicate: predicate.kind is not Kind.KNOWN)
        self._chosen: Assignment = {}
        self._steps = 0

    def run(self) -> Assignment | None:
        return dict(self._chosen) if self._extend(0) else None

    def _extend(self, depth: int) -> bool:
        value = truth(self._expression, self._chosen)
        if value is not None or depth == len(self._order):
            return value is True
        predicate = self._order[depth]
        if self._is_absent(predicate.attribute):
            return self._extend(depth + 1)
        return any(self._try(predicate, choice, depth) for choice in (True, False))

    def _try(self, predicate: Predicate, choice: bool, depth: int) -> bool:
        self._steps += 1
        if self._steps > MAX_STEPS:
            return True
        self._chosen[predicate] = choice
        if self._has_value(predicate.attribute) and self._extend(depth + 1):
            return True
        del self._chosen[predicate]
        return False

    def _is_absent(self, attribute: str) -> bool:
        return any(
            predicate.kind is Kind.KNOWN and predicate.attribute == attribute and not choice
            for predicate, choice in self._chosen.items()
        )

    def _has_value(self, attribute: str) -> bool:
        on_value = {
            predicate: choice
            for predicate, choice in self._chosen.items()
            if predicate.attribute == attribute and predicate.kind is not Kind.KNOWN
        }
        return consistent(on_value, self._attributes.get(attribute))


def truth(expression: Expression, chosen: Mapping[Predicate, bool]) -> bool | None:
    """Kleene evaluation; None while the chosen predicates do not decide."""
    match expression:
        case Leaf(predicate):
            return chosen.get(predicate)
        case Constant(value):
            return value
        case Not(term):
            inner = truth(term, chosen)
            return None if inner is None else not inner
        case And(terms):
            return _combine((truth(term, chosen) for term in terms), absorbing=False)
        case Or(terms):
            return _combine((truth(term, chosen) for term in terms), absorbing=True)


def _combine(values: Iterable[bool | None], *, absorbing: bool) -> bool | None:
    result: bool | None = not absorbing
    for value in values:
        if value is absorbing:
            return absorbing
        if value is None:
            result = None
    return result
