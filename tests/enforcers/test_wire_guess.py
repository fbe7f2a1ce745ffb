"""A request to a model is known by its shape on any host; ordinary APIs are left alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aigov_enforcers.wire import Catalogue
from aigov_enforcers.wire.body import MAX_BYTES
from aigov_enforcers.wire.guess import guess

SAID = {"role": "user", "content": "hello"}

MODELS: list[tuple[Any, str, str]] = [
    ({"messages": [SAID]}, "openai.chat", "chat"),
    ({"model": "m", "messages": [{"role": "system", "content": "x"}, SAID], "stream": True}, "openai.chat", "chat"),
    ({"messages": [{"role": "assistant", "tool_calls": []}, SAID]}, "openai.chat", "chat"),
    (
        {"id": "c1", "messages": [{"id": "1", "role": "user", "parts": [{"type": "text", "text": "hi"}]}]},
        "openai.chat",
        "chat",
    ),
    ({"system": "s", "max_tokens": 9, "messages": [SAID]}, "anthropic.messages", "chat"),
    ({"anthropic_version": "bedrock-2023-05-31", "messages": [SAID]}, "anthropic.messages", "chat"),
    ({"messages": [{"role": "user", "content": [{"text": "x"}]}], "inferenceConfig": {}}, "bedrock.converse", "chat"),
    ({"contents": [{"parts": [{"text": "x"}]}]}, "gemini.generate", "chat"),
    ({"contents": {"parts": {"text": "x"}}}, "gemini.generate", "chat"),
    ({"content": {"parts": [{"text": "x"}]}, "taskType": "RETRIEVAL_QUERY"}, "gemini.generate", "embedding"),
    ({"model": "m", "input": "hello", "instructions": "be kind"}, "openai.responses", "chat"),
    ({"model": "m", "input": [SAID]}, "openai.responses", "chat"),
    ({"model": "bge", "input": ["a", "b"], "encoding_format": "float"}, "generic", "embedding"),
    ({"prompt": "once upon", "max_tokens": 5}, "generic", "completion"),
    ({"prompt": "once upon", "n_predict": 5}, "generic", "completion"),
    ({"model": "llama3", "prompt": "why"}, "generic", "completion"),
    ({"inputs": "why", "parameters": {"max_new_tokens": 5}}, "generic", "completion"),
    ({"inputText": "why", "textGenerationConfig": {"maxTokenCount": 1}}, "generic", "completion"),
    ({"prompt": "a cat", "negative_prompt": "a dog"}, "generic", "image"),
    ({"message": "why", "chat_history": []}, "generic", "chat"),
    ({"model": "m", "query": "q", "documents": ["a"]}, "generic", "other"),
    ({"model": "m", "texts": ["a"], "input_type": "search_query"}, "generic", "embedding"),
    ({"input": {"prompt": "why", "max_new_tokens": 5}}, "generic", "completion"),
    (
        {"query": "mutation($i:I!){ask(input:$i){text}}", "variables": {"input": {"messages": [SAID]}}},
        "generic",
        "chat",
    ),
    ({"requests": [{"custom_id": "1", "params": {"messages": [SAID], "max_tokens": 3}}]}, "generic", "chat"),
    ([{"messages": [SAID]}], "generic", "chat"),
    ({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "x"}}, "mcp", "tool"),
    ([{"jsonrpc": "2.0", "id": 1, "method": "resources/read", "params": {"uri": "x"}}], "mcp", "tool"),
    ({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2025-11-25"}}, "mcp", "tool"),
    ({"jsonrpc": "2.0", "id": 1, "method": "message/send", "params": {"message": {"parts": []}}}, "a2a", "chat"),
    ({"jsonrpc": "2.0", "id": 1, "method": "SendMessage", "params": {}}, "a2a", "chat"),
]

ORDINARY: list[Any] = [
    None,
    "prompt",
    3,
    [],
    {},
    [1, 2],
    ["messages"],
    {"messages": []},
    {"messages": ["a", "b"]},
    {"messages": [{"id": 1, "body": "hello", "from": "ann"}]},
    {"messages": [{"role": "agent", "content": "How can I help?"}, {"role": "customer", "content": "My parcel."}]},
    {"messages": [{"role": "admin", "content": "x"}]},
    {"messages": [{"to": "+49", "content": "your code is 1"}]},
    {"channel": "C1", "text": "deploy is done", "attachments": [{"text": "x"}]},
    {"name": "ann", "email": "a@b.example", "role": "user"},
    {"users": [{"role": "user", "name": "ann"}]},
    {"model": "Golf", "year": 2020, "price": 9000},
    {"model": {"id": 3}, "input": "x"},
    {"input": "search words", "limit": 10},
    {"prompt": "Choose a colour", "options": ["red", "blue"]},
    {"prompt": "login", "redirect_uri": "https://a.example"},
    {"query": "query { viewer { login } }", "variables": {"n": 3}},
    {"query": "SELECT 1", "parameters": {"limit": 3}},
    {"inputs": {"a": 1}, "workflow": "build"},
    {"ref": "main", "inputs": {"environment": "prod"}},
    {"content": "A note", "title": "x", "parts": 3},
    {"contents": [{"key": "a.txt", "size": 3}]},
    {"contents": "a file", "path": "x"},
    {"title": "Bug", "body": "It breaks", "labels": ["bug"]},
    {"message": "fix: typo", "content": "aGVsbG8=", "sha": "ab", "branch": "main"},
    {"message": "hello", "level": "info", "timestamp": 1},
    {"jsonrpc": "2.0", "id": 1, "method": "eth_call", "params": [{"to": "0x0"}]},
    {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"processId": 1, "rootUri": "file:///x"}},
    {"jsonrpc": "2.0", "id": 1, "method": "textDocument/hover", "params": {}},
    {"events": [{"name": "click", "temperature": 3}], "batch": True},
    {"temperature": 21.5, "humidity": 40, "sensor": "kitchen"},
    {"data": {"type": "articles", "attributes": {"title": "x", "text": "y"}}},
    {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": {"stringValue": "x"}}]}]}]},
    {"documents": [{"id": 1}], "query": {"match": {"title": "x"}}},
    {"texts": ["a", "b"], "lang": "de"},
    {"amount": 2000, "currency": "eur", "source": "tok_x", "metadata": {"role": "user"}},
]


@pytest.mark.parametrize(("body", "format", "operation"), MODELS)
def test_a_request_to_a_model(body: Any, format: str, operation: str) -> None:
    found = guess(body)

    assert found is not None
    assert (found.format.name, found.operation) == (format, operation)


@pytest.mark.parametrize("body", ORDINARY)
def test_an_ordinary_request(body: Any) -> None:
    assert guess(body) is None


def test_an_unlisted_host_is_reported_as_unsanctioned() -> None:
    catalogue = Catalogue()
    assert catalogue.recognise("POST", "ai.example", 443, "/api/ask") is None

    body = json.dumps({"system": "s", "max_tokens": 1, "messages": [SAID]}).encode()
    operation = catalogue.by_shape("AI.example", "/api/ask?x=1", body)

    assert operation is not None
    assert operation.errors == "anthropic"
    assert operation.facts == {
        "request.provider": "generic",
        "request.host": "ai.example",
        "request.operation": "chat",
        "request.endpoint": "/api/ask",
        "request.sanctioned": False,
    }


@pytest.mark.parametrize(
    "body",
    [
        b'{"name": "ann"}',
        b"",
        b'{"messages": ',
        b"messages=hello&role=user",
        b"[" * 5_000 + b"]" * 5_000,
        b" " * (MAX_BYTES + 1) + b'{"model": "m", "prompt": "hello"}',
    ],
)
def test_nothing_is_told_of_other_bodies(body: bytes) -> None:
    assert Catalogue().by_shape("api.example", "/users", body) is None


def test_a_deep_body_is_looked_at_a_little_way_down() -> None:
    body: Any = {"messages": [SAID]}
    for _ in range(5_000):
        body = {"data": body}

    assert guess(body) is None
