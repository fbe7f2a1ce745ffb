"""The server with all standard detectors between clients and a provider, on loopback.

Requests of 2 KB on 8 connections: the server's CPU time for each, which does not depend on who else runs on the
machine, and what that makes per core. Beside it the same clients at the provider itself. Then streams of a role chunk
and 64 deltas, 20 ms apart: what the server adds to the first byte, and how many streams of so many at once had no
stall.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

import aigov_dsl
from aigov_compiler import compile_program
from aigov_enforcers.transport import contexts, request
from aigov_enforcers.transport.authority import Authority
from aigov_enforcers.transport.names import SpiffeId
from tests.bench.rig import load
from tests.bench.rig.process import Process, running

CONNECTIONS, SECONDS, STREAMS = 8, 3.0, 100
_TEXT = "We are moving the billing service to the new cluster next week, table by table, rarely changed ones first. "


def run() -> Iterator[dict[str, Any]]:
    library = Path(aigov_dsl.__file__).parent / "std" / "scan.gov"
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        bundle = place / "policy.govb"
        bundle.write_bytes(compile_program(aigov_dsl.load([library])).envelope)
        pems, device = certificates(place)
        with running("provider") as provider:
            url = f"http://127.0.0.1:{provider.port}"
            with running("gateway", bundle, url) as plain, running("gateway", bundle, url, *pems) as mutual:
                yield from _requests(provider, plain, mutual, device)
                yield from _streams(provider, plain)


def _requests(provider: Process, plain: Process, mutual: Process, device: Any) -> Iterator[dict[str, Any]]:
    data = asked(stream=False)
    load.requests(plain.port, data, CONNECTIONS, 0.5)
    load.requests(mutual.port, data, CONNECTIONS, 0.5, device)
    direct = load.requests(provider.port, data, CONNECTIONS, SECONDS)
    rate = len(direct.each) / direct.wall
    yield {"name": "provider itself, 8 connections", "value": rate, "unit": "requests/s"}
    for name, server, tls in (("plain", plain, None), ("mutual TLS", mutual, device)):
        before = server.seconds
        done = load.requests(server.port, data, CONNECTIONS, SECONDS, tls)
        spent = server.seconds - before
        count = len(done.each)
        yield {"name": f"server, {name}: CPU time", "value": spent / count * 1e6, "unit": "µs/request"}
        yield {"name": f"server, {name}: per core", "value": count / spent, "unit": "requests/s"}
        yield {
            "name": f"server, {name}, 8 connections",
            "value": count / done.wall,
            "unit": "requests/s",
            "peer": "the provider itself (time)",
            "ratio": rate / (count / done.wall),
        }
        yield {"name": f"server, {name}: p50", "value": statistics.median(done.each) * 1e3, "unit": "ms"}


def _streams(provider: Process, server: Process) -> Iterator[dict[str, Any]]:
    data = asked(stream=True)
    alone = [(load.streams(provider.port, data, 1), load.streams(server.port, data, 1)) for _ in range(3)]
    added = statistics.median(governed.first[0] - direct.first[0] for direct, governed in alone)
    yield {"name": "stream, alone: added to the first byte", "value": added * 1e3, "unit": "ms"}
    before, memory = server.seconds, server.memory
    direct, governed = load.streams(provider.port, data, STREAMS), load.streams(server.port, data, STREAMS)
    spent = server.seconds - before
    for name, worst in (("p50", 50), ("p99", 99)):
        first = percentile(governed.first, worst) - percentile(direct.first, worst)
        gaps = percentile(governed.gaps, worst) - percentile(direct.gaps, worst)
        yield {"name": f"{STREAMS} streams: added to the first byte, {name}", "value": first * 1e3, "unit": "ms"}
        yield {"name": f"{STREAMS} streams: added between deltas, {name}", "value": gaps * 1e3, "unit": "ms"}
    yield {"name": f"{STREAMS} streams: without a stall", "value": governed.good, "unit": "streams"}
    yield {"name": "stream: CPU time", "value": spent / STREAMS / (load.DELTAS + 2) * 1e6, "unit": "µs/delta"}
    yield {"name": "stream: memory", "value": (server.memory - memory) / STREAMS / 1024, "unit": "KB"}


def percentile(values: list[float], at: int) -> float:
    """The value below which so many of a hundred are."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * at // 100)]


def asked(*, stream: bool) -> bytes:
    """A request of 2 KB."""
    messages = [{"role": "system", "content": "You are helpful."}, {"role": "user", "content": _TEXT * 17}]
    body = orjson.dumps({"model": "gpt-4o", "messages": messages, "stream": stream})
    return (
        b"POST /v1/chat/completions HTTP/1.1\r\nhost: server\r\naccept: application/json\r\n"
        b"content-type: application/json\r\nauthorization: Bearer mine\r\nuser-agent: OpenAI/Python 3.54.0\r\n"
        b"aigov-target: https://api.openai.com\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)
    )


def certificates(place: Path) -> tuple[list[Path], Any]:
    """Files of the server's, and the context of a device."""
    now = datetime.now(UTC)
    keys = [request.new_key() for _ in range(4)]
    authority = Authority.create("acme.example", keys[0], keys[1], now=now)
    names = (SpiffeId("acme.example", "server", "one"), SpiffeId("acme.example", "device", "one"))
    chains = [
        authority.issue(request.make(key), name, lifetime=timedelta(hours=1), now=now).chain
        for name, key in zip(names, keys[2:], strict=True)
    ]
    files = [place / "chain.pem", place / "key.pem", place / "trust.pem"]
    for file, pem in zip(files, (chains[0], request.key_pem(keys[2]), authority.trust), strict=True):
        file.write_bytes(pem)
    return files, contexts.client_context(chains[1], request.key_pem(keys[3]), authority.trust)
