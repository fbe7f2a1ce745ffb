"""A model provider that costs next to nothing: `python -m tests.bench.rig.provider`.

A chat completion of about 1 KB; for a request that asks for a stream, a role chunk and 64 deltas, 20 ms apart. It
prints its port, and ends when its standard input does.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import httptools
import orjson

from tests.bench.rig.process import serve

DELTAS, EVERY = 64, 0.02

_TEXT = "The billing service moves to the new cluster next week; first the tables that change rarely. " * 8
_ANSWER = orjson.dumps(
    {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "gpt-4o",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": _TEXT}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 400, "completion_tokens": 160, "total_tokens": 560},
    }
)
_WHOLE = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (len(_ANSWER), _ANSWER)
_STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def chunk(data: bytes) -> bytes:
    """A chunk of a body (RFC 9112 section 7.1)."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def event(delta: dict[str, str]) -> bytes:
    """One event of a chat completion."""
    choice = {"index": 0, "delta": delta, "finish_reason": None}
    data = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o", "choices": [choice]}
    return chunk(b"data: " + orjson.dumps(data) + b"\n\n")


_ROLE = event({"role": "assistant", "content": ""})
_DELTAS = [event({"content": f"word{number} "}) for number in range(DELTAS)]
_END = chunk(b"data: [DONE]\n\n") + b"0\r\n\r\n"


class Provider(asyncio.Protocol):
    """One connection."""

    def __init__(self) -> None:
        self.parser = httptools.HttpRequestParser(self)
        self.streams = False
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_message_begin(self) -> None:
        self.streams = False

    def on_body(self, body: bytes) -> None:
        self.streams = self.streams or b'"stream":true' in body

    def on_message_complete(self) -> None:
        if self.streams:
            self.transport.write(_STREAM + _ROLE)
            loop = asyncio.get_running_loop()
            loop.call_later(EVERY, partial(self.tick, loop, loop.time() + EVERY, 0))
        else:
            self.transport.write(_WHOLE)

    def tick(self, loop: asyncio.AbstractEventLoop, due: float, number: int) -> None:
        """One delta, on time whatever the last one's delay was."""
        if self.transport is None:
            return
        last = number == DELTAS - 1
        self.transport.write(_DELTAS[number] + (_END if last else b""))
        if not last:
            loop.call_at(due + EVERY, partial(self.tick, loop, due + EVERY, number + 1))


if __name__ == "__main__":
    serve(lambda: Provider)
