"""What each format streams: how it is framed, who reads its events, and the shape of their other strings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from aigov_enforcers.wire.catalogue import Operation
from aigov_enforcers.wire.format import Format
from aigov_enforcers.wire.formats import FORMATS
from aigov_enforcers.wire.formats.common import ANSWER, ID, OPAQUE, WORD
from aigov_enforcers.wire.shape import Field, Shape
from aigov_enforcers.wire.streams.events import (
    a2a,
    anthropic,
    bedrock,
    chat,
    cohere,
    gemini,
    generic,
    ollama,
    typed,
)
from aigov_enforcers.wire.streams.events.event import Reader, whole
from aigov_enforcers.wire.streams.framing import EventStream, Framing, JsonArray, NdJson, Sse, WebSocket
from aigov_runtime.model import Kind

FRAMINGS: Mapping[str, Callable[[], Framing]] = {
    "text/event-stream": Sse,
    "application/x-ndjson": NdJson,
    "application/ndjson": NdJson,
    "application/jsonl": NdJson,
    "application/stream+json": NdJson,
    "application/vnd.amazon.eventstream": EventStream,
    "websocket": WebSocket,
}
"""By media type; `websocket` stands for a connection that was upgraded."""


class Events(NamedTuple):
    """The events of a format. `repeats`: whole texts are said again after their pieces."""

    read: Reader
    shape: Shape
    repeats: bool = False


class Stream(NamedTuple):
    """How one response is streamed."""

    framing: Callable[[], Framing]
    read: Reader
    shape: Shape
    repeats: bool


def _with(known: Format, **fields: Field) -> Shape:
    shape = known.response
    return Shape(
        {**shape.fields, **fields},
        rest=shape.rest,
        kind=shape.kind,
        role=shape.role,
        tag=shape.tag,
        variants=shape.variants,
    )


def _chat(name: str) -> Events:
    """Chunks: a choice's `delta` is what its `message` is in a response that is whole."""
    known = FORMATS[name]
    choices = known.response.fields.get("choices", ANSWER)
    choice = choices.shape or Shape()
    message = choice.fields.get("message", ANSWER)
    shape = Shape({**choice.fields, "delta": message}, rest=choice.rest, kind=choice.kind, role=choice.role)
    return Events(chat.read, _with(known, choices=choices._replace(shape=shape)))


def _anthropic() -> Events:
    known = FORMATS["anthropic.messages"]
    delta = Shape({"type": WORD, "signature": OPAQUE, "stop_reason": WORD, "data": OPAQUE})
    return Events(
        anthropic.read,
        _with(
            known,
            message=Field(shape=known.response),
            content_block=known.response.fields["content"],
            delta=ANSWER._replace(shape=delta),
        ),
    )


def _bedrock() -> Events:
    thought = Field(
        kind=Kind.REASONING, role="assistant", shape=Shape({"signature": OPAQUE, "redactedContent": OPAQUE})
    )
    use = Field(kind=Kind.TOOL_CALL, role="assistant", shape=Shape({"toolUseId": ID, "type": WORD}))
    delta = Shape({"reasoningContent": thought, "toolUse": use})
    event = Shape(
        {"role": WORD, "stopReason": WORD, "delta": ANSWER._replace(shape=delta), "start": ANSWER._replace(shape=delta)}
    )
    named = dict.fromkeys(bedrock.EVENTS, Field(shape=event))
    return Events(bedrock.read, _with(FORMATS["bedrock.converse"], **event.fields, **named))


def _cohere(name: str) -> Events:
    known = FORMATS[name]
    message = known.response.fields.get("message", ANSWER)
    delta = Shape({"message": message, "finish_reason": WORD})
    return Events(cohere.read, _with(known, type=WORD, delta=ANSWER._replace(shape=delta)))


def _same(name: str, read: Reader, *, repeats: bool = False) -> Events:
    return Events(read, FORMATS[name].response, repeats)


STREAMS: Mapping[str, Events] = {
    **{name: _chat(name) for name in ("openai.chat", "openai.completions", "mistral.chat")},
    "openai.responses": _same("openai.responses_ws", typed.read, repeats=True),
    "openai.responses_ws": _same("openai.responses_ws", typed.read, repeats=True),
    "openai.realtime": _same("openai.realtime", typed.read, repeats=True),
    "openai.images": _same("openai.images", typed.read, repeats=True),
    "openai.audio": _same("openai.audio", typed.read, repeats=True),
    "anthropic.messages": _anthropic(),
    "gemini.generate": _same("gemini.generate", gemini.read),
    "gemini.interactions": _same("gemini.interactions", typed.read, repeats=True),
    "bedrock.converse": _bedrock(),
    "cohere.chat": _cohere("cohere.chat"),
    **{name: _same(name, ollama.read) for name in ("ollama.chat", "ollama.generate")},
    "mcp": _same("mcp", whole),
    "a2a": _same("a2a", a2a.read),
}
"""The formats whose events are known. Those of any other are read as what they look like."""


def stream_of(operation: Operation, content_type: str) -> Stream | None:
    """How a response of this type is streamed, None when it is not a stream.

    For a connection that was upgraded, the content type is `websocket`, with the extension that was agreed on as its
    parameters: `websocket; permessage-deflate; server_no_context_takeover`.
    """
    media, *parameters = (each.strip().lower() for each in content_type.split(";"))
    known = operation.format
    framing = FRAMINGS.get(media)
    if framing is None and media == "application/json" and known.name == "gemini.generate":
        framing = JsonArray if ":stream" in str(operation.facts.get("request.endpoint", "")).lower() else None
    if framing is WebSocket:
        takeover = "server_no_context_takeover" not in parameters
        framing = partial(WebSocket, deflate="permessage-deflate" in parameters, takeover=takeover)
    if framing is None:
        return None
    invoked = framing is EventStream and known.name != "bedrock.converse"
    events = None if invoked else STREAMS.get(known.name)
    return Stream(framing, *(events or Events(generic.read, known.response, repeats=True)))
