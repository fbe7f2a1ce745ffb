"""Can a condition be true? Satisfiability of a Kleene condition over its predicates.

Depth-first over the truths of predicates; after every step the predicates chosen so far on one attribute must have a
common value. Bool, enum, equality, membership and integer ranges are decided exactly. Globs and affixes, sets and
counts of findings err on the side of "yes", as does running out of steps.

Only what is *true* counts, not what would be unknown: with evidence missing almost any two rules could match.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from aigov_compiler.ir import And, Constant, Expression, Leaf, Not, Or, Predicate, leaves
from aigov_compiler.values import consistent
from aigov_dsl.typed import Attribute

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
        self._order = list(dict.fromkeys(leaf.predicate for leaf in leaves(expression)))
        self._chosen: Assignment = {}
        self._by_attribute: dict[str, Assignment] = defaultdict(dict)
        self._steps = 0

    def run(self) -> Assignment | None:
        return dict(self._chosen) if self._extend(0) else None

    def _extend(self, depth: int) -> bool:
        value = truth(self._expression, self._chosen)
        if value is not None:
            return value
        predicate = self._order[depth]
        group = self._by_attribute[predicate.attribute]
        for choice in (True, False):
            self._steps += 1
            if self._steps > MAX_STEPS:
                return True
            self._chosen[predicate] = group[predicate] = choice
            if consistent(group, self._attributes.get(predicate.attribute)) and self._extend(depth + 1):
                return True
            del self._chosen[predicate], group[predicate]
        return False


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
