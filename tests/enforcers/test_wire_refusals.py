"""Refusals and the ends of blocked streams make the official clients raise their own exceptions, once, unretried."""

from __future__ import annotations

import asyncio
import gc
import json
import threading
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import anthropic
import boto3
import botocore.config
import botocore.exceptions
import cohere
import mcp
import mistralai.client as mistral
import mistralai.client.errors as mistral_errors
import ollama
import openai
import pytest
from cohere.core.api_error import ApiError
from google import genai
from google.genai import errors as genai_errors
from mcp.client.streamable_http import streamable_http_client

from aigov_enforcers.wire import Catalogue, Operation, refuse
from aigov_enforcers.wire.ends import ends
from aigov_enforcers.wire.forms import FORMS

MESSAGE = "Codenames stay in the house."
EVENT = "event-1"
SAID: Any = [{"role": "user", "content": "hello"}]


class Server:
    """Answers every request with the refusal of its operation, or with a stream of its format that is blocked after
    the first event."""

    def __init__(self) -> None:
        self.hits: list[str] = []
        self.stream: Callable[[Operation], tuple[str, bytes]] | None = None
        self.provider = ""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.hits.append(self.path)
                operation = Catalogue({outer.address: outer.provider}).recognise(
                    "POST", "127.0.0.1", outer.port, self.path
                )
                assert operation is not None
                if outer.stream is None:
                    refusal = refuse(operation, MESSAGE, EVENT, "a.rule", body)
                    self.send_response(refusal.status)
                    for name, value in refusal.headers:
                        self.send_header(name, value)
                    content = refusal.body
                else:
                    kind, content = outer.stream(operation)
                    self.send_response(200)
                    self.send_header("content-type", kind)
                    self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.address = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.address}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()
    gc.collect()  # what the clients leave open is found here, not while another test runs


def ask_openai(url: str, *, stream: bool = False) -> None:
    with openai.OpenAI(api_key="k", base_url=url + "/v1") as client:
        answer: Any = client.chat.completions.create(model="m", messages=SAID, stream=stream)
        list(answer)


def ask_completion(url: str, *, stream: bool = False) -> None:
    with openai.OpenAI(api_key="k", base_url=url + "/v1") as client:
        answer: Any = client.completions.create(model="m", prompt="hello", stream=stream)
        list(answer)


def ask_responses(url: str, *, stream: bool = False) -> None:
    with openai.OpenAI(api_key="k", base_url=url + "/v1") as client:
        answer: Any = client.responses.create(model="m", input="hello", stream=stream)
        list(answer)


def ask_azure(url: str, *, stream: bool = False) -> None:
    with openai.AzureOpenAI(api_key="k", azure_endpoint=url, api_version="2024-10-21") as client:
        answer: Any = client.chat.completions.create(model="m", messages=SAID, stream=stream)
        list(answer)


def ask_anthropic(url: str, *, stream: bool = False) -> None:
    with anthropic.Anthropic(api_key="k", base_url=url) as client:
        answer: Any = client.messages.create(model="m", max_tokens=9, messages=SAID, stream=stream)
        list(answer)


def ask_gemini(url: str, *, stream: bool = False) -> None:
    client = genai.Client(api_key="k", http_options={"base_url": url})
    try:
        if stream:
            list(client.models.generate_content_stream(model="m", contents="hello"))
        else:
            client.models.generate_content(model="m", contents="hello")
    finally:
        client.close()


def ask_bedrock(url: str, *, stream: bool = False) -> None:
    session = boto3.session.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name="eu-west-1")
    config = botocore.config.Config(retries={"max_attempts": 3, "mode": "standard"})
    client = session.client("bedrock-runtime", endpoint_url=url, config=config)
    said = [{"role": "user", "content": [{"text": "hello"}]}]
    try:
        if stream:
            list(client.converse_stream(modelId="anthropic.x-v1:0", messages=said)["stream"])
        else:
            client.converse(modelId="anthropic.x-v1:0", messages=said)
    finally:
        client.close()


