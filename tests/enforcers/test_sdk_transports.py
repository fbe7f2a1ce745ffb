"""One contract for every client library that the hook governs, sync and async, against a server that records."""

from __future__ import annotations

import asyncio
import gzip
import http.client
import json
import logging
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import aiohttp
import httpx
import httpx2
import pytest
import requests
import urllib3

from aigov_enforcers import sdk
from aigov_enforcers.governing.routes import Route
from aigov_runtime import Engine
from tests.enforcers.origin import Answer, Origin, Received, chat

CHAT = "/v1/chat/completions"
SECRETS = {"authorization": "Bearer one", "x-kept": "yes"}


class Got(NamedTuple):
    """An answer as a client sees it; header names are lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return str(json.loads(self.body)["choices"][0]["message"]["content"])


Body = bytes | Iterable[bytes]
Ask = Callable[[str, Body, dict[str, str]], Got]


def _got(status: int, headers: Any, body: bytes) -> Got:
    return Got(status, {name.lower(): value for name, value in headers.items()}, body)


def _httpx(library: Any) -> Ask:
    def ask(url: str, body: Body, headers: dict[str, str]) -> Got:
        with library.Client(follow_redirects=True) as client:
            answer = client.post(url, content=body, headers=headers)
            return _got(answer.status_code, answer.headers, answer.content)

    return ask


def _httpx_async(library: Any) -> Ask:
    async def ask(url: str, body: Body, headers: dict[str, str]) -> Got:
        async with library.AsyncClient(follow_redirects=True) as client:
            content = body if isinstance(body, bytes) else _async(body)
            answer = await client.post(url, content=content, headers=headers)
            return _got(answer.status_code, answer.headers, answer.content)

    return lambda *asked: asyncio.run(ask(*asked))


async def _async(pieces: Iterable[bytes]) -> Any:
    for piece in pieces:
        yield piece


def _requests(url: str, body: Body, headers: dict[str, str]) -> Got:
    with requests.Session() as session:
        answer = session.post(url, data=body, headers=headers, timeout=20)
        return _got(answer.status_code, answer.headers, answer.content)


def _urllib3(url: str, body: Body, headers: dict[str, str]) -> Got:
    with urllib3.PoolManager() as pool:
        answer = pool.request("POST", url, body=body, headers=headers, retries=urllib3.Retry(total=2, connect=0))
        return _got(answer.status, answer.headers, answer.data)


def _urllib(url: str, body: Body, headers: dict[str, str]) -> Got:
    asked = urllib.request.Request(url, data=body, headers=headers)  # type: ignore[arg-type]
    try:
        with urllib.request.urlopen(asked, timeout=20) as answer:
            return _got(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return _got(error.code, error.headers, error.read())


def _aiohttp(url: str, body: Body, headers: dict[str, str]) -> Got:
    async def ask() -> Got:
        async with aiohttp.ClientSession() as session:
            data = body if isinstance(body, bytes) else _async(body)
            async with session.post(url, data=data, headers=headers) as answer:
                return _got(answer.status, answer.headers, await answer.read())

    return asyncio.run(ask())


ASK: dict[str, Ask] = {
    "httpx2": _httpx(httpx2),
    "httpx2 async": _httpx_async(httpx2),
    "httpx": _httpx(httpx),
    "httpx async": _httpx_async(httpx),
    "requests": _requests,
    "urllib3": _urllib3,
    "urllib": _urllib,
    "aiohttp": _aiohttp,
}
REDIRECTED = {**ASK}
del REDIRECTED["urllib"]  # it follows no redirect of a POST that keeps its body
FAILS = (httpx.ConnectError, httpx2.ConnectError, OSError, urllib3.exceptions.HTTPError)


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin(lambda _: Answer(chat("Hello."))) as running:
        yield running


@pytest.fixture
def governed(engine: Engine, origin: Origin) -> Iterator[Origin]:
    """The server, as an approved host whose requests are governed."""
    sdk.install(engine, {"user": {"groups": []}}, hosts={origin.host: "openai"})
    yield origin
    sdk.uninstall()


@pytest.fixture(params=list(ASK))
def ask(request: pytest.FixtureRequest) -> Ask:
    return ASK[request.param]


def body(prompt: str, **more: Any) -> bytes:
    return json.dumps({"model": "gpt-4o", "messages": [{"role": "user", "content": prompt}], **more}).encode()


JSON = {"content-type": "application/json"}


def test_a_clean_request_is_sent_as_it_is(ask: Ask, governed: Origin) -> None:
    sent = b'{ "model":"gpt-4o",\n "temperature": 1.50, "messages":[{"role":"user","content":"caf\\u00e9"}] }'
    got = ask(governed.url + CHAT + "?api-version=1", sent, JSON | SECRETS)
    (received,) = governed.received
    assert (received.body, received.path) == (sent, CHAT + "?api-version=1")
    assert received.headers["authorization"] == "Bearer one"
    assert (got.status, got.text) == (200, "Hello.")


def test_a_prompt_is_redacted(ask: Ask, governed: Origin, key: str) -> None:
    assert ask(governed.url + CHAT, body(f"with {key} in"), JSON | SECRETS).status == 200
    (received,) = governed.received
    assert received.json["messages"][0]["content"] == "with [egress.key] in"
    assert int(received.headers["content-length"]) == len(received.body)
    assert (received.headers["authorization"], received.headers["x-kept"]) == ("Bearer one", "yes")
    assert received.headers["host"] == governed.host


def test_a_block_is_an_answer_and_nothing_is_sent(ask: Ask, governed: Origin) -> None:
    got = ask(governed.url + CHAT, body("bluebird"), JSON)
    assert governed.received == []
    assert got.status == 403
    assert json.loads(got.body)["error"]["message"] == "Codenames stay in the house."
    assert (got.headers["x-should-retry"], got.headers["x-gov-rule"]) == ("false", "no_codenames")


def test_an_answer_is_redacted(ask: Ask, governed: Origin, key: str) -> None:
    governed.answer = lambda _: Answer(chat(f"use {key} now"), headers=(("x-own", "1"), ("set-cookie", "a=b")))
    got = ask(governed.url + CHAT, body("hello"), JSON)
    assert (got.status, got.text) == (200, f"use {'*' * 16}{key[-4:]} now")
    assert got.headers["x-own"] == "1"


def test_an_answer_is_blocked(ask: Ask, governed: Origin) -> None:
    governed.answer = lambda _: Answer(chat("the bluebird flies"))
    got = ask(governed.url + CHAT, body("hello"), JSON)
    assert got.status == 403
    assert json.loads(got.body)["error"]["message"] == "The answer holds a codename."
    assert len(governed.received) == 1


def test_a_compressed_answer_is_redacted(ask: Ask, governed: Origin, key: str) -> None:
    packed = gzip.compress(chat(f"use {key} now"))
    governed.answer = lambda _: Answer(packed, headers=(("content-encoding", "gzip"),))
    got = ask(governed.url + CHAT, body("hello"), JSON | {"accept-encoding": "gzip"})
    assert got.text == f"use {'*' * 16}{key[-4:]} now"


def test_a_chunked_answer_is_redacted(ask: Ask, governed: Origin, key: str) -> None:
    whole = chat(f"use {key} now")
    governed.answer = lambda _: Answer([whole[:40], whole[40:]])
    assert ask(governed.url + CHAT, body("hello"), JSON).text == f"use {'*' * 16}{key[-4:]} now"


def test_a_body_in_pieces(ask: Ask, governed: Origin, key: str) -> None:
    for prompt, sent in ((f"with {key}", "with [egress.key]"), ("clean", "clean")):
        whole = body(prompt)
        assert ask(governed.url + CHAT, iter([whole[:30], whole[30:70], whole[70:]]), JSON).status == 200
        assert governed.received[-1].json["messages"][0]["content"] == sent
    assert ask(governed.url + CHAT, iter([body("blue"), b"bird"]), JSON).status == 403
    assert len(governed.received) == 2


def test_an_error_of_the_provider_comes_through(ask: Ask, governed: Origin) -> None:
    error = b'{"error": {"message": "slow down", "type": "tokens", "param": null, "code": "rate_limit_exceeded"}}'
    governed.answer = lambda _: Answer(error, status=429, headers=(("retry-after", "0"),))
    got = ask(governed.url + CHAT, body("hello"), JSON)
    assert (got.status, got.body) == (429, error)


def test_media_pass_unread(ask: Ask, governed: Origin) -> None:
    noise = bytes(range(256)) * 400
    governed.answer = lambda _: Answer([noise[:70_000], noise[70_000:]], content_type="audio/mpeg")
    got = ask(governed.url + "/v1/audio/speech", body("say it"), JSON)
    assert (got.status, got.body) == (200, noise)


def test_other_hosts_pass(ask: Ask, governed: Origin, key: str) -> None:
    with Origin(lambda received: Answer(received.body)) as other:
        sent = json.dumps({"a": key}).encode()
        assert ask(other.url + "/submit", sent, JSON).body == sent
        assert ask(other.url + "/submit", iter([sent[:5], sent[5:]]), JSON).body == sent
        assert ask(other.url + "/submit", b"messages=" + key.encode(), {"content-type": "text/plain"}).status == 200
    assert [received.body for received in other.received[:2]] == [sent, sent]


def test_a_model_at_an_unlisted_host_is_governed(
    ask: Ask, governed: Origin, caplog: pytest.LogCaptureFixture, key: str
) -> None:
    with Origin(lambda received: Answer(received.body)) as other, caplog.at_level(logging.DEBUG, logger="aigov.sdk"):
        whole = body(f"with {key}")
        for sent in (whole, iter([whole[:9], whole[9:]])):
            got = ask(other.url + "/internal/ask", sent, JSON)
            assert (got.status, json.loads(got.body)["error"]["message"]) == (403, "No rule admits this request.")
        assert ask(other.url + "/internal/ask", whole, {"content-type": "text/plain"}).status == 403
    assert other.received == []
    told = [record.message for record in caplog.records if record.message.startswith("unsanctioned")]
    assert len(told) == 1
    assert len([record for record in caplog.records if record.message.startswith("prompt: block")]) == 3


@pytest.mark.parametrize("client", list(REDIRECTED))
def test_each_hop_is_governed(client: str, governed: Origin, key: str) -> None:
    target = governed.url + CHAT
    with Origin(lambda _: Answer(b"", status=307, headers=(("location", target),))) as other:
        sent = json.dumps({"model": "gpt-4o", "note": f"with {key}"}).encode()  # which asks no model by its shape
        got = REDIRECTED[client](other.url + "/submit", sent, JSON)
        assert other.received[0].body == sent
        assert got.status == 200
        assert governed.received[0].json["note"] == "with [egress.key]"
        assert REDIRECTED[client](other.url + "/submit", sent.replace(key.encode(), b"bluebird"), JSON).status == 403
        assert len(governed.received) == 1


def test_a_rerouted_request_leaves_credentials_behind(ask: Ask, engine: Engine, origin: Origin, key: str) -> None:
    with Origin(lambda _: Answer(chat(f"From Europe, {key}."))) as europe:
        route = Route(europe.url + "/openai", {"api-key": "two"})
        sdk.install(engine, {"user": {"groups": ["eu"]}}, hosts={origin.host: "openai"}, routes={"europe": route})
        try:
            got = ask(origin.url + CHAT + "?x=1", body("hello"), JSON | SECRETS)
        finally:
            sdk.uninstall()
        assert got.text == f"From Europe, {'*' * 16}{key[-4:]}."
        assert origin.received == []
        (received,) = europe.received
        assert received.path == "/openai/chat/completions?x=1"
        assert received.json["messages"][0]["content"] == "hello"
        assert received.headers["host"] == europe.host
        assert (received.headers["api-key"], received.headers["x-kept"]) == ("two", "yes")
        assert "authorization" not in received.headers


def test_what_the_network_raises_comes_through(ask: Ask, governed: Origin) -> None:
    governed.__exit__(None, None, None)
    try:
        with pytest.raises(FAILS):
            ask(governed.url + CHAT, body("hello"), JSON)
    finally:
        governed.__init__(governed.answer)  # type: ignore[misc]
        governed.__enter__()


@pytest.mark.parametrize("on_failure", ["closed", "open"])
def test_a_failure_of_deciding(  # noqa: PLR0917 - fixtures
    ask: Ask,
    on_failure: str,
    engine: Engine,
    origin: Origin,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    sdk.install(engine, {}, hosts={origin.host: "openai"}, on_failure=on_failure)
    monkeypatch.setattr("aigov_enforcers.governing.governor.govern", lambda *_, **__: 1 / 0)
    try:
        got = ask(origin.url + CHAT, iter([body("bluebird")]), JSON)
    finally:
        sdk.uninstall()
    if on_failure == "open":
        assert (got.status, got.text) == (200, "Hello.")
        assert origin.received[0].body == body("bluebird")
    else:
        assert got.status == 403
        assert "could not decide" in json.loads(got.body)["error"]["message"]
        assert origin.received == []
    (record,) = [record for record in caplog.records if record.name == "aigov.sdk"]
    assert (record.failures, record.exc_info[0]) == (1, ZeroDivisionError)  # type: ignore[attr-defined,index]
    if on_failure == "closed":
        assert got.headers["x-gov-event-id"] == record.event  # type: ignore[attr-defined]


def test_a_request_is_decided_once(ask: Ask, governed: Origin, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="aigov.sdk"):
        ask(governed.url + CHAT, body("hello"), JSON)
    prompts = [record for record in caplog.records if record.message.startswith("prompt:")]
    assert len(prompts) == 1


# Streams: what a client gets, piece by piece.

Live = Callable[[str, bytes], Iterator[bytes]]


def _httpx_live(library: Any) -> Live:
    def live(url: str, sent: bytes) -> Iterator[bytes]:
        with library.Client() as client, client.stream("POST", url, content=sent, headers=JSON) as answer:
            yield from answer.iter_bytes()

    return live


def _driven(stream: Callable[[str, bytes], Any]) -> Live:
    """An asynchronous stream, drawn from a thread that is not in its loop."""

    def live(url: str, sent: bytes) -> Iterator[bytes]:
        with asyncio.Runner() as runner:
            pieces = stream(url, sent)
            try:
                while piece := runner.run(anext(pieces, b"")):
                    yield piece
            finally:
                runner.run(pieces.aclose())

    return live


def _httpx_live_async(library: Any) -> Live:
    async def live(url: str, sent: bytes) -> Any:
        async with (
            library.AsyncClient() as client,
            client.stream("POST", url, content=sent, headers=JSON) as answer,
        ):
            async for piece in answer.aiter_bytes():
                yield piece

    return _driven(live)


def _requests_live(url: str, sent: bytes) -> Iterator[bytes]:
    with requests.post(url, data=sent, headers=JSON, stream=True, timeout=20) as answer:
        yield from answer.iter_content(None)


def _requests_lines(url: str, sent: bytes) -> Iterator[bytes]:
    with requests.post(url, data=sent, headers=JSON, stream=True, timeout=20) as answer:
        for line in answer.iter_lines():
            yield line + b"\n"


def _urllib3_live(url: str, sent: bytes) -> Iterator[bytes]:
    with urllib3.PoolManager() as pool:
        answer = pool.request("POST", url, body=sent, headers=JSON, preload_content=False)
        try:
            while piece := answer.read1():
                yield piece
        finally:
            answer.close()


def _urllib_live(url: str, sent: bytes) -> Iterator[bytes]:
    with urllib.request.urlopen(urllib.request.Request(url, sent, JSON), timeout=20) as answer:
        yield from answer


async def _aiohttp_live(url: str, sent: bytes) -> Any:
    async with aiohttp.ClientSession() as session, session.post(url, data=sent, headers=JSON) as answer:
        async for piece in answer.content.iter_any():
            yield piece


async def _aiohttp_lines(url: str, sent: bytes) -> Any:
    async with aiohttp.ClientSession() as session, session.post(url, data=sent, headers=JSON) as answer:
        async for line in answer.content:
            yield line


LIVE: dict[str, Live] = {
    "httpx2": _httpx_live(httpx2),
    "httpx2 async": _httpx_live_async(httpx2),
    "httpx": _httpx_live(httpx),
    "httpx async": _httpx_live_async(httpx),
    "requests": _requests_live,
    "requests lines": _requests_lines,
    "urllib3": _urllib3_live,
    "urllib": _urllib_live,
    "aiohttp": _driven(_aiohttp_live),
    "aiohttp lines": _driven(_aiohttp_lines),
}


@pytest.fixture(params=list(LIVE))
def live(request: pytest.FixtureRequest) -> Live:
    return LIVE[request.param]


def delta(text: str) -> bytes:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
    return b"data: " + json.dumps({"id": "c", "choices": [choice]}).encode() + b"\n\n"


DONE = b"data: [DONE]\n\n"
ASKED = body("hello", stream=True)


def said(stream: bytes) -> str:
    events = [line[6:] for line in stream.split(b"\n") if line.startswith(b"data: ") and b"[DONE]" not in line]
    return "".join(json.loads(event)["choices"][0]["delta"]["content"] for event in events)


class Slow:
    """A stream whose pieces are sent one after the other, each when it is allowed."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = pieces
        self.go = threading.Semaphore(0)
        self.sent = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.pieces:
            assert self.go.acquire(timeout=20)
            self.sent += 1
            yield piece

    def answer(self, _: Received) -> Answer:
        return Answer(self, content_type="text/event-stream")


