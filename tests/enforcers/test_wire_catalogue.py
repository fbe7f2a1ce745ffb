"""Host and path tell who is asked, for what and in which format; refusals have the provider's form."""

from __future__ import annotations

import json

import pytest

from aigov_enforcers.wire import Catalogue, refuse
from aigov_enforcers.wire.facts import facts
from aigov_runtime.model import Direction


@pytest.mark.parametrize(
    ("method", "host", "path", "provider", "format", "kind"),
    [
        ("POST", "api.openai.com", "/v1/chat/completions", "openai", "openai.chat", "chat"),
        ("POST", "api.openai.com", "/v1/chat/completions/", "openai", "openai.chat", "chat"),
        ("POST", "api.openai.com", "/v1/responses", "openai", "openai.responses", "chat"),
        ("POST", "api.openai.com", "/v1/embeddings", "openai", "openai.embeddings", "embedding"),
        ("POST", "api.openai.com", "/v1/completions", "openai", "openai.completions", "completion"),
        ("POST", "eu.api.openai.com", "/v1/responses", "openai", "openai.responses", "chat"),
        ("POST", "api.openai.com", "/v1/never/seen", "openai", "generic", "other"),
        ("GET", "api.openai.com", "/v1/models", "openai", "generic", "other"),
        ("POST", "api.anthropic.com", "/v1/messages", "anthropic", "anthropic.messages", "chat"),
        ("POST", "api.anthropic.com", "/v1/messages/count_tokens", "anthropic", "anthropic.messages", "chat"),
        ("POST", "acme.openai.azure.com", "/openai/deployments/d/chat/completions", "azure", "openai.chat", "chat"),
        ("POST", "llm.example", "/api/v1/chat/completions", "generic", "openai.chat", "chat"),
        ("POST", "llm.example", "/v1/messages", "generic", "anthropic.messages", "chat"),
        ("POST", "llm.example", "/v1/messages/count_tokens", "generic", "anthropic.messages", "chat"),
        ("POST", "llm.example", "/v1/messages/batches", "generic", "generic", "chat"),
        ("POST", "127.0.0.1", "/v1/images/generations", "generic", "generic", "image"),
        ("POST", "127.0.0.1", "/v1/messages", "anthropic", "anthropic.messages", "chat"),
        ("POST", "localhost", "/v1/responses", "openai", "openai.responses", "chat"),
        ("POST", "127.example.com", "/v1/responses", "generic", "openai.responses", "chat"),
    ],
)
def test_recognised(  # noqa: PLR0917 - a table's columns
    method: str, host: str, path: str, provider: str, format: str, kind: str
) -> None:
    operation = Catalogue().recognise(method, host, None, path)

    assert operation is not None
    assert operation.format.name == format
    assert operation.facts["request.provider"] == provider
    assert operation.facts["request.operation"] == kind
    assert operation.facts["request.host"] == host
    assert operation.facts["request.endpoint"] == path
    assert "request.sanctioned" not in operation.facts


@pytest.mark.parametrize(
    ("method", "host", "path"),
    [
        ("POST", "example.com", "/submit"),
        ("GET", "example.com", "/v1/messages"),
        ("POST", "api.openai.com.evil.example", "/x"),
        ("POST", "notapi.openai.com.example", "/x"),
    ],
)
def test_not_ours(method: str, host: str, path: str) -> None:
    assert Catalogue().recognise(method, host, None, path) is None


def test_a_name_with_its_root_is_the_same_name() -> None:
    catalogue = Catalogue({"llm.example": "anthropic"})

    for host, provider in (("api.openai.com", "openai"), ("llm.example", "anthropic")):
        operation = catalogue.recognise("GET", host + ".", None, "/v1/models")
        assert operation is not None
        assert operation.facts["request.provider"] == provider
        assert operation.facts["request.host"] == host


def test_approved_hosts() -> None:
    catalogue = Catalogue({"llm.example": "anthropic", "127.0.0.1:8080": "openai"})

    mine = catalogue.recognise("POST", "llm.example", 443, "/v1/messages")
    local = catalogue.recognise("POST", "127.0.0.1", 8080, "/anything")
    known = catalogue.recognise("POST", "api.openai.com", None, "/v1/responses")

    assert mine is not None
    assert mine.facts["request.provider"] == "anthropic"
    assert mine.errors == "anthropic"
    assert mine.facts["request.sanctioned"] is True
    assert local is not None
    assert local.facts["request.provider"] == "openai"
    assert known is not None
    assert known.facts["request.sanctioned"] is False
    assert catalogue.recognise("POST", "127.0.0.1", 9090, "/anything") is None


