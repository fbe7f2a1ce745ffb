"""Routes with a format and a model: what is sent there, and what a route cannot be."""

from __future__ import annotations

import gzip
import json

import pytest

from aigov_enforcers.governing.decider import Request, Response
from aigov_enforcers.governing.routes import Route, rerouted
from aigov_enforcers.governing.translated import Translated
from aigov_enforcers.wire import Catalogue
from aigov_enforcers.wire.translate import Untranslatable
from tests.enforcers.speaking import Said, speak

CATALOGUE = Catalogue()
CHAT = "https://api.openai.com/v1/chat/completions"
GEMINI = "https://generativelanguage.googleapis.com/v1beta/models/gemini-3:streamGenerateContent"
BODY = json.dumps({"model": "gpt-5", "messages": [{"role": "user", "content": "hi"}], "stream": True}).encode()
LOCAL = Route("http://127.0.0.1:11434", {"x-there": "1"}, "ollama.chat", "qwen3")


def sent(url: str, body: bytes, route: Route, *headers: tuple[str, str]) -> tuple[Request, Translated | None]:
    host, path = url.removeprefix("https://").split("/", 1)
    operation = CATALOGUE.recognise("POST", host, None, "/" + path)
    assert operation is not None
    return rerouted(Request("POST", url, headers, body), route, operation)


@pytest.mark.parametrize(
    ("format", "model", "why"),
    [
        ("openai.responses", "m", "expected one of"),
        ("ollama.chat", "", "expected the model"),
        ("ollama.chat", "gpt-oss:120b-cloud", "cloud"),
        ("", "qwen3:cloud", "cloud"),
    ],
)
def test_what_a_route_cannot_be(format: str, model: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Route("http://127.0.0.1:11434", {}, format, model)


def test_a_translated_request_takes_nothing_of_the_first_provider_along() -> None:
    headers = (
        ("Authorization", "Bearer a"),
        ("openai-organization", "acme"),
        ("content-encoding", "gzip"),
        ("user-agent", "app/1"),
        ("x-there", "0"),
    )
    request, way = sent(CHAT, gzip.compress(BODY), LOCAL, *headers)
    assert request.url == "http://127.0.0.1:11434/api/chat"
    assert dict(request.headers) == {
        "user-agent": "app/1",
        "accept-encoding": "identity",
        "content-type": "application/json",
        "x-there": "1",
    }
    assert json.loads(request.body)["model"] == "qwen3"
    assert way is not None
    assert (way.client, way.upstream, way.stream) == ("openai.chat", "ollama.chat", True)


def test_the_query_of_a_base_url_is_kept() -> None:
    body = json.dumps({"model": "gpt-5", "messages": [{"role": "user", "content": "hi"}], "stream": True}).encode()
    request, _ = sent(CHAT, body, Route("https://gate.example/v1beta?tenant=a", {}, "gemini.generate", "gemini/3"))
    assert request.url == "https://gate.example/v1beta/models/gemini%2F3:streamGenerateContent?alt=sse&tenant=a"


@pytest.mark.parametrize("format", ["", "openai.chat"])
def test_the_same_format_is_not_translated(format: str) -> None:
    body = b'{ "model":"gpt-5",  "frob": 1, "messages": [] }'
    request, way = sent(CHAT, body, Route("https://eu.example/v1", {}, format, "eu-1"))
    assert request.url == "https://eu.example/v1/chat/completions"
    assert (request.body, way) == (body.replace(b"gpt-5", b"eu-1"), None)
    assert sent(CHAT, body, Route("https://eu.example/v1"))[0].body == body
    with pytest.raises(Untranslatable, match="no model"):
        sent(CHAT, b'{"messages": []}', Route("https://eu.example/v1", {}, format, "eu-1"))


def test_the_model_in_a_path_is_the_routes() -> None:
    request, way = sent(GEMINI + "?alt=sse", b"{}", Route("https://eu.example/v1beta", {}, "gemini.generate", "eu 1"))
    assert request.url == "https://eu.example/v1beta/models/eu%201:streamGenerateContent?alt=sse"
    assert (request.body, way) == (b"{}", None)


@pytest.mark.parametrize(
    "url",
    [
        "https://api.openai.com/v1/responses",
        "https://api.openai.com/v1/embeddings",
        "https://api.anthropic.com/v1/messages/count_tokens",
        "https://generativelanguage.googleapis.com/v1beta/models/gemini-3:countTokens",
    ],
)
def test_other_operations_are_not_translated(url: str) -> None:
    with pytest.raises(Untranslatable, match="translated"):
        sent(url, BODY, LOCAL)


def test_a_stream_of_gemini_without_server_sent_events_is_an_array() -> None:
    body = json.dumps({"contents": [{"parts": [{"text": "hi"}]}]}).encode()
    _, way = sent(GEMINI, body, LOCAL)
    assert way is not None
    head = way.head(Response(200, (("content-type", "application/x-ndjson"),)))
    assert dict(head.headers)["content-type"] == "application/json"
    flow = way.flow()
    stream = speak("ollama.chat", Said("Hello."), stream=True).body
    assert len(json.loads(flow.feed(stream) + flow.close())) == 3


def test_a_stream_whose_bytes_are_encoded_is_read_whole() -> None:
    _, way = sent(CHAT, BODY, LOCAL)
    assert way is not None
    stream = gzip.compress(speak("ollama.chat", Said("Hello."), stream=True).body)
    headers = (("Content-Type", "application/x-ndjson; charset=utf-8"), ("content-encoding", "gzip"))
    head = way.head(Response(200, headers))
    whole = way.whole(head._replace(body=stream))
    assert dict(whole.headers) == {"content-type": "text/event-stream"}
    assert whole.body.endswith(b"data: [DONE]\n\n")


def test_a_whole_answer_where_a_stream_was_asked_for_is_none() -> None:
    _, way = sent(CHAT, BODY, LOCAL)
    assert way is not None
    head = way.head(Response(200, (("content-type", "application/json"),)))
    with pytest.raises(Untranslatable, match="a stream was asked for"):
        way.whole(head._replace(body=speak("ollama.chat", Said("Hello."), stream=False).body))


def test_an_error_page_of_a_server_between_is_an_error_of_the_clients() -> None:
    _, way = sent(CHAT, BODY, LOCAL)
    assert way is not None
    whole = way.whole(way.head(Response(502, (("content-type", "text/html"),)))._replace(body=b"<h1>Bad gateway</h1>"))
    assert whole.status == 502
    assert json.loads(whole.body)["error"]["message"] == "The provider answered with status 502."
