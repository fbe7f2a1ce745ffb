"""Explanations: the core's words against a plain evaluator, and what a session makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest
from aigov_runtime.core._core import ffi, lib
from hypothesis import given
from hypothesis import strategies as st

from aigov_runtime.core.isa import Phase, Predicate, Scope
from aigov_runtime.core.program import Program, pack
from aigov_runtime.explain import Clause, RuleExplanation
from aigov_runtime.model import Direction, Kind, Truth
from tests.runtime.assembly import Call, Expression, Source, evaluate, leaves_of, program, random_call, random_source
from tests.runtime.assembly import truth as plain_truth
from tests.runtime.policies import engine, interaction

# The core --------------------------------------------------------------------------------------------------------


def words(made: Program, source: Source, call: Call) -> list[int]:
    packed = [
        pack(
            made,
            [(a, call.values[a.number]) for a in source.attributes if a.phase is phase and a.number in call.values],
        )
        for phase in (Phase.SESSION, Phase.PROFILE)
    ]
    out = ffi.new("uint32_t[]", sum(1 + len(rule.leaves) for rule in source.rules))
    found = [d | c << 24 | where << 26 for d, c, where in call.findings]
    count = lib.aigov_explain(
        packed[0][0],
        packed[1][0],
        made.scratch().pointer,
        [call.values.get(a.number, 0) for a in made.measures],
        sum(1 << at for at, a in enumerate(made.measures) if a.number in call.values),
        found,
        len(found),
        call.incomplete,
        len(call.incomplete),
        call.flags,
        out,
    )
    assert count == len(out)
    return list(out)


def deciding(expression: Expression, truths: Sequence[int]) -> list[bool]:
    """For each leaf in order: does the truth rest on it?"""
    kind, *terms = expression
    if kind == "pred":
        return [True]
    if kind == "const":
        return []
    if kind == "not":
        return deciding(terms[0], truths)
    result = evaluate(expression, truths)
    marks = []
    for term in terms:
        rests = evaluate(term, truths) == result
        marks += [rests and mark for mark in deciding(term, truths)]
    return marks


def counted(source: Source, predicate: int, call: Call) -> int:
    test = source.predicates[predicate]
    if test.kind is not Predicate.PAYLOAD:
        return 0
    place = {Scope.TOOL_CALL: {1}, Scope.TOOL_RESULT: {2}}.get(test.scope, {0, 1, 2})
    members = source.selectors[test.selector]
    return sum(d in members and c >= test.confidence and where in place for d, c, where in call.findings)


def expected(source: Source, call: Call) -> list[int]:
    truths = [plain_truth(source, test, call) for test in source.predicates]
    applies = {Scope.PROMPT: 1, Scope.RESPONSE: 2, Scope.TOOL_CALL: 4, Scope.TOOL_RESULT: 8, Scope.ANY: 3}
    said = []
    for rule in source.rules:
        verdict = evaluate(rule.condition, truths)
        if call.flags & 16 and rule.scope in {Scope.TOOL_CALL, Scope.TOOL_RESULT}:
            verdict = verdict and 2  # it may not apply
        elif not applies[rule.scope] & call.flags:
            verdict = 3
        said.append(verdict)
        for leaf, decides in zip(rule.leaves, deciding(rule.condition, truths), strict=True):
            said.append(truths[leaf] | decides << 2 | counted(source, leaf, call) << 3)
    return said


@given(st.integers(0, 2**32))
def test_every_rule_and_leaf_as_a_plain_evaluator_has_it(seed: int) -> None:
    random = Random(seed)
    source = random_source(random)
    for rule in source.rules:
        rule.leaves = tuple(leaves_of(rule.condition))
    made = program(source)
    for _ in range(4):
        call = random_call(random, source)
        assert words(made, source, call) == expected(source, call)


# Sessions --------------------------------------------------------------------------------------------------------

POLICY = """
default block "no"
rule admit { when device.managed and request.model like any ["gpt-4*"] and user.groups has "eng" then allow }
rule keys { when payload contains key count >= 2 then block }
rule long { when request.tokens > 10 or user.assurance == "none" then allow on unknown skip }
rule answers on response { when payload contains key then block }
"""


def explained(*texts: str, **facts: object) -> dict[str, RuleExplanation]:
    session = engine(POLICY).session({"device.managed": True, "user.groups": frozenset({"eng", "dev"})})
    return {rule.id: rule for rule in session.explain(interaction(*texts, **facts))}  # type: ignore[arg-type]


def clause(rule: RuleExplanation, attribute: str) -> Clause:
    (found,) = [clause for clause in rule.clauses if clause.attribute == attribute]
    return found


def test_a_rule_that_does_not_match_shows_which_clause_decided() -> None:
    rules = explained("hello", request_model="gpt-5", request_tokens=3)
    assert list(rules) == ["long", "keys", "admit"]  # undecided before false
    admit = rules["admit"]
    assert (admit.truth, admit.matched) == (Truth.FALSE, False)
    assert [(c.attribute, c.truth, c.decides, c.value) for c in admit.clauses] == [
        ("device.managed", Truth.TRUE, False, True),
        ("request.model", Truth.FALSE, True, "gpt-5"),
        ("user.groups", Truth.TRUE, False, frozenset({"eng", "dev"})),
    ]


def test_missing_evidence_is_shown_as_such() -> None:
    rules = explained("hello", request_tokens=3)
    assert (rules["admit"].truth, rules["admit"].matched) == (Truth.UNKNOWN, False)
    model = clause(rules["admit"], "request.model")
    assert (model.truth, model.decides, model.value) == (Truth.UNKNOWN, True, None)
    tokens, assurance = (clause(rules["long"], name) for name in ("request.tokens", "user.assurance"))
    assert (tokens.truth, tokens.decides, tokens.value) == (Truth.FALSE, False, 3)
    assert (assurance.truth, assurance.decides, assurance.value) == (Truth.UNKNOWN, True, None)


def test_findings_are_counted_and_matches_come_first() -> None:
    one = explained("key-111111", request_model="gpt-4o")
    assert next(iter(one)) == "admit"
    assert one["keys"].clauses[0].found == 1
    assert not one["keys"].matched
    two = explained("key-111111 key-222222", request_model="gpt-4o")
    assert list(two)[:2] == ["keys", "admit"]  # the strongest first
    assert two["keys"].clauses[0].found == 2
    assert two["keys"].matched


def test_only_rules_of_the_direction_are_shown() -> None:
    assert list(explained("key-111111", direction=Direction.RESPONSE)) == ["answers"]


@pytest.mark.parametrize("body", ["", "cut off"])
def test_the_matched_are_those_of_the_decision(body: str) -> None:
    session = engine(POLICY).session({"device.managed": True})
    asked = interaction("key-1 key-111111 key-222222", unparsed=body, kind=Kind.TEXT)
    decision = session.decide(asked)
    assert [rule.id for rule in session.explain(asked) if rule.matched] == [hit.id for hit in decision.rules]


def test_what_an_unknown_clause_lacks() -> None:
    rules = {
        rule.id: rule
        for rule in engine(POLICY + "rule tools on tool_call { when device.managed then block }")
        .session({"device.managed": True})
        .explain(interaction("x", unparsed="cut off"))
    }
    assert rules["keys"].clauses[0].missing == ("body",)
    assert clause(rules["admit"], "request.model").missing == ("request.model",)
    assert clause(rules["admit"], "device.managed").missing == ()
    tools = rules["tools"]
    assert (tools.truth, tools.matched, tools.doubtful) == (Truth.UNKNOWN, True, True)
    assert not rules["keys"].doubtful


def test_monitored_rules_say_so() -> None:
    (rule,) = [rule for rule in engine(POLICY, ["keys"]).session({}).explain(interaction("x")) if rule.id == "keys"]
    assert not rule.enforced
