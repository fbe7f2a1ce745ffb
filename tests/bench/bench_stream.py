"""A streamed response under all standard detectors: what an event of one token costs, and what a stream keeps.

The peer of a stream is one scan of its whole text.
"""

from __future__ import annotations

import json
import pydoc_data.topics as prose
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import aigov_dsl
from aigov_compiler import compile_program
from aigov_runtime import UNVERIFIED, Engine, Session
from aigov_runtime.flow import Channel
from aigov_runtime.model import Kind, Segment

TOKEN, JOINED = 5, 16 << 10
EVENTS = 10_000


def run() -> Iterator[dict[str, Any]]:
    library = Path(aigov_dsl.__file__).parent / "std"
    engine = Engine.load(compile_program(aigov_dsl.load([library])).envelope, UNVERIFIED)
    session = engine.session({})
    texts = (
        ("English", "".join(prose.topics.values())[: TOKEN * EVENTS], False),
        ("code", Path(json.decoder.__file__).read_text()[: TOKEN * EVENTS], False),
        ("arguments in JSON", json.dumps([{"path": f"a/{n}.txt", "text": "one\ntwo"} for n in range(900)]), True),
    )
    for name, text, as_json in texts:
        text *= 1 + TOKEN * EVENTS // len(text)
        text = text[: TOKEN * EVENTS]
        peer = min(_timed(lambda text=text: engine.policy.scanner.scan([_segment(text)])) for _ in range(3))  # type: ignore[misc]
        _stream(session, text, TOKEN, as_json=as_json)  # the states of the automaton are made
        took = min(_stream(session, text, TOKEN, as_json=as_json) for _ in range(3))
        yield {
            "name": f"stream of {name}, an event of {TOKEN} bytes",
            "value": 1e6 * took / EVENTS,
            "unit": "µs",
            "peer": "one scan of the whole",
            "ratio": took / peer,
        }
        took = min(_stream(session, text, JOINED, as_json=as_json) for _ in range(3))
        yield {
            "name": f"stream of {name}, joined to 16 KB",
            "value": EVENTS / took,
            "unit": "events/s",
            "peer": "one scan of the whole",
            "ratio": took / peer,
        }
    yield {"name": "memory of an open stream", "value": _memory(session, texts[0][1]) / 1024, "unit": "KB"}


def _segment(text: str) -> Segment:
    return Segment("assistant", "/choices/0/message/content", text, Kind.TEXT)


def _timed(work: Any) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _pieces(text: str, size: int) -> Sequence[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def _stream(session: Session, text: str, size: int, *, as_json: bool) -> float:
    pieces = _pieces(text, size)
    flow = session.flow({}, {})
    channel = flow.open("assistant", "/choices/0/message/content", Kind.TEXT, json=as_json)

    def feed() -> None:
        for piece in pieces:
            channel.feed(piece)
        channel.end()

    return _timed(feed)


def _memory(session: Session, text: str) -> float:
    """Bytes of a stream in its middle, the mean of a hundred: what Python allocates, and the attempts beside."""

    def half_way() -> Channel:
        channel = session.flow({}, {}).open("assistant", "/", Kind.TEXT)
        for piece in _pieces(text[:12_000], TOKEN):
            channel.feed(piece)
        return channel

    half_way()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    streams = [half_way() for _ in range(20)]
    used = (tracemalloc.get_traced_memory()[0] - before) / len(streams)
    tracemalloc.stop()
    return used
