"""OpenAI chat completions, and everything that speaks it (Azure, Mistral, vLLM, Ollama's `/v1`).
Source: https://platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

from aigov_enforcers.wire.format import Format
from aigov_enforcers.wire.formats.common import COPY, FILE, ID, PARAMETERS, PLAIN, SCHEMA, TOOL, WORD, asked, usage
from aigov_enforcers.wire.shape import Field, Shape
from aigov_runtime.model import Kind

CALL = Shape({"id": ID, "type": WORD, "function": PLAIN, "custom": PLAIN}, kind=Kind.TOOL_CALL, role="assistant")

BLOCK = Shape(
    {
        "type": WORD,
        "text": Field(),
        "refusal": Field(),
        "thinking": Field(kind=Kind.REASONING),
        "image_url": Field(kind=Kind.FILE, shape=Shape({"detail": WORD})),
        "input_audio": Field(kind=Kind.FILE, shape=Shape({"format": WORD})),
        "file": Field(kind=Kind.FILE, shape=Shape({"file_id": ID})),
    }
)


def _message(role: str, kind: Kind = Kind.TEXT) -> Shape:
    return Shape(
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
            "audio": Field(shape=Shape({"id": ID, "data": FILE})),
        },
        role=role,
        kind=kind,
    )


_SYSTEM = _message("system")
_RESULT = _message("tool", Kind.TOOL_RESULT)

MESSAGE = Shape(
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
    shape=Shape(
        {
            "type": WORD,
            "schema": Field(shape=SCHEMA),
            "json_schema": Field(shape=Shape({"schema": Field(shape=SCHEMA)})),
        }
    ),
)

REQUEST = Shape(
    PARAMETERS
    | {
        "messages": Field(shape=MESSAGE),
        "tools": Field(shape=TOOL),
        "functions": Field(shape=TOOL),
        "tool_choice": WORD._replace(
            shape=Shape({"type": WORD, "function": Field(shape=Shape({"name": Field()}))}),
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

RESPONSE = Shape(
    {
        "id": ID,
        "object": WORD,
        "service_tier": WORD,
        "system_fingerprint": ID,
        "choices": Field(
            kind=Kind.TEXT,
            role="assistant",
            shape=Shape({"message": Field(shape=MESSAGE), "logprobs": COPY, "finish_reason": WORD}),
        ),
    }
)

FORMATS = (Format("openai.chat", "openai", REQUEST, RESPONSE, asked, usage),)