def test_a_stream_arrives_as_it_is_sent(live: Live, governed: Origin) -> None:
    words = ("One ", "two ", "three. ")
    more = delta("more " * 400)  # what a match may still need is held back
    slow = Slow(*[piece for word in words for piece in (delta(word), more)], DONE)
    governed.answer = slow.answer
    got, pieces = b"", live(governed.url + CHAT, ASKED)
    for number, word in enumerate(words, 1):
        slow.go.release(2)
        while word.encode() not in got:
            got += next(pieces)
        assert slow.sent == 2 * number
    slow.go.release()
    got += b"".join(pieces)
    assert got == b"".join(slow.pieces)


def test_a_stream_is_redacted_across_its_events(live: Live, governed: Origin, key: str) -> None:
    text = f"use {key} now, and {key}"
    events = [delta(letter) for letter in text]
    governed.answer = lambda _: Answer([*events, DONE], content_type="text/event-stream; charset=utf-8")
    got = b"".join(live(governed.url + CHAT, ASKED))
    assert said(got) == text.replace(key, "*" * 16 + key[-4:])
    assert got.rstrip().endswith(DONE.rstrip())


def test_a_stream_gives_tokens_back(live: Live, governed: Origin) -> None:
    def answer(received: Received) -> Answer:
        text = received.json["messages"][0]["content"]
        return Answer([*map(delta, text), DONE], content_type="text/event-stream")

    governed.answer = answer
    got = b"".join(live(governed.url + CHAT, body("to ann.lee@example.com", stream=True)))
    assert b"ann.lee" not in governed.received[0].body
    assert said(got) == "to ann.lee@example.com"


