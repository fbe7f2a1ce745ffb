"""The context header: what a device may tell, how sure each fact is, and what is refused."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from aigov_enforcers.identity import Confidence, Device, Identity, Place, Process, Session, User, flatten
from aigov_enforcers.identity.context import (
    LEEWAY,
    MOST_OF_DEVICE,
    TYPE,
    WINDOW,
    Context,
    ContextError,
    Contexts,
    sign_context,
)
from aigov_enforcers.identity.jose import sign, signing_key

NOW = 1_800_000_000
KEY = ec.generate_private_key(ec.SECP256R1())
OTHER = ec.generate_private_key(ec.SECP256R1())
DEVICE, STRANGER = "thumbprint-of-a-device", "thumbprint-of-another"
CONTEXT = Context(
    process=Process(
        name="python3",
        sha256="ab" * 32,
        script="/srv/agent.py",
        verified=frozenset({"sha256"}),
        observed=frozenset({"sha256", "name"}),
    ),
    session=Session(id="s1"),
    user=User(name="ann", observed=frozenset({"name"})),
)


def read(
    header: str,
    by: Contexts | None = None,
    *,
    key: Any = KEY,
    device: str = DEVICE,
    connection: Any = 1,
    at: float = NOW,
) -> Context:
    return (by or Contexts()).read(header, key.public_key(), device, connection, at)


def header(at: float = NOW) -> str:
    return sign_context(CONTEXT, KEY, at)


def forged(said: dict[str, Any], **times: Any) -> str:
    return sign({"iat": NOW, "jti": "n1"} | said | times, signing_key(KEY), TYPE)


def test_what_is_told_arrives_with_its_confidence() -> None:
    found = read(header())

    assert found == CONTEXT
    sure = {name: found.process.confidence(name) for name in ("sha256", "name", "script", "path", "verified")}
    assert sure == {
        "sha256": Confidence.VERIFIED,
        "name": Confidence.OBSERVED,
        "script": Confidence.CLAIMED,
        "path": Confidence.UNKNOWN,
        "verified": Confidence.UNKNOWN,
    }


def test_policy_sees_the_confidence() -> None:
    proven = frozenset({"id"})
    known = Identity(
        user=User(id="u1", assurance="sso", verified=proven, observed=proven),
        device=Device(id="d1", managed=True),
        place=Place(kind="laptop"),
    )

    assert flatten(read(header()).onto(known)) == {
        "user.id": "u1",
        "user.name": "ann",
        "user.assurance": "sso",
        "user.verified": proven,
        "user.observed": frozenset({"id", "name"}),
        "device.id": "d1",
        "device.managed": True,
        "place.kind": "laptop",
        "process.name": "python3",
        "process.sha256": "ab" * 32,
        "process.script": "/srv/agent.py",
        "process.verified": frozenset({"sha256"}),
        "process.observed": frozenset({"sha256", "name"}),
        "session.id": "s1",
        "session.verified": frozenset(),
        "session.observed": frozenset(),
    }


def test_an_empty_context_changes_nothing() -> None:
    known = Identity(user=User(id="u1"))
    assert flatten(read(sign_context(Context(), KEY, NOW)).onto(known)) == {"user.id": "u1"}


@pytest.mark.parametrize(
    "facts",
    [
        {"name": "x", "verified": ["name"]},
        {"name": "x", "observed": ["path"]},
        {"observed": ["verified"]},
        {"observed": ["no such fact"]},
    ],
)
def test_confidence_is_of_facts_that_are_there(facts: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"no fact to be sure of|verified, so also observed"):
        Process.model_validate(facts)
    with pytest.raises(ContextError, match="tells what it cannot: process"):
        read(forged({"process": facts}))


@pytest.mark.parametrize(
    "said",
    [
        {"device": {"managed": True}},
        {"place": {"kind": "ci"}},
        {"declared": {"acme.team": "x"}},
        {"request": {"sanctioned": True}},
        {"user": {"id": "root"}},
        {"user": {"groups": ["admins"]}},
        {"user": {"name": "ann", "assurance": "sso"}},
        {"session": {"turn": 1}},
        {"session": {"requests": 0}},
        {"process": {"sha512": "x"}},
        {"process": {"name": 5}},
        {"process": None},
        {"iat": True},
        {"iat": "now"},
        {"jti": None},
    ],
)
def test_a_context_tells_nothing_that_is_not_its_to_tell(said: dict[str, Any]) -> None:
    with pytest.raises(ContextError, match="tells what it cannot"):
        read(forged(said))


def test_a_context_is_of_its_device() -> None:
    with pytest.raises(ContextError, match="bad signature"):
        read(header(), key=OTHER, device=STRANGER)


def test_a_tampered_context_is_refused() -> None:
    head, body, signature = header().split(".")
    other = sign_context(Context(process=Process(name="curl")), KEY, NOW).split(".")[1]
    with pytest.raises(ContextError, match="bad signature"):
        read(f"{head}.{other}.{signature}")
    with pytest.raises(ContextError):
        read(body)


def test_a_token_of_another_type_is_no_context() -> None:
    with pytest.raises(ContextError, match="another type"):
        read(sign({"iat": NOW, "jti": "n1"}, signing_key(KEY), "aigov-identity+jwt"))


@pytest.mark.parametrize("warm", [False, True], ids=["first", "remembered"])
@pytest.mark.parametrize(("at", "said"), [(NOW + WINDOW, "older"), (NOW - LEEWAY - 1, "future")])
def test_a_context_has_a_window(at: float, said: str, warm: bool) -> None:
    by, text = Contexts(), header()
    if warm:
        read(text, by)
    with pytest.raises(ContextError, match=said):
        read(text, by, at=at)


def test_a_context_is_used_on_one_connection() -> None:
    by, text = Contexts(), header()
    assert read(text, by, connection=1) is read(text, by, connection=1, at=NOW + WINDOW - 1)
    with pytest.raises(ContextError, match="on another connection"):
        read(text, by, connection=2)


def test_a_replay_with_another_signature_is_a_replay() -> None:
    """Whoever has one ECDSA signature (r, s) can make another that holds: (r, n - s)."""
    by, text = Contexts(), header()
    read(text, by)
    signed, _, signature = text.rpartition(".")
    raw = urlsafe_b64decode(signature + "==")
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    flipped = raw[:32] + (order - int.from_bytes(raw[32:])).to_bytes(32)
    other = f"{signed}.{urlsafe_b64encode(flipped).rstrip(b'=').decode()}"
    assert read(other) == CONTEXT
    with pytest.raises(ContextError, match="on another connection"):
        read(other, by, connection=2)


def test_a_nonce_is_remembered_as_long_as_it_could_count() -> None:
    by, text = Contexts(), header(NOW + LEEWAY)
    read(text, by)
    for later in (1, LEEWAY, WINDOW + LEEWAY - 1):
        read(header(NOW + later), by, at=NOW + later)
        with pytest.raises(ContextError, match="on another connection"):
            read(text, by, connection=2, at=NOW + later)
    with pytest.raises(ContextError, match="older"):
        read(text, by, connection=2, at=NOW + WINDOW + LEEWAY)
    read(header(NOW + 1000), by, at=NOW + 1000)
    assert len(by._used) == 1
    assert +by._of_device == {DEVICE: 1}


def test_a_device_cannot_make_the_server_forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aigov_enforcers.identity.context.MOST_OF_DEVICE", 3)
    by = Contexts()
    first = header()
    read(first, by)
    for _ in range(2):
        read(header(), by)
    with pytest.raises(ContextError, match="sent 3 contexts within"):
        read(header(), by)
    with pytest.raises(ContextError, match="on another connection"):
        read(first, by, connection=2)
    theirs = sign_context(CONTEXT, OTHER, NOW)
    assert read(theirs, by, key=OTHER, device=STRANGER) == CONTEXT
    assert MOST_OF_DEVICE > 1000


def test_a_context_has_a_size() -> None:
    large = Context(process=Process(parents=frozenset(f"parent-{i}" for i in range(2000))))
    with pytest.raises(ContextError, match="does not fit 8192 bytes"):
        sign_context(large, KEY, NOW)
    with pytest.raises(ContextError, match="longer than 8192 bytes"):
        read(forged({"process": {"path": "x" * 9000}}))


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "é", "{}", "..", "\x00" * 10])
def test_any_text_is_refused_in_words(text: str) -> None:
    with pytest.raises(ContextError):
        read(text)
