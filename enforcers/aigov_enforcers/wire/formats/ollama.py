"""Ollama's own endpoints: chat, generate, embed. A request streams unless it says otherwise.

`context` hands an earlier conversation back as token ids: a request that has it is unreadable; in an answer it repeats
what was read, and goes when that is changed. Models named `*:cloud` are run by Ollama's servers.
Source: https://docs.ollama.com/api
"""

from __future__ import annotations

from collections.abc import Mapping

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.format import Asked, Format, Usage
from aigov_enforcers.wire.formats import common
from aigov_enforcers.wire.formats.common import (
    ANSWER,
    COPY,
    ID,
    PARAMETERS,
    PROMPT,
    SCHEMA,
    SYSTEM,
    TOOL,
    USER,
    WORD,
    documented,
    first_count,
)
from aigov_enforcers.wire.formats.openai_chat import CALL
from aigov_enforcers.wire.shape import Field, Shape
from aigov_runtime.model import Kind

_IMAGES = Field(kind=Kind.FILE)
_REASONING = Field(kind=Kind.REASONING, role="assistant")


def _message(role: str, kind: Kind = Kind.TEXT) -> Shape:
    return documented(
        {
            "role": WORD,
            "content": Field(),
            "thinking": Field(kind=Kind.REASONING),
            "images": _IMAGES,
            "tool_calls": Field(shape=CALL),
            "tool_call_id": ID,
            "tool_name": Field(kind=Kind.METADATA),
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
        "user": _message("user"),
        "assistant": _message("assistant"),
        "tool": _message("tool", Kind.TOOL_RESULT),
    },
)
_COMMON = PARAMETERS | {
    "format": WORD._replace(kind=Kind.TOOL_DEFINITION, role="system", shape=SCHEMA),
    "think": WORD,
    "keep_alive": Field(),
}
CHAT_REQUEST = documented(_COMMON | {"messages": Field(shape=MESSAGE), "tools": Field(shape=TOOL)})
CHAT_RESPONSE = documented({"message": Field(shape=MESSAGE), "done_reason": WORD, "logprobs": COPY})

GENERATE_REQUEST = documented(
    _COMMON
    | {
        "prompt": USER,
        "suffix": USER,
        "system": SYSTEM,
        "template": SYSTEM,
        "images": _IMAGES._replace(role="user"),
        "context": PROMPT,
    }
)
GENERATE_RESPONSE = documented(
    {
        "response": ANSWER,
        "thinking": _REASONING,
        "image": _IMAGES._replace(role="assistant"),
        "done_reason": WORD,
        "logprobs": COPY,
        "context": COPY,
    }
)
EMBED_REQUEST = documented(PARAMETERS | {"input": USER, "prompt": USER})
EMBED_RESPONSE = documented()


def _asked(body: Mapping[str, Json], endpoint: str) -> Asked:
    options = body.get("options")
    limit = first_count(options, ("num_predict",)) if type(options) is dict else None
    said = common.asked(body, endpoint)
    return said._replace(stream=body.get("stream") is not False, tokens=limit)


def _asked_whole(body: Mapping[str, Json], endpoint: str) -> Asked:
    """Embeddings never stream."""
    return common.asked(body, endpoint)._replace(stream=False)


def _usage(body: Mapping[str, Json]) -> Usage:
    return Usage(first_count(body, ("prompt_eval_count",)), first_count(body, ("eval_count",)))


FORMATS = (
    Format("ollama.chat", "ollama", CHAT_REQUEST, CHAT_RESPONSE, _asked, _usage),
    Format("ollama.generate", "ollama", GENERATE_REQUEST, GENERATE_RESPONSE, _asked, _usage),
    Format("ollama.embed", "ollama", EMBED_REQUEST, EMBED_RESPONSE, _asked_whole, _usage),
)
