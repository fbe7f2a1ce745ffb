"""Bytes of a body → a JSON tree that means one thing only, or the reason why it does not.

A body is forwarded as the bytes that came in, so what we read must be what the provider reads:
two parsers may keep different ones of two equal keys, and lone surrogates and NUL are read in
more than one way. Such a body is refused as unreadable, and the policy then fails closed.
"""

from __future__ import annotations

import json
import re

import orjson

MAX_BYTES = 32 * 1024 * 1024  # OpenAI and Anthropic stop at 32 MB too; files go by other routes
MAX_DEPTH = 100  # nesting, JSON inside strings included; orjson stops at 1024

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None

_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class Unreadable(Exception):
    """The body has no single meaning; the message says why and becomes the interaction's `unparsed`."""


def parse(body: bytes) -> Json:
    """The tree of a body. Raises `Unreadable`."""
    _bounded(body)
    try:
        tree = decode(body)
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"the body is not JSON: {error}") from None
    if b"\\" in body and _NUL.search(body):
        raise Unreadable("the body holds a NUL character")
    return tree


def page(body: bytes) -> str:
    """The text of a body that is no JSON and need not be: an error page. Raises `Unreadable`."""
    _bounded(body)
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise Unreadable(f"the body is not UTF-8: {error}") from None


def _bounded(body: bytes) -> None:
    if len(body) > MAX_BYTES:
        raise Unreadable(f"the body is {len(body)} bytes, more than {MAX_BYTES}")


def decode(text: bytes) -> Json:
    """The tree of a JSON text. Raises `orjson.JSONDecodeError`, and `Unreadable` when a key is double."""
    tree: Json = orjson.loads(text)
    # A tree that prints to the very same bytes has lost nothing, so no key was double. This is the
    # usual case (clients print compactly) and costs a tenth of the exact check.
    try:
        same = orjson.dumps(tree) == text
    except orjson.JSONEncodeError:  # it reads 1024 levels and writes 254
        raise Unreadable(f"the body is nested deeper than {MAX_DEPTH} levels") from None
    if not same:
        _refuse_duplicates(text)
    return tree


def _refuse_duplicates(text: bytes) -> None:
    try:
        json.loads(text, object_pairs_hook=_unique, parse_int=float)
    except RecursionError:
        raise Unreadable(f"the body is nested deeper than {MAX_DEPTH} levels") from None


def _unique(pairs: list[tuple[str, object]]) -> None:
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        double = next(key for key in keys if keys.count(key) > 1)
        raise Unreadable(f"the body has the key `{double[:40]}` twice in one object")
