"""What can be enforced where: every format that a route has, by the actions of the language.

A level is `enforced`, `partial` or `not possible`, and has a reason unless it is `enforced`. Nothing is skipped in
silence: what a body holds that cannot be read is on the record as opaque, and what cannot be edited is blocked.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from aigov_enforcers.wire.catalogue import PROVIDERS
from aigov_enforcers.wire.listing import Provider
from aigov_enforcers.wire.streams import STREAMS


class Action(StrEnum):
    """What a policy can ask for."""

    ALLOW = "allow"
    REDACT_PROMPT = "redact prompt"
    REDACT_RESPONSE = "redact response"
    REDACT_TOKEN = "redact as token"
    BLOCK = "block"
    BLOCK_STREAM = "block mid-stream"
    REROUTE = "reroute"
    LOG = "log"


class Level(StrEnum):
    """How far an action can be carried out."""

    ENFORCED = "enforced"
    PARTIAL = "partial"
    NOT_POSSIBLE = "not possible"


class Cell(NamedTuple):
    """One action on one format; `reason` says what is missing."""

    level: Level
    reason: str = ""


class Row(NamedTuple):
    """A format, whose bodies may be signed, with the providers that speak it so, and its cells."""

    format: str
    signed: bool
    providers: tuple[str, ...]
    cells: Mapping[Action, Cell]


_ENFORCED = Cell(Level.ENFORCED)
_SIGNED = Cell(
    Level.PARTIAL,
    "a SigV4 signature covers the body: edited before it is signed (in the process) or with a bearer key; elsewhere "
    "only where the enforcer signs anew, else blocked",
)
_OPAQUE = Cell(
    Level.PARTIAL, "texts and text files; pictures, sound and film are opaque: type, size and hash are logged"
)
_NO_TEXT = Cell(Level.NOT_POSSIBLE, "the answer is a picture, sound or numbers: there is no text to redact")
_UNKNOWN_STREAM = Cell(
    Level.PARTIAL,
    "its events have no reader of their own: each string of an event is read by the generic one, and the end is in the "
    "form of the provider",
)
_BOUND = Cell(Level.PARTIAL, "ids of files, batches and conversations mean nothing elsewhere: only what needs none")
_SPOKEN = Cell(Level.PARTIAL, "transcripts and text; what was heard as sound is opaque and has been played")

_YIELDED = Cell(Level.PARTIAL, "nothing more comes; the client gives the error out as an event and raises nothing")

_MEDIA = frozenset(
    {"openai.images", "openai.audio", "openai.files", "openai.realtime", "gemini.predict", "mistral.ocr"}
)
_NO_STREAM = frozenset(
    {
        *("openai.embeddings", "openai.moderations", "openai.files", "openai.batches", "openai.batch_line"),
        *("openai.conversations", "openai.vector_stores", "anthropic.batches", "mistral.moderations", "mistral.ocr"),
        *("cohere.embed", "cohere.rerank", "ollama.embed", "gemini.predict"),
    }
)
"""Answers that only come whole, and are blocked whole."""

_TEXTLESS = frozenset({"openai.embeddings", "openai.images", "cohere.embed", "ollama.embed"})
_STORED = frozenset(
    {
        "openai.files",
        "openai.batches",
        "openai.batch_line",
        "openai.conversations",
        "openai.vector_stores",
        "anthropic.batches",
        "mistral.conversations",
        "gemini.interactions",
    }
)


def coverage(providers: Mapping[str, Provider] = PROVIDERS) -> tuple[Row, ...]:
    """A row for every format that a route of these providers has, in the order of the catalogue."""
    speakers: dict[tuple[str, bool], list[str]] = {}
    for provider in providers.values():
        for route in provider.routes:
            names = speakers.setdefault((route.format.name, bool(provider.signed)), [])
            if provider.name not in names:
                names.append(provider.name)
    return tuple(
        Row(name, signed, tuple(names), {action: _cell(action, name, signed=signed) for action in Action})
        for (name, signed), names in speakers.items()
    )


def _cell(action: Action, format: str, *, signed: bool) -> Cell:
    match action:
        case Action.REDACT_PROMPT | Action.REDACT_TOKEN if signed:
            return _SIGNED
        case Action.REDACT_PROMPT if format in _MEDIA:
            return _OPAQUE
        case Action.REDACT_RESPONSE if format in _TEXTLESS:
            return _NO_TEXT
        case Action.REDACT_RESPONSE if format in _MEDIA:
            return _OPAQUE
        case Action.BLOCK_STREAM if format == "openai.realtime":
            return _SPOKEN
        case Action.BLOCK_STREAM if format == "gemini.interactions":
            return _YIELDED
        case Action.BLOCK_STREAM if format in _NO_STREAM:
            return _ENFORCED
        case Action.BLOCK_STREAM if format not in STREAMS or (signed and format != "bedrock.converse"):
            return _UNKNOWN_STREAM
        case Action.REROUTE if format in _STORED:
            return _BOUND
        case Action.REROUTE if signed:
            return _SIGNED
        case _:
            return _ENFORCED
