"""Any bytes, both ways, in every format: there is a decision, and what is sent on is JSON without what had to go."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import aigov_dsl
from aigov_compiler import compile_program
from aigov_enforcers.wire import Message, Operation, govern
from aigov_enforcers.wire.formats import FORMATS
from aigov_runtime import UNVERIFIED, Engine
from aigov_runtime.model import Direction, Outcome
from tests.enforcers.bodies import BODIES

POLICY = """
default allow
detector canary { pattern /canary[0-9]{4}/ class test }
rule gone on any { when payload contains canary then redact as label }
"""
CANARY = "canary2718"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    path: Path = tmp_path_factory.mktemp("policy") / "policy.gov"
    path.write_text(POLICY)
    return Engine.load(compile_program(aigov_dsl.load([path])).envelope, UNVERIFIED)


def operation(name: str) -> Operation:
    return Operation(FORMATS[name], "openai", "", {"request.provider": "openai"})


FORMAT_NAMES = st.sampled_from(sorted(FORMATS))
DIRECTIONS = st.sampled_from(list(Direction))
TEXT = st.text(max_size=6) | st.just(CANARY) | st.just(json.dumps({"a": CANARY})) | st.sampled_from(["user", "text"])
NAMES = TEXT | st.sampled_from(
    [
        "messages",
        "content",
        "role",
        "type",
        "text",
        "tools",
        "input",
        "output",
        "system",
        "tool_calls",
        "arguments",
        "id",
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=16,
)


@settings(deadline=None)
@given(st.binary(max_size=64), FORMAT_NAMES, DIRECTIONS)
def test_any_bytes(engine: Engine, body: bytes, name: str, direction: Direction) -> None:
    governed = govern(engine.session({}), operation(name), direction, Message((), body))

    assert governed.message is None or governed.message.body == body


@settings(deadline=None, max_examples=400)
@given(JSON, FORMAT_NAMES, DIRECTIONS, st.booleans())
def test_any_json(engine: Engine, tree: object, name: str, direction: Direction, spaced: bool) -> None:
    body = json.dumps(tree, indent=1 if spaced else None).encode()

    governed = govern(engine.session({}), operation(name), direction, Message((), body))

    if governed.message is not None:
        assert CANARY.encode() not in governed.message.body
        json.loads(governed.message.body)
        assert (governed.message.body is body) == (governed.decision.outcome is Outcome.ALLOW)
    else:
        assert governed.interaction.unparsed


@pytest.mark.parametrize(("name", "direction"), list(BODIES))
def test_nothing_else_changes(engine: Engine, name: str, direction: Direction) -> None:
    clean = json.dumps(BODIES[name, direction], indent=1)
    dirty = clean.replace("Be brief.", f"Be {CANARY} brief.").replace("An answer", f"An {CANARY} answer")

    governed = govern(engine.session({}), operation(name), direction, Message((), dirty.encode()))

    assert governed.message is not None
    tree = json.loads(dirty.replace(CANARY, "[policy.canary]"))
    for choice in tree.get("choices", ()):
        choice["logprobs"] = None  # it repeats the answer, token by token
    assert governed.message.body.decode() == json.dumps(tree, indent=1)


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    path: Path = tmp_path_factory.mktemp("policy") / "policy.gov"
    path.write_text(POLICY.replace("as label", "as token"))
    return Engine.load(compile_program(aigov_dsl.load([path])).envelope, UNVERIFIED)


def test_tokens_of_the_prompt_are_restored_and_those_of_the_answer_stay(tokens: Engine) -> None:
    session = tokens.session({})
    asked = govern(session, operation("generic"), Direction.PROMPT, Message((), json.dumps(CANARY).encode()))
    assert asked.message is not None
    token = json.loads(asked.message.body)
    assert token.startswith("CANARY_")

    body = json.dumps([f"You gave {token}.", f"You gave {token}, I have canary1618."]).encode()
    answered = govern(session, operation("generic"), Direction.RESPONSE, Message((), body))

    assert answered.message is not None
    whole, mixed = json.loads(answered.message.body)
    assert whole == f"You gave {CANARY}."
    assert mixed.startswith(f"You gave {CANARY}, I have CANARY_")
    assert "canary1618" not in mixed


def test_an_answer_with_a_token_that_cannot_be_replaced_is_unreadable(tokens: Engine) -> None:
    session = tokens.session({})
    asked = govern(session, operation("generic"), Direction.PROMPT, Message((), json.dumps(CANARY).encode()))
    assert asked.message is not None
    body = json.dumps({"zz": "x", "zz#": json.loads(asked.message.body)}).encode()  # two strings with one pointer

    answered = govern(session, operation("generic"), Direction.RESPONSE, Message((), body))

    assert answered.message is None
    assert answered.interaction.unparsed
