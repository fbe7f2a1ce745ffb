"""Streams of Gemini's generateContent: responses in pieces read into events, and written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import orjson

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.ends import Event
from aigov_enforcers.wire.translate.gemini import answers
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
    Used,
)
from aigov_enforcers.wire.translate.turns import arguments


class Reader:
    """Responses in pieces. Calls come whole."""

    def __init__(self) -> None:
        self._begun = self._calls = False
        self._reason = ""
        self._used = Used()

    def read(self, event: Mapping[str, Json]) -> Iterator[AnswerEvent]:
        """What a piece says."""
        if "error" in event:
            yield answers.failed(event, 200)
            return
        if not self._begun:
            self._begun = True
            yield Begin(answers.id_of(event), answers.model_of(event))
        for part in answers.parts_of(event):
            if isinstance(part, Call):
                self._calls = True
                yield CallBegin(part.id, part.name)
                yield CallPiece(orjson.dumps(part.arguments).decode())
                yield CallEnd()
            elif isinstance(part, Thought):
                yield ThoughtPiece(part.text)
            elif isinstance(part, Text):
                yield TextPiece(part.text)
        self._reason = answers.finish(event) or self._reason
        self._used = answers.used(event) or self._used

    def end(self) -> Iterator[AnswerEvent]:
        """After the last piece: the stream has no end marker."""
        if self._reason:
            yield Finish(answers.reason_of(self._reason, calls=self._calls), self._used)


class Writer:
    """Responses in pieces; usage is always there."""

    def __init__(self, usage: bool) -> None:  # noqa: ARG002 - as every writer is made
        self._head = ("", "")
        self._call = CallBegin("", "")
        self._pieces: list[str] = []

    def write(self, event: AnswerEvent) -> list[Event]:
        """What an event is called there."""
        match event:
            case Begin(id, model):
                self._head = (id, model)
            case TextPiece(text):
                return [self._piece([{"text": text}])]
            case ThoughtPiece(text):
                return [self._piece([{"text": text, "thought": True}])]
            case CallBegin():
                self._call, self._pieces = event, []
            case CallPiece(piece):
                self._pieces.append(piece)
            case CallEnd():
                call = Call(self._call.id, self._call.name, arguments("".join(self._pieces)))
                return [self._piece([answers.said(call)])]
            case Finish(reason, used):
                last = answers.candidate(*self._head, [{"text": ""}], answers.ENDS[reason])
                return [_event(last | {"usageMetadata": answers.usage(used)})]
            case Failure():
                return [_event(answers.failure(event))]
        return []

    def _piece(self, parts: list[Json]) -> Event:
        return _event(answers.candidate(*self._head, parts))


def _event(data: dict[str, Json]) -> Event:
    return None, orjson.dumps(data).decode()
