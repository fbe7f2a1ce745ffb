"""Any body in any wrapping: nothing crashes, nothing grows without bound, and what is sent holds no secret.

The input chooses headers and a body: encoded, as an upload, holding a file, or plain bytes. Bytes of the wrapping are
then changed.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["aigov_enforcers.wire"]):
    from aigov_enforcers.wire import Message, Operation, govern
    from aigov_enforcers.wire.content.part import MAX_BYTES
    from aigov_enforcers.wire.formats import FORMATS

import aigov_dsl
from aigov_compiler import compile_program
from aigov_runtime import UNVERIFIED, Engine
from aigov_runtime.model import Direction, Outcome
from corpora.attacks.disguises import Disguise, disguises
from tests.fuzz.harness import fuzz

POLICY = Path(__file__).with_name("content.gov")
SESSION = Engine.load(compile_program(aigov_dsl.load([POLICY])).envelope, UNVERIFIED).session({})
OPERATION = Operation(FORMATS["openai.chat"], "openai", "", {"request.provider": "openai", "request.model": "gpt-4o"})
SECRET = "AKIA" + "Z7Q2" * 4
CASES: tuple[Disguise, ...] = tuple(case for case in disguises(SECRET) if len(case.body) < 100_000)
"""Large ones are for the tests: here they would only be slow."""


def target(data: bytes) -> None:
    provider = atheris.FuzzedDataProvider(data)
    chosen = provider.ConsumeIntInRange(0, len(CASES) - 1)
    case = CASES[chosen]
    body = bytearray(case.body)
    for _ in range(provider.ConsumeIntInRange(0, 4)):
        at = provider.ConsumeIntInRange(0, len(body) - 1)
        match provider.ConsumeIntInRange(0, 3):
            case 0:
                body[at] = provider.ConsumeIntInRange(0, 255)
            case 1:
                del body[at : at + provider.ConsumeIntInRange(0, 64)]
            case 2:
                body[at:at] = body[at : at + provider.ConsumeIntInRange(0, 64)]
            case _:
                body[at:at] = provider.ConsumeBytes(16)
        body = body or bytearray(b"{")
    headers = case.headers
    if provider.ConsumeBool():
        headers = CASES[provider.ConsumeIntInRange(0, len(CASES) - 1)].headers
    query = provider.ConsumeUnicodeNoSurrogates(32) if provider.ConsumeBool() else case.query
    governed = govern(SESSION, OPERATION, Direction.PROMPT, Message(headers, bytes(body), query))
    assert (governed.message is None) == (governed.decision.outcome is Outcome.BLOCK)
    assert sum(len(each.text) for each in governed.interaction.segments) <= 2 * MAX_BYTES
    if governed.message is not None:
        # What is sent on is read again: a redaction that was carried out leaves nothing to redact.
        again = govern(SESSION, OPERATION, Direction.PROMPT, governed.message)
        assert not again.decision.edits
        assert again.decision.outcome is not Outcome.BLOCK


def seeds() -> list[bytes]:
    """Atheris takes integers from the end of the input."""
    return [bytes(16) + bytes([0, number]) for number in range(len(CASES))]


if __name__ == "__main__":
    sys.setrecursionlimit(10_000)
    fuzz(target, seeds())
