"""Where a secret hides in an agent's history, format by format: a body with `SECRET` in one place.

The places are those of a public harness of leaks: what people say, what tools are told and answer, what the model
thought, files, names, and JSON inside strings.
"""

from __future__ import annotations

import base64
import json
from typing import Any, NamedTuple

SECRET = "AKIAQ3EGSZ7WBRXKQJ4N"  # shaped like a cloud key, never issued
TEXT = f"deploy with {SECRET} please"
NESTED = json.dumps({"env": {"key": TEXT}, "argv": ["run", "--fast"]})
FILE = base64.b64encode(TEXT.encode()).decode()

PLACES = (
    "system",
    "user",
    "assistant",
    "tool_definition",
    "tool_call",
    "tool_result",
    "reasoning",
    "file",
    "metadata",
    "nested",
    "reference",
)


class History(NamedTuple):
    """A format's requests, by place. None where the format has no such place."""

    host: str
    path: str
    bodies: dict[str, dict[str, Any] | None]


def _anthropic(**members: Any) -> dict[str, Any]:
    said = [{"role": "user", "content": "hello"}]
    return {"model": "claude-x", "max_tokens": 9, "messages": said} | members


def _turns(*messages: Any) -> list[Any]:
    return [{"role": "user", "content": "hello"}, *messages]


_USE = {"type": "tool_use", "id": "toolu_1", "name": "run", "input": {}}

