"""The official `cohere` client, sync and async. It raises for nothing in a stream; its last event says the error."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import cohere
import pytest
from cohere.core.api_error import ApiError

from tests.enforcers.clients.contract import Client, Rig, cases, driven


def said(prompt: str) -> Any:
    return [{"role": "user", "content": prompt}]


def text_of(events: list[Any]) -> str:
    if events[-1].delta.finish_reason == "ERROR":
        raise ApiError(status_code=403, body=events[-1].delta.error)
    return "".join(event.delta.message.content.text for event in events if event.type == "content-delta")


def ask(url: str, prompt: str) -> Any:
    answer: Any = cohere.ClientV2(api_key="k", base_url=url).chat(model="m", messages=said(prompt))
    return answer.message.content[0].text


def stream(url: str, prompt: str) -> Any:
    return text_of(list(cohere.ClientV2(api_key="k", base_url=url).chat_stream(model="m", messages=said(prompt))))


def tool(url: str, prompt: str) -> Any:
    answer: Any = cohere.ClientV2(api_key="k", base_url=url).chat(model="m", messages=said(prompt))
    return json.loads(answer.message.tool_calls[0].function.arguments)["to"]


async def ask_async(url: str, prompt: str) -> Any:
    answer: Any = await cohere.AsyncClientV2(api_key="k", base_url=url).chat(model="m", messages=said(prompt))
    return answer.message.content[0].text


async def stream_async(url: str, prompt: str) -> Any:
    events = cohere.AsyncClientV2(api_key="k", base_url=url).chat_stream(model="m", messages=said(prompt))
    return text_of([event async for event in events])


REFUSED = ApiError
CLIENTS = [
    Client("cohere", "cohere", ask, REFUSED, stream, tool, REFUSED),
    Client("cohere", "cohere", driven(ask_async), REFUSED, driven(stream_async), None, REFUSED, is_async=True),
]


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # the client cannot be closed
@pytest.mark.parametrize(("client", "check"), cases(CLIENTS))
def test_contract(client: Client, check: Callable[[Client, Rig], None], rig: Rig) -> None:
    rig.install(client)
    check(client, rig)
