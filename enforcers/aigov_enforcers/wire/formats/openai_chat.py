"""OpenAI chat completions, and everything that speaks it (Azure, Mistral, vLLM, Ollama's `/v1`).
Source: https://platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

from aigov_enforcers.wire.format import Format
from aigov_enforcers.wire.formats.common import (
    COPY,
    DOCUMENTED,
    FILE,
    ID,
    PARAMETERS,
    SCHEMA,
    TOOL,
    WORD,
    asked,
    documented,
    usage,
)
from aigov_enforcers.wire.shape import Field, Shape
from aigov_runtime.model import Kind

CALL = documented(
    {"id": ID, "type": WORD, "function": Field(shape=DOCUMENTED), "custom": Field(shape=DOCUMENTED)},
    kind=Kind.TOOL_CALL,
    role="assistant",
)

BLOCK = documented(
    {
        "type": WORD,
        "text": Field(),
        "refusal": Field(),
        "thinking": Field(kind=Kind.REASONING),
        "image_url": Field(kind=Kind.FILE, shape=documented({"detail": WORD})),
        "input_audio": Field(kind=Kind.FILE, shape=documented({"format": WORD})),
        "file": Field(kind=Kind.FILE, shape=documented({"file_id": ID})),
    }
)


def _message(role: str, kind: Kind = Kind.TEXT) -> Shape:
    return documented(
        {
            "role": WORD,
            "content": Field(shape=BLOCK),
            "refusal": Field(),
            "name": Field(kind=Kind.METADATA),
            "reasoning": Field(kind=Kind.REASONING),
            "reasoning_content": Field(kind=Kind.REASONING),
            "tool_call_id": ID,
            "tool_calls": Field(shape=CALL),
            "function_call": Field(shape=CALL),
            "audio": Field(shape=documented({"id": ID, "data": FILE})),
        },
        role=role,
        kind=kind,
    )


_SYSTEM = _message("system")
_RESULT = _message("tool", Kind.TOOL_RESULT)

MESSAGE = documented(
    _message("").fields,
    kind=Kind.TEXT,
    tag="role",
    variants={
        "system": _SYSTEM,
        "developer": _SYSTEM,
        "user": _message("user"),
        "assistant": _message("assistant"),
        "tool": _RESULT,
        "function": _RESULT,
    },
)

FORMAT = Field(
    kind=Kind.TOOL_DEFINITION,
    role="system",
    shape=documented(
        {
            "type": WORD,
            "schema": Field(shape=SCHEMA),
            "json_schema": Field(shape=documented({"schema": Field(shape=SCHEMA)})),
        }
    ),
)

REQUEST = documented(
    PARAMETERS
    | {
        "messages": Field(shape=MESSAGE),
        "tools": Field(shape=TOOL),
        "functions": Field(shape=TOOL),
        "tool_choice": WORD._replace(
            shape=documented({"type": WORD, "function": Field(shape=documented({"name": Field()}))}),
        ),
        "function_call": WORD,
        "response_format": FORMAT,
        "prediction": Field(kind=Kind.TEXT, role="assistant", shape=BLOCK),
        "reasoning_effort": WORD,
        "verbosity": WORD,
        "service_tier": WORD,
        "encoding_format": WORD,
        "modalities": WORD,
    }
)

RESPONSE = documented(
    {
        "id": ID,
        "object": WORD,
        "service_tier": WORD,
        "system_fingerprint": ID,
        "choices": Field(
            kind=Kind.TEXT,
            role="assistant",
            shape=documented({"message": Field(shape=MESSAGE), "logprobs": COPY, "finish_reason": WORD}),
        ),
    }
)

FORMATS = (Format("openai.chat", "openai", REQUEST, RESPONSE, asked, usage),)
