"""Mistral: chat and agents (with content in chunks), fill-in-the-middle, conversations, moderations, OCR.

Embeddings are those of OpenAI. Source: https://docs.mistral.ai/api
"""

from __future__ import annotations

from aigov_enforcers.wire.format import Format
from aigov_enforcers.wire.formats import openai_chat, openai_text
from aigov_enforcers.wire.formats.common import (
    ANSWER,
    COPY,
    FILES,
    ID,
    OPAQUE,
    PARAMETERS,
    SYSTEM,
    TOOL,
    USER,
    WORD,
    asked,
    documented,
    usage,
)
from aigov_enforcers.wire.formats.openai_chat import FORMAT
from aigov_enforcers.wire.shape import Field, Shape
from aigov_runtime.model import Kind

CHUNK = documented(
    {
        "type": WORD,
        "text": Field(),
        "signature": OPAQUE,
        "image_url": Field(kind=Kind.FILE, shape=documented({"detail": WORD})),
        "document_url": Field(kind=Kind.FILE),
        "document_name": Field(kind=Kind.FILE),
        "input_audio": Field(kind=Kind.FILE, shape=documented({"format": WORD})),
        "file_id": ID,
        "uri": Field(kind=Kind.FILE),
    }
)
CHUNK.fields |= {"thinking": Field(kind=Kind.REASONING, shape=CHUNK), "content": Field(kind=Kind.FILE, shape=CHUNK)}


def _message(role: str, kind: Kind = Kind.TEXT) -> Shape:
    fields = openai_chat.MESSAGE.fields | {"content": Field(shape=CHUNK)}
    return documented(fields, role=role, kind=kind)


MESSAGE = documented(
    _message("").fields,
    kind=Kind.TEXT,
    tag="role",
    variants={
        "system": _message("system"),
        "user": _message("user"),
        "assistant": _message("assistant"),
        "tool": _message("tool", Kind.TOOL_RESULT),
    },
)
REQUEST = documented(
    openai_chat.REQUEST.fields
    | {"messages": Field(shape=MESSAGE), "prompt": USER, "suffix": USER, "agent_id": ID, "prompt_mode": WORD}
)
RESPONSE = documented(
    openai_chat.RESPONSE.fields
    | {
        "choices": ANSWER._replace(
            shape=documented({"message": Field(shape=MESSAGE), "logprobs": COPY, "finish_reason": WORD})
        )
    }
)

_ENTRY = {"object": WORD, "type": WORD, "id": ID, "role": WORD, "tool_call_id": ID, "agent_id": ID}


def _entry(role: str, kind: Kind) -> Shape:
    return documented(_ENTRY | {"content": Field(shape=CHUNK)}, role=role, kind=kind)


ENTRY = documented(
    _entry("user", Kind.TEXT).fields,
    tag="type",
    variants={
        "": _entry("user", Kind.TEXT),
        "message.input": _entry("user", Kind.TEXT),
        "message.output": _entry("assistant", Kind.TEXT),
        "function.call": _entry("assistant", Kind.TOOL_CALL),
        "function.result": _entry("tool", Kind.TOOL_RESULT),
        "tool.execution": _entry("assistant", Kind.TOOL_CALL),
        "agent.handoff": _entry("assistant", Kind.METADATA),
    },
)
CONVERSATION_REQUEST = documented(
    PARAMETERS
    | {
        "inputs": USER._replace(shape=ENTRY),
        "instructions": SYSTEM,
        "tools": Field(shape=TOOL),
        "completion_args": Field(shape=documented({"response_format": FORMAT, "tool_choice": WORD})),
        "agent_id": ID,
        "handoff_execution": WORD,
    }
)
CONVERSATION_RESPONSE = documented({"object": WORD, "conversation_id": ID, "outputs": ANSWER._replace(shape=ENTRY)})

MODERATION_REQUEST = documented(PARAMETERS | {"input": USER._replace(shape=MESSAGE)})
OCR_REQUEST = documented(PARAMETERS | {"id": ID, "document": FILES._replace(shape=CHUNK)})
OCR_RESPONSE = documented({"pages": FILES._replace(role="tool", shape=documented())}, kind=Kind.FILE, role="tool")

FORMATS = (
    Format("mistral.chat", "mistral", REQUEST, RESPONSE, asked, usage),
    Format("mistral.conversations", "mistral", CONVERSATION_REQUEST, CONVERSATION_RESPONSE, asked, usage),
    Format("mistral.moderations", "mistral", MODERATION_REQUEST, openai_text.MODERATION_RESPONSE, asked, usage),
    Format("mistral.ocr", "mistral", OCR_REQUEST, OCR_RESPONSE, asked, usage),
)
