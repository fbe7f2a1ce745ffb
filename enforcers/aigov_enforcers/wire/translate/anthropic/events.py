"""Streams of Anthropic messages: their events read, and written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import orjson

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.ends import Event
from aigov_enforcers.wire.translate.anthropic import answers
from aigov_enforcers.wire.translate.fields import plain, word
from aigov_enforcers.wire.translate.neutral import (
    AnswerEvent,
    Begin,
    CallBegin,
    CallEnd,
    CallPiece,
    Failure,
    Finish,
    TextPiece,
    ThoughtPiece,
    Untranslatable,
    Used,
)


class Reader:
    """Events, each with its `type`. One block is open at a time."""

    def __init__(self) -> None:
        self._open: Json = None
        self._calls = False
        self._reason = ""
        self._used = Used()
        self._over = False

    def read(self, event: Mapping[str, Json]) -> Iterator[AnswerEvent]:
        """What an event says."""
        match event.get("type"):
            case "message_start":
                message = plain(event.get("message"))
                self._used = answers.used(message, self._used)
                yield Begin(word(message.get("id")), word(message.get("model")))
            case "content_block_start":
                self._open = event.get("index")
                yield from self._begin(plain(event.get("content_block")))
            case "content_block_delta":
                if event.get("index") != self._open:
                    raise Untranslatable("pieces of several blocks come mixed")
                yield from self._delta(plain(event.get("delta")))
            case "content_block_stop":
                if self._calls:
                    self._calls = False
                    yield CallEnd()
            case "message_delta":
                self._reason = word(plain(event.get("delta")).get("stop_reason")) or self._reason
                self._used = answers.used(event, self._used)
            case "message_stop":
                self._over = True
            case "error":
                yield answers.failed(event, 200)

    def _begin(self, block: Mapping[str, Json]) -> Iterator[AnswerEvent]:
        kind = block.get("type")
        if kind == "tool_use":
            self._calls = True
            yield CallBegin(word(block.get("id")), word(block.get("name")))
            if whole := plain(block.get("input")):
                yield CallPiece(orjson.dumps(whole).decode())
        elif kind == "text":
            if text := word(block.get("text")):
                yield TextPiece(text)
        elif kind == "thinking":
            if text := word(block.get("thinking")):
                yield ThoughtPiece(text)
        elif kind != "redacted_thinking":
            raise Untranslatable("the answer has a block that has no counterpart here")

    def _delta(self, delta: Mapping[str, Json]) -> Iterator[AnswerEvent]:
        if text := word(delta.get("text")):
            yield TextPiece(text)
        if piece := word(delta.get("partial_json")):
            yield CallPiece(piece)
        if thought := word(delta.get("thinking")):
            yield ThoughtPiece(thought)

    def end(self) -> Iterator[AnswerEvent]:
        """After the last event."""
        if self._over:
            yield Finish(answers.reason_of(self._reason), self._used)


class Writer:
    """Events. Reasoning would need a signature, so it has no place in them; usage is always there."""

    def __init__(self, usage: bool) -> None:  # noqa: ARG002 - as every writer is made
        self._index = -1
        self._open = ""

    def write(self, event: AnswerEvent) -> list[Event]:
        """What an event is called there."""
        match event:
            case Begin(id, model):
                return [_event("message_start", message=answers.message(id, model, [], None, Used()))]
            case TextPiece(text):
                out = [] if self._open == "text" else self._begin("text", text="")
                return [*out, self._delta("text_delta", text=text)]
            case CallBegin(id, name):
                return self._begin("tool_use", id=id, name=name, input={})
            case CallPiece(piece):
                return [self._delta("input_json_delta", partial_json=piece)]
            case CallEnd():
                return self._end()
            case Finish(reason, used):
                delta: dict[str, Json] = {"stop_reason": answers.ENDS[reason], "stop_sequence": None}
                last = _event("message_delta", delta=delta, usage=answers.usage(used))
                return [*self._end(), last, _event("message_stop")]
            case Failure():
                return [("error", orjson.dumps(answers.failure(event)).decode())]
        return []

    def _begin(self, kind: str, **block: Json) -> list[Event]:
        out = self._end()
        self._open = kind
        self._index += 1
        return [*out, _event("content_block_start", index=self._index, content_block={"type": kind, **block})]

    def _end(self) -> list[Event]:
        if not self._open:
            return []
        self._open = ""
        return [_event("content_block_stop", index=self._index)]

    def _delta(self, kind: str, **delta: Json) -> Event:
        return _event("content_block_delta", index=self._index, delta={"type": kind, **delta})


def _event(kind: str, **members: Json) -> Event:
    return kind, orjson.dumps({"type": kind, **members}).decode()