def test_a_stream_is_blocked_in_the_middle(live: Live, governed: Origin, caplog: pytest.LogCaptureFixture) -> None:
    events = [delta(word) for word in ("A ", "blue", "bird", " flies ", "away")]
    governed.answer = lambda _: Answer([*events, DONE], content_type="text/event-stream")
    got = b"".join(live(governed.url + CHAT, ASKED))
    assert b"flies" not in got
    assert b"bird" not in got
    assert b'"code":"content_policy_violation"' in got
    (record,) = [each for each in caplog.records if each.message.startswith("response: block by no_codenames_back")]
    assert record.event != "-"  # type: ignore[attr-defined]


def test_a_stream_that_is_left_early_is_closed(live: Live, governed: Origin, caplog: pytest.LogCaptureFixture) -> None:
    slow = Slow(*[delta("One ")] * 3, *[delta("more " * 1000)] * 20_000)
    governed.answer = slow.answer
    for _ in slow.pieces:
        slow.go.release()
    pieces: Any = live(governed.url + CHAT, ASKED)
    with caplog.at_level(logging.DEBUG, logger="aigov.sdk"):
        assert next(pieces)
        pieces.close()
    assert slow.sent < len(slow.pieces)  # nobody has read it all to throw it away
    assert sum(each.message.startswith("response: allow") for each in caplog.records) == 1


def test_a_stream_that_breaks_raises_as_ever(live: Live, governed: Origin) -> None:
    def broken() -> Iterator[bytes]:
        yield delta("One ")
        raise OSError

    governed.answer = lambda _: Answer(broken(), content_type="text/event-stream")
    with pytest.raises((httpx.HTTPError, httpx2.HTTPError, aiohttp.ClientError, OSError, *BREAKS)):
        list(live(governed.url + CHAT, ASKED))


BREAKS = (urllib3.exceptions.HTTPError, http.client.IncompleteRead)


def test_a_failure_in_a_stream_ends_it(
    live: Live, governed: Origin, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    governed.answer = lambda _: Answer([delta("One "), delta("two"), DONE], content_type="text/event-stream")
    monkeypatch.setattr("aigov_enforcers.wire.streams.relay.Relay._event", lambda *_: 1 / 0)
    got = b"".join(live(governed.url + CHAT, ASKED))
    assert b"One" not in got
    assert b"could not decide" in got
    assert any(getattr(record, "failures", 0) == 1 for record in caplog.records)
