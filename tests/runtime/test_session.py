"""Sessions: evidence, time, keys, hot swap, threads."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

import pytest

from aigov_runtime import UNVERIFIED, Engine
from aigov_runtime.errors import BundleError, InputError, RollbackError
from aigov_runtime.limits import MAX_PROFILES, MAX_VALUE_CHARS, MAX_VERDICTS
from aigov_runtime.model import Confidence, Direction, Finding, Kind, Outcome, Scan, Value
from aigov_runtime.redact import apply
from tests.runtime.policies import compiled, engine, interaction

ALLOW = "default allow\n"
MODEL = ALLOW + 'rule r { when request.model == "m" then block }'
MANAGED = ALLOW + "rule r { when device.managed then block }"
HIDE = ALLOW + "rule hide { when payload contains key then redact as token }"


def finding(detector: str, *, confidence: Any = Confidence.LIKELY, segment: int = 0) -> Finding:
    return Finding(detector, "c", "high", confidence, segment, "/", 0, 1, ())


@pytest.mark.parametrize(
    "identity",
    [
        {"device.managed": "yes"},
        {"device.managed": 1},
        {"device.managed": None},
        {"user.groups": ["eng"]},
        {"user.groups": frozenset({1})},
        {"user.id": b"x"},
        {"user.id": "x" * (MAX_VALUE_CHARS + 1)},
        {"device.posture": "shiny"},
    ],
)
def test_an_identity_of_the_wrong_shape_is_refused_by_name(identity: dict[str, Any]) -> None:
    (name,) = identity
    with pytest.raises(InputError, match=name):
        engine(MANAGED).session(identity)


def test_what_the_bundle_does_not_declare_is_ignored() -> None:
    session = engine(MANAGED).session({"device.managed": False, "user.shoe_size": 44})
    assert session.decide(interaction("x", request_colour="red")).outcome is Outcome.ALLOW


def test_an_identity_value_that_is_too_long_is_told_so() -> None:
    with pytest.raises(InputError, match=f"`user.id`: expected at most {MAX_VALUE_CHARS} characters, not 9000"):
        engine(MANAGED).session({"user.id": "x" * 9_000})


@pytest.mark.parametrize("model", [5, True, b"m", ["m"], frozenset({"m"}), {"m": 1}, "m" * (MAX_VALUE_CHARS + 1), None])
def test_traffic_of_the_wrong_shape_is_missing_evidence(model: Any) -> None:
    decision = engine(MODEL).session({}).decide(interaction("x", request_model=model))
    assert (decision.outcome, decision.unknown) == (Outcome.BLOCK, ("request.model",))


@pytest.mark.parametrize("tokens", [2**63, -(2**63) - 1, True, "5", 5.0, None])
def test_a_measure_of_the_wrong_shape_is_missing_evidence(tokens: Any) -> None:
    asked = interaction("x")
    asked = type(asked)(asked.direction, asked.segments, {}, {"request.tokens": tokens})
    decision = engine(ALLOW + "rule r { when request.tokens > 3 then block }").session({}).decide(asked)
    assert (decision.outcome, decision.unknown) == (Outcome.BLOCK, ("request.tokens",))


def test_what_is_decided_when_nothing_is_found_depends_on_the_call() -> None:
    rules = """default block "by default"
        rule call on tool_call { when not (payload contains key) then block "a call" }
        rule key { when payload contains key then block "a key" }
    """
    session = engine(rules).session({})
    plain, tool = interaction("x"), interaction("x", kind=Kind.TOOL_CALL)
    response, broken = interaction("x", direction=Direction.RESPONSE), interaction(unparsed="no JSON")
    key = interaction("key-123456")
    for _ in range(2):  # made, then known
        messages = [session.decide(each).message for each in (plain, tool, response, broken, key)]
        assert messages == ["by default", "a call", "", "a call", "a key"]


def test_integers_keep_all_their_bits() -> None:
    rules = f"rule r {{ when request.tokens == {2**63 - 1} then block }}"
    session = engine(ALLOW + rules).session({})
    assert session.decide(interaction("x", request_tokens=2**63 - 1)).outcome is Outcome.BLOCK
    assert session.decide(interaction("x", request_tokens=2**63 - 2)).outcome is Outcome.ALLOW


def test_text_with_nul_and_lone_surrogates_is_just_text() -> None:
    session = engine(ALLOW + 'rule r { when request.model like "a*\\u{e9}" then block }').session({})
    assert session.decide(interaction("x", request_model="a\0\udc80é")).outcome is Outcome.BLOCK
    assert session.decide(interaction("x", request_model="a\0\udc80")).outcome is Outcome.ALLOW


@pytest.mark.parametrize(
    "scan",
    [
        Scan((finding("t.stranger"),), {}),
        Scan((), {"t.stranger": "why"}),
        Scan((finding("t.key", confidence=3),), {}),
    ],
)
def test_a_scan_of_another_bundle_is_refused(scan: Scan) -> None:
    with pytest.raises(InputError):
        engine(HIDE).session({}).judge(interaction("x"), scan)


def test_a_finding_outside_the_segments_is_refused() -> None:
    rules = ALLOW + "rule r on tool_call { when payload contains key then block }"
    with pytest.raises(InputError):
        engine(rules).session({}).judge(interaction("x", kind=Kind.TOOL_CALL), Scan((finding("t.key", segment=1),), {}))
    with pytest.raises(InputError):
        engine(HIDE).session({}).judge(interaction("x"), Scan((finding("t.key", segment=1),), {}))


def test_a_direction_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InputError, match="sideways"):
        engine(HIDE).session({}).decide(interaction("x", direction="sideways"))  # type: ignore[arg-type]


# Time -----------------------------------------------------------------------------------------------------------


def test_the_session_reads_its_clock() -> None:
    rules = """
    rule late { when time.hour >= 22 then block "late" }
    rule sunday { when time.weekday == "sunday" then block "sunday" }
    rule day { when time.utc == "2027-03-31" then block "day" }
    """
    moment = [0.0]
    session = engine(ALLOW + rules).session({}, now=lambda: moment[0])

    def message(year: int, month: int, day: int, hour: int) -> str:
        moment[0] = datetime(year, month, day, hour, 59, 59, tzinfo=UTC).timestamp()
        return session.decide(interaction("x")).message

    assert message(2027, 3, 30, 21) == ""
    assert message(2027, 3, 30, 22) == "late"
    assert message(2027, 3, 31, 0) == "day"
    assert message(2027, 4, 4, 12) == "sunday"
    assert message(2027, 4, 5, 0) == ""


def test_the_interaction_may_bring_its_own_time() -> None:
    session = engine(ALLOW + 'rule r { when time.hour == 3 and time.weekday == "friday" then block }').session({})
    assert session.decide(interaction("x", time_hour=3, time_weekday="friday")).outcome is Outcome.BLOCK
    assert session.decide(interaction("x", time_hour=4, time_weekday="friday")).outcome is Outcome.ALLOW


def test_an_exemption_ends_with_its_day() -> None:
    rules = """
    rule stop { when payload contains key then block }
    exempt stop when device.managed until 2027-03-31 owner "ann" reason "migration"
    """
    moment = [0.0]
    session = engine(ALLOW + rules).session({"device.managed": True}, now=lambda: moment[0])
    moment[0] = datetime(2027, 3, 31, 23, 59, 59, tzinfo=UTC).timestamp()
    assert session.decide(interaction("key-123456")).outcome is Outcome.ALLOW
    moment[0] += 1
    assert session.decide(interaction("key-123456")).outcome is Outcome.BLOCK


# Keys -----------------------------------------------------------------------------------------------------------


def test_tokens_come_back_in_their_session_only() -> None:
    loaded = engine(HIDE)
    text = "use key-123456 now"
    session, same, other = loaded.session({}, b"k" * 32), loaded.session({}, b"k" * 32), loaded.session({})
    (edit,) = session.decide(interaction(text)).edits
    hidden = apply(text, [edit])
    assert "123456" not in hidden
    assert session.restore(hidden) == same.restore(hidden) == text
    assert other.restore(hidden) == hidden


def test_a_session_key_has_32_bytes() -> None:
    with pytest.raises(InputError, match="32"):
        engine(HIDE).session({}, b"short")


# Hot swap -------------------------------------------------------------------------------------------------------


def loaded(counter: int, text: str = MANAGED) -> Engine:
    return Engine.load(compiled(text, counter=counter).envelope, UNVERIFIED)


def test_open_sessions_follow_a_swap() -> None:
    own = loaded(1)
    session = own.session({"device.managed": True, "user.id": "ann"})
    assert session.decide(interaction("x")).outcome is Outcome.BLOCK
    own.replace(
        compiled(ALLOW + 'rule new { when user.id == "ann" then label "l" }', counter=1, revision="two").envelope
    )
    decision = session.decide(interaction("x"))
    assert (decision.outcome, decision.revision, own.revision) == (Outcome.ALLOW, "two", "two")
    assert [hit.id for hit in decision.rules] == ["new"]


def test_a_swap_never_goes_back() -> None:
    own = loaded(7)
    with pytest.raises(RollbackError, match="7"):
        own.replace(compiled(ALLOW, counter=6).envelope)
    with pytest.raises(BundleError):
        own.replace(b"rubbish")
    assert own.session({"device.managed": True}).decide(interaction("x")).outcome is Outcome.BLOCK


def test_tokens_outlive_a_swap() -> None:
    own = loaded(1, HIDE)
    session = own.session({})
    text = "key-123456"
    hidden = apply(text, session.decide(interaction(text)).edits)
    own.replace(compiled(ALLOW + "detector other { pattern /xyz/ class c }", counter=2).envelope)
    session.decide(interaction("x"))
    assert session.restore(hidden) == text


def test_an_identity_that_no_longer_fits_is_missing_evidence() -> None:
    own = loaded(1, 'attribute user.badge: string from claim "b"\n' + ALLOW)
    session = own.session({"user.badge": "x"})
    own.replace(
        compiled(
            'attribute user.badge: int from claim "b"\n' + ALLOW + "rule r { when user.badge > 1 then block }",
            counter=2,
        ).envelope
    )
    decision = session.decide(interaction("x"))
    assert (decision.outcome, decision.unknown) == (Outcome.BLOCK, ("user.badge",))


def test_threads_share_a_session_while_bundles_change() -> None:
    """Every decision is wholly of one bundle: revision, rule and outcome belong together."""
    bundles = {
        "blocks": compiled(ALLOW + 'rule b { when request.model like "m*" then block }', revision="blocks").envelope,
        "labels": compiled(
            ALLOW + 'rule l { when request.model like "m*" then label "l" }', revision="labels"
        ).envelope,
    }
    own = Engine.load(bundles["blocks"], UNVERIFIED)
    session = own.session({})
    stop, faults, seen = threading.Event(), [], set()

    def work(number: int) -> None:
        turn = 0
        while not stop.is_set():
            turn += 1
            decision = session.decide(interaction("key-123456", request_model=f"m{number}.{turn % 600}"))
            wanted = {"blocks": (Outcome.BLOCK, "b"), "labels": (Outcome.ALLOW, "l")}[decision.revision]
            seen.add(decision.revision)
            if (decision.outcome, decision.rules[0].id, len(decision.rules)) != (*wanted, 1):
                faults.append(decision)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for turn in range(30):
        own.replace(bundles["labels" if turn % 2 == 0 else "blocks"])
        stop.wait(0.02)
    stop.set()
    for thread in threads:
        thread.join()
    assert not faults
    assert seen == set(bundles)


# Caches ---------------------------------------------------------------------------------------------------------


def test_caches_are_bounded_and_forget_without_harm() -> None:
    rules = "".join(f'rule r{n} {{ when request.tokens > {n} then label "l{n}" }}\n' for n in range(11))
    own = engine(ALLOW + rules + 'rule m { when request.model like "a*" then label "m" }')
    session = own.session({})
    for number in range(MAX_PROFILES + 50):
        assert len(session.decide(interaction("x", request_model=f"a{number}", request_tokens=number % 12)).rules) == (
            1 + number % 12
        )
    assert len(session._view._profiles) <= MAX_PROFILES
    flags: dict[str, Value] = {"request_tokens": 0}
    for number in range(MAX_VERDICTS + 50):
        own.policy.verdicts.make(number.to_bytes(4, "little") + bytes(4))
    assert len(own.policy.verdicts._made) <= MAX_VERDICTS
    assert session.decide(interaction("x", request_model="b", **flags)).rules == ()
