"""Streams of OpenAI chat completions: chunks read into events, and events written as chunks."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

import orjson

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.ends import Event
from aigov_enforcers.wire.translate.fields import listed, plain, word
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
from aigov_enforcers.wire.translate.openai import answers
from aigov_enforcers.wire.translate.turns import new_id


class Reader:
    """Chunks. The calls come one after the other; pieces of an earlier one are an error."""

    def __init__(self) -> None:
        self._begun = self._refused = False
        self._calls: list[tuple[Json, str]] = []
        self._reason = ""
        self._used = Used()

    def read(self, event: Mapping[str, Json]) -> Iterator[AnswerEvent]:
        """What a chunk says."""
        if event.get("error") is not None:
            yield answers.failed(event, 200)
            return
        if not self._begun:
            self._begun = True
            yield Begin(word(event.get("id")), word(event.get("model")))
        if isinstance(event.get("usage"), dict):
            self._used = answers.used(event)
        for choice in listed(event.get("choices")):
            if choice.get("index", 0) != 0:
                raise Untranslatable("the answer has more than one choice")
            delta = plain(choice.get("delta"))
            if thought := answers.thoughts(delta):
                yield ThoughtPiece(thought)
            if text := word(delta.get("content")):
                yield TextPiece(text)
            if refusal := word(delta.get("refusal")):
                self._refused = True
                yield TextPiece(refusal)
            for call in listed(delta.get("tool_calls")):
                yield from self._call(call)
            self._reason = word(choice.get("finish_reason")) or self._reason

    def _call(self, call: Mapping[str, Json]) -> Iterator[AnswerEvent]:
        function = plain(call.get("function"))
        index, known, name = call.get("index", 0), word(call.get("id")), word(function.get("name"))
        last = self._calls[-1] if self._calls else (None, "")
        if last[0] != index or (known and name and known != last[1]):  # some servers number all of them 0
            if index != last[0] and any(index == each for each, _ in self._calls):
                raise Untranslatable("pieces of several tool calls come mixed")
            if self._calls:
                yield CallEnd()
            self._calls.append((index, known))
            yield CallBegin(known or new_id(), name)
        if piece := word(function.get("arguments")):
            yield CallPiece(piece)

    def end(self) -> Iterator[AnswerEvent]:
        """After the end marker, or without one."""
        if not self._reason:
            return
        if self._calls:
            yield CallEnd()
        reason = answers.reason_of(self._reason, calls=bool(self._calls))
        yield Finish("filter" if self._refused else reason, self._used)


class Writer:
    """Events as chunks; reasoning has no place in them. `usage`: the last one has the count of tokens."""

    def __init__(self, usage: bool) -> None:
        self._usage = usage
        self._head: dict[str, Json] = {}
        self._calls = 0

    def write(self, event: AnswerEvent) -> list[Event]:
        """What an event is called there."""
        match event:
            case Begin(id, model):
                self._head = {
                    "id": id,
                    "object": "chat.completion.chunk",
                    "created": int(time.time()),
                    "model": model,
                }
                return [self._chunk({"role": "assistant", "content": ""})]
            case TextPiece(text):
                return [self._chunk({"content": text})]
            case CallBegin(id, name):
                self._calls += 1
                function: dict[str, Json] = {"name": name, "arguments": ""}
                return [self._call({"id": id, "type": "function", "function": function})]
            case CallPiece(piece):
                return [self._call({"function": {"arguments": piece}})]
            case Finish(reason, used):
                out = [self._chunk({}, answers.ENDS[reason])]
                if self._usage:
                    out.append(_event({**self._head, "choices": [], "usage": answers.usage(used)}))
                return [*out, (None, "[DONE]")]
            case Failure():
                return [_event(answers.failure(event)), (None, "[DONE]")]
        return []

    def _call(self, call: dict[str, Json]) -> Event:
        return self._chunk({"tool_calls": [{"index": self._calls - 1, **call}]})

    def _chunk(self, delta: dict[str, Json], reason: str | None = None) -> Event:
        choice: dict[str, Json] = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
        return _event({**self._head, "choices": [choice]})


def _event(data: dict[str, Json]) -> Event:
    return None, orjson.dumps(data).decode()
