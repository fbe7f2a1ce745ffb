"""When devices renew, and certificates that change under load."""

from __future__ import annotations

import asyncio
import hashlib
import os
import socket
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aigov_enforcers.transport import renewal, request
from aigov_enforcers.transport.certificates import SKEW
from aigov_enforcers.transport.contexts import client_context, server_context
from tests.enforcers.trust_domain import Domain, Holder, now

DAY = timedelta(hours=24)


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain()


@pytest.fixture(scope="module")
def device(domain: Domain) -> Holder:
    return domain.issue("device", "d1")


@given(st.randoms(use_true_random=False))
def test_a_certificate_is_renewed_at_about_half_of_its_life(device: Holder, random: Random) -> None:
    issued = device.peer.not_before + SKEW
    assert issued + DAY * 0.4 <= renewal.due(device.peer, random) <= issued + DAY * 0.6


def test_a_fleet_does_not_come_at_once(device: Holder) -> None:
    moments = sorted(renewal.due(device.peer, Random(seed)) for seed in range(1000))  # all enrolled in one second
    busiest = max(sum(a <= b < a + timedelta(minutes=10) for b in moments) for a in moments[::50])
    assert busiest < 100


@given(st.integers(1, 10_000), st.floats(-1, 30), st.randoms(use_true_random=False))
def test_retries_come_later_each_time_but_in_time(device: Holder, failures: int, hours: float, random: Random) -> None:
    at = device.peer.not_before + timedelta(hours=hours)
    wait = renewal.retry(device.peer, failures, at, random) - at
    left = max(device.peer.not_after - at, timedelta(0))
    assert timedelta(seconds=2.5) <= wait <= max(min(timedelta(minutes=15), left / 10), timedelta(seconds=5))


def test_the_first_retries_are_soon_and_the_later_ones_are_not(device: Holder) -> None:
    at, latest = device.peer.not_before + DAY / 2, Random(1)
    latest.uniform = lambda low, high: high  # type: ignore[method-assign]
    waits = [renewal.retry(device.peer, failures, at, latest) - at for failures in range(1, 12)]
    assert [wait.total_seconds() for wait in waits] == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900]


STREAMS = 6
RELOADS = 5
CHUNK = 8192


class Server:
    """Echoes; its certificate, trust and CRL change by a new listener on the same socket, as a server does it."""

    def __init__(self) -> None:
        self.echoed: list[str] = []
        self._listening: asyncio.Server | None = None
        self.port = 0

    async def present(self, context: ssl.SSLContext) -> None:
        """From now on, with this context. Open connections live on."""
        old = self._listening
        if old is None:
            self._listening = await asyncio.start_server(self._accepted, "127.0.0.1", 0, ssl=context)
            self.port = self._listening.sockets[0].getsockname()[1]
            return
        same = socket.socket(fileno=os.dup(old.sockets[0].fileno()))
        self._listening = await asyncio.start_server(self._accepted, sock=same, ssl=context)
        old.close()

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        digest = hashlib.sha256()
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                digest.update(data)
                writer.write(data)
                await writer.drain()
        self.echoed.append(digest.hexdigest())
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    async def close(self) -> None:
        assert self._listening is not None
        self._listening.close()


async def pump(port: int, context: ssl.SSLContext, stop: asyncio.Event) -> tuple[str, str, int]:
    """Bytes out and back, until told to stop; the digest of each direction, and how many."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    out, back, total = hashlib.sha256(), hashlib.sha256(), 0
    while not stop.is_set():
        data = os.urandom(CHUNK)
        out.update(data)
        writer.write(data)
        await writer.drain()
        back.update(await reader.readexactly(CHUNK))
        total += CHUNK
        await asyncio.sleep(0.001)
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return out.hexdigest(), back.hexdigest(), total


async def under_load(
    change: Callable[[Server, int], Awaitable[None]], first: ssl.SSLContext, asks: ssl.SSLContext
) -> None:
    server, stop = Server(), asyncio.Event()
    await server.present(first)
    pumps = [asyncio.create_task(pump(server.port, asks, stop)) for _ in range(STREAMS)]
    for number in range(RELOADS):
        await asyncio.sleep(0.05)
        await change(server, number)
    await asyncio.sleep(0.05)
    assert not any(task.done() for task in pumps)
    stop.set()
    results = await asyncio.gather(*pumps)
    await asyncio.sleep(0.05)
    await server.close()
    assert all(out == back and total > RELOADS * CHUNK for out, back, total in results)
    assert {out for out, _, _ in results} <= set(server.echoed)


def test_certificates_authority_and_crl_change_and_no_stream_notices(domain: Domain, device: Holder) -> None:
    turning = Domain()
    old = turning.issue("device", "old")
    trust = turning.authority.trust
    asks = client_context(old.chain, old.pem, trust)

    def context(name: str) -> ssl.SSLContext:
        server = turning.issue("server", name)
        return server_context(server.chain, server.pem, trust, turning.crl())

    async def change(server: Server, number: int) -> None:
        """New certificates; then a new intermediate; then the old one goes, and the certificates it issued."""
        if number == 2:
            turning.authority = turning.authority.rotate(
                turning.root_key, request.new_key(), now=now(), overlap=timedelta(hours=1)
            )
        if number == 4:
            turning.authority = turning.authority.retire(turning.root_key, now=now(), at_once=True)
        await server.present(context(f"s{number}"))
        new = turning.issue("device", f"new{number}")
        with_new = client_context(new.chain, new.pem, trust)
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port, ssl=with_new)
        shown = writer.get_extra_info("ssl_object").getpeercert()
        assert shown["subjectAltName"] == (("URI", f"spiffe://acme.example/server/s{number}"),)
        writer.write(b"new")
        assert await reader.readexactly(3) == b"new"
        writer.close()
        if number == 4:  # a new connection with the old certificate is refused, while old ones live on
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port, ssl=asks)
            with pytest.raises((OSError, asyncio.IncompleteReadError)):
                await reader.readexactly(3)
            writer.close()

    asyncio.run(under_load(change, context("first"), asks))


def test_a_stream_outlives_its_certificate_and_the_next_connection_does_not(domain: Domain) -> None:
    """TLS judges at the handshake only: what ends a stream in time is the registry, asked with each request."""
    server, short = domain.issue("server", "s1"), domain.issue("device", "d9", lifetime=timedelta(seconds=2))
    serves = server_context(server.chain, server.pem, domain.authority.trust)
    asks = client_context(short.chain, short.pem, domain.authority.trust)

    async def run() -> None:
        listening = Server()
        await listening.present(serves)
        reader, writer = await asyncio.open_connection("127.0.0.1", listening.port, ssl=asks)
        while now() < short.peer.not_after + timedelta(seconds=0.1):
            writer.write(b"ask")
            assert await reader.readexactly(3) == b"ask"
            await asyncio.sleep(0.05)
        writer.close()
        reader, writer = await asyncio.open_connection("127.0.0.1", listening.port, ssl=asks)
        with pytest.raises((OSError, asyncio.IncompleteReadError)):
            await reader.readexactly(3)
        writer.close()
        await listening.close()

    asyncio.run(run())