def ask_bedrock_invoke(url: str, *, stream: bool = False) -> None:
    session = boto3.session.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name="eu-west-1")
    client = session.client("bedrock-runtime", endpoint_url=url)
    body = json.dumps({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, "messages": SAID})
    try:
        if stream:
            list(client.invoke_model_with_response_stream(modelId="anthropic.x-v1:0", body=body)["body"])
        else:
            client.invoke_model(modelId="anthropic.x-v1:0", body=body)
    finally:
        client.close()


def ask_mistral(url: str, *, stream: bool = False) -> None:
    with mistral.Mistral(api_key="k", server_url=url) as client:
        if stream:
            list(client.chat.stream(model="m", messages=SAID))
        else:
            client.chat.complete(model="m", messages=SAID)


def ask_cohere(url: str, *, stream: bool = False) -> None:
    client = cohere.ClientV2(api_key="k", base_url=url)
    if not stream:
        client.chat(model="m", messages=SAID)
        return
    last: Any = list(client.chat_stream(model="m", messages=SAID))[-1]
    # The client raises for nothing in a stream; the end says that it is an error.
    assert last.delta.finish_reason == "ERROR"
    raise ApiError(status_code=403, body=last.delta.error)


def ask_ollama(url: str, *, stream: bool = False) -> None:
    answer: Any = ollama.Client(host=url).chat(model="m", messages=SAID, stream=stream)
    if stream:
        list(answer)


def ask_mcp(url: str, *, stream: bool = False) -> None:
    async def ask() -> None:
        async with streamable_http_client(url + "/mcp") as (read, write), mcp.ClientSession(read, write) as session:
            # Raised in a task group, the exception would come out in a group.
            try:
                await session.initialize()
            except mcp.MCPError as error:
                raised.append(error)

    raised: list[mcp.MCPError] = []
    asyncio.run(ask())
    raise raised[0]


REFUSED: list[tuple[str, Callable[..., None], type[Exception]]] = [
    ("openai", ask_openai, openai.PermissionDeniedError),
    ("openai", ask_completion, openai.PermissionDeniedError),
    ("openai", ask_responses, openai.PermissionDeniedError),
    ("azure", ask_azure, openai.BadRequestError),
    ("anthropic", ask_anthropic, anthropic.PermissionDeniedError),
    ("gemini", ask_gemini, genai_errors.ClientError),
    ("bedrock", ask_bedrock, botocore.exceptions.ClientError),
    ("bedrock", ask_bedrock_invoke, botocore.exceptions.ClientError),
    ("mistral", ask_mistral, mistral_errors.SDKError),
    ("cohere", ask_cohere, cohere.ForbiddenError),
    ("ollama", ask_ollama, ollama.ResponseError),
    ("mcp", ask_mcp, mcp.MCPError),
]


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # the clients of cohere and ollama cannot be closed
@pytest.mark.parametrize(("provider", "ask", "raised"), REFUSED)
def test_a_refusal_is_raised_once(
    server: Server, provider: str, ask: Callable[..., None], raised: type[Exception]
) -> None:
    server.provider = provider

    with pytest.raises(raised) as refused:
        ask(server.url)

    assert type(refused.value) is raised or provider == "bedrock"
    assert MESSAGE in str(refused.value)
    assert len(server.hits) == 1


