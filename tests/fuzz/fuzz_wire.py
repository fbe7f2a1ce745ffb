"""Any body in any format: it is read, or said why not; and what is sent on after a redaction is still JSON."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["aigov_enforcers.wire", "aigov_enforcers.identity"]):
    from aigov_enforcers.identity import flatten, from_json
    from aigov_enforcers.wire import Message, Operation, RequestError, evaluate, govern
    from aigov_enforcers.wire.formats import FORMATS

import orjson

import aigov_dsl
from aigov_compiler import compile_program
from aigov_runtime import UNVERIFIED, Engine
from aigov_runtime.model import Direction, Outcome
from tests.fuzz.harness import fuzz, mutated

POLICY = Path(__file__).with_name("policy.gov")
ENGINE = Engine.load(compile_program(aigov_dsl.load([POLICY])).envelope, UNVERIFIED)
SESSION = ENGINE.session(flatten(from_json({"user": {"groups": ["eng"]}, "device": {"managed": True}})))
FACTS = {"request.provider": "openai", "request.model": "gpt-4o"}
NAMES = tuple(FORMATS)

BODIES = (
    b'{"model":"gpt-4o","messages":[{"role":"user","content":"Blue Heron ticket ACME-12345"}]}',
    b'{"messages":[{"tool_calls":[{"function":{"arguments":"{\\"q\\": \\"Red Kite\\"}"}}]}]}',
    b'{"system":"Red Kite","messages":[{"role":"user","content":[{"type":"text","text":"\\u0042lue"}]}]}',
    b'{"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"Red Kite"}]}]}',
    b'{"model":"gpt-4o","input":[{"role":"user","content":[{"type":"input_text","text":"Blue Heron"}]}]}',
    b'{"choices":[{"message":{"role":"assistant","content":"Red Kite"}}]}',
)


def target(data: bytes) -> None:
    provider = atheris.FuzzedDataProvider(data)
    direction = (Direction.PROMPT, Direction.RESPONSE)[provider.ConsumeIntInRange(0, 1)]
    name = NAMES[provider.ConsumeIntInRange(0, len(NAMES) - 1)]
    chosen = provider.ConsumeIntInRange(0, len(BODIES))
    if chosen < len(BODIES):
        body = orjson.dumps(mutated(orjson.loads(BODIES[chosen]), provider), default=repr)
    else:
        body = provider.ConsumeBytes(sys.maxsize)
    governed = govern(
        SESSION, Operation(FORMATS[name], "openai", "", FACTS), direction, Message((), body), attributes=FACTS
    )
    if governed.decision.outcome is Outcome.BLOCK:
        assert governed.message is None
    elif governed.decision.edits:
        assert governed.message is not None
        orjson.loads(governed.message.body)
    with contextlib.suppress(RequestError):
        evaluate(ENGINE, body)


def seeds() -> list[bytes]:
    """Atheris takes integers from the end of the input, so a body is followed by its choices."""
    plain = [body + bytes([len(BODIES), number % len(NAMES), 0]) for number, body in enumerate(BODIES)]
    document = b'{"identity":{"device":{"managed":true}},"request":{"provider":"openai"},"body":' + BODIES[0] + b"}"
    return [*plain, document]


if __name__ == "__main__":
    fuzz(target, seeds())
