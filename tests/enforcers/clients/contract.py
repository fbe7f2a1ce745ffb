"""What holds for every client under the hook, sync and async: it notices nothing but the effect."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple

import pytest

from aigov_enforcers import sdk
from aigov_enforcers.governing.routes import Route
from aigov_runtime import Engine
from tests.enforcers.clients.model import Model, echo

EMAIL = "ann.lee@example.com"
Said = Callable[[str, str], Any]


class Client(NamedTuple):
    """One way to use a client. `ask(url, prompt)` and `stream(url, prompt)` give the text that the model said, `tool`
    the `to` of its tool call; each may be None where the client has no such thing. `refused` is what it raises for a
    block, and `broken` for one in the middle of a stream."""

    name: str
    provider: str
    ask: Said
    refused: type[Exception]
    stream: Said | None = None
    tool: Said | None = None
    broken: type[Exception] | None = None
    is_async: bool = False


def driven(ask: Callable[..., Coroutine[Any, Any, Any]]) -> Said:
    """An asynchronous way, run to its end."""
    return lambda url, prompt: asyncio.run(ask(url, prompt))


class Rig:
    """The model, governed as one of a provider's hosts."""

    def __init__(self, model: Model, engine: Engine, key: str) -> None:
        self.model, self.engine, self.key = model, engine, key
        self.masked = "*" * 16 + key[-4:]

    def install(self, client: Client, **options: Any) -> None:
        identity = options.pop("identity", {"user": {"groups": []}})
        sdk.install(self.engine, identity, hosts={self.model.host: client.provider}, **options)


def plain(client: Client, rig: Rig) -> None:
    assert client.ask(rig.model.url, "hello") == "Hello from the model."
    assert len(rig.model.received) == 1


def redact(client: Client, rig: Rig) -> None:
    rig.model.text = f"use {rig.key} now"
    assert client.ask(rig.model.url, f"deploy with {rig.key} please") == f"use {rig.masked} now"
    (received,) = rig.model.received
    assert rig.key.encode() not in received.body
    assert b"deploy with [acme.key] please" in received.body


def tokens(client: Client, rig: Rig) -> None:
    rig.model.text = echo
    assert client.ask(rig.model.url, f"write to {EMAIL} now") == EMAIL
    assert EMAIL.encode() not in rig.model.received[0].body


def block(client: Client, rig: Rig) -> None:
    with pytest.raises(client.refused) as refused:
        client.ask(rig.model.url, "about bluebird")
    assert "Codenames stay" in str(refused.value) + str(getattr(refused.value, "body", ""))
    assert rig.model.received == []
    rig.model.text = "the bluebird flies"
    with pytest.raises(client.refused):
        client.ask(rig.model.url, "hello")
    assert len(rig.model.received) == 1  # which is not asked again


def reroute(client: Client, rig: Rig) -> None:
    with Model() as europe:
        europe.text = "From Europe."
        prefix = europe.url + ("/v1" if client.provider in {"openai", "mistral"} else "")
        rig.install(client, identity={"user": {"groups": ["eu"]}}, routes={"europe": Route(prefix, {"x-eu": "1"})})
        assert client.ask(rig.model.url, "hello") == "From Europe."
        assert rig.model.received == []
        (received,) = europe.received
        assert received.headers["x-eu"] == "1"
        assert not received.headers.keys() & {"authorization", "x-api-key", "api-key", "x-goog-api-key"}


def stream(client: Client, rig: Rig) -> None:
    assert client.stream is not None
    assert client.stream(rig.model.url, "hello") == "Hello from the model."
    rig.model.text = f"use {rig.key} now"
    assert client.stream(rig.model.url, f"with {rig.key}") == f"use {rig.masked} now"
    assert rig.key.encode() not in rig.model.received[-1].body
    rig.model.text = echo
    assert client.stream(rig.model.url, f"write to {EMAIL} now") == EMAIL


def stream_block(client: Client, rig: Rig) -> None:
    assert client.stream is not None
    assert client.broken is not None
    with pytest.raises(client.refused):
        client.stream(rig.model.url, "about bluebird")
    assert rig.model.received == []
    rig.model.text = "words " * 300 + "and the bluebird flies"
    with pytest.raises(client.broken) as broken:
        client.stream(rig.model.url, "hello")
    said = str(broken.value) + str(getattr(broken.value, "body", ""))
    assert "The answer holds a codename" in said
    assert len(rig.model.received) == 1


def tools(client: Client, rig: Rig) -> None:
    assert client.tool is not None
    rig.model.tool, rig.model.text = True, echo
    assert client.tool(rig.model.url, f"write to {EMAIL} now") == EMAIL
    assert EMAIL.encode() not in rig.model.received[0].body


CHECKS: dict[str, Callable[[Client, Rig], None]] = {
    check.__name__: check for check in (plain, redact, tokens, block, reroute, stream, stream_block, tools)
}


def cases(clients: list[Client]) -> list[Any]:
    """Each client with each check that it has something for."""
    return [
        pytest.param(client, check, id=f"{client.name}{' async' if client.is_async else ''}-{name}")
        for client in clients
        for name, check in CHECKS.items()
        if _applies(client, name)
    ]


def _applies(client: Client, check: str) -> bool:
    needs = {"stream": client.stream, "stream_block": client.stream and client.broken, "tools": client.tool}
    return bool(needs.get(check, True))