FIRST = {
    "openai.chat": [
        (None, {"id": "c", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": "Hi"}}]})
    ],
    "openai.completions": [(None, {"id": "c", "object": "text_completion", "choices": [{"index": 0, "text": "Hi"}]})],
    "openai.responses": [
        (
            "response.output_text.delta",
            {
                "type": "response.output_text.delta",
                "delta": "Hi",
                "item_id": "i",
                "output_index": 0,
                "content_index": 0,
                "sequence_number": 1,
                "logprobs": [],
            },
        )
    ],
    "anthropic.messages": [
        (
            "content_block_delta",
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "H"}},
        )
    ],
    "gemini.generate": [(None, {"candidates": [{"content": {"role": "model", "parts": [{"text": "Hi"}]}}]})],
    "mistral.chat": [
        (None, {"id": "c", "model": "m", "choices": [{"index": 0, "delta": {"content": "Hi"}, "finish_reason": None}]})
    ],
    "cohere.chat": [
        (
            "content-delta",
            {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": "Hi"}}}},
        )
    ],
    "ollama.chat": [(None, {"model": "m", "message": {"role": "assistant", "content": "Hi"}, "done": False})],
    "bedrock.converse": [("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "Hi"}})],
}


def sse(events: list[tuple[str | None, str]]) -> bytes:
    return "".join((f"event: {name}\n" if name else "") + f"data: {data}\n\n" for name, data in events).encode()


def frame(headers: dict[str, str], payload: bytes) -> bytes:
    """A message of an AWS event stream."""
    head = b"".join(
        bytes([len(name)]) + name.encode() + b"\x07" + len(value).to_bytes(2, "big") + value.encode()
        for name, value in headers.items()
    )
    prelude = (16 + len(head) + len(payload)).to_bytes(4, "big") + len(head).to_bytes(4, "big")
    whole = prelude + zlib.crc32(prelude).to_bytes(4, "big") + head + payload
    return whole + zlib.crc32(whole).to_bytes(4, "big")


def blocked(operation: Operation) -> tuple[str, bytes]:
    """A stream with one event that is blocked then."""
    name = operation.format.name
    first = [(event, json.dumps(data)) for event, data in FIRST.get(name, [])]
    end = ends(name)(MESSAGE, EVENT, b"")
    if operation.signed:
        end = ends("bedrock.converse")(MESSAGE, EVENT, b"")
        events = [
            *(frame({":message-type": "event", ":event-type": str(event)}, data.encode()) for event, data in first),
            *(frame({":message-type": "exception", ":exception-type": str(e)}, data.encode()) for e, data in end),
        ]
        return "application/vnd.amazon.eventstream", b"".join(events)
    if name.startswith("ollama"):
        return "application/x-ndjson", "".join(data + "\n" for _, data in first + end).encode()
    return "text/event-stream", sse(first + end)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
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
        ("mistral", ask_mistral, mistral_errors.MistralError),
        ("cohere", ask_cohere, ApiError),
        ("ollama", ask_ollama, ollama.ResponseError),
    ],
)
def test_the_end_of_a_blocked_stream_is_raised_once(
    server: Server, provider: str, ask: Callable[..., None], raised: type[Exception]
) -> None:
    server.provider = provider
    server.stream = blocked

    with pytest.raises(raised) as refused:
        ask(server.url, stream=True)

    assert MESSAGE in str(refused.value) or MESSAGE in str(getattr(refused.value, "body", ""))
    assert len(server.hits) == 1


@pytest.mark.parametrize("form", FORMS)
def test_a_refusal_has_the_message_and_headers(form: str) -> None:
    operation = Catalogue().recognise("POST", "api.openai.com", None, "/v1/responses")
    assert operation is not None

    refusal = refuse(operation._replace(errors=form), MESSAGE, EVENT, "a.rule", b'{"jsonrpc": "2.0", "id": "7"}')

    body = json.loads(refusal.body)
    headers = dict(refusal.headers)
    assert MESSAGE in str(body)
    assert headers["content-length"] == str(len(refusal.body))
    assert headers["x-gov-event-id"] == EVENT
    assert headers["x-gov-rule"] == "a.rule"
    assert refusal.status == (200 if "jsonrpc" in body else 400 if form == "azure" else 403)
    if "jsonrpc" in body:
        assert body["id"] == "7"


@pytest.mark.parametrize("request_body", [b"", b"{", b"[1]", b'{"id": true}', b'{"id": {}}', b"\xff"])
def test_a_call_without_an_id_is_refused_with_none(request_body: bytes) -> None:
    assert FORMS["mcp"].body(MESSAGE, EVENT, request_body)["id"] is None


def test_every_format_has_an_end() -> None:
    from aigov_enforcers.wire.formats import FORMATS

    for name in FORMATS:
        events = ends(name)(MESSAGE, EVENT, b"")
        assert MESSAGE in events[0][1]
        assert all(data == "[DONE]" or json.loads(data) for _, data in events)
