"""OpenAI responses: a list of typed items in and out.

Source: https://platform.openai.com/docs/api-reference/responses
"""

from __future__ import annotations

from aigov_enforcers.wire.format import Format
from aigov_enforcers.wire.formats.common import COPY, FILE, ID, OPAQUE, PARAMETERS, TOOL, WORD, asked, documented, usage
from aigov_enforcers.wire.formats.openai_chat import FORMAT
from aigov_enforcers.wire.shape import Field, Shape
from aigov_runtime.model import Kind

BLOCK = documented(
    {
        "type": WORD,
        "text": Field(),
        "refusal": Field(),
        "detail": WORD,
        "image_url": FILE,
        "file_id": ID,
        "logprobs": COPY,
        "file_data": FILE,
        "file_url": FILE,
        "filename": FILE,
        "input_audio": Field(kind=Kind.FILE, shape=documented({"format": WORD})),
    },
)
VARIABLES = Field(shape=Shape(rest=Field(shape=BLOCK)))
TEMPLATE = Field(kind=Kind.TEXT, role="user", shape=documented({"variables": VARIABLES}))
RESULT = Field(kind=Kind.TOOL_RESULT, role="tool", shape=BLOCK)

_COMMON = {"type": WORD, "id": ID, "call_id": ID, "status": WORD}


def _message(role: str) -> Shape:
    return documented(_COMMON | {"role": WORD, "content": Field(shape=BLOCK)}, role=role, kind=Kind.TEXT)


MESSAGE = documented(
    _message("").fields,
    kind=Kind.TEXT,
    tag="role",
    variants={
        "system": _message("system"),
        "developer": _message("system"),
        "user": _message("user"),
        "assistant": _message("assistant"),
    },
)
CALL = documented(
    _COMMON | {"output": RESULT, "error": RESULT},
    kind=Kind.TOOL_CALL,
    role="assistant",
)
OUTPUT = documented(_COMMON | {"output": RESULT, "result": RESULT}, kind=Kind.TOOL_RESULT, role="tool")
REASONING = documented(
    _COMMON | {"encrypted_content": OPAQUE, "summary": Field(shape=BLOCK), "content": Field(shape=BLOCK)},
    kind=Kind.REASONING,
    role="assistant",
)
LISTED = documented(_COMMON | {"tools": Field(shape=TOOL)}, kind=Kind.TOOL_DEFINITION, role="system")

_CALLS = (
    "function_call",
    "custom_tool_call",
    "mcp_call",
    "mcp_approval_request",
    "local_shell_call",
    "shell_call",
    "apply_patch_call",
    "code_interpreter_call",
    "computer_call",
    "web_search_call",
    "tool_search_call",
    "program",
    "image_generation_call",
)
_OUTPUTS = (
    "function_call_output",
    "custom_tool_call_output",
    "local_shell_call_output",
    "shell_call_output",
    "apply_patch_call_output",
    "computer_call_output",
    "program_output",
    "file_search_call",
)

ITEM = documented(
    _COMMON,
    tag="type",
    variants={
        "": MESSAGE,
        "message": MESSAGE,
        "reasoning": REASONING,
        "compaction": REASONING,
        "item_reference": documented(_COMMON),
        "mcp_list_tools": LISTED,
        **dict.fromkeys(_CALLS, CALL),
        **dict.fromkeys(_OUTPUTS, OUTPUT),
    },
)

REQUEST = documented(
    PARAMETERS
    | {
        "instructions": Field(kind=Kind.TEXT, role="system", shape=ITEM),
        "input": Field(kind=Kind.TEXT, role="user", shape=ITEM),
        "tools": Field(shape=TOOL),
        "tool_choice": WORD._replace(shape=documented({"type": WORD})),
        "text": Field(shape=documented({"format": FORMAT, "verbosity": WORD})),
        "reasoning": Field(shape=documented({"effort": WORD, "summary": WORD, "generate_summary": WORD})),
        "prompt": TEMPLATE,
        "previous_response_id": ID,
        "conversation": ID._replace(shape=documented({"id": ID})),
        "service_tier": WORD,
        "truncation": WORD,
    }
)
RESPONSE = documented(
    REQUEST.fields
    | {
        "id": ID,
        "object": WORD,
        "status": WORD,
        "output": Field(kind=Kind.TEXT, role="assistant", shape=ITEM),
        "incomplete_details": Field(shape=documented({"reason": WORD})),
    }
)
CONVERSATION = documented(
    _COMMON | {"object": WORD, "items": Field(shape=ITEM), "data": Field(shape=ITEM)}, tag="object"
)
"""A conversation, or a list of its items."""

FORMATS = (
    Format("openai.responses", "openai", REQUEST, RESPONSE, asked, usage),
    Format("openai.conversations", "openai", CONVERSATION, CONVERSATION, asked, usage),
)
