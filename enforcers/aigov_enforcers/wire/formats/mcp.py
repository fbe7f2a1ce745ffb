"""MCP: JSON-RPC 2.0 over streamable HTTP, SSE or stdio. Either side may send requests, notifications and answers,
so a message has one shape in both directions.

Source: https://modelcontextprotocol.io/specification, revisions 2025-11-25 and 2026-07-28
"""

from __future__ import annotations

from collections.abc import Mapping

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.format import Asked, Format, Usage
from aigov_enforcers.wire.formats.common import FILE, ID, PLAIN, SCHEMA, WORD, first_count, text, tool_names
from aigov_enforcers.wire.shape import Field, Shape
from aigov_runtime.model import Kind

META = Field(kind=Kind.METADATA, shape=Shape())
NOTES = Field(kind=Kind.METADATA, shape=Shape({"audience": WORD, "lastModified": Field(), "priority": Field()}))

RESOURCE = Shape(
    {
        "uri": FILE,
        "name": FILE,
        "title": FILE,
        "description": FILE,
        "mimeType": WORD,
        "text": FILE,
        "blob": FILE,
        "annotations": NOTES,
        "_meta": META,
    }
)
BLOCK = Shape(
    {
        "type": WORD,
        "text": Field(),
        "data": FILE,
        "mimeType": WORD,
        "resource": Field(shape=RESOURCE),
        "annotations": NOTES,
        "_meta": META,
        "uri": FILE,
    },
    tag="type",
)
RESULT = {
    "content": Field(shape=BLOCK),
    "structuredContent": PLAIN,
    "contents": Field(shape=RESOURCE),
    "resultType": WORD,
    "_meta": META,
}
BLOCK.variants.update(
    {
        "tool_use": Shape(
            {"type": WORD, "id": ID, "name": Field(), "input": PLAIN, "_meta": META},
            kind=Kind.TOOL_CALL,
            role="assistant",
        ),
        "tool_result": Shape(
            {"type": WORD, "toolUseId": ID, **RESULT},
            kind=Kind.TOOL_RESULT,
            role="tool",
        ),
    }
)


def _message(role: str) -> Shape:
    return Shape({"role": WORD, "content": Field(shape=BLOCK), "_meta": META}, role=role, kind=Kind.TEXT)


MESSAGE = Shape(
    _message("").fields, kind=Kind.TEXT, tag="role", variants={role: _message(role) for role in ("user", "assistant")}
)
TOOL = Shape(
    {
        "name": Field(),
        "title": Field(),
        "description": Field(),
        "inputSchema": Field(shape=SCHEMA),
        "outputSchema": Field(shape=SCHEMA),
        "annotations": PLAIN,
        "execution": PLAIN,
        "icons": PLAIN,
        "_meta": META,
    },
    kind=Kind.TOOL_DEFINITION,
    role="system",
)
OFFERED = Field(kind=Kind.TOOL_DEFINITION, role="system", shape=Shape(TOOL.fields))
"""Prompts, resources and templates on offer: what a server says of itself reaches the model."""

PARTY = Field(kind=Kind.METADATA, shape=Shape())
_ASKED = {"name": Field(), "uri": FILE, "_meta": META, "requestState": Field(), "task": PLAIN, "cursor": Field()}

CALL = Field(
    kind=Kind.TOOL_CALL,
    role="assistant",
    shape=Shape(_ASKED | {"arguments": PLAIN, "inputResponses": PLAIN}),
)
SAMPLE = Field(
    kind=Kind.TEXT,
    shape=Shape(
        _ASKED
        | {
            "messages": Field(shape=MESSAGE),
            "systemPrompt": Field(role="system"),
            "tools": Field(shape=TOOL),
            "modelPreferences": PLAIN,
            "includeContext": WORD,
            "stopSequences": Field(),
            "metadata": META,
            "toolChoice": Field(shape=Shape({"mode": WORD})),
        }
    ),
)
ELICIT = Field(
    kind=Kind.TEXT,
    role="assistant",
    shape=Shape(
        _ASKED
        | {
            "mode": WORD,
            "message": Field(),
            "url": Field(),
            "elicitationId": ID,
            "requestedSchema": Field(kind=Kind.TOOL_DEFINITION, shape=SCHEMA),
        }
    ),
)
OTHER = Field(
    kind=Kind.METADATA,
    shape=Shape(
        _ASKED
        | {
            "protocolVersion": Field(),
            "capabilities": PARTY,
            "clientInfo": PARTY,
            "ref": Field(shape=Shape({"type": WORD, "name": Field(), "uri": FILE})),
            "argument": Field(kind=Kind.TEXT, role="user", shape=Shape({"name": Field(), "value": Field()})),
            "context": Field(kind=Kind.TEXT, role="user"),
            "level": WORD,
            "logger": Field(),
            "data": Field(kind=Kind.TOOL_RESULT, role="tool"),
            "message": Field(kind=Kind.TOOL_RESULT, role="tool"),
            "reason": Field(),
        }
    ),
)

ANSWER = Field(
    kind=Kind.TOOL_RESULT,
    role="tool",
    shape=Shape(
        RESULT
        | {
            "tools": Field(shape=TOOL),
            "prompts": OFFERED,
            "resources": OFFERED,
            "resourceTemplates": OFFERED,
            "messages": Field(shape=MESSAGE),
            "instructions": Field(kind=Kind.TEXT, role="system"),
            "description": Field(),
            "protocolVersion": Field(),
            "capabilities": PARTY,
            "serverInfo": PARTY,
            "nextCursor": Field(),
            "completion": PLAIN,
            "role": WORD,
            "model": Field(kind=Kind.METADATA),
            "stopReason": WORD,
            "action": WORD,
            "requestState": Field(),
        }
    ),
)
ERROR = Field(kind=Kind.TOOL_RESULT, role="tool", shape=Shape({"code": Field(), "message": Field(), "data": PLAIN}))
_ENVELOPE = {"jsonrpc": Field(), "id": ID, "method": Field(), "result": ANSWER, "error": ERROR}


def _method(params: Field) -> Shape:
    return Shape(_ENVELOPE | {"params": params})


RPC = Shape(
    _method(OTHER).fields,
    tag="method",
    variants={
        **dict.fromkeys(("tools/call", "prompts/get", "resources/read"), _method(CALL)),
        "sampling/createMessage": _method(SAMPLE),
        "elicitation/create": _method(ELICIT),
    },
)
ANSWER.shape.fields["inputRequests"] = Field(shape=Shape(rest=Field(shape=RPC)))  # type: ignore[union-attr]  # given above


def asked(body: Mapping[str, Json], _endpoint: str) -> Asked:
    """The tool that is called, or those that sampling may use."""
    params = body.get("params")
    if not isinstance(params, dict):
        return Asked("", stream=False, tools=frozenset(), tokens=None)
    tools = params.get("tools")
    names = tool_names(tools) if isinstance(tools, list) else frozenset()
    if body.get("method") == "tools/call" and (name := text(params.get("name"))):
        names |= {name}
    return Asked("", stream=False, tools=names, tokens=first_count(params, ("maxTokens",)))


def usage(_body: Mapping[str, Json]) -> Usage:
    """Tools count no tokens."""
    return Usage(None, None)


FORMATS = (Format("mcp", "mcp", RPC, RPC, asked, usage),)
