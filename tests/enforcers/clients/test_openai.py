"""The official `openai` client: chat completions and responses, sync and async."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import openai
import pydantic
import pytest

from tests.enforcers.clients.contract import Client, Rig, cases, driven

TOOL: Any = {
    "type": "function",
    "function": {"name": "send", "parameters": {"type": "object", "properties": {"to": {"type": "string"}}}},
}


def said(prompt: str) -> Any:
    return [{"role": "user", "content": prompt}]


def sync(url: str) -> openai.OpenAI:
    return openai.OpenAI(api_key="k", base_url=url + "/v1")


def asynchronous(url: str) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(api_key="k", base_url=url + "/v1")


def chat(url: str, prompt: str) -> Any:
    with sync(url) as client:
        return client.chat.completions.create(model="gpt-4o", messages=said(prompt)).choices[0].message.content


def chat_stream(url: str, prompt: str) -> Any:
    with sync(url) as client:
        chunks = client.chat.completions.create(model="gpt-4o", messages=said(prompt), stream=True)
        return "".join(chunk.choices[0].delta.content or "" for chunk in chunks)


def chat_tool(url: str, prompt: str) -> Any:
    with sync(url) as client:
        answer = client.chat.completions.create(model="gpt-4o", messages=said(prompt), tools=[TOOL])
        (call,) = answer.choices[0].message.tool_calls or []
        with client.chat.completions.stream(model="gpt-4o", messages=said(prompt), tools=[TOOL]) as streamed:
            again: Any = streamed.get_final_completion().choices[0].message.tool_calls
    whole = json.loads(call.function.arguments)["to"]  # type: ignore[union-attr]
    assert json.loads(again[0].function.arguments)["to"] == whole
    return whole


async def chat_async(url: str, prompt: str) -> Any:
    async with asynchronous(url) as client:
        answer = await client.chat.completions.create(model="gpt-4o", messages=said(prompt))
        return answer.choices[0].message.content


async def chat_async_stream(url: str, prompt: str) -> Any:
    async with asynchronous(url) as client:
        chunks = await client.chat.completions.create(model="gpt-4o", messages=said(prompt), stream=True)
        return "".join([chunk.choices[0].delta.content or "" async for chunk in chunks])


def responses(url: str, prompt: str) -> Any:
    with sync(url) as client:
        return client.responses.create(model="gpt-4o", input=prompt).output_text


def responses_stream(url: str, prompt: str) -> Any:
    with sync(url) as client, client.responses.stream(model="gpt-4o", input=prompt) as streamed:
        deltas = "".join(event.delta for event in streamed if event.type == "response.output_text.delta")
        assert streamed.get_final_response().output_text == deltas
        return deltas


def responses_tool(url: str, prompt: str) -> Any:
    tool: Any = {"type": "function", "name": "send", "parameters": TOOL["function"]["parameters"], "strict": False}
    with sync(url) as client:
        (call,) = client.responses.create(model="gpt-4o", input=prompt, tools=[tool]).output
        return json.loads(call.arguments)["to"]  # type: ignore[union-attr]


async def responses_async(url: str, prompt: str) -> Any:
    async with asynchronous(url) as client:
        return (await client.responses.create(model="gpt-4o", input=prompt)).output_text


REFUSED, BROKEN = openai.PermissionDeniedError, openai.APIError
CLIENTS = [
    Client("openai chat", "openai", chat, REFUSED, chat_stream, chat_tool, BROKEN),
    Client(
        "openai chat", "openai", driven(chat_async), REFUSED, driven(chat_async_stream), None, BROKEN, is_async=True
    ),
    Client("openai responses", "openai", responses, REFUSED, responses_stream, responses_tool, BROKEN),
    Client("openai responses", "openai", driven(responses_async), REFUSED, is_async=True),
]


@pytest.mark.parametrize(("client", "check"), cases(CLIENTS))
def test_contract(client: Client, check: Callable[[Client, Rig], None], rig: Rig) -> None:
    rig.install(client)
    check(client, rig)


class Place(pydantic.BaseModel):
    to: str


def test_structured_output(rig: Rig) -> None:
    rig.install(CLIENTS[0])
    rig.model.text = json.dumps({"to": f"with {rig.key}"})
    with sync(rig.model.url) as client:
        answer = client.chat.completions.parse(model="gpt-4o", messages=said("where"), response_format=Place)
    assert answer.choices[0].message.parsed == Place(to=f"with {rig.masked}")


def test_vision_input(rig: Rig) -> None:
    rig.install(CLIENTS[0])
    image = "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(64)).decode()
    content: Any = [
        {"type": "image_url", "image_url": {"url": image}},
        {"type": "text", "text": f"what of {rig.key}"},
    ]
    with sync(rig.model.url) as client:
        client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": content}])
    sent = rig.model.received[0].json["messages"][0]["content"]
    assert sent[0]["image_url"]["url"] == image
    assert sent[1]["text"] == "what of [acme.key]"


def test_an_error_is_retried_as_ever(rig: Rig) -> None:
    rig.install(CLIENTS[0])
    rig.model.fails = 503
    client = openai.OpenAI(api_key="k", base_url=rig.model.url + "/v1", max_retries=1)
    with client, pytest.raises(openai.InternalServerError, match="busy"):
        client.chat.completions.create(model="gpt-4o", messages=said("hello"))
    assert len(rig.model.received) == 2


def test_raw_and_streaming_responses(rig: Rig) -> None:
    rig.install(CLIENTS[0])
    rig.model.text = f"use {rig.key}"
    with sync(rig.model.url) as client:
        raw = client.chat.completions.with_raw_response.create(model="gpt-4o", messages=said("hello"))
        assert raw.parse().choices[0].message.content == f"use {rig.masked}"
        with client.chat.completions.with_streaming_response.create(
            model="gpt-4o", messages=said("hello"), stream=True
        ) as answer:
            lines = list(answer.iter_lines())
    assert lines[-2:] == ["data: [DONE]", ""]
    assert rig.key not in "".join(lines)


def test_an_upload_is_governed(rig: Rig) -> None:
    rig.install(CLIENTS[0])
    with sync(rig.model.url) as client, pytest.raises(openai.PermissionDeniedError):
        client.files.create(file=("notes.txt", b"the bluebird flies"), purpose="assistants")
    assert rig.model.received == []
