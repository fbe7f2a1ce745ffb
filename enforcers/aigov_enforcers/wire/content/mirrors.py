"""Headers of MCP that say again what the body says: both must agree, or the server refuses the call.

`mcp-method` has the method, `mcp-name` the tool, prompt or resource, `mcp-param-*` an argument that the tool's schema
marks. Which argument is not known here, so it is the one with that value.

Source: https://modelcontextprotocol.io/specification, revision 2026-07-28, streamable HTTP
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

import orjson

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.message import FixedError, Message

_PARAM = "mcp-param-"
_NAMES = frozenset({"mcp-method", "mcp-name"})
_ENCODED = re.compile(r"=\?base64\?(.*)\?=")
_PLAIN = re.compile(r"(?! )[\x20-\x7E]*(?<! )")

Place = tuple[str | int, ...]


def is_mirror(name: str) -> bool:
    """Whether a header is one of these."""
    return name in _NAMES or name.startswith(_PARAM)


def decoded(value: str) -> str:
    """What such a header says; as it stands when it is not encoded as it should be."""
    found = _ENCODED.fullmatch(value)
    if found is None:
        return value
    try:
        return base64.b64decode(found[1], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return value


def encoded(text: str) -> str:
    """The header's value for a text."""
    if _PLAIN.fullmatch(text) and not _ENCODED.fullmatch(text):
        return text
    return f"=?base64?{base64.b64encode(text.encode()).decode()}?="


def agreeing(before: Message, tree: Json, after: Message) -> Message:
    """A changed message with these headers as its body has them. `tree` is the body before.

    A header that did not agree before is left alone. Raises `FixedError` when a header was changed and what it repeats
    was not, or not in the same way.
    """
    mirrors = [(name, decoded(value)) for name, value in before.headers if is_mirror(name)]
    if not mirrors:
        return after
    said = dict(mirrors)
    if len(said) < len(mirrors):
        raise FixedError("a header that repeats the body is there twice")
    old, new = dict(_repeatable(tree)), dict(_repeatable(orjson.loads(after.body)))
    headers = []
    for name, value in after.headers:
        was, now = said.get(name), decoded(value)
        becomes = {new.get(place) for place, text in old.items() if text == was and place[0] == _source(name)}
        if becomes and now != was:
            becomes.add(now)
        if len(becomes) > 1:
            raise FixedError(f"the header `{name}` would not say what the body says")
        text = becomes.pop() if becomes else now
        headers.append((name, value if text is None or text == now else encoded(text)))
    return after._replace(headers=tuple(headers))


def _source(name: str) -> str:
    """Which part of a call a header repeats."""
    return "arguments" if name.startswith(_PARAM) else name.removeprefix("mcp-")


def _repeatable(tree: Json) -> Iterator[tuple[Place, str]]:
    """What headers may repeat: its part, where it is, and as a header has it."""
    for number, call in enumerate(tree if isinstance(tree, list) else [tree]):
        if not isinstance(call, dict):
            continue
        yield from _scalars(call.get("method"), ("method", number))
        params = call.get("params")
        if isinstance(params, dict):
            yield from _scalars(params.get("name", params.get("uri")), ("name", number))
            yield from _scalars(params.get("arguments"), ("arguments", number))


def _scalars(value: Json, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _scalars(inner, (*place, key))
    elif isinstance(value, str):
        yield place, value
    elif isinstance(value, bool):
        yield place, "true" if value else "false"
    elif isinstance(value, int | float):
        yield place, str(value)
