"""Realtime through the server: the official client and a provider on real WebSockets."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.sync.server import Server, ServerConnection, serve

from aigov_enforcers.server.targets import Provider
from aigov_runtime import UNVERIFIED, Engine
from tests.enforcers.server.running import Running, wait

POLICY = """
package test.realtime
detector key { pattern /\\bAKIA[A-Z2-7]{16}\\b/ class secret confidence certain }
detector codename { words ["bluebird"] class internal }
rule no_codenames { when payload contains codename then block "Codenames stay in the house." }
rule no_keys { when payload contains key then redact as label }
rule no_codenames_back on response { when payload contains codename then block "The answer holds a codename." }
default allow
"""


class Realtime:
    """Says hello, records what it hears, and answers each `response.create` with `text`, word by word."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.text = "Good morning to you all."
        self.closed = threading.Event()
        self._server: Server = serve(self.talk, "127.0.0.1", 0)
        self.port = self._server.socket.getsockname()[1]
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()

    def talk(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        self.headers.append({name.lower(): value for name, value in connection.request.headers.raw_items()})
        connection.send(json.dumps({"type": "session.created", "event_id": "e", "session": {"type": "realtime"}}))
        with contextlib.suppress(ConnectionClosed):
            for message in connection:
                event = json.loads(message)
                self.heard.append(event)
                if event["type"] == "response.create":
                    base = {"event_id": "e", "response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0}
                    for word in self.text.split(" "):
                        delta = {"type": "response.output_text.delta", **base, "delta": word + " "}
                        connection.send(json.dumps(delta))
                    done = {"type": "response.output_text.done", **base, "text": self.text + " "}
                    connection.send(json.dumps(done))
                    connection.send(json.dumps({"type": "response.done", "event_id": "e", "response": {"id": "r"}}))
        self.closed.set()


@pytest.fixture
def realtime() -> Iterator[Realtime]:
    running = Realtime()
    yield running
    running.close()


@pytest.fixture
def server(compiled: Any, realtime: Realtime) -> Iterator[Running]:
    provider = Provider(
        "openai", f"http://127.0.0.1:{realtime.port}", (("authorization", "Bearer real"),), private=True
    )
    with Running(Engine.load(compiled(POLICY), UNVERIFIED), [provider]) as running:
        yield running


def url(server: Running) -> str:
    return f"ws://127.0.0.1:{server.port}/openai/v1/realtime?model=gpt-realtime"


def item(text: str) -> dict[str, Any]:
    return {
        "type": "conversation.item.create",
        "item": {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]},
    }


@pytest.mark.filterwarnings("ignore:connect.. must be used as a context manager:DeprecationWarning")  # the client's
def test_the_official_client_talks_and_is_governed(server: Running, realtime: Realtime, key: str) -> None:
    asking = openai.OpenAI(api_key="mine", base_url=f"{server.url}/openai/v1")
    with asking, asking.realtime.connect(model="gpt-realtime") as connection:
        connection.send(item(f"My key is {key}, what now?"))
        connection.send({"type": "response.create"})
        said = ""
        for event in connection:
            said += event.delta if event.type == "response.output_text.delta" else ""
            if event.type == "response.done":
                break
    assert said == "Good morning to you all. "
    assert key not in json.dumps(realtime.heard)
    assert [each["type"] for each in realtime.heard] == ["conversation.item.create", "response.create"]
    assert realtime.headers[0]["authorization"] == "Bearer real"
    assert realtime.closed.wait(3)


def test_what_a_client_may_not_say_is_not_sent(server: Running, realtime: Realtime) -> None:
    with connect(url(server)) as connection:
        connection.recv()
        connection.send(json.dumps(item("Tell me of bluebird")))
        error = json.loads(connection.recv())
        assert (error["type"], error["error"]["message"]) == ("error", "Codenames stay in the house.")
        with pytest.raises(ConnectionClosed) as caught:
            connection.recv()
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 1008
    assert realtime.closed.wait(3)
    assert realtime.heard == []


def test_what_a_provider_may_not_say_is_not_heard(server: Running, realtime: Realtime) -> None:
    realtime.text = "The secret name is bluebird and no other."
    with connect(url(server)) as connection:
        connection.send(json.dumps({"type": "response.create"}))
        heard = ""
        with contextlib.suppress(ConnectionClosed):
            for message in connection:
                heard += str(message)
    assert "bluebird" not in heard
    assert "The answer holds a codename." in heard
    assert realtime.closed.wait(3)


def test_no_extension_and_no_key_among_the_protocols_reach_the_provider(server: Running, realtime: Realtime) -> None:
    offered: Any = ["realtime", "openai-insecure-api-key.mine"]
    with contextlib.suppress(Exception), connect(url(server), subprotocols=offered) as connection:
        connection.recv()
    wait(lambda: bool(realtime.headers))
    assert realtime.headers[0]["sec-websocket-protocol"] == "realtime"
    assert "sec-websocket-extensions" not in realtime.headers[0]
    assert "mine" not in str(realtime.headers)


def test_a_message_in_many_fragments_is_one(server: Running, realtime: Realtime, key: str) -> None:
    text = json.dumps(item(f"My key is {key}."))
    with connect(url(server)) as connection:
        connection.recv()
        connection.send(text[at : at + 5] for at in range(0, len(text), 5))
        wait(lambda: len(realtime.heard) == 1)
    assert key not in json.dumps(realtime.heard)


def test_frames_that_are_none_end_the_connection(server: Running, realtime: Realtime) -> None:
    with server.socket() as connection:
        connection.sendall(
            b"GET /openai/v1/realtime?model=gpt-realtime HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n"
            b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            b"\x81\x05hello"  # not masked
        )
        heard = b""
        while piece := connection.recv(65536):
            heard += piece
    assert heard.startswith(b"HTTP/1.1 101 ")
    assert b"no WebSocket message" in heard
    assert realtime.heard == []


def test_a_provider_that_does_not_upgrade_is_heard(compiled: Any) -> None:
    from tests.enforcers.origin import Answer, Origin

    body = json.dumps({"error": {"message": "no such model", "type": "invalid_request_error"}}).encode()
    with Origin(lambda _: Answer(body, status=404)) as origin:
        provider = Provider("openai", origin.url, private=True)
        running = Running(Engine.load(compiled(POLICY), UNVERIFIED), [provider])
        with running as server, pytest.raises(InvalidStatus) as caught, connect(url(server)):
            pass
    assert caught.value.response.status_code == 404
