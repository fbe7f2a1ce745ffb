"""Where text is in a JSON body: tables of fields, and the one walker that reads every body by them.

A `Shape` describes an object: its known fields, what to do with the rest, and the variants chosen by
a tag (a message by its `role`, a content block by its `type`). The walker visits every string of
the body. A string is left out only when it cannot carry text: a known enum word where an enum
belongs, an identifier in a provider's own form, or a signed or encrypted value. Everything else
is a segment, in document order, whether the table knows the field or not.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from functools import partial
from typing import NamedTuple

import orjson

from aigov_enforcers.wire.body import MAX_DEPTH, Json, Unreadable, decode
from aigov_enforcers.wire.words import ID, WORDS
from aigov_runtime.model import Kind, Segment


class Read(IntEnum):
    """How a string in a field is read. Containers are always walked."""

    TEXT = 0  # when it holds a whole JSON object or array, that is walked in its place
    WORD = 1  # an enum: text only when it is none of WORDS
    ID = 2  # an identifier: text only when it has not a provider's form
    OPAQUE = 3  # signed or encrypted: never text


class Field(NamedTuple):
    """How one field is read; None inherits from the object, a missing shape is `FREE`."""

    read: Read = Read.TEXT
    kind: Kind | None = None
    role: str | None = None
    shape: Shape | None = None


_SKIPPED = Field(Read.OPAQUE)


class Shape:
    """An object of a wire format.

    `names` makes the names of unknown members segments too (free-form objects carry text in their keys).
    `short` is the common case made fast: the role and kind of an object that holds nothing but its
    tag and a string under `content`, as nearly every message does.
    """

    __slots__ = ("fields", "kind", "names", "rest", "role", "short", "tag", "variants")

    def __init__(
        self,
        fields: Mapping[str, Field] | None = None,
        *,
        rest: Field = Field(),  # noqa: B008 - immutable
        kind: Kind | None = None,
        role: str | None = None,
        names: bool = False,
        tag: str = "",
        variants: Mapping[str, Shape] | None = None,
    ) -> None:
        self.fields = dict(fields or {})
        self.rest = rest
        self.kind = kind
        self.role = role
        self.names = names
        self.tag = tag
        self.variants = dict(variants or {})
        self.short = {
            value: (variant.role, variant.kind)
            for value, variant in self.variants.items()
            if variant.role and variant.kind and variant.fields.get("content", _SKIPPED)[:3] == Field()[:3]
        }


FREE = Shape(rest=Field(), names=True)
"""An object of the caller's own making: every string and every member's name is text."""

_segment = partial(tuple.__new__, Segment)  # what `Segment._make` does, without its length check

_TEXT, _WORD = Read.TEXT, Read.WORD
_TEXT_FIELD = Field()
_BRACKETS = frozenset(("", "{", "["))


def segments(tree: Json, shape: Shape) -> list[Segment]:
    """Every run of text in a body of the given shape. Raises `Unreadable` when it is nested too deep.

    Paths are RFC 6901 pointers. `POINTER#POINTER` leads into JSON held by a string, and `POINTER#`
    is the name of the member that POINTER leads to.
    """
    out: list[Segment] = []
    field = Field(shape=shape)
    if isinstance(tree, str):
        _string(tree, field, "", Kind.METADATA, "", 0, out)
    elif isinstance(tree, dict | list):
        _container(tree, field, "", Kind.METADATA, "", 0, out)
    return out


def _container(  # noqa: PLR0917 - called for every node: keywords cost
    node: dict[str, Json] | list[Json], field: Field, role: str, kind: Kind, path: str, depth: int, out: list[Segment]
) -> None:
    """Read an object or array by its field; `role` and `kind` are those of the object around it."""
    if depth > MAX_DEPTH:
        raise Unreadable(f"the body is nested deeper than {MAX_DEPTH} levels")
    if isinstance(node, dict):
        _object(node, field, role, kind, path, depth, out)
        return
    shape = field.shape or FREE
    for index, item in enumerate(node):
        if isinstance(item, dict):
            if (
                len(item) == 2
                and isinstance(text := item.get("content"), str)
                and isinstance(tag := item.get(shape.tag), str)
                and (known := shape.short.get(tag))
            ):
                if text[:1] in _BRACKETS:
                    _string(text, _TEXT_FIELD, known[0], known[1], f"{path}/{index}/content", depth, out)
                else:
                    out.append(_segment((known[0], f"{path}/{index}/content", text, known[1])))
                continue
            _object(item, field, role, kind, f"{path}/{index}", depth, out)
        elif isinstance(item, str):
            _string(item, field, role, kind, f"{path}/{index}", depth, out)
        elif isinstance(item, list):
            _container(item, field, role, kind, f"{path}/{index}", depth + 1, out)


def _object(  # noqa: PLR0917
    node: dict[str, Json], field: Field, role: str, kind: Kind, path: str, depth: int, out: list[Segment]
) -> None:
    _, field_kind, field_role, shape = field
    if shape is None:
        shape = FREE
    while shape.tag:
        tag = node.get(shape.tag, "")
        variant = shape.variants.get(tag) if isinstance(tag, str) else None
        if variant is None:
            break
        shape = variant
    role = shape.role or field_role or role
    kind = shape.kind or field_kind or kind
    fields = shape.fields
    for key, value in node.items():
        inner = fields.get(key)
        if inner is None:
            inner = shape.rest
            step = escape(key)
            if shape.names and key:
                out.append(_segment((role, f"{path}/{step}#", key, kind)))
            key = step
        if isinstance(value, str):
            read = inner[0]
            if read is _TEXT and value[:1] not in _BRACKETS:
                out.append(_segment((inner[2] or role, f"{path}/{key}", value, inner[1] or kind)))
            elif read is not _WORD or value not in WORDS:
                _string(value, inner, role, kind, f"{path}/{key}", depth, out)
        elif isinstance(value, dict | list):
            _container(value, inner, role, kind, f"{path}/{key}", depth + 1, out)


def _string(  # noqa: PLR0917
    text: str, field: Field, role: str, kind: Kind, path: str, depth: int, out: list[Segment]
) -> None:
    read, field_kind, field_role, _ = field
    role = field_role or role
    kind = field_kind or kind
    if read is Read.TEXT and text[:1] in _BRACKETS:
        tree = _nested(text)
        if isinstance(tree, dict | list):
            _container(tree, _TEXT_FIELD, role, kind, path + "#", depth + 1, out)
            return
    if (
        not text
        or read is Read.OPAQUE
        or (read is Read.WORD and text in WORDS)
        or (read is Read.ID and ID.fullmatch(text))
    ):
        return
    out.append(_segment((role, path, text, kind)))


def _nested(text: str) -> Json:
    """The tree of JSON held by a string, None when it is not JSON. Raises `Unreadable` on double keys."""
    try:
        return decode(text.encode())
    except orjson.JSONDecodeError:
        return None


def escape(name: str) -> str:
    """A member's name as a step of an RFC 6901 pointer."""
    if "~" in name or "/" in name:
        return name.replace("~", "~0").replace("/", "~1")
    return name
