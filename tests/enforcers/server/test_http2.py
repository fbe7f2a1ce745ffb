"""HTTP/2 over mutual TLS: the official client, and a client on h2 that does what no library would."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from typing import Any, Self

import httpx2
import openai
import pytest
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import ConnectionTerminated, DataReceived, Event, ResponseReceived, StreamEnded, WindowUpdated

from aigov_enforcers.server.bounds import Bounds
from aigov_enforcers.server.front import ALPN
from aigov_enforcers.transport.contexts import client_context, server_context
from aigov_runtime import Engine
from tests.enforcers.origin import Answer, Origin, chat
from tests.enforcers.server.conftest import providers
from tests.enforcers.server.running import Running, wait
from tests.enforcers.server.speaker import Speaker
from tests.enforcers.server.test_http1 import BODY
from tests.enforcers.server.test_proxy import DONE, delta
from tests.enforcers.trust_domain import Domain

DOMAIN = Domain()


def context(kind: str) -> ssl.SSLContext:
    holder, trust = DOMAIN.issue(kind, "one"), DOMAIN.authority.trust
    made = (server_context if kind == "server" else client_context)(holder.chain, holder.pem, trust)
    made.set_alpn_protocols(ALPN)
    return made


@pytest.fixture
def server(engine: Engine, origin: Origin) -> Iterator[Running]:
    bounds = Bounds(body=1 << 20, body_time=0.5)
    with Running(engine, providers(origin), tls=context("server"), bounds=bounds) as running:
        yield running


@pytest.fixture
def client(server: Running) -> Iterator[openai.OpenAI]:
    url = f"https://127.0.0.1:{server.port}/openai/v1"
    with (
        httpx2.Client(http2=True, verify=context("device")) as http,
        openai.OpenAI(api_key="mine", base_url=url, http_client=http, max_retries=0) as asking,
    ):
        yield asking


def ask(client: openai.OpenAI, text: str, **more: Any) -> Any:
    return client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": text}], **more)


def test_the_official_client_is_governed(client: openai.OpenAI, origin: Origin, key: str) -> None:
    for _ in range(3):
        got = client.chat.completions.with_raw_response.create(
            model="gpt-4o", messages=[{"role": "user", "content": f"My key is {key}"}]
        )
        assert got.http_response.http_version == "HTTP/2"
        assert got.parse().choices[0].message.content == "Good morning."
    assert key not in str(origin.received)
    with pytest.raises(openai.PermissionDeniedError, match="Codenames"):
        ask(client, "bluebird")
    assert len(origin.received) == 3


def test_a_stream_flows(client: openai.OpenAI, origin: Origin, key: str) -> None:
    text = f"The key is {key}, keep it. " * 50
    origin.answer = lambda _: Answer(
        [*[delta(word + " ") for word in text.split(" ")], DONE], content_type="text/event-stream"
    )
    said = "".join(chunk.choices[0].delta.content or "" for chunk in ask(client, "Hello", stream=True))
    assert key not in said
    assert said.count("keep it. ") == 50


def test_large_bodies_go_both_ways(client: openai.OpenAI, origin: Origin) -> None:
    text = "word " * 150_000
    origin.answer = lambda asked: Answer(chat(asked.json["messages"][0]["content"]))
    assert ask(client, text).choices[0].message.content == text


def test_who_has_no_certificate_is_nobody(server: Running, origin: Origin) -> None:
    bare = client_context(None, None, DOMAIN.authority.trust)
    with httpx2.Client(http2=True, verify=bare) as http, pytest.raises(httpx2.TransportError):
        http.get(f"https://127.0.0.1:{server.port}/openai/v1/models")
    assert origin.received == []


class Raw:
    """A client of frames."""

    def __init__(self, server: Running) -> None:
        plain = socket.create_connection(("127.0.0.1", server.port), timeout=8)
        self.socket = context("device").wrap_socket(plain)
        assert self.socket.selected_alpn_protocol() == "h2"
        self.h2 = H2Connection(H2Configuration(validate_outbound_headers=False, normalize_outbound_headers=False))
        self.h2.initiate_connection()
        self.events: list[Event] = []
        self.acknowledges = True
        self.send()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self) -> None:
        self.socket.sendall(self.h2.data_to_send())

    def head(self, *more: tuple[str, str], end: bool = True, **changed: str) -> int:
        path = "/openai/v1/chat/completions"
        pseudo = {"method": "POST", "path": path, "scheme": "https", "authority": "a"} | changed
        named = [(f":{name}", value) for name, value in pseudo.items() if value]
        at = self.h2.get_next_available_stream_id()
        self.h2.send_headers(at, [*named, *more], end_stream=end)
        return at

    def ask(self, body: bytes = BODY) -> int:
        at = self.head(("content-type", "application/json"), end=False)
        self.h2.send_data(at, body, end_stream=True)
        return at

    def until(self, kind: type[Event], at: int = 0) -> Any:
        """The next event of this kind, of a stream."""
        self.send()
        while True:
            for number, event in enumerate(self.events):
                if isinstance(event, kind) and (not at or getattr(event, "stream_id", 0) == at):
                    del self.events[: number + 1]
                    return event
            data = self.socket.recv(65536)
            assert data, self.events
            for event in self.h2.receive_data(data):
                self.events.append(event)
                if isinstance(event, DataReceived) and self.acknowledges:
                    self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            self.send()

    def status(self, at: int) -> int:
        return int(dict(self.until(ResponseReceived, at).headers)[b":status"])


@pytest.fixture
def raw(server: Running) -> Iterator[Raw]:
    with Raw(server) as client:
        yield client


def test_streams_share_a_connection(raw: Raw, origin: Origin) -> None:
    asked = [raw.ask() for _ in range(20)]
    raw.send()
    ended = set()
    while len(ended) < 20:
        ended.add(raw.until(StreamEnded).stream_id)
    assert ended == set(asked)
    assert len(origin.received) == 20


def test_more_streams_than_allowed_end_the_connection(raw: Raw, origin: Origin) -> None:
    for _ in range(101):
        raw.head(end=False)
    assert raw.until(ConnectionTerminated).error_code == ErrorCodes.PROTOCOL_ERROR


def test_rapid_reset_ends_the_connection(raw: Raw, origin: Origin) -> None:
    for _ in range(101):
        at = raw.head(end=False)
        raw.h2.reset_stream(at)
        raw.send()
    assert raw.until(ConnectionTerminated).error_code == ErrorCodes.ENHANCE_YOUR_CALM
    assert origin.received == []


def test_a_flood_of_pings_ends_the_connection(raw: Raw) -> None:
    for number in range(101):
        raw.h2.ping(number.to_bytes(8))
    assert raw.until(ConnectionTerminated).error_code == ErrorCodes.ENHANCE_YOUR_CALM


@pytest.mark.parametrize(
    ("changed", "more", "wanted"),
    [
        ({"path": "openai"}, [], 400),
        ({"path": "/openai#x"}, [], 400),
        ({"path": "/openai x"}, [], 400),
        ({}, [("expect", "a miracle")], 417),
        ({}, [("content-length", "5")], 400),
        ({}, [(f"x-{number}", "a") for number in range(100)], 431),
    ],
)
def test_a_bad_head_is_told(raw: Raw, origin: Origin, changed: dict[str, str], more: Any, wanted: int) -> None:
    assert raw.status(raw.head(*more, **changed)) == wanted
    assert raw.status(raw.ask()) == 200


@pytest.mark.parametrize(
    ("changed", "more"),
    [
        ({"path": ""}, []),
        ({"method": ""}, []),
        ({}, [("X-Upper", "a")]),
        ({}, [("connection", "close")]),
        ({}, [("transfer-encoding", "chunked")]),
        ({}, [("x", "a\r\naigov-identity: b")]),
        ({}, [("x", "a\0")]),
        ({}, [("host", "b")]),
        ({}, [("x", "a" * 40_000)]),
    ],
)  # fmt: skip
def test_a_head_that_is_none_is_an_error_of_the_protocol(
    raw: Raw, origin: Origin, changed: dict[str, str], more: Any
) -> None:
    raw.head(*more, **changed)
    assert isinstance(raw.until(ConnectionTerminated), ConnectionTerminated)
    assert origin.received == []


def test_a_body_that_is_too_large_is_told(engine: Engine, origin: Origin) -> None:
    with (
        Running(engine, providers(origin), tls=context("server"), bounds=Bounds(body=100_000)) as server,
        Raw(server) as raw,
    ):
        at = raw.head(end=False)
        for _ in range(3):
            raw.h2.send_data(at, b"x" * 16000)
        raw.until(WindowUpdated, at)
        for _ in range(3):
            raw.h2.send_data(at, b"x" * 16000)
        raw.until(WindowUpdated, at)
        raw.h2.send_data(at, b"x" * 16000)
        assert raw.status(at) == 413
        assert raw.status(raw.ask()) == 200
    assert len(origin.received) == 1


def test_a_slow_body_is_told(raw: Raw, origin: Origin) -> None:
    at = raw.head(end=False)
    assert raw.status(at) == 408
    assert raw.status(raw.ask()) == 200


def test_a_client_with_no_window_holds_the_provider_back(engine: Engine) -> None:
    sent = [0]

    def talk(speaker: Speaker, connection: socket.socket) -> None:
        speaker.listen(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        event = delta("word " * 400)
        for _ in range(20_000):
            connection.sendall(event)
            sent[0] += len(event)

    from aigov_enforcers.server.targets import Provider

    with Speaker(talk) as speaker:
        provider = Provider("openai", speaker.url, private=True)
        with Running(engine, [provider], tls=context("server")) as server, Raw(server) as raw:
            raw.acknowledges = False
            at = raw.ask()
            raw.until(DataReceived, at)
            before = [-1]

            def stopped() -> bool:
                import time

                before[0] = sent[0]
                time.sleep(0.3)
                return sent[0] == before[0]

            wait(stopped)
            assert sent[0] < 20_000 * 2000 * 0.6
            (front,) = server.plane._connections
            (stream,) = front._streams.values()  # type: ignore[attr-defined]
            assert sum(map(len, stream._waiting)) < 1 << 20


def test_a_drained_connection_ends_what_it_has(server: Running, origin: Origin) -> None:
    import threading

    go = threading.Event()

    def answer(_: Any) -> Answer:
        go.wait(5)
        return Answer(chat("Good morning."))

    origin.answer = answer
    with Raw(server) as raw:
        at = raw.ask()
        raw.send()
        wait(lambda: bool(origin.received))
        (front,) = server.plane._connections
        server.loop.call_soon_threadsafe(front.drain)
        wait(lambda: getattr(front, "draining", False))
        go.set()
        assert raw.status(at) == 200
        raw.until(ConnectionTerminated)
        wait(lambda: not server.plane.open)
