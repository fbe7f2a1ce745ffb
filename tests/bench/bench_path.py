"""The whole in-process path of a request: JSON body in → segments → scan of all standard detectors → decision → body.

The peer is the least that any gateway that looks at bodies must do: decode the JSON, encode it again, and run
Hyperscan with the same patterns over the bytes, with a handler that does nothing.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson

import aigov_dsl
from aigov_compiler import compile_program
from aigov_enforcers.wire import Catalogue, Message, govern
from aigov_enforcers.wire.body import parse
from aigov_enforcers.wire.facts import facts
from aigov_enforcers.wire.shape import segments
from aigov_runtime import UNVERIFIED, Engine
from aigov_runtime.model import Direction

ROUNDS, CALLS = 1001, 10  # short turns: a longer one is more likely to be interrupted, and would count double

QUESTION = (
    "We are moving the billing service to the new cluster next week. Could you go over the plan below and tell me "
    "what is missing? First we copy the tables that change rarely, then we stop the writers for a minute, copy the "
    "rest, and switch the name over. Rolling back means switching the name again. The team in the other time zone "
    "watches the dashboards. "
)
BODY = orjson.dumps(
    {
        "model": "gpt-4o",
        "messages": [
            {"role": "system", "content": "You are an assistant for platform engineers. Be brief, name risks first."},
            {"role": "user", "content": QUESTION + "How long should the writers stop, and who decides to go back?"},
            {"role": "assistant", "content": "The plan lacks a check that both copies agree. " + 2 * QUESTION},
            {
                "role": "user",
                "content": "Write the announcement for the teams. Here is the plan again. " + 2 * QUESTION,
            },
        ],
        "temperature": 0.2,
        "stream": False,
    }
)
HEADERS = {
    "host": "api.openai.com",
    "accept-encoding": "gzip, deflate, br, zstd",
    "connection": "keep-alive",
    "accept": "application/json",
    "content-type": "application/json",
    "user-agent": "OpenAI/Python 3.54.0",
    "x-stainless-lang": "python",
    "x-stainless-package-version": "3.54.0",
    "x-stainless-os": "Linux",
    "x-stainless-arch": "x64",
    "x-stainless-runtime": "CPython",
    "x-stainless-runtime-version": "3.11.4",
    "x-stainless-async": "false",
    "x-stainless-retry-count": "0",
    "x-stainless-read-timeout": "600",
    "authorization": "Bearer none",
    "content-length": str(len(BODY)),
}
MESSAGE = Message(tuple(HEADERS.items()), BODY)


def run() -> Iterator[dict[str, Any]]:
    library = Path(aigov_dsl.__file__).parent / "std" / "scan.gov"
    engine = Engine.load(compile_program(aigov_dsl.load([library])).envelope, UNVERIFIED)
    session = engine.session({"user.groups": frozenset({"eng"}), "device.managed": True})
    operation = Catalogue().recognise("POST", "api.openai.com", None, "/v1/chat/completions")
    assert operation is not None
    sweep = engine.policy.scanner._sweep
    assert sweep is not None

    def path() -> None:
        assert govern(session, operation, Direction.PROMPT, MESSAGE).message is MESSAGE

    def floor() -> None:
        orjson.dumps(orjson.loads(BODY))
        sweep.candidates(BODY)

    ours, least = _medians(path, floor)
    yield {
        "name": f"whole path, {len(BODY) / 1024:.1f} KB chat, all standard detectors",
        "value": ours,
        "unit": "µs",
        "peer": "orjson load + dump + bare Hyperscan",
        "ratio": ours / least,
    }
    text = orjson.loads(BODY)["messages"][3]["content"]
    long = orjson.dumps({"model": "gpt-4o", "messages": [{"role": "user", "content": text * 75} for _ in range(4)]})
    for body in (BODY, long):

        def adapter(body: bytes = body) -> None:
            tree = parse(body)
            segments(tree, operation.format.request)
            facts(operation, Direction.PROMPT, tree, len(body))

        def codec(body: bytes = body) -> None:
            orjson.dumps(orjson.loads(body))

        ours, least = _medians(adapter, codec)
        yield {
            "name": f"adapter, {len(body) / 1024:.0f} KB chat: parse, segments, facts; nothing changed",
            "value": ours,
            "unit": "µs",
            "peer": "orjson load + dump",
            "ratio": ours / least,
        }


def _medians(*subjects: Callable[[], None]) -> list[float]:
    """Median microseconds per call of each, measured in turn so that all see the same machine."""
    times: list[list[float]] = [[] for _ in subjects]
    for _ in range(ROUNDS):
        for subject, found in zip(subjects, times, strict=True):
            start = time.perf_counter()
            for _ in range(CALLS):
                subject()
            found.append((time.perf_counter() - start) / CALLS * 1e6)
    return [statistics.median(found) for found in times]