ANTHROPIC: dict[str, dict[str, Any] | None] = {
    "system": _anthropic(system=[{"type": "text", "text": TEXT, "cache_control": {"type": "ephemeral"}}]),
    "user": _anthropic(messages=[{"role": "user", "content": [{"type": "text", "text": TEXT}]}]),
    "assistant": _anthropic(messages=_turns({"role": "assistant", "content": TEXT})),
    "tool_definition": _anthropic(
        tools=[{"name": "run", "description": TEXT, "input_schema": {"type": "object", "properties": {}}}]
    ),
    "tool_call": _anthropic(messages=_turns({"role": "assistant", "content": [_USE | {"input": {"cmd": TEXT}}]})),
    "tool_result": _anthropic(
        messages=_turns(
            {"role": "assistant", "content": [_USE]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": TEXT}]},
        )
    ),
    "reasoning": _anthropic(
        messages=_turns(
            {"role": "assistant", "content": [{"type": "thinking", "thinking": TEXT, "signature": "c2ln" * 20}]}
        )
    ),
    "file": _anthropic(
        messages=[
            {
                "role": "user",
                "content": [
                    {
                        "type": "document",
                        "title": "notes.txt",
                        "source": {"type": "text", "media_type": "text/plain", "data": TEXT},
                    }
                ],
            }
        ]
    ),
    "metadata": _anthropic(metadata={"user_id": TEXT}),
    "nested": _anthropic(messages=_turns({"role": "assistant", "content": [_USE | {"input": {"script": NESTED}}]})),
    "reference": _anthropic(
        messages=[
            {"role": "user", "content": [{"type": "document", "source": {"type": "url", "url": f"https://a/{SECRET}"}}]}
        ]
    ),
}


def _gemini(*contents: Any, **members: Any) -> dict[str, Any]:
    return {"contents": list(contents) or [{"role": "user", "parts": [{"text": "hello"}]}]} | members


def _model(*parts: Any) -> dict[str, Any]:
    return {"role": "model", "parts": list(parts)}


def _user(*parts: Any) -> dict[str, Any]:
    return {"role": "user", "parts": list(parts)}


GEMINI: dict[str, dict[str, Any] | None] = {
    "system": _gemini(systemInstruction={"parts": [{"text": TEXT}]}),
    "user": _gemini(_user({"text": TEXT})),
    "assistant": _gemini(_model({"text": TEXT})),
    "tool_definition": _gemini(tools=[{"functionDeclarations": [{"name": "run", "description": TEXT}]}]),
    "tool_call": _gemini(_model({"functionCall": {"name": "run", "args": {"cmd": TEXT}}})),
    "tool_result": _gemini(_user({"functionResponse": {"name": "run", "response": {"out": TEXT}}})),
    "reasoning": _gemini(_model({"text": TEXT, "thought": True, "thoughtSignature": "c2ln" * 20})),
    "file": _gemini(_user({"inlineData": {"mimeType": "text/plain", "data": FILE}})),
    "metadata": _gemini(labels={"team": TEXT}),
    "nested": _gemini(_model({"functionCall": {"name": "run", "args": {"script": NESTED}}})),
    "reference": _gemini(_user({"fileData": {"fileUri": f"gs://b/{SECRET}", "mimeType": "text/plain"}})),
}
GEMINI_SNAKE: dict[str, dict[str, Any] | None] = {
    "system": _gemini(system_instruction={"parts": [{"text": TEXT}]}),
    "user": GEMINI["user"],
    "assistant": GEMINI["assistant"],
    "tool_definition": _gemini(tools=[{"function_declarations": [{"name": "run", "description": TEXT}]}]),
    "tool_call": _gemini(_model({"function_call": {"name": "run", "args": {"cmd": TEXT}}})),
    "tool_result": _gemini(_user({"function_response": {"name": "run", "response": {"out": TEXT}}})),
    "reasoning": _gemini(_model({"text": TEXT, "thought": True, "thought_signature": "c2ln" * 20})),
    "file": _gemini(_user({"inline_data": {"mime_type": "text/plain", "data": FILE}})),
    "metadata": _gemini(_user({"inline_data": {"mime_type": "image/png", "data": "iVBORw0K", "display_name": TEXT}})),
    "nested": _gemini(_model({"function_call": {"name": "run", "args": {"script": NESTED}}})),
    "reference": _gemini(_user({"file_data": {"file_uri": f"gs://b/{SECRET}", "mime_type": "text/plain"}})),
}


def _step(step: Any, **members: Any) -> dict[str, Any]:
    return {"model": "gemini-3", "input": [step]} | members


INTERACTIONS: dict[str, dict[str, Any] | None] = {
    "system": {"model": "gemini-3", "input": "hello", "system_instruction": TEXT},
    "user": {"model": "gemini-3", "input": TEXT},
    "assistant": _step({"type": "model_output", "content": [{"type": "text", "text": TEXT}]}),
    "tool_definition": _step(
        {"type": "text", "text": "hello"}, tools=[{"type": "function", "name": "run", "description": TEXT}]
    ),
    "tool_call": _step({"type": "function_call", "id": "call_1", "name": "run", "arguments": {"cmd": TEXT}}),
    "tool_result": _step({"type": "function_result", "call_id": "call_1", "name": "run", "result": TEXT}),
    "reasoning": _step({"type": "thought", "summary": [{"type": "text", "text": TEXT}], "signature": "c2ln" * 20}),
    "file": _step({"type": "document", "mime_type": "text/plain", "data": FILE}),
    "metadata": _step({"type": "text", "text": "hello"}, labels={"team": TEXT}),
    "nested": _step({"type": "function_call", "id": "call_1", "name": "run", "arguments": {"script": NESTED}}),
    "reference": _step({"type": "image", "uri": f"https://a/{SECRET}", "mime_type": "image/png"}),
}


def _converse(*messages: Any, **members: Any) -> dict[str, Any]:
    return {"messages": list(messages) or [{"role": "user", "content": [{"text": "hello"}]}]} | members


def _says(role: str, *blocks: Any) -> dict[str, Any]:
    return {"role": role, "content": list(blocks)}


CONVERSE: dict[str, dict[str, Any] | None] = {
    "system": _converse(system=[{"text": TEXT}]),
    "user": _converse(_says("user", {"text": TEXT})),
    "assistant": _converse(_says("assistant", {"text": TEXT})),
    "tool_definition": _converse(
        toolConfig={"tools": [{"toolSpec": {"name": "run", "description": TEXT, "inputSchema": {"json": {}}}}]}
    ),
    "tool_call": _converse(
        _says("assistant", {"toolUse": {"toolUseId": "tooluse_1", "name": "run", "input": {"cmd": TEXT}}})
    ),
    "tool_result": _converse(
        _says("user", {"toolResult": {"toolUseId": "tooluse_1", "content": [{"json": {"out": TEXT}}]}})
    ),
    "reasoning": _converse(
        _says("assistant", {"reasoningContent": {"reasoningText": {"text": TEXT, "signature": "c2ln" * 20}}})
    ),
    "file": _converse(_says("user", {"document": {"format": "txt", "name": "notes", "source": {"bytes": FILE}}})),
    "metadata": _converse(requestMetadata={"team": TEXT}),
    "nested": _converse(
        _says("assistant", {"toolUse": {"toolUseId": "tooluse_1", "name": "run", "input": {"script": NESTED}}})
    ),
    "reference": _converse(
        _says("user", {"image": {"format": "png", "source": {"s3Location": {"uri": f"s3://b/{SECRET}"}}}})
    ),
}


def _rpc(method: str, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


def _answer(**result: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "result": result}


def _sampling(role: str) -> dict[str, Any]:
    said = [{"role": role, "content": {"type": "text", "text": TEXT}}]
    return _rpc("sampling/createMessage", messages=said, maxTokens=9)


MCP: dict[str, dict[str, Any] | None] = {
    "system": _rpc("sampling/createMessage", messages=[], systemPrompt=TEXT, maxTokens=9),
    "user": _sampling("user"),
    "assistant": _sampling("assistant"),
    "tool_definition": _answer(tools=[{"name": "run", "description": TEXT, "inputSchema": {"type": "object"}}]),
    "tool_call": _rpc("tools/call", name="run", arguments={"cmd": TEXT}),
    "tool_result": _answer(content=[{"type": "text", "text": TEXT}], structuredContent={"out": TEXT}),
    "reasoning": None,
    "file": _answer(contents=[{"uri": "file:///a.txt", "mimeType": "text/plain", "blob": FILE}]),
    "metadata": _rpc("tools/call", name="run", arguments={}, _meta={"trace": TEXT}),
    "nested": _rpc("tools/call", name="run", arguments={"script": NESTED}),
    "reference": _rpc("resources/read", uri=f"https://a/{SECRET}"),
}


def _message(*parts: Any, **members: Any) -> dict[str, Any]:
    message = {"messageId": "m-1", "role": "user", "parts": list(parts)}
    return {"jsonrpc": "2.0", "id": 1, "method": "message/send", "params": {"message": message} | members}


A2A: dict[str, dict[str, Any] | None] = {
    "system": None,
    "user": _message({"kind": "text", "text": TEXT}),
    "assistant": _message(
        {"text": "hello"}, history=[{"messageId": "m-0", "role": "agent", "parts": [{"text": TEXT}]}]
    ),
    "tool_definition": None,
    "tool_call": _message({"data": {"cmd": TEXT}}),
    "tool_result": _answer(task={"id": "t", "artifacts": [{"artifactId": "a", "parts": [{"text": TEXT}]}]}),
    "reasoning": None,
    "file": _message({"kind": "file", "file": {"mimeType": "text/plain", "bytes": FILE}}),
    "metadata": _message({"text": "hello"}, metadata={"team": TEXT}),
    "nested": _message({"text": NESTED}),
    "reference": _message({"url": f"https://a/{SECRET}"}),
}

GENERIC: dict[str, dict[str, Any] | None] = {
    "system": {"preamble": TEXT, "ask": "hello"},
    "user": {"ask": {"prompt": TEXT}},
    "assistant": {"turns": [{"role": "assistant", "content": TEXT}]},
    "tool_definition": {"tools": [{"name": "run", "about": TEXT}]},
    "tool_call": {"history": [{"role": "assistant", "tool_calls": [{"args": {"cmd": TEXT}}]}]},
    "tool_result": {"history": [{"role": "tool", "content": TEXT}]},
    "reasoning": {"history": [{"role": "assistant", "reasoning": TEXT}]},
    "file": {"prompt": "hello", "attachment": f"data:text/plain;base64,{FILE}"},
    "metadata": {"prompt": "hello", "tags": {"team": TEXT}},
    "nested": {"prompt": "hello", "context": NESTED},
    "reference": {"prompt": "hello", "image": f"https://a/{SECRET}"},
}

HISTORIES: dict[str, History] = {
    "anthropic.messages": History("api.anthropic.com", "/v1/messages", ANTHROPIC),
    "anthropic.batches": History(
        "api.anthropic.com",
        "/v1/messages/batches",
        {place: body and {"requests": [{"custom_id": "1", "params": body}]} for place, body in ANTHROPIC.items()},
    ),
    "gemini.generate": History("generativelanguage.googleapis.com", "/v1beta/models/gemini-3:generateContent", GEMINI),
    "gemini.generate, snake case": History(
        "generativelanguage.googleapis.com", "/v1beta/models/gemini-3:streamGenerateContent", GEMINI_SNAKE
    ),
    "gemini.interactions": History("generativelanguage.googleapis.com", "/v1beta/interactions", INTERACTIONS),
    "bedrock.converse": History("bedrock-runtime.eu-west-1.amazonaws.com", "/model/m/converse", CONVERSE),
    "bedrock.invoke": History("bedrock-runtime.eu-west-1.amazonaws.com", "/model/amazon.titan-x/invoke", GENERIC),
    "anthropic.messages, on Bedrock": History(
        "bedrock-runtime.eu-west-1.amazonaws.com", "/model/eu.anthropic.claude-x/invoke", ANTHROPIC
    ),
    "mcp": History("tools.example", "/mcp", MCP),
    "a2a": History("agent.example", "/message:send", A2A),
    "generic": History("api.openai.com", "/v1/never/seen", GENERIC),
}