def test_an_unknown_provider_is_named() -> None:
    with pytest.raises(ValueError, match="host `x`: unknown provider `opnai`, expected one of openai"):
        Catalogue({"x": "opnai"})


def test_facts_of_a_body() -> None:
    operation = Catalogue().recognise(
        "POST", "acme.openai.azure.com", None, "/openai/deployments/mine/chat/completions"
    )
    assert operation is not None
    body = {
        "stream": True,
        "max_tokens": 7,
        "tools": [{"type": "function", "function": {"name": "a"}}, {"name": "b"}, {"type": "web_search"}, "odd"],
    }

    attributes, measures = facts(operation, Direction.PROMPT, body, 90)  # type: ignore[arg-type]

    assert attributes["request.model"] == "mine"
    assert attributes["request.stream"] is True
    assert attributes["request.tools"] == {"a", "b", "web_search"}
    assert measures == {"request.bytes": 90, "request.tokens": 7}


@pytest.mark.parametrize(
    ("direction", "body", "tokens"),
    [
        (Direction.RESPONSE, {"usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}}, 3),
        (Direction.RESPONSE, {"usage": {"prompt_tokens": 4, "total_tokens": 4}}, 4),
        (Direction.RESPONSE, {"usage": {"input_tokens": 1, "output_tokens": 2}}, 3),
        (Direction.RESPONSE, {"usage": None}, None),
        (Direction.RESPONSE, {"max_tokens": 9}, None),
        (Direction.PROMPT, {"max_completion_tokens": 5, "max_tokens": 9}, 5),
        (Direction.PROMPT, {"max_tokens": "9"}, None),
        (Direction.PROMPT, {"usage": {"input_tokens": 1}}, None),
        (Direction.PROMPT, [], None),
        (Direction.RESPONSE, None, None),
    ],
)
def test_tokens(direction: Direction, body: object, tokens: int | None) -> None:
    operation = Catalogue().recognise("POST", "api.openai.com", None, "/v1/responses")
    assert operation is not None

    assert facts(operation, direction, body, 1).measures.get("request.tokens") == tokens  # type: ignore[arg-type]


@pytest.mark.parametrize("body", [None, [], "x", {"model": 3, "tools": {}, "stream": "yes"}])
def test_a_body_that_says_nothing(body: object) -> None:
    operation = Catalogue().recognise("POST", "api.openai.com", None, "/v1/responses")
    assert operation is not None

    said = facts(operation, Direction.PROMPT, body, 1).attributes  # type: ignore[arg-type]

    assert "request.model" not in said
    assert not said.get("request.tools")
    assert not said.get("request.stream")


def test_refusals() -> None:
    openai = Catalogue().recognise("POST", "api.openai.com", None, "/v1/responses")
    anthropic = Catalogue().recognise("POST", "api.anthropic.com", None, "/v1/messages")
    assert openai is not None
    assert anthropic is not None

    unlisted = Catalogue().recognise("POST", "llm.example", None, "/v1/messages")
    assert unlisted is not None
    assert unlisted.errors == "anthropic"
    one, two = refuse(openai, "No.", "e1", "r"), refuse(anthropic, "No.", "e2")

    assert json.loads(one.body) == {
        "error": {"message": "No.", "type": "invalid_request_error", "param": None, "code": "content_policy_violation"}
    }
    assert json.loads(two.body) == {
        "type": "error",
        "error": {"type": "permission_error", "message": "No."},
        "request_id": "e2",
    }
    assert (one.status, two.status) == (403, 403)
    headers = dict(one.headers)
    assert headers["content-length"] == str(len(one.body))
    assert headers["x-gov-decision"] == "block"
    assert headers["x-gov-rule"] == "r"
    assert headers["x-gov-event-id"] == "e1"
    assert headers["x-should-retry"] == "false"
    assert "x-gov-rule" not in dict(two.headers)
