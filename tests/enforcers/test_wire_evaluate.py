"""A request written down as JSON is decided on the same path as traffic."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from aigov_enforcers.wire import Catalogue, Message, RequestError, evaluate, govern, read, to_json
from aigov_runtime import UNVERIFIED, Engine
from aigov_runtime.model import Direction, Outcome

REQUEST = {"provider": "openai", "model": "gpt-4o", "operation": "chat", "sanctioned": True, "stream": False}
IDENTITY = {"user": {"id": "ann", "groups": ["eng"]}}


def document(body: object, **changes: Any) -> dict[str, Any]:
    return {"identity": IDENTITY, "request": REQUEST, "direction": "prompt", "body": body} | changes


def chat(text: str) -> dict[str, Any]:
    return {"model": "gpt-4o", "messages": [{"role": "user", "content": text}]}


def test_redact(engine: Engine, key: str) -> None:
    answer = to_json(evaluate(engine, document(chat(f"é {key}"))))

    assert answer["outcome"] == "redact"
    assert answer["body"] == chat("é [egress.key]")
    assert answer["findings"] == [
        {
            "detector": "egress.key",
            "class": "secret",
            "confidence": "certain",
            "path": "/messages/0/content",
            "start": 3,
            "end": 23,
        }
    ]
    assert [(rule["effect"], rule["id"]) for rule in answer["rules"]] == [("redact", "no_keys"), ("allow", "approved")]
    assert answer["rules"][0]["location"].endswith("policy.gov:13")
    assert answer["rules"][0]["reasons"][0]["text"] == "payload contains key"
    assert answer["revision"] == engine.revision
    assert answer["unknown"] == []
    json.dumps(answer)


def test_block_has_no_body(engine: Engine) -> None:
    answer = to_json(evaluate(engine, document(chat("bluebird"))))

    assert answer["outcome"] == "block"
    assert answer["message"] == "Codenames stay in the house."
    assert answer["body"] is None


@pytest.mark.parametrize(
    ("request_", "body", "path"),
    [
        (REQUEST, chat("KEY"), "/messages/0/content"),
        (REQUEST, {"input": "KEY"}, "/input"),
        (REQUEST, {"input": [{"type": "function_call", "arguments": '{"a": "KEY"}'}]}, "/input/0/arguments#/a"),
        (REQUEST | {"provider": "anthropic"}, {"system": "KEY", "messages": []}, "/system"),
        (REQUEST | {"operation": "embedding"}, {"input": ["KEY"]}, "/input/0"),
        (REQUEST | {"provider": "acme"}, chat("KEY"), "/messages/0/content"),
        (REQUEST | {"provider": "acme"}, {"whatever": {"x": "KEY"}}, "/whatever/x"),
        (REQUEST | {"provider": "acme"}, ["KEY"], "/0"),
    ],
)
def test_the_format_is_told_by_provider_operation_and_shape(
    engine: Engine, key: str, request_: dict[str, Any], body: Any, path: str
) -> None:
    body = json.loads(json.dumps(body).replace("KEY", key))

    answer = to_json(evaluate(engine, document(body, request=request_)))

    assert [finding["path"] for finding in answer["findings"]] == [path]
    assert key not in json.dumps(answer["body"])


@pytest.mark.parametrize(
    "body",
    [
        {"choices": [{"message": {"role": "assistant", "content": "KEY"}}]},
        {"output": [{"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "KEY"}]}]},
        {"content": [{"type": "text", "text": "KEY"}]},
        {"anything": "KEY"},
    ],
)
def test_responses(engine: Engine, key: str, body: Any) -> None:
    body = json.loads(json.dumps(body).replace("KEY", key))

    answer = to_json(evaluate(engine, document(body, direction="response")))

    assert answer["outcome"] == "redact"
    assert key not in json.dumps(answer["body"])
    assert key[-4:] in json.dumps(answer["body"])


@pytest.mark.parametrize(
    "raw",
    [
        "{}}",
        '{"a": 1, "a": 2}',
        '{"a": "\\ud800"}',
        '{"a": "\\u0000"}',
        "[" * 3000 + "]" * 3000,
    ],
)
def test_a_body_that_cannot_be_read_fails_closed(engine: Engine, raw: str) -> None:
    request = document(raw)
    answer = to_json(evaluate(engine, request))
    assert answer["outcome"] == "block"
    assert answer["unknown"] == ["body"]

    if raw != "{}}":
        text = json.dumps(request | {"body": "HERE"}).replace('"HERE"', raw).encode()
        assert to_json(evaluate(engine, text))["unknown"] == ["body"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"[]", "not a JSON object"),
        (b"\xff\xfe", "not JSON"),
        (b'{"identity": {}}', "`body` is missing"),
        (b'{"body": {}, "extra": 1}', "`extra`: unknown member"),
        (b'{"body": {}, "identity": []}', "`identity`: expected an object"),
        (b'{"body": {}, "request": 3}', "`request`: expected an object"),
        (b'{"body": {}, "request": {"modle": "x"}}', "`modle`"),
        (b'{"body": {}, "request": {"operation": "talk"}}', "`operation`"),
        (b'{"body": {}, "direction": "sideways"}', "`direction`"),
        (b'{"body": {}, "format": "openai"}', "`format`: expected one of openai.chat, "),
        (b'{"body": {}, "format": 3}', "`format`: expected one of"),
        (b'{"body": {}, "identity": {"user": {"groups": "eng"}}}', "`user.groups`"),
        (b'{"body": {}, "identity": {"usr": {}}}', "`usr`"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_a_bad_document_is_a_clear_error(engine: Engine, text: bytes, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        evaluate(engine, text)


def test_an_identity_with_missing_parts_fails_closed(engine: Engine) -> None:
    answer = to_json(evaluate(engine, document(chat("hello"), identity={})))

    assert answer["outcome"] == "reroute"
    assert answer["unknown"] == ["user.groups"]


def test_declared_attributes_and_counters(compiled: Callable[[str], bytes]) -> None:
    policy = """
    default block "no"
    attribute team.cost: optional int from claim "cost"
    rule ok { when team.cost is known and team.cost < 5 and session.turn == 2 and request.tokens <= 9 then allow }
    """
    engine = Engine.load(compiled(policy), UNVERIFIED)
    body = chat("x") | {"max_tokens": 9}

    identity = {"team": {"cost": 4}, "session": {"turn": 2}}
    assert evaluate(engine, document(body, identity=identity)).decision.outcome is Outcome.ALLOW
    identity = {"team": {"cost": 5}, "session": {"turn": 2}}
    assert evaluate(engine, document(body, identity=identity)).decision.outcome is Outcome.BLOCK


@pytest.mark.parametrize(
    ("asked", "body", "format"),
    [
        ({"provider": "openai"}, {"input": "x"}, "openai.responses"),
        ({"provider": "openai", "operation": "embedding"}, {"input": "x"}, "openai.embeddings"),
        ({"provider": "openai", "endpoint": "/v1/embeddings"}, {"input": "x"}, "openai.embeddings"),
        ({"provider": "azure", "operation": "completion"}, {"prompt": "x"}, "openai.completions"),
        ({"provider": "anthropic"}, {"messages": []}, "anthropic.messages"),
        ({"provider": "anthropic", "operation": "completion"}, {"prompt": "x"}, "anthropic.complete"),
        ({"provider": "gemini"}, {"contents": []}, "gemini.generate"),
        ({"provider": "gemini", "operation": "image"}, {"instances": []}, "gemini.predict"),
        ({"provider": "gemini"}, {"input": "x", "agent": "y"}, "gemini.interactions"),
        ({"provider": "vertex"}, {"anthropic_version": "v", "messages": [], "max_tokens": 1}, "anthropic.messages"),
        ({"provider": "bedrock"}, {"messages": [], "inferenceConfig": {}}, "bedrock.converse"),
        ({"provider": "bedrock"}, {"messages": [], "anthropic_version": "v", "max_tokens": 1}, "anthropic.messages"),
        ({"provider": "mistral"}, {"model": "m", "messages": []}, "mistral.chat"),
        ({"provider": "mistral"}, {"agent_id": "a", "inputs": "x"}, "mistral.conversations"),
        ({"provider": "cohere"}, {"messages": []}, "cohere.chat"),
        ({"provider": "cohere"}, {"message": "x", "chat_history": []}, "cohere.chat_v1"),
        ({"provider": "ollama"}, {"messages": [], "options": {}}, "ollama.chat"),
        ({"provider": "ollama", "operation": "completion"}, {"prompt": "x", "options": {}}, "ollama.generate"),
        ({"provider": "mcp"}, {"jsonrpc": "2.0", "method": "tools/call"}, "mcp"),
        ({"provider": "a2a"}, {"jsonrpc": "2.0", "method": "message/send"}, "a2a"),
        (
            {"provider": "acme"},
            {"system": "s", "max_tokens": 1, "messages": [chat("x")["messages"][0]]},
            "anthropic.messages",
        ),
        ({"provider": "acme"}, {"question": "x"}, "generic"),
        ({"provider": "openai"}, {"question": "x"}, "generic"),
        ({"provider": "openai"}, ["x"], "generic"),
    ],
)
def test_every_format_is_told(engine: Engine, asked: dict[str, Any], body: Any, format: str) -> None:
    assert read(engine, document(body, request=asked)).operation.format.name == format


def test_a_format_may_be_said(engine: Engine, key: str) -> None:
    body = {"contents": [{"role": "user", "parts": [{"text": key}]}]}

    asked = read(engine, document(body, format="gemini.generate"))

    assert asked.operation.format.name == "gemini.generate"
    assert asked.operation.errors == "gemini"
    assert asked.decide().decision.findings[0].path == "/contents/0/parts/0/text"


def test_the_very_same_bytes_when_nothing_changes(engine: Engine) -> None:
    operation = Catalogue({"x": "openai"}).recognise("POST", "x", None, "/v1/chat/completions")
    assert operation is not None
    session = engine.session({"user.groups": frozenset()})
    body = json.dumps(chat("hello"), indent=3).encode()

    message = Message((), body)
    assert govern(session, operation, Direction.PROMPT, message).message is message
    assert govern(session, operation, Direction.RESPONSE, message).message is message


def test_an_empty_body_has_no_text(engine: Engine) -> None:
    operation = Catalogue({"x": "openai"}).recognise("GET", "x", None, "/v1/models")
    assert operation is not None
    governed = govern(engine.session({"user.groups": frozenset()}), operation, Direction.PROMPT, Message((), b""))

    assert governed.interaction.unparsed == ""
    assert governed.decision.outcome is Outcome.BLOCK


def test_strings_that_share_a_pointer_cannot_be_redacted(engine: Engine, key: str) -> None:
    body = chat("hello") | {"metadata": {"a": json.dumps({"b": key}), "a#": {"b": "x"}}}

    answer = to_json(evaluate(engine, document(body)))

    assert answer["outcome"] == "block"
    assert "body" in answer["unknown"]
