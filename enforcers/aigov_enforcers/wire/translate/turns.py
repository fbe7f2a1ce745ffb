"""Turns in the neutral order, and calls joined to their results by id and name."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable

import orjson

from aigov_enforcers.wire.body import Json, Unreadable, decode
from aigov_enforcers.wire.translate.neutral import Call, Media, Part, Result, Text, Turn, Untranslatable

_ODD = re.compile(r"[^a-zA-Z0-9_-]")
"""What Anthropic takes in no id."""


def new_id() -> str:
    """An id for a call of a provider that has none."""
    return f"call_{uuid.uuid4().hex[:24]}"


def arguments(text: str, where: str = "a tool call") -> dict[str, Json]:
    """The arguments in a JSON text; none are an empty object. Raises `Untranslatable`."""
    if not text.strip():
        return {}
    try:
        tree = decode(text.encode())
    except (orjson.JSONDecodeError, UnicodeEncodeError, Unreadable):
        tree = None
    if not isinstance(tree, dict):
        raise Untranslatable(f"the arguments of {where} are not one JSON object")
    return tree


def ordered(turns: Iterable[Turn]) -> tuple[Turn, ...]:
    """Turns of one role in a row are one, results come first, empty texts are none, and every result has the id and
    the name of its call. Raises `Untranslatable`."""
    merged: list[Turn] = []
    for turn in turns:
        parts = tuple(part for part in turn.parts if not isinstance(part, Text) or part.text)
        if merged and merged[-1].role == turn.role:
            merged[-1] = Turn(turn.role, merged[-1].parts + parts)
        elif parts:
            merged.append(Turn(turn.role, parts))
    joined = _Joined()
    done = [Turn(turn.role, tuple(joined.part(part) for part in _results_first(turn.parts))) for turn in merged]
    if not done:
        raise Untranslatable("it has no messages")
    if done[-1].role == "assistant":
        raise Untranslatable("its last message is the assistant's, which not every provider would go on with")
    return tuple(done)


def _results_first(parts: tuple[Part, ...]) -> list[Part]:
    return sorted(parts, key=lambda part: not isinstance(part, Result))


class _Joined:
    """Calls so far. Where ids are missing (Gemini, Ollama), a result is that of the first open call of its name."""

    def __init__(self) -> None:
        self._calls: dict[str, Call] = {}
        self._open: list[Call] = []
        self._number = 0

    def part(self, part: Part) -> Part:
        if isinstance(part, Call):
            self._number += 1
            asked = part.id
            call = part._replace(id=_ODD.sub("_", asked) or f"call_{self._number}")
            self._calls[asked or call.id] = call
            self._open.append(call)
            return call
        if isinstance(part, Result):
            call = self._call(part)
            if call in self._open:
                self._open.remove(call)
            return part._replace(id=call.id, name=call.name)
        return part

    def _call(self, result: Result) -> Call:
        if result.id:
            found = self._calls.get(result.id)
        else:
            found = next((call for call in self._open if result.name in {"", call.name}), None)
        if found is None:
            raise Untranslatable("a tool result answers no call of the conversation")
        return found


def texts(parts: Iterable[Part]) -> str:
    """The words of parts, for a format that has one string: a line break between two."""
    return "\n".join(part.text for part in parts if isinstance(part, Text))


def data_url(url: str, where: str) -> Media:
    """What a `data:` URL in base64 holds, or where a picture is. Raises `Untranslatable`."""
    if url[:5].lower() != "data:":
        return Media("image/*", url=url)
    head, comma, data = url[5:].partition(",")
    kind, *parameters = head.split(";")
    if not comma or "base64" not in parameters or not kind:
        raise Untranslatable(f"`{where}` is not a data URL in base64 with its media type")
    return Media(kind.lower(), data)
