"""Cohere: chat of version 2 and 1, embed, rerank.

Source: https://docs.cohere.com/reference
"""

from __future__ import annotations

from collections.abc import Mapping

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.format import Format, Usage
from aigov_enforcers.wire.formats import common
from aigov_enforcers.wire.formats.common import (
    ANSWER,
    COPY,
    FILES,
    ID,
    PARAMETERS,
    SYSTEM,
    TOOL,
    USER,
    WORD,
    documented,
    first_count,
)
from aigov_enforcers.wire.formats.openai_chat import CALL, FORMAT
from aigov_enforcers.wire.shape import Field, Shape
from aigov_runtime.model import Kind

DOCUMENT = Field(kind=Kind.FILE, shape=documented({"id": ID}))
CITATION = Field(
    shape=documented({"type": WORD, "sources": Field(kind=Kind.FILE, shape=documented({"type": WORD, "id": ID}))})
)
BLOCK = documented(
    {
        "type": WORD,
        "text": Field(),
        "thinking": Field(kind=Kind.REASONING),
        "image_url": Field(kind=Kind.FILE, shape=documented({"detail": WORD})),
        "document": DOCUMENT,
    }
)


def _message(role: str, kind: Kind = Kind.TEXT) -> Shape:
    return documented(
        {
            "role": WORD,
            "content": Field(shape=BLOCK),
            "tool_plan": Field(kind=Kind.REASONING),
            "tool_calls": Field(shape=CALL),
            "tool_call_id": ID,
            "citations": CITATION,
        },
        role=role,
        kind=kind,
    )


MESSAGE = documented(
    _message("").fields,
    kind=Kind.TEXT,
    tag="role",
    variants={
        "system": _message("system"),
        "developer": _message("system"),
        "user": _message("user"),
        "assistant": _message("assistant"),
        "tool": _message("tool", Kind.TOOL_RESULT),
    },
)
_SETTINGS = dict.fromkeys(("safety_mode", "citation_quality", "prompt_truncation", "truncate", "input_type"), WORD)

REQUEST = documented(
    PARAMETERS
    | _SETTINGS
    | {
        "messages": Field(shape=MESSAGE),
        "documents": DOCUMENT._replace(role="user"),
        "tools": Field(shape=TOOL),
        "response_format": FORMAT,
        "tool_choice": WORD,
        "thinking": Field(shape=documented({"type": WORD})),
    }
)
RESPONSE = documented({"id": ID, "finish_reason": WORD, "message": Field(shape=MESSAGE), "logprobs": COPY})

RESULT = Field(
    shape=documented(
        {"call": Field(kind=Kind.TOOL_CALL, role="assistant"), "outputs": Field(shape=documented())},
        kind=Kind.TOOL_RESULT,
        role="tool",
    )
)


def _turn(role: str) -> Shape:
    return documented(
        {"role": WORD, "message": Field(), "tool_calls": Field(shape=CALL), "tool_results": RESULT},
        role=role,
        kind=Kind.TEXT,
    )


HISTORY = Field(
    shape=documented(
        _turn("").fields,
        kind=Kind.TEXT,
        tag="role",
        variants={
            "SYSTEM": _turn("system"),
            "USER": _turn("user"),
            "CHATBOT": _turn("assistant"),
            "TOOL": _turn("tool"),
        },
    )
)
FIRST_REQUEST = documented(
    PARAMETERS
    | _SETTINGS
    | {
        "message": USER,
        "preamble": SYSTEM,
        "chat_history": HISTORY,
        "conversation_id": ID,
        "documents": DOCUMENT._replace(role="user"),
        "tools": Field(shape=TOOL),
        "tool_results": RESULT,
        "response_format": FORMAT,
    }
)
FIRST_RESPONSE = documented(
    {
        "text": ANSWER,
        "generation_id": ID,
        "response_id": ID,
        "finish_reason": WORD,
        "chat_history": HISTORY,
        "tool_calls": Field(shape=CALL),
        "citations": CITATION,
        "documents": DOCUMENT._replace(role="tool"),
    }
)

EMBED_REQUEST = documented(
    PARAMETERS
    | _SETTINGS
    | {
        "texts": USER,
        "images": FILES,
        "inputs": USER._replace(shape=documented({"content": Field(shape=BLOCK)})),
        "embedding_types": WORD,
    }
)
EMBED_RESPONSE = documented({"id": ID, "response_type": WORD, "texts": USER})
RERANK_REQUEST = documented(PARAMETERS | {"query": USER, "documents": FILES})
RERANK_RESPONSE = documented({"id": ID, "results": Field(kind=Kind.FILE, role="tool")})


def _usage(body: Mapping[str, Json]) -> Usage:
    """Version 2 has `usage`, version 1 `meta`; in both, `tokens` counts what the model read and wrote."""
    used = body.get("usage") or body.get("meta")
    tokens = used.get("tokens") or used.get("billed_units") if type(used) is dict else None
    if type(tokens) is not dict:
        return Usage(None, None)
    return Usage(first_count(tokens, ("input_tokens",)), first_count(tokens, ("output_tokens",)))


FORMATS = (
    Format("cohere.chat", "cohere", REQUEST, RESPONSE, common.asked, _usage),
    Format("cohere.chat_v1", "cohere", FIRST_REQUEST, FIRST_RESPONSE, common.asked, _usage),
    Format("cohere.embed", "cohere", EMBED_REQUEST, EMBED_RESPONSE, common.asked, _usage),
    Format("cohere.rerank", "cohere", RERANK_REQUEST, RERANK_RESPONSE, common.asked, _usage),
)
