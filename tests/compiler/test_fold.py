"""Folding keeps the meaning and the atoms."""

from __future__ import annotations

import pytest
from hypothesis import given

from aigov_compiler.fold import fold
from aigov_compiler.ir import And, Constant, Expression, Leaf, Not, Or, leaves
from tests.compiler.conditions import PREDICATES, assignments, evaluate, expressions
from tests.compiler.listing import show
from tests.dsl.build import AT

X, Y = (Leaf(predicate, AT) for predicate in PREDICATES[:2])
T, F = Constant(True), Constant(False)


@given(expressions)
def test_the_truth_stays(expression: Expression) -> None:
    folded = fold(expression)
    assert all(evaluate(folded, truths) is evaluate(expression, truths) for truths in assignments())


@given(expressions)
def test_no_atom_is_lost_unless_the_rule_is_constant(expression: Expression) -> None:
    folded = fold(expression)
    if not isinstance(folded, Constant):
        assert {leaf.predicate for leaf in leaves(folded)} == {leaf.predicate for leaf in leaves(expression)}


@given(expressions)
def test_folding_twice_changes_nothing(expression: Expression) -> None:
    assert fold(fold(expression)) == fold(expression)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (And((T, X)), "s0"),
        (And((X, F)), "false"),
        (Or((X, T)), "true"),
        (Or((F, X, F)), "s0"),
        (Not(Not(X)), "s0"),
        (Not(T), "false"),
        (And((X, And((Y, X)))), "(s0 and s1 and s0)"),
        (And((Y, Or((X, T)))), "(s1 and (true or s0))"),
        (Not(And((X, Not(Or((Y, T)))))), "true"),
    ],
    ids=lambda value: value if isinstance(value, str) else show(value),
)
def test_examples(expression: Expression, expected: str) -> None:
    assert show(fold(expression)) == expected
