"""Any bytes as a stream of any format, in any pieces: what goes out does not depend on the pieces of the network unless
the stream is stopped, and no value that the policy takes out is in it."""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["aigov_enforcers.wire.streams"]):
    from aigov_enforcers.wire.streams import Relay

import aigov_dsl
from aigov_compiler import compile_program
from aigov_runtime import UNVERIFIED, Engine
from corpora.streams.measure import cut, operation
from corpora.streams.wires import WIRES
from tests.fuzz.harness import fuzz

POLICY = Path(__file__).with_name("streams.gov")
SESSION = Engine.load(compile_program(aigov_dsl.load([POLICY])).envelope, UNVERIFIED).session({})
SAID = "Ask ann@corp.example, or wait for an answer. "
ASKED = '{"to": "\\u0061nn@corp.example"}'
FRAMES = [wire.stream(cut(SAID, 3), cut(ASKED, 2)) for wire in WIRES]
OPERATIONS = [operation(wire) for wire in WIRES]


def target(data: bytes) -> None:
    provider = atheris.FuzzedDataProvider(data)
    number = provider.ConsumeIntInRange(0, len(WIRES) - 1)
    size = provider.ConsumeIntInRange(1, 64)
    stream = bytearray(b"".join(FRAMES[number]))
    for _ in range(provider.ConsumeIntInRange(0, 4)):
        at = provider.ConsumeIntInRange(0, len(stream))
        stream[at : at + provider.ConsumeIntInRange(0, 40)] = provider.ConsumeBytes(provider.ConsumeIntInRange(0, 40))
    if provider.ConsumeBool():
        stream[:] = provider.ConsumeBytes(sys.maxsize)
    whole, ended = _relayed(number, [bytes(stream)])
    parts, same = _relayed(number, [bytes(stream[at : at + size]) for at in range(0, len(stream), size)])
    assert ended == same, "the end depends on how the network cuts the stream"
    assert ended or whole == parts, "what goes out depends on how the network cuts the stream"
    assert b"ann@corp.example" not in whole + parts


def _relayed(number: int, pieces: list[bytes]) -> tuple[bytes, bool]:
    wire, asked = WIRES[number], OPERATIONS[number]
    relay = Relay(SESSION, asked, asked.facts, {}, content_type=wire.content_type)
    out = b"".join([*map(relay.feed, pieces), relay.close()])
    return out, relay.blocked


if __name__ == "__main__":
    fuzz(target, (bytes([0] * 40 + [size, number]) for number in range(len(WIRES)) for size in (1, 40)))
