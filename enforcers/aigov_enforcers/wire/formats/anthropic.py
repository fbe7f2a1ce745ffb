"""Anthropic messages.

Source: https://docs.anthropic.com/en/api/messages
"""

from __future__ import annotations

from aigov_enforcers.wire.format import Format
from aigov_enforcers.wire.formats.common import FILE, ID, OPAQUE, PARAMETERS, SCHEMA, TOOL, WORD, asked, usage
from aigov_enforcers.wire.shape import Field, Shape
from aigov_runtime.model import Kind

CACHE = Field(kind=Kind.METADATA, shape=Shape({"type": WORD, "ttl": WORD}))

_COMMON = {"type": WORD, "cache_control": CACHE}

BLOCK = Shape(_COMMON, tag="type")
SOURCE = Field(
    kind=Kind.FILE,
    shape=Shape(
        {"type": WORD, "media_type": WORD, "file_id": ID, "data": FILE, "url": FILE, "content": Field(shape=BLOCK)}
    ),
)
CITATIONS = Field(
    kind=Kind.TOOL_RESULT,
    role="tool",
    shape=Shape({"type": WORD, "cited_text": Field(), "encrypted_index": OPAQUE, "file_id": ID}),
)
"""Texts of documents and pages; in a request they only say whether there are to be any."""
TEXT = Shape(_COMMON | {"text": Field(), "citations": CITATIONS})
DOCUMENT = Shape(
    _COMMON | {"source": SOURCE, "title": Field(), "context": Field(), "citations": Field()}, kind=Kind.FILE
)
CALL = Shape(
    _COMMON | {"id": ID, "input": Field(), "caller": Field(shape=Shape({"type": WORD, "tool_id": ID}))},
    kind=Kind.TOOL_CALL,
    role="assistant",
)

RESULT_BLOCK = Shape(
    _COMMON
    | {
        "encrypted_content": OPAQUE,
        "encrypted_index": OPAQUE,
        "encrypted_stdout": OPAQUE,
        "file_id": ID,
        "citations": CITATIONS,
        "source": Field(kind=Kind.FILE, shape=SOURCE.shape),
    },
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

TOOLS = Shape(
    TOOL.fields | {"cache_control": CACHE, "allowed_callers": WORD, "input_examples": Field(), "name": Field()},
    kind=TOOL.kind,
    role=TOOL.role,
)
CHANGE = Shape(_COMMON | {"tools": Field(shape=TOOLS), "tool": Field(shape=TOOLS)}, kind=TOOL.kind, role=TOOL.role)

BLOCK.variants |= {
    "text": TEXT,
    "image": DOCUMENT,
    "document": DOCUMENT,
    "search_result": Shape(_COMMON | {"content": Field(shape=BLOCK)}, kind=Kind.TOOL_RESULT, role="tool"),
    "thinking": Shape(_COMMON | {"thinking": Field(), "signature": OPAQUE}, kind=Kind.REASONING),
    "redacted_thinking": Shape(_COMMON | {"data": OPAQUE}, kind=Kind.REASONING),
    "mid_conv_system": Shape(_COMMON | {"content": Field(shape=BLOCK)}, role="system"),
    "compaction": Shape(_COMMON | {"content": Field(shape=BLOCK), "encrypted_content": OPAQUE}, role="assistant"),
    **dict.fromkeys(("mcp_tool_listing", "tool_addition", "tool_removal"), CHANGE),
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
            "advisor_tool_result",
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
        "tools": Field(shape=TOOLS),
        "tool_choice": Field(shape=Shape({"type": WORD})),
        "thinking": Field(shape=Shape({"type": WORD, "display": WORD})),
        "service_tier": WORD,
        "speed": WORD,
        "cache_control": CACHE,
        "metadata": Field(kind=Kind.METADATA, shape=Shape({"user_id": Field()})),
        "stop_sequences": Field(),
        "prefill": Field(kind=Kind.TEXT, role="assistant", shape=BLOCK),
        "output_config": Field(
            shape=Shape({"effort": WORD, "format": Field(kind=TOOL.kind, role=TOOL.role, shape=SCHEMA)})
        ),
        "mcp_servers": Field(
            kind=TOOL.kind, role=TOOL.role, shape=Shape({"type": WORD, "name": Field(), "url": Field()})
        ),
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
        "stop_details": Field(shape=Shape({"type": WORD, "category": WORD, "explanation": Field()})),
        "container": Field(shape=Shape({"id": ID})),
        "usage": Field(shape=Shape({"service_tier": WORD})),
    }
)

FORMATS = (Format("anthropic.messages", "anthropic", REQUEST, RESPONSE, asked, usage),)
