"""Where text is in a JSON body: tables of fields, and the one walker that reads every body by them.

A `Shape` describes an object: its known fields, what to do with the rest, and the variants chosen by
a tag (a message by its `role`, a content block by its `type`). The walker visits every string of
the body. A string is left out only when it cannot carry text: a known enum word where an enum
belongs, an identifier in a provider's own form, or a signed or encrypted value. Everything else
is a segment, in document order, whether the table knows the field or not; so are the names of members
that no provider documents, and long integers. A member that the table does not know tells its value's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from functools import partial
from typing import NamedTuple

import orjson

from aigov_enforcers.wire.body import MAX_DEPTH, Json, Unreadable, decode
from aigov_enforcers.wire.words import ID, NAMES, SEALED, WORDS
from aigov_runtime.model import Kind, Segment


class Read(IntEnum):
    """How a string in a field is read. Containers are always walked, and so is a whole JSON object or array held by
    a string that is text."""

    TEXT = 0
    WORD = 1  # an enum: text only when it is none of WORDS
    ID = 2  # an identifier: text only when it has not a provider's form
    OPAQUE = 3  # signed or encrypted: text only when it does not look so
    TOKENS = 4  # text, which may also come as a list of token ids: then nobody can read it
    COPY = 5  # text that says once more what another field says: it goes when that one changes


class Field(NamedTuple):
    """How one field is read; None inherits from the object, a missing shape is `FREE`."""

    read: Read = Read.TEXT
    kind: Kind | None = None
    role: str | None = None
    shape: Shape | None = None


_SKIPPED = Field(Read.OPAQUE)


class Shape:
    """An object of a wire format.

    `short` is the common case made fast: the role and kind of an object that holds nothing but its
    tag and a string under `content`, as nearly every message does. `whole` is the field of a body of this shape.
    """

    __slots__ = ("fields", "kind", "rest", "role", "short", "tag", "variants", "whole")

    def __init__(
        self,
        fields: Mapping[str, Field] | None = None,
        *,
        rest: Field = Field(),  # noqa: B008 - immutable
        kind: Kind | None = None,
        role: str | None = None,
        tag: str = "",
        variants: Mapping[str, Shape] | None = None,
    ) -> None:
        self.fields = dict(fields or {})
        self.rest = rest
        self.kind = kind
        self.role = role
        self.tag = tag
        self.variants = dict(variants or {})
        self.whole = Field(shape=self)
        self.short = {
            value: (variant.role, variant.kind)
            for value, variant in self.variants.items()
            if variant.role and variant.kind and variant.fields.get("content", _SKIPPED)[:3] == Field()[:3]
        }


FREE = Shape()
"""An object of the caller's own making."""

_TEXT, _WORD, _TOKENS, _COPY = Read.TEXT, Read.WORD, Read.TOKENS, Read.COPY
_ANY = Field()
_OPENING = "{[ \t\r\n"  # what JSON in a string may begin with
_NAMED = 1_024  # a longer text is known for what it is without its name
_LONG = 10**12  # from here on a number may be somebody's card or account
_segment = partial(tuple.__new__, Segment)  # `Segment._make` without its detour through Python

Run = tuple[str, str, str, Kind, str]
"""A segment in the making: role, path, text, kind, name."""


def segments(tree: Json, shape: Shape) -> tuple[Segment, ...]:
    """Every run of text in a body of the given shape. Raises `Unreadable` when it is nested too deep.

    Paths are RFC 6901 pointers. `POINTER#POINTER` leads into JSON held by a string, and `POINTER#`
    is the name of the member that POINTER leads to.
    """
    out: list[Run] = []
    _value(tree, shape.whole, "", Kind.METADATA, "", 0, out)
    return tuple(map(_segment, out))


def _value(  # noqa: PLR0917 - called for every node: keywords cost
    node: Json, field: Field, role: str, kind: Kind, path: str, depth: int, out: list[Run]
) -> None:
    """Read a value by its field; `role` and `kind` are those of the object around it."""
    if type(node) is dict:
        _object(node, field, role, kind, path, depth, out)
    elif type(node) is list:
        _array(node, field, role, kind, path, depth, out)
    elif type(node) is str:
        _string(node, field, role, kind, path, depth, out)
    elif type(node) is int and not -_LONG < node < _LONG:
        out.append((field.role or role, path, str(node), field.kind or kind, ""))


