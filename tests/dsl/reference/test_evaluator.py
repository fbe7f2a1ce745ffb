"""Verdicts and combining, on programs built by hand."""

from datetime import date
from typing import Any

import pytest

from aigov_dsl.ast import Confidence, LogLevel, Scope, Severity, Style
from aigov_dsl.reference import Evaluator, ReferenceDecision, Truth
from aigov_dsl.reference.conditions import EPOCH
from aigov_dsl.typed import (
    Alert,
    Allow,
    And,
    Block,
    Constant,
    Exempt,
    Label,
    Log,
    Not,
    Or,
    Redact,
    RedactTarget,
    Reroute,
)
from tests.dsl.build import AT, Primitives, Text, contains, is_true, program, rule, words

ALWAYS, NEVER = Constant(value=True), Constant(value=False)
X = words("x", "xx")
REDACT_X = Redact(targets=(RedactTarget(detectors=("t.x",), confidence=Confidence.POSSIBLE),), style=None)


def decide(
    made: Any,
    *texts: Any,
    direction: Any = "prompt",
    day: Any = 0,
    attributes: Any = None,
    monitored: Any = (),
    **evidence: Any,
) -> ReferenceDecision:
    segments = [text if isinstance(text, Text) else Text(text) for text in texts]
    return Evaluator(made, Primitives(), monitored).decide(attributes or {}, direction, segments, day=day, **evidence)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (And(terms=(is_true("u"), NEVER)), Truth.FALSE),
        (And(terms=(is_true("u"), ALWAYS)), Truth.UNKNOWN),
        (Or(terms=(is_true("u"), ALWAYS)), Truth.TRUE),
        (Or(terms=(is_true("u"), NEVER)), Truth.UNKNOWN),
        (Not(term=is_true("u")), Truth.UNKNOWN),
        (Not(term=is_true("t")), Truth.FALSE),
    ],
)
def test_kleene(condition: Any, expected: Any) -> None:
    decision = decide(program(rule("r", condition, None)), attributes={"t": True})
    assert decision.verdicts[0].truth is expected


@pytest.mark.parametrize(
    ("effect", "skip", "matched"),
    [
        (Block(message=""), False, True),
        (Reroute(target="b"), False, True),
        (REDACT_X, False, True),
        (None, False, True),
        (Block(message=""), True, False),
        (Allow(), False, False),
    ],
)
def test_unknown_verdicts(effect: Any, skip: Any, matched: Any) -> None:
    decision = decide(program(X, rule("r", is_true("u"), effect, unknown_skip=skip)))
    assert bool(decision.rules) is matched
    assert decision.unknown == ("u",)


def test_an_exemption_holds_until_its_day_is_over() -> None:
    day = date(2027, 3, 31)
    exempt = Exempt(when=ALWAYS, until=day, owner="", reason="", span=AT)
    made = program(rule("r", ALWAYS, Block(message="no"), exempts=(exempt,)))
    last = (day - EPOCH).days
    assert decide(made, day=last).outcome == "allow"
    assert decide(made, day=last + 1).outcome == "block"


def test_the_first_message_wins_and_the_strongest_rule_is_reported_first() -> None:
    made = program(
        rule("a", ALWAYS, Allow()), rule("b", ALWAYS, Block(message="")), rule("c", ALWAYS, Block(message="c")),
        rule("d", ALWAYS, Block(message="d")), rule("e", ALWAYS, Reroute(target="t")), rule("f", ALWAYS, None),
    )  # fmt: skip
    decision = decide(made)
    assert (decision.outcome, decision.message, decision.target) == ("block", "c", "")
    assert [hit.id for hit in decision.rules] == ["b", "c", "d", "e", "a", "f"]


def test_two_targets_block() -> None:
    made = program(rule("a", ALWAYS, Reroute(target="1")), rule("b", ALWAYS, Reroute(target="2")))
    assert decide(made).message == "rules a and b reroute to different targets"


def test_a_redaction_that_cannot_be_carried_out_blocks() -> None:
    made = program(X, rule("r", contains("t.x"), REDACT_X))
    assert decide(made, "xx", incomplete={"t.x": "budget"}).message == "rule r cannot redact: t.x is incomplete"
    assert decide(made, unparsed="not JSON").message == "rule r cannot redact: the body could not be read"
    assert decide(made, unparsed="not JSON").unknown == ("body",)


def test_a_request_needs_an_allow_and_a_response_does_not() -> None:
    made = program(default=Block(message="no rule admits"))
    assert decide(made).message == "no rule admits"
    assert decide(made, direction="response").outcome == "allow"


def test_scopes_see_their_own_segments() -> None:
    made = program(X, rule("r", contains("t.x"), REDACT_X, scope=Scope.TOOL_CALL))
    assert decide(made, "xx").rules == ()
    decision = decide(made, "xx", Text("xx", "tool_call"))
    assert (decision.outcome, decision.texts) == ("redact", ("xx", "[t.x]"))
    assert decide(made, "xx", Text("y", "tool_call")).outcome == "allow"


def test_confidence_and_count() -> None:
    sure = program(X, rule("r", contains("t.x", confidence=Confidence.CERTAIN), Block(message="")))
    assert decide(sure, "xx").outcome == "allow"
    two = program(X, rule("r", contains("t.x", count=2), Block(message="")))
    assert decide(two, "xx").outcome == "allow"
    assert decide(two, "xx xx").outcome == "block"
    assert decide(two, "xx", incomplete={"t.x": "budget"}).rules[0].unknown


def test_styles_fall_back_from_rule_to_detector_to_label() -> None:
    masked = words("x", "xx", style=Style.MASK)
    assert decide(program(masked, rule("r", ALWAYS, REDACT_X)), "xx").texts == ("**",)
    assert decide(program(X, rule("r", ALWAYS, REDACT_X)), "xx").texts == ("[t.x]",)


def test_reroute_keeps_edits_and_block_has_none() -> None:
    made = [X, rule("r", ALWAYS, REDACT_X), rule("s", ALWAYS, Reroute(target="b"))]
    decision = decide(program(*made), "xx")
    assert (decision.outcome, decision.target, decision.texts) == ("reroute", "b", ("[t.x]",))
    assert decide(program(*made, rule("t", ALWAYS, Block(message=""))), "xx").texts == ("xx",)


def test_obligations_are_a_union_also_when_blocked() -> None:
    made = program(
        rule("a", ALWAYS, None, obligations=(Log(level=LogLevel.FULL), Label(text="z"))),
        rule("b", ALWAYS, Block(message=""), obligations=(Log(level=LogLevel.METADATA), Label(text="a"))),
        rule("c", ALWAYS, None, obligations=(Alert(channel="ops", severity=Severity.HIGH), Label(text="z"))),
    )
    asked = decide(made).obligations
    assert (asked.log, asked.alerts, asked.labels) == ("full", (("ops", "high"),), ("a", "z"))


def test_monitored_rules_are_reported_and_not_enforced() -> None:
    made = program(rule("r", ALWAYS, Block(message=""), obligations=(Label(text="z"),)))
    decision = decide(made, monitored={"r"})
    assert (decision.outcome, [hit.id for hit in decision.rules], decision.obligations.labels) == ("allow", ["r"], ())
