"""The official `anthropic` client, sync and async."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anthropic
import pytest

from tests.enforcers.clients.contract import Client, Rig, cases, driven

ASKED: dict[str, Any] = {"model": "claude-x", "max_tokens": 99}
TOOL: Any = {"name": "send", "input_schema": {"type": "object", "properties": {"to": {"type": "string"}}}}


def said(prompt: str) -> Any:
    return [{"role": "user", "content": prompt}]


def ask(url: str, prompt: str) -> Any:
    with anthropic.Anthropic(api_key="k", base_url=url) as client:
        return client.messages.create(**ASKED, messages=said(prompt)).content[0].text


def stream(url: str, prompt: str) -> Any:
    client = anthropic.Anthropic(api_key="k", base_url=url)
    with client, client.messages.stream(**ASKED, messages=said(prompt)) as streamed:
        return streamed.get_final_text()


def tool(url: str, prompt: str) -> Any:
    with anthropic.Anthropic(api_key="k", base_url=url) as client:
        whole = client.messages.create(**ASKED, messages=said(prompt), tools=[TOOL]).content[0].input["to"]
        with client.messages.stream(**ASKED, messages=said(prompt), tools=[TOOL]) as streamed:
            assert streamed.get_final_message().content[0].input == {"to": whole}  # type: ignore[union-attr]
        return whole


async def ask_async(url: str, prompt: str) -> Any:
    async with anthropic.AsyncAnthropic(api_key="k", base_url=url) as client:
        return (await client.messages.create(**ASKED, messages=said(prompt))).content[0].text


async def stream_async(url: str, prompt: str) -> Any:
    client = anthropic.AsyncAnthropic(api_key="k", base_url=url)
    async with client, client.messages.stream(**ASKED, messages=said(prompt)) as streamed:
        return await streamed.get_final_text()


REFUSED, BROKEN = anthropic.PermissionDeniedError, anthropic.APIStatusError
CLIENTS = [
    Client("anthropic", "anthropic", ask, REFUSED, stream, tool, BROKEN),
    Client("anthropic", "anthropic", driven(ask_async), REFUSED, driven(stream_async), None, BROKEN, is_async=True),
]


@pytest.mark.parametrize(("client", "check"), cases(CLIENTS))
def test_contract(client: Client, check: Callable[[Client, Rig], None], rig: Rig) -> None:
    rig.install(client)
    check(client, rig)