def _array(  # noqa: PLR0917 - as above
    node: list[Json], field: Field, role: str, kind: Kind, path: str, depth: int, out: list[Run]
) -> None:
    if depth > MAX_DEPTH:
        raise Unreadable(f"the body is nested deeper than {MAX_DEPTH} levels")
    if field[0] is _TOKENS and any(type(item) is int or type(item) is float for item in node):
        raise Unreadable(f"`{path}` holds token ids instead of text")
    shape = field.shape or FREE
    tag, short = shape.tag, shape.short
    add = out.append
    for index, item in enumerate(node):
        if short and type(item) is dict and len(item) == 2:
            try:
                known_role, known_kind = short[item[tag]]  # type: ignore[index]  # a TypeError is caught
                text = item["content"]
            except (KeyError, TypeError):  # another member, or a tag that is no string
                pass
            else:
                if type(text) is str and text and text[0] not in _OPENING:
                    add((known_role, f"{path}/{index}/content", text, known_kind, ""))
                    continue
        _value(item, field, role, kind, f"{path}/{index}", depth + 1, out)


def _object(  # noqa: PLR0917 - as above
    node: dict[str, Json], field: Field, role: str, kind: Kind, path: str, depth: int, out: list[Run]
) -> None:
    if depth > MAX_DEPTH:
        raise Unreadable(f"the body is nested deeper than {MAX_DEPTH} levels")
    _, field_kind, field_role, shape = field
    if shape is None:
        shape = FREE
    if shape.tag:
        shape = _variant(node, shape)
    role = shape.role or field_role or role
    kind = shape.kind or field_kind or kind
    known = shape.fields.get
    for key, value in node.items():
        inner = known(key)
        name = ""
        if inner is None:
            inner = shape.rest
            if type(value) is str and len(value) <= _NAMED:
                name = key
            step = escape(key)
            if key and key not in NAMES:
                out.append((role, f"{path}/{step}#", key, kind, ""))
            key = step
        if type(value) is str:
            read, inner_kind, inner_role, _ = inner
            if read is _TEXT and value and value[0] not in _OPENING:
                out.append((inner_role or role, f"{path}/{key}", value, inner_kind or kind, name))
            elif read is not _WORD or value not in WORDS:
                _string(value, inner, role, kind, f"{path}/{key}", depth, out, name)
        elif type(value) is dict:
            _object(value, inner, role, kind, f"{path}/{key}", depth + 1, out)
        elif type(value) is list:
            _array(value, inner, role, kind, f"{path}/{key}", depth + 1, out)
        elif type(value) is int and not -_LONG < value < _LONG:
            _value(value, inner, role, kind, f"{path}/{key}", depth, out)


def _variant(node: Mapping[str, Json], shape: Shape) -> Shape:
    while shape.tag:
        tag = node.get(shape.tag, "")
        variant = shape.variants.get(tag) if type(tag) is str else None
        if variant is None:
            break
        shape = variant
    return shape


def _string(  # noqa: PLR0917 - as above
    text: str, field: Field, role: str, kind: Kind, path: str, depth: int, out: list[Run], name: str = ""
) -> None:
    read, field_kind, field_role, _ = field
    if not text or _says_nothing(text, read):
        return
    role = field_role or role
    kind = field_kind or kind
    if text[0] in _OPENING:
        tree = _nested(text)
        if isinstance(tree, (dict, list)):
            _value(tree, _ANY, role, kind, path + "#", depth + 1, out)
            return
    out.append((role, path, text, kind, name))


def _says_nothing(text: str, read: Read) -> bool:
    match read:
        case Read.TEXT | Read.TOKENS | Read.COPY:
            return False
        case Read.WORD:
            return text in WORDS
        case Read.ID:
            return ID.fullmatch(text) is not None
        case Read.OPAQUE:
            return SEALED.fullmatch(text) is not None


def _nested(text: str) -> Json:
    """The object or array held by a string, None when it is not JSON. Raises `Unreadable` on double keys."""
    try:
        return decode(text.encode())
    except orjson.JSONDecodeError:
        return None


def copies(tree: Json, shape: Shape) -> list[str]:
    """Pointers to the values of a body, read before by `segments`, that say once more what other fields say: token by
    token, with probabilities, or as token ids. They must go when a text changes."""
    out: list[str] = []
    _copies(tree, shape.whole, "", out)
    return out


def _copies(node: Json, field: Field, path: str, out: list[str]) -> None:
    if type(node) is list:
        for index, item in enumerate(node):
            _copies(item, field, f"{path}/{index}", out)
    elif type(node) is dict:
        shape = _variant(node, field.shape or FREE)
        for key, value in node.items():
            inner = shape.fields.get(key, shape.rest)
            at = f"{path}/{escape(key)}"
            if type(value) is dict or type(value) is list:
                if inner.read is not _COPY:
                    _copies(value, inner, at, out)
                elif value:
                    out.append(at)


def escape(name: str) -> str:
    """A member's name as a step of an RFC 6901 pointer."""
    if "~" in name or "/" in name:
        return name.replace("~", "~0").replace("/", "~1")
    return name
