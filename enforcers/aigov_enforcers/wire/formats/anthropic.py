"""Anthropic messages.

Source: https://docs.anthropic.com/en/api/messages
"""

from __future__ import annotations

from aigov_enforcers.wire.format import Format
from aigov_enforcers.wire.formats.common import ID, OPAQUE, PARAMETERS, TOOL, WORD, asked, usage
from aigov_enforcers.wire.shape import Field, Shape
from aigov_runtime.model import Kind

CACHE = Field(kind=Kind.METADATA, shape=Shape({"type": WORD, "ttl": WORD}))

_COMMON = {"type": WORD, "cache_control": CACHE}

BLOCK = Shape(_COMMON, tag="type")
SOURCE = Field(
    kind=Kind.FILE,
    shape=Shape({"type": WORD, "media_type": WORD, "file_id": ID, "content": Field(kind=Kind.FILE, shape=BLOCK)}),
)
TEXT = Shape(_COMMON | {"text": Field()})
DOCUMENT = Shape(_COMMON | {"source": SOURCE}, kind=Kind.FILE)
CALL = Shape(
    _COMMON | {"id": ID, "input": Field(), "caller": Field(shape=Shape({"type": WORD, "tool_id": ID}))},
    kind=Kind.TOOL_CALL,
)

RESULT_BLOCK = Shape(
    _COMMON | {"encrypted_content": OPAQUE, "encrypted_index": OPAQUE, "file_id": ID},
    tag="type",
    variants={
        "text": TEXT,
        "image": DOCUMENT,
        "document": DOCUMENT,
    },
)
RESULT_BLOCK.fields["content"] = Field(shape=RESULT_BLOCK)
RESULT = Shape(
    _COMMON | {"tool_use_id": ID, "content": Field(shape=RESULT_BLOCK)},
    kind=Kind.TOOL_RESULT,
    role="tool",
)

BLOCK.variants |= {
    "text": TEXT,
    "image": DOCUMENT,
    "document": DOCUMENT,
    "search_result": Shape(_COMMON | {"content": Field(shape=BLOCK)}, kind=Kind.TOOL_RESULT, role="tool"),
    "thinking": Shape(_COMMON | {"thinking": Field(), "signature": OPAQUE}, kind=Kind.REASONING),
    "redacted_thinking": Shape(_COMMON | {"data": OPAQUE}, kind=Kind.REASONING),
    "mid_conv_system": Shape(_COMMON | {"content": Field(shape=BLOCK)}, role="system"),
    "container_upload": Shape(_COMMON | {"file_id": ID}, kind=Kind.FILE),
    **dict.fromkeys(("tool_use", "server_tool_use", "mcp_tool_use"), CALL),
    **dict.fromkeys(
        (
            "tool_result",
            "mcp_tool_result",
            "web_search_tool_result",
            "web_fetch_tool_result",
            "code_execution_tool_result",
            "bash_code_execution_tool_result",
            "text_editor_code_execution_tool_result",
            "tool_search_tool_result",
        ),
        RESULT,
    ),
}


def _message(role: str) -> Shape:
    return Shape({"role": WORD, "content": Field(shape=BLOCK)}, role=role, kind=Kind.TEXT)


MESSAGE = Shape(
    _message("").fields,
    kind=Kind.TEXT,
    tag="role",
    variants={role: _message(role) for role in ("user", "assistant", "system")},
)

REQUEST = Shape(
    PARAMETERS
    | {
        "system": Field(kind=Kind.TEXT, role="system", shape=BLOCK),
        "messages": Field(shape=MESSAGE),
        "tools": Field(shape=Shape(TOOL.fields | {"cache_control": CACHE}, kind=TOOL.kind, role=TOOL.role)),
        "tool_choice": Field(shape=Shape({"type": WORD})),
        "thinking": Field(shape=Shape({"type": WORD, "display": WORD})),
        "service_tier": WORD,
        "container": ID,
    }
)
RESPONSE = Shape(
    {
        "id": ID,
        "type": WORD,
        "role": WORD,
        "content": Field(kind=Kind.TEXT, role="assistant", shape=BLOCK),
        "stop_reason": WORD,
        "container": Field(shape=Shape({"id": ID})),
        "usage": Field(shape=Shape({"service_tier": WORD})),
    }
)

FORMATS = (Format("anthropic.messages", "anthropic", REQUEST, RESPONSE, asked, usage),)
