"""The index over scope keys: what must hold for a rule to be worth evaluating.

A guard of a rule in a phase is a set of predicates of that phase such that the rule is false unless one of them is not
false. It is read off the condition: a leaf guards itself; of a conjunction any term's guard will do, so the cheapest is
taken; a disjunction needs all its terms' guards together; what is negated cannot guard, for a negation is also not
false where its predicate is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from aigov_compiler.ir import And, Constant, Expression, Leaf, Not, Or, Predicate, Rule
from aigov_runtime.core.isa import Phase
from aigov_runtime.core.isa import Predicate as Kind

Guard = frozenset[Predicate]
"""Empty: the rule is always false."""


class Guards(NamedTuple):
    """One rule's guards by phase; None where nothing of that phase is necessary."""

    session: Guard | None
    profile: Guard | None
    call: Guard | None


def guards(rules: tuple[Rule, ...], numbers: Mapping[Predicate, int]) -> tuple[Guards, ...]:
    """The guards of every rule. `numbers` breaks ties, so that the choice is reproducible."""
    popularity: Counter[Predicate] = Counter()
    for rule in rules:
        popularity.update(set(_positive(rule.condition, True)))
    choose = _Chooser(popularity, numbers)
    return tuple(
        Guards(*(choose.guard(rule.condition, True, phase) for phase in (Phase.SESSION, Phase.PROFILE, Phase.CALL)))
        for rule in rules
    )


def _positive(expression: Expression, positive: bool) -> Iterator[Predicate]:
    match expression:
        case Leaf(predicate):
            if positive:
                yield predicate
        case Not(term):
            yield from _positive(term, not positive)
        case And(terms) | Or(terms):
            for term in terms:
                yield from _positive(term, positive)


class _Chooser:
    """Picks the guard with the smallest postings: a predicate that many rules share tells few of them apart.

    Before that, in the call phase, payload predicates: rules filed under them cost nothing while nothing is found.
    """

    def __init__(self, popularity: Mapping[Predicate, int], numbers: Mapping[Predicate, int]) -> None:
        self._popularity = popularity
        self._numbers = numbers

    def guard(self, expression: Expression, positive: bool, phase: Phase) -> Guard | None:
        """Predicates one of which is not false whenever the expression (or, not `positive`, its negation) is not."""
        match expression:
            case Leaf(predicate):
                return frozenset((predicate,)) if positive and predicate.phase is phase else None
            case Constant(value):
                return None if value is positive else frozenset()
            case Not(term):
                return self.guard(term, not positive, phase)
        found = [self.guard(term, positive, phase) for term in expression.terms]
        usable = [guard for guard in found if guard is not None]
        if isinstance(expression, And) is positive:
            return min(usable, key=self._postings, default=None)
        return frozenset().union(*usable) if len(usable) == len(found) else None

    def _postings(self, guard: Guard) -> tuple[int, int, int, list[int]]:
        return (
            sum(predicate.phase is Phase.CALL and predicate.kind is not Kind.PAYLOAD for predicate in guard),
            sum(self._popularity[predicate] for predicate in guard),
            sum(predicate.kind in _BROAD for predicate in guard),
            sorted(self._numbers[predicate] for predicate in guard),
        )


_BROAD = (Kind.IS_TRUE, Kind.KNOWN, Kind.INT_LT, Kind.INT_GT)
"""Kinds that hold for a large part of all requests; between equals, they guard last."""
