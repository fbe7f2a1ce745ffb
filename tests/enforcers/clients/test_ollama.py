"""The official `ollama` client, sync and async."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ollama
import pytest

from tests.enforcers.clients.contract import Client, Rig, cases, driven


def said(prompt: str) -> Any:
    return [{"role": "user", "content": prompt}]


def ask(url: str, prompt: str) -> Any:
    return ollama.Client(host=url).chat(model="m", messages=said(prompt)).message.content


def stream(url: str, prompt: str) -> Any:
    parts = ollama.Client(host=url).chat(model="m", messages=said(prompt), stream=True)
    return "".join(part.message.content or "" for part in parts)


def tool(url: str, prompt: str) -> Any:
    answer: Any = ollama.Client(host=url).chat(model="m", messages=said(prompt))
    return answer.message.tool_calls[0].function.arguments["to"]


async def ask_async(url: str, prompt: str) -> Any:
    return (await ollama.AsyncClient(host=url).chat(model="m", messages=said(prompt))).message.content


async def stream_async(url: str, prompt: str) -> Any:
    parts = await ollama.AsyncClient(host=url).chat(model="m", messages=said(prompt), stream=True)
    return "".join([part.message.content or "" async for part in parts])


REFUSED = ollama.ResponseError
CLIENTS = [
    Client("ollama", "ollama", ask, REFUSED, stream, tool, REFUSED),
    Client("ollama", "ollama", driven(ask_async), REFUSED, driven(stream_async), None, REFUSED, is_async=True),
]


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # the client cannot be closed
@pytest.mark.parametrize(("client", "check"), cases(CLIENTS))
def test_contract(client: Client, check: Callable[[Client, Rig], None], rig: Rig) -> None:
    rig.install(client)
    check(client, rig)
