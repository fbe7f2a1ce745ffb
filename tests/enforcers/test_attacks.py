"""The attack corpus: with a policy that blocks nothing is sent, with one that redacts the secret is not sent."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest

import aigov_dsl
from aigov_compiler import compile_program
from aigov_enforcers.wire import Catalogue, Governed, Message, Operation, govern
from aigov_enforcers.wire.formats import FORMATS
from aigov_runtime import UNVERIFIED, Engine
from aigov_runtime.model import Direction, Outcome
from corpora.attacks import bodies, splits
from corpora.attacks.disguises import Disguise, disguises

SECRET = "AKIA" + "Z7Q2" * 4  # shaped like a cloud key, made here
POLICY = """
default allow
detector key {{ pattern /AKIA[A-Z2-7]{{16}}/ class secret }}
rule keys {{ when payload contains key then {effect} }}
"""
EFFECTS = {"block": 'block "No."', "redact": "redact as label"}
BODIES = list(bodies(SECRET))
DISGUISES = list(disguises(SECRET))
SPLITS = list(splits(SECRET))


@pytest.fixture(scope="module", params=EFFECTS)
def effect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, effect: str) -> Engine:
    path: Path = tmp_path_factory.mktemp("policy") / "policy.gov"
    path.write_text(POLICY.format(effect=EFFECTS[effect]))
    return Engine.load(compile_program(aigov_dsl.load([path])).envelope, UNVERIFIED)


def decide(engine: Engine, message: Message, name: str = "openai.chat") -> Governed:
    operation = Operation(FORMATS[name], "openai", "", {"request.provider": "openai"})
    return govern(engine.session({}), operation, Direction.PROMPT, message)


def leaks(message: Message | None) -> bool:
    """Whether the secret is in what is sent, plainly or in base64."""
    if message is None:
        return False
    sent = b"\n".join([message.body, message.query.encode(), *(value.encode() for _, value in message.headers)])
    blocks = [base64.b64decode(block + b"=" * (-len(block) % 4)) for block in re.findall(rb"[A-Za-z0-9+/]{24,}", sent)]
    return any(SECRET.encode() in each for each in (sent, *blocks))


@pytest.mark.parametrize(("name", "place", "body"), BODIES, ids=[f"{name}-{place}" for name, place, _ in BODIES])
def test_places(engine: Engine, effect: str, name: str, place: str, body: bytes) -> None:
    governed = decide(engine, Message((), body), name)

    assert governed.interaction.unparsed == ""
    assert governed.decision.findings
    assert governed.decision.outcome is Outcome(effect)
    assert (governed.message is None) == (effect == "block")
    assert not leaks(governed.message)


@pytest.mark.parametrize("case", DISGUISES, ids=[case.about for case in DISGUISES])
def test_disguises(engine: Engine, effect: str, case: Disguise) -> None:
    governed = decide(engine, Message(case.headers, case.body, case.query))

    assert governed.decision.outcome in {Outcome.BLOCK, Outcome(effect)}
    if case.read:
        assert governed.decision.findings
    else:
        assert governed.interaction.unparsed
        assert governed.message is None
    assert not leaks(governed.message)


@pytest.mark.parametrize(("about", "found", "requests"), SPLITS, ids=[about for about, _, _ in SPLITS])
def test_splits(engine: Engine, about: str, found: bool, requests: list[bytes]) -> None:
    seen = [bool(decide(engine, Message((), body)).decision.findings) for body in requests]

    assert any(seen) is found


@pytest.mark.parametrize(
    "path",
    ["/v1/files/{}", "/v1/{}/chat/completions", "/v1/files/%41{}", "/model/arn:aws:bedrock:{}/converse"],
)
def test_path(engine: Engine, effect: str, path: str) -> None:
    """What stands in the URL's path cannot be edited, so it blocks either way."""
    operation = Catalogue({"llm.example": "openai"}).recognise("POST", "llm.example", None, path.format(SECRET))
    assert operation is not None
    governed = govern(engine.session({}), operation, Direction.PROMPT, Message((), b'{"messages": []}'))
    assert governed.message is None
    assert governed.decision.findings
    if effect == "redact":
        assert governed.decision.message == "rule keys cannot redact: the path of a URL cannot be edited"


@pytest.mark.parametrize(
    "path",
    [
        "/v1/files/file-abc123XYZ987abc123XYZ987",
        "/v1/chat/completions",
        "/v1beta/models/gemini-2.5-flash:generateContent",
    ],
)
def test_paths_of_every_day_pass(engine: Engine, path: str) -> None:
    operation = Catalogue({"llm.example": "openai"}).recognise("POST", "llm.example", None, path)
    assert operation is not None
    message = Message((), b'{"messages": []}')
    assert govern(engine.session({}), operation, Direction.PROMPT, message).message is message


def test_the_rule_that_cannot_redact_is_named(tmp_path: Path) -> None:
    path = tmp_path / "policy.gov"
    path.write_text(
        POLICY.format(effect="redact") + "detector other { pattern /other[0-9]/ }\n"
        "rule a_first { when payload contains other then redact }\n"
    )
    engine = Engine.load(compile_program(aigov_dsl.load([path])).envelope, UNVERIFIED)
    governed = decide(engine, Message((), b"{}", f"{SECRET}=1"))
    assert governed.message is None
    assert governed.decision.message == "rule keys cannot redact: the name of a query member cannot be edited"
