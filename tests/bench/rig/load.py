"""Clients that cost little: so many requests on so many connections, or so many streams at once."""

from __future__ import annotations

import asyncio
import ssl
import time
from typing import NamedTuple

import httptools
import uvloop

from tests.bench.rig.provider import DELTAS, EVERY

_STALL = 10 * EVERY


class Whole(NamedTuple):
    """What requests took: seconds of each, and of all together."""

    each: list[float]
    wall: float


class Streams(NamedTuple):
    """What streams were like: seconds to the first byte of the body, between two frames, and how many had each frame
    and no stall."""

    first: list[float]
    gaps: list[float]
    good: int
    all: int


def requests(port: int, data: bytes, connections: int, seconds: float, tls: ssl.SSLContext | None = None) -> Whole:
    """Ask again as soon as an answer is there."""

    async def main() -> Whole:
        loop, each = asyncio.get_running_loop(), list[float]()
        start = time.perf_counter()
        until = start + seconds
        clients = [_Asking(data, each, until) for _ in range(connections)]
        for client in clients:
            await loop.create_connection(lambda client=client: client, "127.0.0.1", port, ssl=tls)
        await asyncio.gather(*(client.over for client in clients))
        return Whole(each, time.perf_counter() - start)

    return uvloop.run(main())


def streams(port: int, data: bytes, count: int, tls: ssl.SSLContext | None = None) -> Streams:
    """All at once, their starts spread over one interval of the deltas."""

    async def main() -> Streams:
        loop = asyncio.get_running_loop()
        clients = [_Listening() for _ in range(count)]
        for client in clients:
            await loop.create_connection(lambda client=client: client, "127.0.0.1", port, ssl=tls)
        for number, client in enumerate(clients):
            loop.call_later(number * EVERY / count, client.ask, data)
        await asyncio.gather(*(client.over for client in clients))
        gaps = [gap for client in clients for gap in client.gaps]
        good = sum(client.frames == DELTAS + 2 and max(client.gaps) < _STALL for client in clients)
        return Streams([client.first for client in clients], gaps, good, count)

    return uvloop.run(main())


class _Asking(asyncio.Protocol):
    def __init__(self, data: bytes, each: list[float], until: float) -> None:
        self.data, self.each, self.until = data, each, until
        self.over = asyncio.get_running_loop().create_future()
        self.parser = httptools.HttpResponseParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self.ask()

    def ask(self) -> None:
        self.start = time.perf_counter()
        self.transport.write(self.data)

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_message_complete(self) -> None:
        now = time.perf_counter()
        if self.parser.get_status_code() != 200:
            self.over.set_exception(AssertionError(f"status {self.parser.get_status_code()}"))
            return
        self.each.append(now - self.start)
        if now < self.until:
            self.ask()
        else:
            self.transport.close()
            self.over.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.over.done():
            self.over.set_exception(exc or ConnectionError("closed"))


class _Listening(asyncio.Protocol):
    def __init__(self) -> None:
        self.over = asyncio.get_running_loop().create_future()
        self.parser = httptools.HttpResponseParser(self)
        self.first = self.start = self.last = 0.0
        self.gaps: list[float] = []
        self.frames = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]

    def ask(self, data: bytes) -> None:
        self.start = time.perf_counter()
        self.transport.write(data)

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        now = time.perf_counter()
        if self.first:
            self.gaps.append(now - self.last)
        else:
            self.first = now - self.start
        self.last = now
        self.frames += body.count(b"\n\n")

    def on_message_complete(self) -> None:
        self.transport.close()
        self.over.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.over.done():
            self.over.set_exception(exc or ConnectionError("closed"))
