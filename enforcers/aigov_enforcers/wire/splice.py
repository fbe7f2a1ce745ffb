"""Change strings of a JSON text in place.

Only the tokens of the changed strings are rewritten; every other byte stays: key order, white
space, number formats, unknown fields, escapes. Prompt caches and signatures of other parts hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import orjson

from aigov_enforcers.wire.shape import escape

_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[\[\]{},]|[^\s\[\]{},:"]+')

_INSIDE = re.compile("#(?=/)")
_QUOTE, _COMMA, _BRACE = b'",{'


class SpliceError(ValueError):
    """A pointer does not lead to exactly one string of the body."""


class Value(NamedTuple):
    """A value of a JSON text: its pointer (with a final `#` for a member's name) and the bytes it takes."""

    pointer: str
    start: int
    end: int


def span(text: bytes, pointer: str) -> Value | None:
    """Where the value at a pointer is in a JSON text; None when there is none."""
    return next((value for value in values(text) if value.pointer == pointer), None)


def splice(body: bytes, texts: Mapping[str, str]) -> bytes:
    """The body with the strings at these pointers replaced; `#` leads into JSON held by a string.

    The body is well-formed JSON. Raises `SpliceError` when a pointer has no string, or two.
    """
    changed, done = _splice(body, texts)
    for pointer in texts:
        if done.count(pointer) != 1:
            raise SpliceError(f"`{pointer}` leads to {done.count(pointer)} strings of the body")
    return changed


def _splice(body: bytes, texts: Mapping[str, str]) -> tuple[bytes, list[str]]:
    """The changed body, and the pointers that were found, each as often as it was."""
    # A `#` may also stand in a member's name, so every one that could lead inside is tried.
    holders = {pointer[: at.start()] for pointer in texts for at in _INSIDE.finditer(pointer)}
    pieces: list[bytes] = []
    position = 0
    done: list[str] = []
    for value in values(body):
        token = body[value.start : value.end]
        if token[0] != _QUOTE:
            continue
        if value.pointer in texts:
            done.append(value.pointer)
            token = orjson.dumps(texts[value.pointer])
        elif value.pointer in holders:
            prefix = value.pointer + "#"
            below = {at.removeprefix(prefix): text for at, text in texts.items() if at.startswith(prefix + "/")}
            inner = orjson.loads(token).encode()
            if not _is_json(inner):
                continue
            inner, found = _splice(inner, below)
            done += [prefix + pointer for pointer in found]
            token = orjson.dumps(inner.decode())
        else:
            continue
        pieces += (body[position : value.start], token)
        position = value.end
    return b"".join((*pieces, body[position:])), done


def _is_json(text: bytes) -> bool:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


class _Open:
    """An object or array that is being read: where it is, and the member or item that comes next."""

    __slots__ = ("index", "is_object", "name", "pointer", "start")

    def __init__(self, pointer: str, start: int, is_object: bool) -> None:
        self.pointer = pointer
        self.start = start
        self.is_object = is_object
        self.name: str | None = None
        self.index = 0


def values(text: bytes) -> Iterator[Value]:
    """Every value of a JSON text, containers as they end, names of members included.

    The text is taken to be well-formed.
    """
    stack: list[_Open] = []
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        first = text[start]
        if first == _COMMA:
            continue
        if first in b"]}":
            if stack:
                yield Value(stack[-1].pointer, stack.pop().start, end)
            continue
        pointer = ""
        if stack:
            around = stack[-1]
            if not around.is_object:
                pointer = f"{around.pointer}/{around.index}"
                around.index += 1
            elif around.name is None:
                around.name = escape(orjson.loads(text[start:end]))
                yield Value(f"{around.pointer}/{around.name}#", start, end)
                continue
            else:
                pointer = f"{around.pointer}/{around.name}"
                around.name = None
        if first in b"[{":
            stack.append(_Open(pointer, start, first == _BRACE))
        else:
            yield Value(pointer, start, end)
