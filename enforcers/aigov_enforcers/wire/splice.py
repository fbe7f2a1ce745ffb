"""Change strings of a JSON text in place. A number that is changed by a rule becomes a string.

Only the tokens of the changed strings are rewritten; every other byte stays: key order, white
space, number formats, unknown fields, escapes. Prompt caches and signatures of other parts hold.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

import orjson

from aigov_enforcers.wire.message import FixedError
from aigov_enforcers.wire.shape import escape

TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[\[\]{},]|[^\s\[\]{},:"]+')
"""The tokens of JSON, without colons: strings, brackets and commas, other scalars."""

_INSIDE = re.compile("#(?=/)")
_STEP = re.compile("/")
_QUOTE, _COMMA, _BRACE = b'",{'


class SpliceError(FixedError):
    """A pointer does not lead to exactly one value of the body."""


class Scalar(NamedTuple):
    """A scalar of a JSON text, or a value taken whole: its pointer (with a final `#` for a member's name) and its
    bytes."""

    pointer: str
    start: int
    end: int


def splice(body: bytes, texts: Mapping[str, str | int], blanks: Collection[str] = ()) -> bytes:
    """The body with the scalars at these pointers replaced; `#` leads into JSON held by a string. What `blanks` point
    to, containers too, becomes `null` with all that is in it.

    The body is well-formed JSON. Raises `SpliceError` when a pointer has no value, or two.
    """
    if blanks:
        gone = tuple(f"{pointer}{step}" for pointer in blanks for step in "/#")
        texts = {at: text for at, text in texts.items() if at not in blanks and not at.startswith(gone)}
    changed, done = _splice(body, texts, blanks)
    found = Counter(done)
    for pointer in (*texts, *blanks):
        if found[pointer] != 1:
            raise SpliceError(f"`{pointer}` leads to {found[pointer]} values of the body")
    return changed


def _splice(body: bytes, texts: Mapping[str, str | int], blanks: Collection[str] = ()) -> tuple[bytes, list[str]]:
    """The changed body, and the pointers that were found, each as often as it was."""
    # A `#` may also stand in a member's name, so every one that could lead inside is tried.
    holders = {pointer[: at.start()] for pointer in texts for at in _INSIDE.finditer(pointer)}
    pieces: list[bytes] = []
    position = 0
    done: list[str] = []
    for value in scalars(body, texts.keys() | holders, blanks):
        token = body[value.start : value.end]
        if value.pointer in blanks:
            done.append(value.pointer)
            token = b"null"
        elif value.pointer in texts:
            done.append(value.pointer)
            token = orjson.dumps(texts[value.pointer])
        elif token[0] != _QUOTE:
            continue
        else:
            prefix = value.pointer + "#"
            below = {at.removeprefix(prefix): text for at, text in texts.items() if at.startswith(prefix + "/")}
            inner = orjson.loads(token).encode()
            if not _is_json(inner):
                continue
            inner, found = _splice(inner, below)
            done += [prefix + pointer for pointer in found]
            token = orjson.dumps(inner.decode())
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
    """An object or array that is being read, and the member or item that comes next."""

    __slots__ = ("index", "is_object", "name", "pointer")

    def __init__(self, pointer: str, is_object: bool) -> None:
        self.pointer = pointer
        self.is_object = is_object
        self.name: str | None = None
        self.index = 0


def scalars(text: bytes, wanted: Collection[str], whole: Collection[str] = ()) -> Iterator[Scalar]:
    """The scalars at these pointers in a well-formed JSON text, in order, and the values of any kind at `whole`."""
    ancestors = {pointer[: at.start()] for pointer in (*wanted, *whole) for at in _STEP.finditer(pointer)}
    stack: list[_Open] = []
    skipped = 0  # depth inside a container that leads to none of them
    taken: tuple[str, int] | None = None  # pointer and start of that container, when it is wanted whole
    for match in TOKEN.finditer(text):
        first = text[match.start()]
        if skipped:
            skipped += (first in b"[{") - (first in b"]}")
            if taken and not skipped:
                yield Scalar(*taken, match.end())
                taken = None
            continue
        if first == _COMMA:
            continue
        if first in b"]}":
            stack.pop()
            continue
        pointer = ""
        if stack:
            around = stack[-1]
            if not around.is_object:
                pointer = f"{around.pointer}/{around.index}"
                around.index += 1
            elif around.name is None:
                around.name = escape(orjson.loads(match.group()))
                pointer = f"{around.pointer}/{around.name}#"
                if pointer in wanted:
                    yield Scalar(pointer, *match.span())
                continue
            else:
                pointer = f"{around.pointer}/{around.name}"
                around.name = None
        if first in b"[{":
            if pointer in whole:
                taken, skipped = (pointer, match.start()), 1
            elif pointer in ancestors:
                stack.append(_Open(pointer, first == _BRACE))
            else:
                skipped = 1
        elif pointer in wanted or pointer in whole:
            yield Scalar(pointer, *match.span())
