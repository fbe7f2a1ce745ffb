"""Conversations and answers with one feature each, and what each format keeps of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.translate import DIALECTS, Untranslatable
from aigov_enforcers.wire.translate.neutral import (
    Answer,
    Call,
    Choice,
    Conversation,
    Media,
    Output,
    Part,
    Result,
    Text,
    Thought,
    Tool,
    Turn,
    Used,
)

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
PDF = "JVBERi0xLjQK"
SCHEMA: dict[str, Json] = {"type": "object", "properties": {"city": {"type": "string"}}}
TOOL = Tool("weather", "How it is outside.", SCHEMA)
PLAIN = Conversation("m", (), (Turn("user", (Text("Hello."),)),), limit=100)
CALLS = (Call("call_1", "weather", {"city": "Bern"}), Call("call_2", "weather", {"city": "Zug", "days": [1, 2.5]}))


def _user(*parts: Part) -> Conversation:
    return PLAIN._replace(turns=(Turn("user", parts),))


def _called(*results: Part) -> Conversation:
    turns = (*PLAIN.turns, Turn("assistant", (Text("I look."), *CALLS)), Turn("user", results))
    return PLAIN._replace(turns=turns, tools=(TOOL,))


def _with(**changes: Any) -> Conversation:
    return PLAIN._replace(**changes)


def _tools(**changes: Any) -> Conversation:
    return PLAIN._replace(tools=(TOOL,), **changes)


REQUESTS: Mapping[str, Conversation] = {
    "turns of text": _with(turns=(*PLAIN.turns, Turn("assistant", (Text("Hi."),)), *PLAIN.turns)),
    "text in several parts": _user(Text("One."), Text("Two.")),
    "instructions": _with(system=("Be brief.", "Be kind.")),
    "instructions in the middle": _with(turns=(*PLAIN.turns, Turn("system", (Text("Now rhyme."),)), *PLAIN.turns)),
    "a beginning by the assistant": _with(turns=(Turn("assistant", (Text("Welcome."),)), *PLAIN.turns)),
    "pictures": _user(Media("image/png", PNG), Text("What is it?")),
    "pictures by URL": _user(Media("image/*", url="https://pictures.example/a.png")),
    "PDF": _user(Media("application/pdf", PDF)),
    "names of files": _user(Media("application/pdf", PDF, name="a.pdf")),
    "PDF by URL": _user(Media("application/pdf", url="https://files.example/a.pdf")),
    "text files": _user(Media("text/plain", "SGVsbG8=")),
    "sound": _user(Media("audio/wav", "UklGRg==")),
    "tools": _tools(),
    "strict tools": _with(tools=(TOOL._replace(strict=True),)),
    "calls and results": _called(Result("call_1", "weather", "5"), Result("call_2", "weather", "7"), Text("So?")),
    "results with pictures": _called(
        Result("call_1", "weather", "5", (Media("image/png", PNG),)), Result("call_2", "weather", "7")
    ),
    "results that failed": _called(
        Result("call_1", "weather", "no such city", failed=True), Result("call_2", "weather", "7")
    ),
    "no tool may be called": _tools(choice=Choice("none")),
    "some tool must be called": _tools(choice=Choice("required")),
    "this tool must be called": _tools(choice=Choice("tool", "weather")),
    "one call at a time": _tools(parallel=False),
    "the most tokens": _with(limit=50),
    "temperature up to 1": _with(temperature=0.7),
    "temperature above 1": _with(temperature=1.5),
    "top-p": _with(top_p=0.5),
    "top-k": _with(top_k=40),
    "up to 4 stop sequences": _with(stop=("a", "b", "c", "d")),
    "6 stop sequences": _with(stop=("a", "b", "c", "d", "e", "f")),
    "seed": _with(seed=7),
    "presence and frequency penalty": _with(presence=0.5, frequency=-0.5),
    "JSON by a schema": _with(output=Output(SCHEMA)),
    "JSON by a strict schema": _with(output=Output(SCHEMA, strict=True)),
    "JSON by a schema with a name": _with(output=Output(SCHEMA, name="city")),
    "any JSON": _with(output=Output(None)),
    "stream": _with(stream=True),
}

SAID = Answer("1", "m", (Text("Hello."),), "stop", Used(7, 5))
ANSWERS: Mapping[str, Answer] = {
    "text": SAID,
    "calls": SAID._replace(parts=(Text("I look."), *CALLS), reason="calls"),
    "reasoning": SAID._replace(parts=(Thought("Hm."), Text("Hello."))),
    "stopped at the most tokens": SAID._replace(reason="length"),
    "stopped by a filter": SAID._replace(reason="filter"),
    "tokens used": SAID._replace(used=Used(8, 5)),
    "tokens from the cache": SAID._replace(used=Used(8, 5, 3)),
}


def back(format: str, asked: Conversation) -> Conversation:
    """What a format keeps of a conversation: written, and read again. Raises `Untranslatable`."""
    dialect = DIALECTS[format]
    path, body = dialect.write(asked)
    return dialect.read(body, path.partition("?")[0])._replace(usage=False, left_out=())


def answered(format: str, answer: Answer) -> Answer:
    """The same for an answer; ids that a format has not are made anew."""
    dialect = DIALECTS[format]
    found = dialect.answered(dialect.answer(answer))
    return found._replace(id=answer.id)


def kept(format: str, sample: Conversation | Answer) -> str:
    """yes: as it was; in part: something of it goes; -: it is refused."""
    try:
        found = back(format, sample) if isinstance(sample, Conversation) else answered(format, sample)
    except Untranslatable:
        return "-"
    return "yes" if repr(unsigned(found)) == repr(unsigned(sample)) else "in part"


def unsigned(sample: Any) -> Any:
    """Without what only says how a format writes things: the model's name in a path."""
    return sample._replace(model="") if isinstance(sample, Conversation) else sample


def table(samples: Mapping[str, Any]) -> list[str]:
    """The rows of a table in Markdown."""
    rows = [f"| | {' | '.join(f'`{each}`' for each in DIALECTS)} |", f"|---|{'---|' * len(DIALECTS)}"]
    rows += [f"| {name} | {' | '.join(kept(each, sample) for each in DIALECTS)} |" for name, sample in samples.items()]
    return rows
