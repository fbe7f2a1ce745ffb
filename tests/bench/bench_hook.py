"""What the SDK hook costs: requests that it does not govern, and such that it does, beside the same without it.

The client is httpx2 with a transport that answers at once, so nothing else is in the way.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2

import aigov_dsl
from aigov_compiler import compile_program
from aigov_enforcers import sdk
from aigov_runtime import UNVERIFIED, Engine

ROUNDS, CALLS = 15, 200
POLICY = 'default allow\ndetector codename { words ["bluebird"] class internal }\n'
CHAT = json.dumps({"model": "gpt-4o", "messages": [{"role": "user", "content": "What is the capital of France?"}]})
ITEM = {"sku": "A-1020", "quantity": 2, "price": {"amount": 1999, "currency": "EUR"}, "title": "A thing of some kind"}
ORDER = json.dumps({"customer": {"id": "c-1029", "name": "Ann Lee", "city": "Berlin"}, "items": [ITEM] * 18})
ANSWER = {"choices": [{"index": 0, "message": {"role": "assistant", "content": "Paris."}, "finish_reason": "stop"}]}


def run() -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        policy = Path(folder) / "policy.gov"
        policy.write_text(POLICY)
        engine = Engine.load(compile_program(aigov_dsl.load([policy])).envelope, UNVERIFIED)
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, json=ANSWER))
    with httpx2.Client(transport=transport) as client:
        for name, url, body in (
            ("a request that is not governed", "https://shop.example/v1/orders", "item=A-1020&quantity=2"),
            ("a JSON order of 2 KB to a shop", "https://shop.example/v1/orders", ORDER),
            ("a small chat, one detector", "https://api.openai.com/v1/chat/completions", CHAT),
            ("a small chat at an unlisted host, one detector", "https://ai.example/ask", CHAT),
        ):

            def ask(url: str = url, body: str = body) -> None:
                client.post(url, content=body, headers={"content-type": "application/json"})

            bare, hooked = _beside(ask, engine)
            yield {
                "name": f"SDK hook on {name}: what it adds",
                "value": hooked - bare,
                "unit": "µs",
                "peer": "the request without it",
                "ratio": hooked / bare,
            }


def _beside(ask: Callable[[], None], engine: Engine) -> tuple[float, float]:
    """Median microseconds of a request without the hook and with it, measured in turn."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for hooked in (False, True):
            if hooked:
                sdk.install(engine, {})
            start = time.perf_counter()
            for _ in range(CALLS):
                ask()
            times[hooked].append((time.perf_counter() - start) / CALLS * 1e6)
            sdk.uninstall()
    return statistics.median(times[0]), statistics.median(times[1])
