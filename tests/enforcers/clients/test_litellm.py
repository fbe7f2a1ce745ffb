"""`litellm`: to OpenAI by the official client, to Anthropic by its own transports (httpx, and aiohttp below it)."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest

from tests.enforcers.clients.contract import Client, Rig, cases, driven

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # or importing it asks a server for prices
litellm: Any = import_module("litellm")
MODELS = {"openai": "openai/gpt-4o", "anthropic": "anthropic/claude-x"}


def asked(provider: str, url: str, prompt: str) -> dict[str, Any]:
    base = url + ("/v1" if provider == "openai" else "")
    messages = [{"role": "user", "content": prompt}]
    return {"model": MODELS[provider], "api_base": base, "api_key": "k", "messages": messages, "max_tokens": 99}


def ask(provider: str) -> Callable[[str, str], Any]:
    return lambda url, prompt: litellm.completion(**asked(provider, url, prompt)).choices[0].message.content


def stream(provider: str) -> Callable[[str, str], Any]:
    def run(url: str, prompt: str) -> Any:
        parts = litellm.completion(**asked(provider, url, prompt), stream=True)
        return "".join(part.choices[0].delta.content or "" for part in parts)

    return run


def tool(provider: str) -> Callable[[str, str], Any]:
    def run(url: str, prompt: str) -> Any:
        answer = litellm.completion(**asked(provider, url, prompt))
        return json.loads(answer.choices[0].message.tool_calls[0].function.arguments)["to"]

    return run


def ask_async(provider: str) -> Callable[[str, str], Any]:
    async def run(url: str, prompt: str) -> Any:
        return (await litellm.acompletion(**asked(provider, url, prompt))).choices[0].message.content

    return driven(run)


def stream_async(provider: str) -> Callable[[str, str], Any]:
    async def run(url: str, prompt: str) -> Any:
        parts = await litellm.acompletion(**asked(provider, url, prompt), stream=True)
        return "".join([part.choices[0].delta.content or "" async for part in parts])

    return driven(run)


CLIENTS = [
    client
    for name in ("openai", "anthropic")
    for client in (
        Client(f"litellm {name}", name, ask(name), Exception, stream(name), tool(name), Exception),
        Client(f"litellm {name}", name, ask_async(name), Exception, stream_async(name), None, Exception, is_async=True),
    )
]


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    """It keeps its clients, with the loops that they began in."""
    yield
    litellm.in_memory_llm_clients_cache.flush_cache()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("client", "check"), cases(CLIENTS))
def test_contract(client: Client, check: Callable[[Client, Rig], None], rig: Rig) -> None:
    rig.install(client)
    check(client, rig)
