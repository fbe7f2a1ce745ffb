"""How the effects of rules combine (docs/semantics.md, Combining)."""

from __future__ import annotations

import pytest

from aigov_runtime.model import Direction, Kind, Location, Obligations, Outcome, Reason, Scan, Truth
from tests.runtime.policies import compiled, decide, engine, interaction, unsigned

BLOCK = 'default block "no rule admits this"\n'
ALLOW = "default allow\n"
HIDE = "rule hide { when payload contains key then redact }\n"
KEY = "use key-123456 now"


def test_a_prompt_needs_an_admission_and_a_response_does_not() -> None:
    assert decide(BLOCK, "x").message == "no rule admits this"
    assert decide(BLOCK, "x").outcome is Outcome.BLOCK
    assert decide(BLOCK, "x", direction=Direction.RESPONSE).outcome is Outcome.ALLOW
    assert (
        decide(BLOCK + "rule ok { when request.stream then allow }", "x", request_stream=True).outcome is Outcome.ALLOW
    )


def test_a_redacted_request_still_needs_an_admission() -> None:
    assert decide(BLOCK + HIDE, KEY).outcome is Outcome.BLOCK
    assert not decide(BLOCK + HIDE, KEY).edits
    assert decide(ALLOW + HIDE, KEY).outcome is Outcome.REDACT


def test_the_first_block_that_has_a_message_gives_it() -> None:
    rules = """
    rule a { when payload contains key then block }
    rule c { when payload contains key then block "third" }
    rule b { when payload contains key then block "second" }
    """
    decision = decide(ALLOW + rules, KEY)
    assert (decision.outcome, decision.message) == (Outcome.BLOCK, "second")
    assert [hit.id for hit in decision.rules] == ["a", "b", "c"]


def test_strength_orders_the_rules_that_matched() -> None:
    rules = """
    rule a { when payload contains key then label "l" }
    rule b { when payload contains key then allow }
    rule c { when payload contains key then redact }
    rule d { when payload contains key then reroute to "eu" }
    """
    decision = decide(ALLOW + rules, KEY)
    assert (decision.outcome, decision.target) == (Outcome.REROUTE, "eu")
    assert [hit.effect for hit in decision.rules] == ["reroute", "redact", "allow", ""]
    assert len(decision.edits) == 1


def test_two_targets_block() -> None:
    """The compiler refuses such rules, so a bundle is changed to have them."""
    rule = (
        'rule a { when payload contains key then reroute to "eu" }\nrule b { when payload contains key then label "l" }'
    )
    bundle = compiled(ALLOW + rule)
    bundle.document["rules"][1] |= {"effect": "reroute", "target": "us"}
    decision = unsigned(bundle.document, bundle.sections).session({}).decide(interaction(KEY))
    assert (decision.outcome, decision.target) == (Outcome.BLOCK, "")
    assert decision.message == "rules a and b reroute to different targets"


def test_an_incomplete_detector_stops_a_redaction() -> None:
    session = engine(ALLOW + HIDE).session({})
    decision = session.judge(interaction("x"), Scan((), {"t.key": "too many matches"}))
    assert (decision.outcome, decision.message) == (Outcome.BLOCK, "rule hide cannot redact: t.key is incomplete")
    assert decision.unknown == ("t.key",)
    assert session.judge(interaction("x"), Scan((), {"t.name": "too many matches"})).outcome is Outcome.ALLOW


def test_an_unread_body_stops_a_redaction() -> None:
    decision = decide(ALLOW + HIDE, unparsed="not JSON")
    assert (decision.outcome, decision.message) == (
        Outcome.BLOCK,
        "rule hide cannot redact: the body could not be read",
    )
    assert decision.unknown == ("body",)


def test_a_redaction_that_matches_as_unknown_has_nothing_to_replace() -> None:
    decision = decide(ALLOW + "rule r { when device.managed then redact key }", "no key")
    assert decision.outcome is Outcome.ALLOW
    assert [(hit.id, hit.unknown) for hit in decision.rules] == [("r", True)]
    assert decision.unknown == ("device.managed",)


@pytest.mark.parametrize(
    ("rule", "matched"),
    [
        ('rule r { when request.model == "m" then block }', True),
        ('rule r { when request.model == "m" then block on unknown skip }', False),
        ('rule r { when request.model == "m" then allow }', False),
        ('rule r { when request.model == "m" then label "l" }', True),
        ("rule r { when request.model is known then block }", None),
    ],
)
def test_unknown_counts_against_the_caller(rule: str, matched: bool | None) -> None:
    decision = decide(ALLOW + rule, "x")
    assert bool(decision.rules) is bool(matched)
    assert decision.unknown == (() if matched is None else ("request.model",))


def test_obligations_are_the_union_even_of_a_block() -> None:
    rules = """
    rule a { when payload contains key then block, log redacted, alert "secops", label "b" }
    rule b { when payload contains key then log full, alert "secops" severity high, label "a", label "b" }
    rule c { when payload contains key then log metadata, alert "secops" }
    """
    assert decide(ALLOW + rules, KEY).obligations == Obligations(
        "full", (("secops", "high"), ("secops", "medium")), ("a", "b")
    )


def test_reasons_say_what_each_condition_was_and_where() -> None:
    rule = 'rule r {\n  when request.model == "m" or payload contains key\n  then block\n}'
    (hit,) = decide(ALLOW + rule, KEY, request_model="other").rules
    (model, payload) = hit.reasons
    assert (model.text, model.truth) == ('request.model == "m"', Truth.FALSE)
    assert (payload.text, payload.truth) == ("payload contains key", Truth.TRUE)
    assert isinstance(payload, Reason)
    assert payload.location.line == hit.location.line + 1
    assert isinstance(hit.location, Location)


def test_monitored_rules_are_reported_and_do_nothing() -> None:
    rules = """
    rule ok { when payload contains key then allow }
    rule stop { when payload contains key then block, label "l" }
    """
    text = BLOCK + HIDE + rules
    one = engine(text, monitor={"stop"}).session({}).decide(interaction(KEY))
    assert one.outcome is Outcome.REDACT
    assert [(hit.id, hit.enforced) for hit in one.rules] == [("stop", False), ("hide", True), ("ok", True)]
    assert not one.obligations.labels
    everything = engine(text, monitor=True).session({})
    assert everything.decide(interaction(KEY)).outcome is Outcome.ALLOW
    assert not everything.decide(interaction(KEY)).edits
    assert everything.decide(interaction("no rule matches")).outcome is Outcome.ALLOW


def test_tool_scopes_see_their_segments_alone() -> None:
    rules = ALLOW + "rule r on tool_call { when payload contains key then redact }"
    assert decide(rules, KEY).outcome is Outcome.ALLOW
    assert decide(rules, KEY, kind=Kind.TOOL_RESULT).outcome is Outcome.ALLOW
    assert decide(rules, KEY, kind=Kind.TOOL_CALL).outcome is Outcome.REDACT
    assert decide(rules, KEY, kind=Kind.TOOL_CALL, direction=Direction.RESPONSE).outcome is Outcome.REDACT


def test_the_confidence_floor_holds_for_redaction_too() -> None:
    rules = ALLOW + "rule r { when payload contains [key, name] then redact [name] }"
    assert decide(rules, "falcon").outcome is Outcome.REDACT
    rules = ALLOW + "rule r { when payload contains [key, name] confidence likely then redact }"
    decision = decide(rules, f"falcon {KEY}")
    assert [edit.detector for edit in decision.edits] == ["t.key"]
