"""Google's Interactions API: a list of steps in, a list of steps out.

Source: https://ai.google.dev/api/interactions
"""

from __future__ import annotations

from collections.abc import Mapping

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.format import Asked, Format, Usage
from aigov_enforcers.wire.formats.common import FILE, ID, OPAQUE, PLAIN, SCHEMA, WORD, first_count, text, tool_names
from aigov_enforcers.wire.shape import Field, Shape
from aigov_runtime.model import Kind

_FILES = ("image", "audio", "video", "document", "file")
_CALLS = (
    "function_call",
    "code_execution_call",
    "url_context_call",
    "google_search_call",
    "google_maps_call",
    "file_search_call",
    "mcp_server_tool_call",
    "retrieval_call",
    "processing_call",
    "tool_search_call",
)
_RESULTS = tuple(each.replace("_call", "_result") for each in _CALLS)
_COMMON = {"type": WORD, "id": ID, "call_id": ID, "signature": OPAQUE, "status": WORD}

BLOCK = Shape(_COMMON | {"text": Field(), "mime_type": WORD, "data": FILE, "uri": FILE}, tag="type")
_FILE = Shape(BLOCK.fields | {"resolution": WORD}, kind=Kind.FILE)
_CALL = Shape(_COMMON | {"name": Field(), "arguments": PLAIN}, kind=Kind.TOOL_CALL, role="assistant")
_RESULT = Shape(
    _COMMON | {"name": Field(), "result": Field(shape=BLOCK)},
    kind=Kind.TOOL_RESULT,
    role="tool",
)
BLOCK.variants.update(dict.fromkeys(_FILES, _FILE) | dict.fromkeys(_CALLS, _CALL) | dict.fromkeys(_RESULTS, _RESULT))


def _said(role: str, kind: Kind = Kind.TEXT) -> Shape:
    fields = _COMMON | {"role": WORD, "content": Field(shape=BLOCK), "summary": Field(shape=BLOCK), "text": Field()}
    return Shape(fields, role=role, kind=kind)


_TURN = Shape(
    _said("user").fields,
    role="user",
    kind=Kind.TEXT,
    tag="role",
    variants={"user": _said("user"), "model": _said("assistant"), "system": _said("system")},
)
STEP = Shape(
    BLOCK.fields | {"role": WORD, "content": Field(shape=BLOCK)},
    kind=Kind.TEXT,
    tag="type",
    variants=BLOCK.variants
    | {
        "": _TURN,  # a turn: {role, content}
        "user_input": _said("user"),
        "model_output": _said("assistant"),
        "thought": _said("assistant", Kind.REASONING),
    },
)
TOOL = Field(
    kind=Kind.TOOL_DEFINITION,
    role="system",
    shape=Shape({"type": WORD, "name": Field(), "description": Field(), "parameters": Field(shape=SCHEMA)}),
)
_SHARED = {
    "model": Field(),
    "agent": Field(),
    "agent_config": Field(kind=Kind.TEXT, role="system"),
    "system_instruction": Field(kind=Kind.TEXT, role="system"),
    "tools": TOOL,
    "response_format": Field(kind=Kind.TOOL_DEFINITION, role="system", shape=SCHEMA),
    "response_mime_type": WORD,
    "response_modalities": WORD,
    "generation_config": PLAIN,
    "safety_settings": PLAIN,
    "labels": Field(kind=Kind.METADATA),
    "previous_interaction_id": Field(),
    "cached_content": Field(),
    "environment": PLAIN,
    "webhook_config": PLAIN,
    "continuation_token": Field(),
    "service_tier": WORD,
    "stream": Field(),
    "store": Field(),
    "background": Field(),
    "input": Field(kind=Kind.TEXT, role="user", shape=STEP),
}
REQUEST = Shape(_SHARED)
RESPONSE = Shape(
    _SHARED
    | {
        "id": Field(),
        "object": WORD,
        "status": WORD,
        "created": Field(),
        "updated": Field(),
        "steps": Field(kind=Kind.TEXT, role="assistant", shape=STEP),
        "outputs": Field(kind=Kind.TEXT, role="assistant", shape=STEP),
        "output_text": Field(kind=Kind.TEXT, role="assistant"),
        "errors": PLAIN,
        "usage": PLAIN,
    }
)


def asked(body: Mapping[str, Json], _endpoint: str) -> Asked:
    """A model or an agent."""
    tools, config = body.get("tools"), body.get("generation_config")
    return Asked(
        text(body.get("model")) or text(body.get("agent")),
        body.get("stream") is True,
        tool_names(tools) if isinstance(tools, list) else frozenset(),
        first_count(config, ("max_output_tokens",)) if isinstance(config, dict) else None,
    )


def usage(body: Mapping[str, Json]) -> Usage:
    """Of an interaction, or of the event that completes one."""
    whole = body.get("interaction")
    used = (whole if isinstance(whole, dict) else body).get("usage")
    if not isinstance(used, dict):
        return Usage(None, None)
    return Usage(first_count(used, ("total_input_tokens",)), first_count(used, ("total_output_tokens",)))


FORMATS = (Format("gemini.interactions", "gemini", REQUEST, RESPONSE, asked, usage),)
