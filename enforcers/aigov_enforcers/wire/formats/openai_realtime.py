"""OpenAI's events over WebSocket: realtime, and the responses API in WebSocket mode. One event is one body.

Client events are requests, server events responses. What a client sets in one event holds for the ones after it.
Sources: https://platform.openai.com/docs/api-reference/realtime-client-events, …/realtime-server-events,
…/responses-streaming
"""

from __future__ import annotations

from collections.abc import Mapping

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.format import Asked, Format, Usage
from aigov_enforcers.wire.formats import common, openai_responses
from aigov_enforcers.wire.formats.common import ANSWER, COPY, FILES, ID, PARAMETERS, SYSTEM, TOOL, WORD, documented
from aigov_enforcers.wire.formats.openai_responses import ITEM, TEMPLATE
from aigov_enforcers.wire.shape import Field
from aigov_runtime.model import Kind

_EVENT = {
    "type": WORD,
    "event_id": ID,
    "item_id": ID,
    "previous_item_id": ID,
    "response_id": ID,
    "call_id": ID,
    "item": Field(shape=ITEM),
}
_TRANSCRIPTION = documented({"prompt": SYSTEM, "keywords": SYSTEM, "language": WORD})
SESSION = documented(
    PARAMETERS
    | {
        "id": ID,
        "object": WORD,
        "type": WORD,
        "status": WORD,
        "instructions": SYSTEM,
        "tools": Field(shape=TOOL),
        "input": Field(kind=Kind.TEXT, role="user", shape=ITEM),
        "prompt": TEMPLATE,
        "output": Field(kind=Kind.TEXT, role="assistant", shape=ITEM),
        "audio": Field(
            shape=documented({"input": Field(shape=documented({"transcription": Field(shape=_TRANSCRIPTION)}))})
        ),
        "tool_choice": WORD._replace(shape=documented({"type": WORD})),
        "output_modalities": WORD,
    }
)
CLIENT = documented(_EVENT | {"audio": FILES, "session": Field(shape=SESSION), "response": Field(shape=SESSION)})
SERVER = documented(
    _EVENT
    | {
        "session": Field(shape=SESSION),
        "response": Field(shape=SESSION),
        "logprobs": COPY,
        "part": ANSWER._replace(shape=documented({"type": WORD})),
        **dict.fromkeys(("delta", "text", "transcript", "arguments"), ANSWER),
    }
)

STEER = documented(openai_responses.REQUEST.fields | _EVENT)
STREAMED = documented(
    _EVENT
    | {
        "response": Field(shape=openai_responses.RESPONSE),
        "logprobs": COPY,
        "part": ANSWER._replace(shape=openai_responses.BLOCK),
        **dict.fromkeys(("delta", "text", "refusal", "arguments", "code", "input", "command"), ANSWER),
    }
)


def _asked(event: Mapping[str, Json], endpoint: str) -> Asked:
    inner = event.get("session") or event.get("response") or event
    model, _, tools, _ = common.asked(inner if type(inner) is dict else {}, endpoint)
    tokens = common.first_count(inner, ("max_output_tokens",)) if type(inner) is dict else None
    return Asked(model, True, tools, tokens)


def _usage(event: Mapping[str, Json]) -> Usage:
    response = event.get("response")
    return common.usage(response if type(response) is dict else event)


FORMATS = (
    Format("openai.realtime", "openai", CLIENT, SERVER, _asked, _usage),
    Format("openai.responses_ws", "openai", STEER, STREAMED, _asked, _usage),
)
