"""The official `mcp` client over streamable HTTP: arguments and results of tools, as JSON and as a stream."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import mcp
import pytest
from mcp.client.streamable_http import streamable_http_client

from aigov_enforcers import sdk
from aigov_runtime import UNVERIFIED, Engine
from tests.enforcers.clients.conftest import POLICY
from tests.enforcers.origin import Answer, Origin, Received

INFO = {"name": "files", "version": "1"}
TOOL = {"name": "send", "description": "Sends.", "inputSchema": {"type": "object"}}


class Server:
    """Answers as a server of tools does; `say` is what its tool gives back, `streams` says in which framing."""

    def __init__(self) -> None:
        self.say: Callable[[Any], str] = lambda _: "done"
        self.streams = False

    def answer(self, received: Received) -> Answer:
        asked = json.loads(received.body or b"{}")
        results: dict[str, Callable[[], Any]] = {
            "initialize": lambda: {
                "protocolVersion": asked["params"]["protocolVersion"],
                "capabilities": {"tools": {}},
                "serverInfo": INFO,
            },
            "tools/list": lambda: {"tools": [TOOL]},
            "tools/call": lambda: {"content": [{"type": "text", "text": self.say(asked["params"])}], "isError": False},
        }
        if "id" not in asked:
            return Answer(b"", status=202 if received.method == "POST" else 405)
        reply = {"jsonrpc": "2.0", "id": asked["id"]}
        if asked["method"] not in results:
            return Answer(json.dumps({**reply, "error": {"code": -32601, "message": "no such method"}}).encode())
        whole = json.dumps({**reply, "result": results[asked["method"]]()}).encode()
        if self.streams:
            return Answer([b"event: message\n", b"data: " + whole + b"\n\n"], "text/event-stream")
        return Answer(whole)


@pytest.fixture(params=["json", "stream"])
def server(request: pytest.FixtureRequest) -> Server:
    made = Server()
    made.streams = request.param == "stream"
    return made


@pytest.fixture
def origin(server: Server, compiled: Callable[[str], bytes]) -> Iterator[Origin]:
    with Origin(server.answer) as running:
        sdk.install(Engine.load(compiled(POLICY), UNVERIFIED), {"user": {"groups": []}}, hosts={running.host: "mcp"})
        yield running
        sdk.uninstall()


def call(origin: Origin, arguments: dict[str, Any]) -> Any:
    """What calling the tool gives, or the error that says why not."""

    async def run() -> Any:
        async with (
            streamable_http_client(origin.url + "/mcp") as (read, write),
            mcp.ClientSession(read, write) as session,
        ):
            await session.initialize()
            try:
                return (await session.call_tool("send", arguments)).content[0].text  # type: ignore[union-attr]
            except mcp.MCPError as error:
                return error

    return asyncio.run(run())


def calls(origin: Origin) -> list[Any]:
    return [asked.json for asked in origin.received if b"tools/call" in asked.body]


def test_plain_redact_and_tokens(server: Server, origin: Origin, key: str) -> None:
    assert call(origin, {"to": "hello"}) == "done"
    server.say = lambda params: f"{key} for {params['arguments']['to']}"
    masked = "*" * 16 + key[-4:]
    assert call(origin, {"to": "ann.lee@example.com", "with": {"deep": [key]}}) == f"{masked} for ann.lee@example.com"
    sent = calls(origin)[-1]["params"]["arguments"]
    assert sent["with"] == {"deep": ["[acme.key]"]}
    assert "ann.lee" not in sent["to"]


def test_block(server: Server, origin: Origin) -> None:
    refused = call(origin, {"to": "bluebird"})
    assert isinstance(refused, mcp.MCPError)
    assert "Codenames stay in the house" in str(refused)
    assert calls(origin) == []


def test_a_result_is_blocked(server: Server, origin: Origin) -> None:
    server.say = lambda _: "the bluebird flies"
    refused = call(origin, {"to": "hello"})
    assert isinstance(refused, mcp.MCPError)
    assert "The answer holds a codename" in str(refused)
    assert len(calls(origin)) == 1
