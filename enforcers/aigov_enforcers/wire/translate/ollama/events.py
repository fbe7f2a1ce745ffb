"""Streams of Ollama's chat: lines read into events, and events written as lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import orjson

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.ends import Event
from aigov_enforcers.wire.translate.fields import word
from aigov_enforcers.wire.translate.neutral import (
    AnswerEvent,
    Begin,
    Call,
    CallBegin,
    CallEnd,
    CallPiece,
    Failure,
    Finish,
    Text,
    TextPiece,
    Thought,
    ThoughtPiece,
)
from aigov_enforcers.wire.translate.ollama import answers
from aigov_enforcers.wire.translate.ollama.requests import message
from aigov_enforcers.wire.translate.turns import arguments, new_id


class Reader:
    """Lines. Calls come whole."""

    def __init__(self) -> None:
        self._begun = self._calls = False
        self._last: Finish | None = None

    def read(self, event: Mapping[str, Json]) -> Iterator[AnswerEvent]:
        """What a line says."""
        if "error" in event:
            yield answers.failed(event, 200)
            return
        parts = list(answers.parts_of(event))
        if not self._begun:
            self._begun = True
            yield Begin(new_id().replace("call", "chat"), word(event.get("model")))
        for part in parts:
            if isinstance(part, Call):
                self._calls = True
                yield CallBegin(part.id, part.name)
                yield CallPiece(orjson.dumps(part.arguments).decode())
                yield CallEnd()
            elif isinstance(part, Thought):
                yield ThoughtPiece(part.text)
            elif isinstance(part, Text):
                yield TextPiece(part.text)
        if event.get("done") is True:
            reason = answers.reason_of(event.get("done_reason"), calls=self._calls)
            self._last = Finish(reason, answers.used(event))

    def end(self) -> Iterator[AnswerEvent]:
        """After the last line."""
        if self._last is not None:
            yield self._last


class Writer:
    """Lines; usage is always there."""

    def __init__(self, usage: bool) -> None:  # noqa: ARG002 - as every writer is made
        self._model = ""
        self._call = CallBegin("", "")
        self._pieces: list[str] = []

    def write(self, event: AnswerEvent) -> list[Event]:
        """What an event is called there."""
        match event:
            case Begin(_, model):
                self._model = model
            case TextPiece(text):
                return [self._line({"role": "assistant", "content": text})]
            case ThoughtPiece(text):
                return [self._line({"role": "assistant", "content": "", "thinking": text})]
            case CallBegin():
                self._call, self._pieces = event, []
            case CallPiece(piece):
                self._pieces.append(piece)
            case CallEnd():
                call = Call(self._call.id, self._call.name, arguments("".join(self._pieces)))
                return [self._line(message("assistant", (call,)))]
            case Finish(reason, used):
                empty: dict[str, Json] = {"role": "assistant", "content": ""}
                return [_event(answers.line(self._model, empty) | answers.last(reason, used))]
            case Failure():
                return [_event(answers.failure(event))]
        return []

    def _line(self, said: dict[str, Json]) -> Event:
        return _event(answers.line(self._model, said))


def _event(data: dict[str, Json]) -> Event:
    return None, orjson.dumps(data).decode()
