"""A guard is necessary: when all its predicates are false, so is the rule. And it is the cheapest there is."""

from __future__ import annotations

from hypothesis import given

from aigov_compiler.guards import Guards, guards
from aigov_compiler.ir import Expression, Rule, predicate_table
from aigov_compiler.lower import lower
from aigov_dsl.typed import Allow, Block
from aigov_runtime.core.isa import Phase
from tests.compiler.conditions import NUMBERS, assignments, evaluate, expressions
from tests.compiler.programs import FALSE, both, either, has, integer, is_true, no, one_of, program
from tests.dsl.build import contains, rule, words


def guards_of(*rules: Rule) -> tuple[Guards, ...]:
    return guards(rules, predicate_table(rules))


def texts(guard: frozenset | None) -> list[str] | None:  # type: ignore[type-arg]
    return None if guard is None else sorted(predicate.text for predicate in guard)


@given(expressions)
def test_a_guard_is_necessary(expression: Expression) -> None:
    (found,) = guards((Rule(rule("r", FALSE, None), expression),), NUMBERS)
    for phase, guard in zip(Phase, found, strict=True):
        if guard is not None:
            assert all(predicate.phase is phase for predicate in guard)
            for truths in assignments():
                if all(truths[predicate] is False for predicate in guard):
                    assert evaluate(expression, truths) is False


def test_the_rarer_predicate_guards() -> None:
    rules = lower(
        program(
            *(rule(f"r{n}", both(is_true("device.managed"), has("user.groups", f"g{n}")), Allow()) for n in range(3))
        )
    )
    assert [texts(guard.session) for guard in guards_of(*rules)] == [
        [f"user.groups has any ['g{n}']"] for n in range(3)
    ]


def test_between_equals_the_narrower_kind_guards() -> None:
    (found,) = guards_of(*lower(program(rule("r", both(is_true("device.managed"), has("user.groups", "g")), Allow()))))
    assert texts(found.session) == ["user.groups has any ['g']"]


def test_a_disjunction_needs_all_its_terms() -> None:
    either_provider = either(one_of("request.provider", "a"), one_of("request.provider", "b"))
    mixed = either(one_of("request.provider", "a"), is_true("device.managed"))
    first, second = guards_of(*lower(program(rule("a", either_provider, Allow()), rule("b", mixed, Allow()))))
    assert texts(first.profile) == ['request.provider == "a"', 'request.provider == "b"']
    assert (second.session, second.profile) == (None, None)


def test_what_is_negated_does_not_guard() -> None:
    (found,) = guards_of(*lower(program(rule("r", no(is_true("device.managed")), Allow()))))
    assert found == (None, None, None)


def test_de_morgan() -> None:
    condition = no(either(no(is_true("device.managed")), one_of("request.provider", "a")))
    (found,) = guards_of(*lower(program(rule("r", condition, Allow()))))
    assert texts(found.session) == ["device.managed"]
    assert found.profile is None


def test_findings_guard_before_other_values_of_a_call() -> None:
    many = [rule(f"r{n}", both(contains("t.d"), integer("session.turn", ">", n)), Block(message="")) for n in range(3)]
    for found in guards_of(*lower(program(words("d", "x"), *many))):
        assert texts(found.call) == ["payload contains ('t.d',)"]


def test_a_rule_that_is_always_false_is_never_found() -> None:
    (found,) = guards_of(*lower(program(rule("r", FALSE, Allow()))))
    assert found == (frozenset(), frozenset(), frozenset())
