"""Streams through the relay, with all standard detectors: 10,000 events in reads of 16 KB, and one event at a time.

The peer is the least that a gateway which looks at events must do: split the stream, decode and encode the JSON of
each event.
"""

from __future__ import annotations

import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson

import aigov_dsl
from aigov_compiler import compile_program
from aigov_enforcers.wire import Operation
from aigov_enforcers.wire.streams import Relay
from aigov_runtime import UNVERIFIED, Engine
from aigov_runtime.session import Session
from corpora.streams.measure import operation
from corpora.streams.wires import WIRES, Wire

EVENTS, READ, ROUNDS = 10_000, 16 * 1024, 5
TEXT = (
    "We are moving the billing service to the new cluster next week. First we copy the tables that change rarely, "
    "then we stop the writers for a minute, copy the rest, and switch the name over. Rolling back means switching "
    "the name again. The team in the other time zone watches the dashboards. "
)
WORDS = TEXT.split(" ")
NAMES = ("openai.chat", "openai.responses", "anthropic.messages", "gemini.sse", "bedrock.converse", "ollama.chat")


def run() -> Iterator[dict[str, Any]]:
    library = Path(aigov_dsl.__file__).parent / "std" / "scan.gov"
    engine = Engine.load(compile_program(aigov_dsl.load([library])).envelope, UNVERIFIED)
    session = engine.session({"user.groups": frozenset({"eng"}), "device.managed": True})
    pieces = [f"{WORDS[number % len(WORDS)]} " for number in range(EVENTS)]
    for name in NAMES:
        wire = next(each for each in WIRES if each.name == name)
        frames = wire.stream(pieces, [])
        stream, count = b"".join(frames), len(frames)
        reads = [stream[at : at + READ] for at in range(0, len(stream), READ)]
        found = operation(wire)
        ours = _best(lambda wire=wire, found=found, reads=reads: _relayed(session, wire, found, reads)) / count
        single = _best(lambda wire=wire, found=found, frames=frames: _relayed(session, wire, found, frames)) / count
        peer = "orjson load + dump per event" if stream.startswith((b"data:", b"event:", b"{")) else ""
        ratio = ours / (_best(lambda stream=stream: _parsed(stream)) / count) if peer else None
        base = {"unit": "events/s", "peer": peer, "ratio": ratio}
        yield {"name": f"{name}, {count:,} events in reads of 16 KB", "value": 1e6 / ours, **base}
        yield {"name": f"{name}, one event at a time", "value": single, "unit": "µs/event"}
    yield {"name": "memory of one open stream", "value": _memory(session) / 1024, "unit": "KB"}


def _relayed(session: Session, wire: Wire, found: Operation, reads: list[bytes]) -> None:
    relay = Relay(session, found, found.facts, {}, content_type=wire.content_type)
    for read in reads:
        relay.feed(read)
    relay.close()
    assert not relay.blocked


def _parsed(stream: bytes) -> None:
    for block in stream.split(b"\n\n") if stream.startswith((b"data:", b"event:")) else stream.split(b"\n"):
        data = block[block.find(b"{") :]
        if data.endswith(b"}"):
            orjson.dumps(orjson.loads(data))


def _best(subject: Callable[[], None]) -> float:
    """Microseconds, the median of a few."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        subject()
        times.append((time.perf_counter() - start) * 1e6)
    return statistics.median(times)


def _memory(session: Session) -> float:
    """Bytes that a stream holds on to after 2,000 events."""
    wire = WIRES[0]
    frames = wire.stream([f"{WORDS[number % len(WORDS)]} " for number in range(2_000)], [])[:-3]
    found = operation(wire)
    relays = []
    tracemalloc.start()
    for _ in range(4):
        relay = Relay(session, found, found.facts, {}, content_type=wire.content_type)
        for each in frames:
            relay.feed(each)
        relays.append(relay)
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return size / len(relays)
