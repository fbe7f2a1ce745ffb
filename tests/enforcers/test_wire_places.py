"""A secret in any of the eleven places of an agent's history is blocked or redacted, in every format: no leak."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from aigov_enforcers.wire import Catalogue, Message, govern
from aigov_enforcers.wire.shape import segments
from aigov_runtime import UNVERIFIED, Engine
from aigov_runtime.model import Direction, Kind, Outcome
from tests.enforcers.places import HISTORIES, PLACES, SECRET

DETECTOR = "detector key { pattern /AKIA[A-Z2-7]{16}/ class secret confidence certain }"
BLOCK = f"package test.block\ndefault allow\n{DETECTOR}\nrule r {{ when payload contains key then block }}"
REDACT = f"package test.redact\ndefault allow\n{DETECTOR}\nrule r {{ when payload contains key then redact as label }}"

CASES = [
    pytest.param(name, place, id=f"{name}-{place}")
    for name, history in HISTORIES.items()
    for place in PLACES
    if history.bodies[place] is not None
]


@pytest.mark.parametrize("history", HISTORIES.values(), ids=HISTORIES)
def test_every_place_is_there(history: object) -> None:
    assert set(history.bodies) == set(PLACES)  # type: ignore[attr-defined]


def test_no_place_leaks(compiled: Callable[[str], bytes]) -> None:
    """One compilation for all: a row of (format, place) that leaks in either mode is named."""
    block = Engine.load(compiled(BLOCK), UNVERIFIED).session({})
    redact = Engine.load(compiled(REDACT), UNVERIFIED).session({})
    leaks = []
    for case in CASES:
        name, place = case.values
        host, path, bodies = HISTORIES[str(name)]
        body = json.dumps(bodies[str(place)]).encode()
        operation = Catalogue().recognise("POST", host, None, path)
        assert operation is not None
        assert operation.format.name == str(name).partition(",")[0]
        message = Message((("content-type", "application/json"),), body)
        if govern(block, operation, Direction.PROMPT, message).decision.outcome is not Outcome.BLOCK:
            leaks.append(f"{case.id}: not blocked")
        governed = govern(redact, operation, Direction.PROMPT, message)
        assert governed.message is not None
        if SECRET.encode() in governed.message.body:
            leaks.append(f"{case.id}: not redacted")
        json.loads(governed.message.body)

    assert leaks == []


KINDS = {
    "system": {("system", Kind.TEXT)},
    "user": {("user", Kind.TEXT)},
    "assistant": {("assistant", Kind.TEXT)},
    "tool_definition": {("system", Kind.TOOL_DEFINITION)},
    "tool_call": {("assistant", Kind.TOOL_CALL)},
    "nested": {("assistant", Kind.TOOL_CALL)},
    "tool_result": {("tool", Kind.TOOL_RESULT)},
    "reasoning": {("assistant", Kind.REASONING)},
}
LESS = {
    ("gemini.generate", "reasoning"),  # only a member beside the text says so
    ("gemini.generate, snake case", "reasoning"),
    ("a2a", "tool_call"),
    ("a2a", "nested"),
    ("a2a", "tool_result"),
    ("generic", "nested"),
    ("bedrock.invoke", "nested"),
}
"""Places whose role or kind the format does not tell."""


@pytest.mark.parametrize(("name", "place"), CASES)
def test_roles_and_kinds(name: str, place: str) -> None:
    if place not in KINDS or (name, place) in LESS:
        return
    host, path, bodies = HISTORIES[name]
    operation = Catalogue().recognise("POST", host, None, path)
    assert operation is not None

    seen = segments(json.loads(json.dumps(bodies[place])), operation.format.request)

    assert {(each.role, each.kind) for each in seen if SECRET in each.text} == KINDS[place]
