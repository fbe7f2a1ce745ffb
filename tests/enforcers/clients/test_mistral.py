"""The official `mistralai` client, sync and async."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from mistralai import client as mistral
from mistralai.client import errors

from tests.enforcers.clients.contract import Client, Rig, cases, driven


def said(prompt: str) -> Any:
    return [{"role": "user", "content": prompt}]


def ask(url: str, prompt: str) -> Any:
    with mistral.Mistral(api_key="k", server_url=url) as client:
        return client.chat.complete(model="m", messages=said(prompt)).choices[0].message.content


def stream(url: str, prompt: str) -> Any:
    with mistral.Mistral(api_key="k", server_url=url) as client:
        events: Any = client.chat.stream(model="m", messages=said(prompt))
        return "".join(event.data.choices[0].delta.content or "" for event in events)


def tool(url: str, prompt: str) -> Any:
    with mistral.Mistral(api_key="k", server_url=url) as client:
        answer: Any = client.chat.complete(model="m", messages=said(prompt))
        return json.loads(answer.choices[0].message.tool_calls[0].function.arguments)["to"]


async def ask_async(url: str, prompt: str) -> Any:
    async with mistral.Mistral(api_key="k", server_url=url) as client:
        return (await client.chat.complete_async(model="m", messages=said(prompt))).choices[0].message.content


async def stream_async(url: str, prompt: str) -> Any:
    async with mistral.Mistral(api_key="k", server_url=url) as client:
        events: Any = await client.chat.stream_async(model="m", messages=said(prompt))
        return "".join([event.data.choices[0].delta.content or "" async for event in events])


REFUSED = errors.MistralError
CLIENTS = [
    Client("mistralai", "mistral", ask, REFUSED, stream, tool, REFUSED),
    Client("mistralai", "mistral", driven(ask_async), REFUSED, driven(stream_async), None, REFUSED, is_async=True),
]


@pytest.mark.parametrize(("client", "check"), cases(CLIENTS))
def test_contract(client: Client, check: Callable[[Client, Rig], None], rig: Rig) -> None:
    rig.install(client)
    check(client, rig)
