"""`langchain-openai` and `langchain-anthropic`, which ride on the official clients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anthropic
import openai
import pytest
from langchain_anthropic import ChatAnthropic
from langchain_openai import ChatOpenAI

from tests.enforcers.clients.contract import Client, Rig, cases, driven


def gpt(url: str) -> Any:
    return ChatOpenAI(model="gpt-4o", api_key="k", base_url=url + "/v1")  # type: ignore[arg-type]


def claude(url: str) -> Any:
    return ChatAnthropic(model="claude-x", api_key="k", base_url=url, max_tokens=99)  # type: ignore[call-arg,arg-type]


def ask(make: Callable[[str], Any]) -> Callable[[str, str], Any]:
    return lambda url, prompt: make(url).invoke(prompt).text


def stream(make: Callable[[str], Any]) -> Callable[[str, str], Any]:
    return lambda url, prompt: "".join(part.text for part in make(url).stream(prompt))


def tool(make: Callable[[str], Any]) -> Callable[[str, str], Any]:
    return lambda url, prompt: make(url).invoke(prompt).tool_calls[0]["args"]["to"]


def asked(make: Callable[[str], Any]) -> Callable[[str, str], Any]:
    async def run(url: str, prompt: str) -> Any:
        return (await make(url).ainvoke(prompt)).text

    return driven(run)


def streamed(make: Callable[[str], Any]) -> Callable[[str, str], Any]:
    async def run(url: str, prompt: str) -> Any:
        return "".join([part.text async for part in make(url).astream(prompt)])

    return driven(run)


OPENAI, ANTHROPIC = (
    (openai.PermissionDeniedError, openai.APIError),
    (
        anthropic.PermissionDeniedError,
        anthropic.APIStatusError,
    ),
)
CLIENTS = [
    Client("langchain-openai", "openai", ask(gpt), OPENAI[0], stream(gpt), tool(gpt), OPENAI[1]),
    Client("langchain-openai", "openai", asked(gpt), OPENAI[0], streamed(gpt), None, OPENAI[1], is_async=True),
    Client("langchain-anthropic", "anthropic", ask(claude), ANTHROPIC[0], stream(claude), tool(claude), ANTHROPIC[1]),
    Client("langchain-anthropic", "anthropic", asked(claude), ANTHROPIC[0], streamed(claude), None, ANTHROPIC[1], True),
]


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::UserWarning")
@pytest.mark.parametrize(("client", "check"), cases(CLIENTS))
def test_contract(client: Client, check: Callable[[Client, Rig], None], rig: Rig) -> None:
    rig.install(client)
    check(client, rig)
