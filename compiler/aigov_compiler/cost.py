"""Static worst-case cost of deciding.

The unit is the **step**: one instruction of the decision core, or one comparison of strings inside a predicate. A rule
costs the steps of its code with no jump taken; a bundle costs the sum over its rules, as if every rule were a candidate
and no predicate were shared. So it bounds a decision from above whatever the request, and does not change with the
machine. It says nothing about scanning, whose time grows with the text.
"""

from __future__ import annotations

from typing import NamedTuple

from aigov_compiler.ir import And, Constant, Expression, Leaf, Not, Or, Predicate, Rule
from aigov_runtime.core.isa import Predicate as Kind


class Cost(NamedTuple):
    """Steps of the whole bundle and of every rule by id."""

    bundle: int
    rules: dict[str, int]


def cost(rules: tuple[Rule, ...]) -> Cost:
    """The worst case in steps."""
    by_rule = {rule.source.id: _steps(rule.condition) + 1 for rule in rules}  # one for END
    return Cost(sum(by_rule.values()), by_rule)


def _steps(expression: Expression) -> int:
    match expression:
        case Leaf(predicate):
            return 1 + _comparisons(predicate)
        case Constant():
            return 1
        case Not(term):
            return _steps(term) + 1
        case And(terms) | Or(terms):
            return sum(map(_steps, terms)) + 2 * (len(terms) - 1)  # a jump and a connective between two terms


def _comparisons(predicate: Predicate) -> int:
    """Membership of a string is a binary search; globs are tried one by one; a set is merged with the operands."""
    match predicate.kind:
        case Kind.STRING_IN:
            return len(predicate.strings).bit_length()
        case Kind.STRING_LIKE | Kind.STRING_PREFIX | Kind.STRING_SUFFIX | Kind.SET_ANY | Kind.SET_ALL:
            return len(predicate.strings)
        case _:
            return 0
