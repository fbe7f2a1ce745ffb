"""What all providers' chats have in common: the form that every reader makes and every writer takes.

A conversation is what a request asks, an answer what a whole response says, and events are an answer piece by piece.
"""

from __future__ import annotations

from typing import NamedTuple

from aigov_enforcers.wire.body import Json


class Untranslatable(ValueError):
    """Something cannot be carried over to another provider; the message says what, and holds no content."""


class Text(NamedTuple):
    """Words."""

    text: str


class Media(NamedTuple):
    """A picture, a document or sound: base64 `data`, or a `url`. `type` is its media type, `image/*` for a picture of
    which only the URL is known."""

    type: str
    data: str = ""
    url: str = ""
    name: str = ""


class Call(NamedTuple):
    """The model calls a tool."""

    id: str
    name: str
    arguments: dict[str, Json]


class Result(NamedTuple):
    """What a tool gave back for the call of this id and name."""

    id: str
    name: str
    text: str
    media: tuple[Media, ...] = ()
    failed: bool = False


class Thought(NamedTuple):
    """Reasoning that the model shows; only in answers."""

    text: str


Part = Text | Media | Call | Result | Thought


class Turn(NamedTuple):
    """What one side says. `role` is user, assistant, or system for instructions in the middle of a conversation.
    Results are the user's, and come first."""

    role: str
    parts: tuple[Part, ...]


class Tool(NamedTuple):
    """A function that the model may call; `schema` is the JSON Schema of its arguments, an object's."""

    name: str
    description: str
    schema: dict[str, Json]
    strict: bool = False


class Choice(NamedTuple):
    """Whether tools are called: `mode` is auto, none, required, or tool for the one of this name."""

    mode: str = "auto"
    name: str = ""


class Output(NamedTuple):
    """The answer is to be JSON: by a JSON Schema, or any object when it is None."""

    schema: dict[str, Json] | None
    name: str = "answer"
    strict: bool = False


class Conversation(NamedTuple):
    """A request. None, or an empty tuple, is what it does not say.

    `limit` is in tokens. `stream`: the answer is to come in pieces; `usage`: with the count of tokens even where that
    must be asked for; `array`: as one JSON array (Gemini). `left_out` names members that say nothing about the answer
    and were not read.
    """

    model: str
    system: tuple[str, ...]
    turns: tuple[Turn, ...]
    tools: tuple[Tool, ...] = ()
    choice: Choice = Choice()
    parallel: bool = True
    limit: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    stop: tuple[str, ...] = ()
    seed: int | None = None
    presence: float | None = None
    frequency: float | None = None
    output: Output | None = None
    stream: bool = False
    usage: bool = False
    array: bool = False
    left_out: tuple[str, ...] = ()


class Used(NamedTuple):
    """Tokens: `input` counts the `cached` ones too, `output` those of reasoning."""

    input: int = 0
    output: int = 0
    cached: int = 0


class Answer(NamedTuple):
    """A whole answer. `reason` says why it ends: stop, length, calls or filter."""

    id: str
    model: str
    parts: tuple[Part, ...]
    reason: str
    used: Used = Used()


class Begin(NamedTuple):
    """The first event of every answer."""

    id: str
    model: str


class TextPiece(NamedTuple):
    """More words."""

    text: str


class ThoughtPiece(NamedTuple):
    """More reasoning."""

    text: str


class CallBegin(NamedTuple):
    """A call begins; none is open."""

    id: str
    name: str


class CallPiece(NamedTuple):
    """More of the JSON text of the open call's arguments."""

    json: str


class CallEnd(NamedTuple):
    """The open call is whole."""


class Finish(NamedTuple):
    """The answer is whole."""

    reason: str
    used: Used


class Failure(NamedTuple):
    """An error of the provider; in a stream, its last event. `status` is that of HTTP."""

    status: int
    message: str


AnswerEvent = Begin | TextPiece | ThoughtPiece | CallBegin | CallPiece | CallEnd | Finish | Failure
