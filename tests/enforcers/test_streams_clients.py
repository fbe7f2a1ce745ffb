"""The official clients read what the relay gives out: the changed text, and a block as their own exception."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import anthropic
import boto3
import botocore.exceptions
import cohere
import mistralai.client as mistral
import mistralai.client.errors as mistral_errors
import ollama
import openai
import pytest
from cohere.core.api_error import ApiError
from google import genai
from google.genai import errors as genai_errors

import aigov_dsl
from aigov_compiler import compile_program
from aigov_enforcers.wire import Operation
from aigov_enforcers.wire.streams import Relay
from aigov_runtime import UNVERIFIED, Engine
from aigov_runtime.session import Session
from corpora.streams import wires
from corpora.streams.measure import cut
from tests.enforcers.test_wire_refusals import (
    SAID,
    Server,
    ask_anthropic,
    ask_azure,
    ask_bedrock,
    ask_bedrock_invoke,
    ask_cohere,
    ask_completion,
    ask_gemini,
    ask_mistral,
    ask_ollama,
    ask_openai,
    ask_responses,
)

POLICY = """
package test.streams
default allow
detector email { pattern /\\b[a-z0-9.]{1,40}@example\\.com\\b/ class pii confidence certain }
detector codename { words ["bluebird"] class internal }
rule mails on response { when payload contains email then redact as label }
rule codenames on response { when payload contains codename then block "The answer holds a codename." }
"""
WIRES = {wire.name: wire for wire in wires.WIRES} | {
    "gemini.generate": next(wire for wire in wires.WIRES if wire.name == "gemini.sse")
}
ASKED = '{"to": "ann.b\\u0040example.com"}'

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # the clients of cohere and ollama cannot be closed


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    path: Path = tmp_path_factory.mktemp("policy") / "policy.gov"
    path.write_text(POLICY, encoding="utf-8")
    return Engine.load(compile_program(aigov_dsl.load([path])).envelope, UNVERIFIED).session({})


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()
    gc.collect()  # what the clients leave open is found here, not while another test runs


def answering(session: Session, text: str) -> Callable[[Operation], tuple[str, bytes]]:
    """The relay's output for a stream of the operation's format, two characters at a time."""

    def stream(operation: Operation) -> tuple[str, bytes]:
        path = str(operation.facts["request.endpoint"])
        name = "bedrock.invoke claude" if path.endswith("invoke-with-response-stream") else operation.format.name
        wire = WIRES[name]
        relay = Relay(session, operation, operation.facts, {}, content_type=wire.content_type)
        frames = wire.stream(cut(text, 2), cut(ASKED, 1))
        return wire.content_type, b"".join([*map(relay.feed, frames), relay.close()])

    return stream


@pytest.mark.parametrize(
    ("provider", "ask", "raised"),
    [
        ("openai", ask_openai, openai.APIError),
        ("openai", ask_completion, openai.APIError),
        ("openai", ask_responses, openai.APIError),
        ("azure", ask_azure, openai.APIError),
        ("anthropic", ask_anthropic, anthropic.APIStatusError),
        ("gemini", ask_gemini, genai_errors.ClientError),
        ("bedrock", ask_bedrock, botocore.exceptions.EventStreamError),
        ("bedrock", ask_bedrock_invoke, botocore.exceptions.EventStreamError),
        ("mistral", ask_mistral, mistral_errors.MistralError),
        ("cohere", ask_cohere, ApiError),
        ("ollama", ask_ollama, ollama.ResponseError),
    ],
)
def test_a_block_in_the_middle_is_raised_once(
    session: Session, server: Server, provider: str, ask: Callable[..., None], raised: type[Exception]
) -> None:
    server.provider = provider
    server.stream = answering(session, "All is well, " * 20 + "so the bluebird flies, and more.")

    with pytest.raises(raised) as blocked:
        ask(server.url, stream=True)

    said = f"{blocked.value} {getattr(blocked.value, 'body', '')}"
    assert "The answer holds a codename." in said
    assert len(server.hits) == 1


def read_openai(url: str) -> tuple[str, str]:
    with openai.OpenAI(api_key="k", base_url=url + "/v1") as client:
        answer: Any = client.chat.completions.create(model="m", messages=SAID, stream=True)
        deltas = [choice.delta for chunk in answer for choice in chunk.choices]
    calls = [call.function.arguments for delta in deltas for call in delta.tool_calls or ()]
    return "".join(delta.content or "" for delta in deltas), "".join(calls)


def read_responses(url: str) -> tuple[str, str]:
    with (
        openai.OpenAI(api_key="k", base_url=url + "/v1") as client,
        client.responses.stream(model="m", input="") as all_,
    ):
        final = all_.get_final_response()
    return final.output_text, final.output[1].arguments  # type: ignore[union-attr]


def read_anthropic(url: str) -> tuple[str, str]:
    with (
        anthropic.Anthropic(api_key="k", base_url=url) as client,
        client.messages.stream(model="m", max_tokens=9, messages=SAID) as stream,
    ):
        final: Any = stream.get_final_message()
    assert final.content[0].signature == "Eq" * 60
    return final.content[1].text, f'{{"to": "{final.content[2].input["to"]}"}}'


def read_gemini(url: str) -> tuple[str, str]:
    client = genai.Client(api_key="k", http_options={"base_url": url})
    chunks = list(client.models.generate_content_stream(model="m", contents="hello"))
    client.close()
    parts: Any = [part for chunk in chunks for part in chunk.candidates[0].content.parts]  # type: ignore[index,union-attr]
    text = "".join(part.text or "" for part in parts if not part.thought)
    return text, next(f'{{"to": "{part.function_call.args["to"]}"}}' for part in parts if part.function_call)


def read_bedrock(url: str) -> tuple[str, str]:
    session = boto3.session.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name="eu-west-1")
    client = session.client("bedrock-runtime", endpoint_url=url)
    said = [{"role": "user", "content": [{"text": "hello"}]}]
    events = list(client.converse_stream(modelId="anthropic.x-v1:0", messages=said)["stream"])
    client.close()
    deltas = [event["contentBlockDelta"]["delta"] for event in events if "contentBlockDelta" in event]
    arguments = "".join(delta.get("toolUse", {}).get("input", "") for delta in deltas)
    return "".join(delta.get("text", "") for delta in deltas), arguments


def read_mistral(url: str) -> tuple[str, str]:
    with mistral.Mistral(api_key="k", server_url=url) as client:
        deltas: Any = [event.data.choices[0].delta for event in client.chat.stream(model="m", messages=SAID)]
    text, calls = "", ""
    for delta in deltas:
        text += delta.content if isinstance(delta.content, str) else "".join(each.text for each in delta.content or ())
        calls += "".join(call.function.arguments for call in delta.tool_calls or ())
    return text, calls


def read_cohere(url: str) -> tuple[str, str]:
    events: Any = list(cohere.ClientV2(api_key="k", base_url=url).chat_stream(model="m", messages=SAID))
    text = "".join(each.delta.message.content.text for each in events if each.type == "content-delta")
    calls = (each.delta.message.tool_calls.function.arguments for each in events if each.type == "tool-call-delta")
    return text, "".join(calls)


def read_ollama(url: str) -> tuple[str, str]:
    lines: Any = list(ollama.Client(host=url).chat(model="m", messages=SAID, stream=True))
    calls = [call.function.arguments["to"] for line in lines for call in line.message.tool_calls or ()]
    return "".join(line.message.content or "" for line in lines), f'{{"to": "{calls[0]}"}}'


@pytest.mark.parametrize(
    ("provider", "read"),
    [
        ("openai", read_openai),
        ("openai", read_responses),
        ("anthropic", read_anthropic),
        ("gemini", read_gemini),
        ("bedrock", read_bedrock),
        ("mistral", read_mistral),
        ("cohere", read_cohere),
        ("ollama", read_ollama),
    ],
)
def test_a_client_reads_the_changed_texts(
    session: Session, server: Server, provider: str, read: Callable[[str], tuple[str, str]]
) -> None:
    server.provider = provider
    server.stream = answering(session, "Write to ann.b@example.com, and wait for an answer from Zoë.")
    said = "Write to [streams.email], and wait for an answer from Zoë."
    assert read(server.url) == (said, '{"to": "[streams.email]"}')
