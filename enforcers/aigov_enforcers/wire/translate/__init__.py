"""Requests of one provider carried over to another, and its answers carried back, sans-I/O.

A request is read into the neutral form and written from there, so each provider has a reader and a writer, and knows
no other. What has no counterpart there is refused before anything is sent. docs/reroute.md has the table.

neutral     the form between
dialect     what a provider's package gives
openai, anthropic, gemini, ollama
streaming   answers in pieces
turns       messages in order, calls joined to their results
fields      members taken one by one, so that none is forgotten
errors      statuses and what they are called
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

import orjson

from aigov_enforcers.wire.body import Json, Unreadable, parse
from aigov_enforcers.wire.translate import anthropic, gemini, ollama, openai
from aigov_enforcers.wire.translate.dialect import Dialect
from aigov_enforcers.wire.translate.neutral import Failure, Untranslatable
from aigov_enforcers.wire.translate.ollama.requests import is_cloud
from aigov_enforcers.wire.translate.streaming import Translation

__all__ = [
    "DIALECTS",
    "Failure",
    "Sent",
    "Stream",
    "Untranslatable",
    "asks",
    "error",
    "is_cloud",
    "request",
    "response",
]

DIALECTS: Mapping[str, Dialect] = {
    each.name: each for each in (openai.DIALECT, anthropic.DIALECT, gemini.DIALECT, ollama.DIALECT)
}
"""By the name of the wire format."""

_NUMBER = re.compile(r"\[\d+\]")
_OK = 200
_ERROR = 400


class Sent(NamedTuple):
    """A request to send: the path below the provider's base URL, with its query; headers that go with it; the body.

    `stream` and `usage` are what the client asked for, `array` that its stream is a JSON array. `left_out` names
    members that say nothing about the answer and did not come along.
    """

    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    stream: bool
    usage: bool
    array: bool
    left_out: tuple[str, ...]


def asks(format: str, path: str) -> bool:
    """Whether a request to this path asks for an answer, and not for a count of tokens, a batch or a cache."""
    return format in DIALECTS and path.lower().endswith(tuple(end.lower() for end in DIALECTS[format].ends))


def request(body: bytes, source: str, target: str, model: str, *, path: str = "", query: str = "") -> Sent:
    """A request in the format `source`, to the model of the format `target`. `path` and `query` are those of its URL.

    Raises `Untranslatable`, with what cannot be carried over.
    """
    try:
        asked = _dialect(source).read(parse(body), path)
    except Unreadable as why:
        raise Untranslatable(str(why)) from None
    there = _dialect(target)
    to, written = there.write(asked._replace(model=model))
    array = asked.stream and source == "gemini.generate" and "alt=sse" not in query.lower().split("&")
    headers = (("content-type", "application/json"), *there.headers)
    left_out = tuple(dict.fromkeys(_NUMBER.sub("[]", name) for name in asked.left_out))
    return Sent(to, headers, orjson.dumps(written), asked.stream, asked.usage, array, left_out)


def response(body: bytes, upstream: str, client: str, status: int = _OK) -> bytes:
    """A whole answer of the format `upstream`, or an error (`status` of 400 or more), in the format `client`.

    Raises `Untranslatable`; an error is always translated, if only to its status.
    """
    here, there = _dialect(client), _dialect(upstream)
    if status >= _ERROR:
        return error(client, there.failed(_object(body) or {}, status))
    tree = _object(body)
    if tree is None:
        raise Untranslatable("the answer is no JSON object")
    return orjson.dumps(here.answer(there.answered(tree)))


def error(client: str, failure: Failure) -> bytes:
    """An error in the form of a client."""
    message = failure.message or f"The provider answered with status {failure.status}."
    return orjson.dumps(_dialect(client).failure(failure._replace(message=message)))


def _object(body: bytes) -> Mapping[str, Json] | None:
    try:
        tree = parse(body)
    except Unreadable:
        return None
    return tree if isinstance(tree, dict) else None


class Stream(Translation):
    """A streamed answer of the format `upstream` for a client of the format `client`: `feed(bytes) -> bytes`,
    `close() -> bytes`."""

    def __init__(self, upstream: str, client: str, *, usage: bool = False, array: bool = False) -> None:
        super().__init__(_dialect(upstream), _dialect(client), usage=usage, array=array)


def _dialect(name: str) -> Dialect:
    found = DIALECTS.get(name)
    if found is None:
        raise Untranslatable(f"the format `{name}` is not translated; {', '.join(DIALECTS)} are")
    return found
