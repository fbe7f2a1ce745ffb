"""The official `google-genai` client: sync on httpx2, async on aiohttp."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from google import genai
from google.genai import errors, types

from tests.enforcers.clients.contract import Client, Rig, cases, driven

PLAIN = types.GenerateContentConfig(automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True))


def client_of(url: str) -> genai.Client:
    return genai.Client(api_key="k", http_options=types.HttpOptions(base_url=url))


def ask(url: str, prompt: str) -> Any:
    client = client_of(url)
    try:
        return client.models.generate_content(model="m", contents=prompt, config=PLAIN).text
    finally:
        client.close()


def stream(url: str, prompt: str) -> Any:
    client = client_of(url)
    try:
        chunks = client.models.generate_content_stream(model="m", contents=prompt, config=PLAIN)
        return "".join(chunk.text or "" for chunk in chunks)
    finally:
        client.close()


def tool(url: str, prompt: str) -> Any:
    client = client_of(url)
    try:
        answer = client.models.generate_content(model="m", contents=prompt, config=PLAIN)
        (call,) = answer.function_calls or []
        return (call.args or {})["to"]
    finally:
        client.close()


async def ask_async(url: str, prompt: str) -> Any:
    async with client_of(url).aio as client:
        return (await client.models.generate_content(model="m", contents=prompt, config=PLAIN)).text


async def stream_async(url: str, prompt: str) -> Any:
    async with client_of(url).aio as client:
        chunks = await client.models.generate_content_stream(model="m", contents=prompt, config=PLAIN)
        return "".join([chunk.text or "" async for chunk in chunks])


REFUSED = errors.ClientError
CLIENTS = [
    Client("google-genai", "gemini", ask, REFUSED, stream, tool, REFUSED),
    Client("google-genai", "gemini", driven(ask_async), REFUSED, driven(stream_async), None, REFUSED, is_async=True),
]


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
@pytest.mark.parametrize(("client", "check"), cases(CLIENTS))
def test_contract(client: Client, check: Callable[[Client, Rig], None], rig: Rig) -> None:
    rig.install(client)
    check(client, rig)
