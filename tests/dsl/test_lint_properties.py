"""What the linter claims is true, and what it mends means the same: checked against the reference evaluator."""

from __future__ import annotations

import tempfile
from datetime import date
from itertools import combinations, product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aigov_dsl import apply_fixes, ast, check, lint, typed
from aigov_dsl.format import condition_text
from aigov_dsl.linter.logic import exclusive, exhaustive, implies
from aigov_dsl.reference.conditions import Evidence, truth
from tests.dsl.strategies import node, tuples

TODAY = date(2027, 1, 1)


def attribute(name: str) -> st.SearchStrategy[Any]:
    return node(ast.Name, text=st.just(name))


values = node(ast.String, value=st.sampled_from(["a", "ab", "b"]))
globs = node(ast.String, value=st.sampled_from(["a", "a*", "*b", "*"]))
postures = node(ast.String, value=st.sampled_from(["compliant", "noncompliant", "unknown"]))
model, groups, size = attribute("request.model"), attribute("user.groups"), attribute("request.bytes")
equality = st.sampled_from(["==", "!="])

managed, posture = attribute("device.managed"), attribute("device.posture")
atoms = st.one_of(
    node(ast.Constant, value=st.booleans()),
    node(ast.Truth, attribute=managed),
    node(ast.Compare, attribute=managed, operator=equality, value=node(ast.Bool, value=st.booleans())),
    node(
        ast.Compare,
        attribute=size,
        operator=st.sampled_from(["==", "!=", "<", "<=", ">", ">="]),
        value=node(ast.Int, value=st.integers(-1, 4)),
    ),
    node(ast.Compare, attribute=model, operator=equality, value=values),
    node(ast.InList, attribute=model, values=tuples(values, 1, 3)),
    node(ast.Like, attribute=model, globs=tuples(globs, 1, 1), any=st.just(False)),
    node(ast.Like, attribute=model, globs=tuples(globs, 1, 3), any=st.just(True)),
    node(ast.Affix, attribute=model, text=values, end=st.booleans()),
    node(ast.Compare, attribute=posture, operator=equality, value=postures),
    node(ast.Has, attribute=groups, mode=st.just("one"), values=tuples(values, 1, 1)),
    node(ast.Has, attribute=groups, mode=st.sampled_from(["any", "all"]), values=tuples(values, 1, 3)),
)
every_value: dict[str, list[typed.Value]] = {
    "device.managed": [False, True],
    "request.bytes": list(range(7)),
    "request.model": ["".join(letters) for size in range(4) for letters in product("abc", repeat=size)],
    "device.posture": ["compliant", "noncompliant", "unknown"],
    "user.groups": [frozenset(c) for size in range(4) for c in combinations(("a", "ab", "b"), size)],
}
conditions = st.recursive(
    atoms,
    lambda inner: (
        node(ast.And, terms=tuples(inner, 2)) | node(ast.Or, terms=tuples(inner, 2)) | node(ast.Not, term=inner)
    ),
    max_leaves=8,
)
evidence = st.fixed_dictionaries({}, optional={name: st.sampled_from(found) for name, found in every_value.items()})


def checked_rule(path: Path) -> typed.Rule:
    checked = check([path], require_default=False)
    assert checked.diagnostics == ()
    assert checked.program is not None
    (rule,) = checked.program.rules
    return rule


def typed_condition(condition: str) -> typed.Condition:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "policy.gov")
        path.write_text(f"rule r {{ when {condition} then allow }}\n")
        return checked_rule(path).when


def true_for(condition: typed.Condition, attributes: dict[str, typed.Value]) -> str:
    return truth(condition, Evidence(attributes, (), (), unparsed=False))


def literals(name: str) -> list[typed.Condition]:
    """Every literal on an attribute that the pools above make, and its negation."""
    texts = {
        "device.managed": ["device.managed"],
        "request.bytes": [f"request.bytes {o} {n}" for o in ("==", "!=", "<", "<=", ">", ">=") for n in range(-1, 5)],
        "request.model": [
            *(f'request.model {o} "{v}"' for o in ("==", "starts with", "ends with") for v in ("a", "ab", "ba", "b")),
            *(f'request.model like "{g}"' for g in ("a*", "*b", "a*b", "*", "ab")),
            'request.model in ["a", "ab"]',
            'request.model in ["ab", "b"]',
            'request.model like any ["a*", "b"]',
        ],
        "device.posture": [f'device.posture == "{p}"' for p in every_value["device.posture"]]
        + ['device.posture in ["compliant", "unknown"]'],
        "user.groups": [
            f"user.groups has {mode} [{', '.join(chosen)}]"
            for mode in ("any", "all")
            for size in (1, 2, 3)
            for chosen in combinations(('"a"', '"ab"', '"b"'), size)
        ],
    }[name]
    both = [text for atom in texts for text in (atom, f"not {atom}")]
    pool = typed_condition(" and ".join(both))
    assert isinstance(pool, typed.And)
    assert len(pool.terms) == len(both)
    return list(pool.terms)


@pytest.mark.parametrize("name", every_value)
def test_claims_about_two_literals_hold_for_every_value(name: str) -> None:
    claims, pool = 0, literals(name)
    truths = {
        id(literal): [true_for(literal, {name: value}) == "true" for value in every_value[name]] for literal in pool
    }
    for one, other in product(pool, pool):
        pairs = list(zip(truths[id(one)], truths[id(other)], strict=True))
        if implies(one, other):
            assert all(second for first, second in pairs if first)
        if exclusive(one, other):
            assert not any(first and second for first, second in pairs)
        if exhaustive(one, other):
            assert all(first or second for first, second in pairs)
            claims += 1
    assert claims >= len(pool)  # at least each atom and its negation, both ways


@pytest.mark.parametrize("name", ["device.managed", "device.posture", "user.groups"])
def test_where_there_are_few_values_everything_that_holds_is_claimed(name: str) -> None:
    pool = literals(name)
    for one, other in product(pool, pool):
        held = [v for v in every_value[name] if true_for(one, {name: v}) == "true"]
        if held:
            assert implies(one, other) == all(true_for(other, {name: v}) == "true" for v in held)


@given(conditions, st.none() | conditions, st.lists(evidence, min_size=1, max_size=5))
@settings(deadline=None, max_examples=200)
def test_a_mended_rule_is_as_true_as_before(
    when: ast.Condition, unless: ast.Condition | None, cases: list[dict[str, typed.Value]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "policy.gov")
        exception = f"unless {condition_text(unless)} " if unless else ""
        path.write_text(f"rule r {{ when {condition_text(when)} {exception}then allow on unknown skip }}\n")
        before = checked_rule(path)
        while fixes := [d for d in lint(check([path], require_default=False), TODAY) if d.fix]:
            text = path.read_text()
            path.write_text(apply_fixes(text, fixes))
            assert path.read_text() != text
        after = checked_rule(path)

    for attributes in cases:
        assert true_for(after.when, attributes) == true_for(before.when, attributes)
        was = true_for(before.unless, attributes) if before.unless else "false"
        assert (true_for(after.unless, attributes) if after.unless else "false") == was
