"""Text around a body: headers, the URL's query and its path.

Paths are `header/NAME` and `query/NAME`, from the second of that name on with its number (`header/NAME/1`); a final
`#` means the name itself. A name cannot be edited: nothing could be put there that is still a header. `path/N` is a
step of the URL's path, which cannot be edited either: the request would ask for something else.

Not read are the credentials that a provider asks for, and what the official clients send of themselves (`_OURS`)
as long as it has the form that they give it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote_plus, unquote_plus

from aigov_enforcers.wire.content.mirrors import decoded, encoded, is_mirror
from aigov_enforcers.wire.message import FixedError, Message
from aigov_enforcers.wire.shape import escape
from aigov_enforcers.wire.words import ID
from aigov_runtime.model import Direction, Kind, Segment

CREDENTIALS = frozenset(
    """
    authorization proxy-authorization x-api-key api-key x-goog-api-key ocp-apim-subscription-key cookie
    x-amz-security-token
    """.split()  # noqa: SIM905 - a table of words, readable as it stands
)
"""Headers that hold a secret of the host they go to."""

_KEYS = frozenset({"key", "access_token"})  # the same in a query: Gemini's key, Google's OAuth token
_ROUTING = frozenset({"host", "x-amz-date", "x-amz-content-sha256"})  # known as facts, or made from the body
_SERVERS = frozenset(
    """
    set-cookie date server via age etag expires last-modified vary alt-svc nel report-to cf-ray cf-cache-status
    x-request-id request-id apim-request-id x-amzn-requestid x-ms-request-id x-ms-client-request-id openai-organization
    anthropic-organization-id openai-project strict-transport-security content-security-policy traceparent
    x-cloud-trace-context server-timing x-envoy-upstream-service-time access-control-allow-origin
    """.split()  # noqa: SIM905 - likewise
)
"""Headers in which a provider's own servers speak of themselves; no model writes them."""

_OURS = re.compile(
    r"""
      content-length:\d{1,10} | transfer-encoding:chunked | connection:(?:keep-alive|close|upgrade) | te:trailers
    | (?:accept|content-type):
      (?:application/(?:json|x-ndjson|octet-stream|vnd\.amazon\.eventstream)|text/(?:event-stream|plain)|\*/\*)
      (?:,[ ]text/event-stream|;[ ]?charset=utf-?8)?
    | content-type:multipart/form-data;[ ]boundary=[0-9a-f]{32}
    | (?:accept|content)-encoding:(?:gzip|deflate|br|zstd|identity)(?:,[ ]?(?:gzip|deflate|br|zstd|identity)){0,4}
    | user-agent:(?:Async)?(?:OpenAI|AzureOpenAI|Anthropic|python-httpx2?|ollama-python|mistral-client-python|cohere)
      /(?:Python[ ]|JS[ ])?[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}
    | anthropic-version:2023-06-01 | openai-beta:[a-z]{1,12}=v[0-9]
    | x-stainless-(?:lang|os|arch|runtime|async|helper-method|retry-count|timeout|read-timeout):
      (?:python|js|Linux|MacOS|Windows|x64|arm64|x32|CPython|PyPy|node|deno|bun|false|true|async:asyncio|async:trio
        |stream|unknown|[0-9]{1,4}(?:\.0)?)
    | x-stainless-(?:package|runtime)-version:v?[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}
    """,
    re.VERBOSE | re.IGNORECASE,
)
_PLAIN = re.compile(r"alt=(?:sse|json)|beta=true|api-version=20\d\d-\d\d-\d\d(?:-preview)?")
_STEP = re.compile(r"[a-z]{1,20}(?:[_-][a-z]{1,20}){0,3}(?::[A-Za-z]{1,32})?|v[0-9]{1,2}(?:(?:alpha|beta)[0-9]?)?")
_BROKEN = re.compile("[\0\r\n]")
_SKIPPED = {Direction.PROMPT: CREDENTIALS | _ROUTING, Direction.RESPONSE: _SERVERS | _ROUTING}


class Piece(NamedTuple):
    """A header, or a piece of the query between two `&`: which one it is, its path, its name and its text."""

    number: int
    path: str
    name: str
    text: str


@lru_cache(maxsize=4096)
def _tells(header: tuple[str, str]) -> bool:
    """Whether a header says more than that an official client sends it."""
    return _OURS.fullmatch(":".join(header)) is None


def runs(message: Message, direction: Direction) -> tuple[Segment, ...]:
    """The texts around the body."""
    telling = [header for header in message.headers if header[0] not in _SKIPPED[direction] and _tells(header)]
    if not telling and not message.query:
        return ()
    found = []
    for _, path, name, text in (*_headers(message, direction), *_query(message)):
        if name:
            found.append(Segment("", path + "#", name, Kind.METADATA))
        if text:
            found.append(Segment("", path, text, Kind.METADATA, name))
    return tuple(found)


@lru_cache(maxsize=1024)
def steps(path: str) -> tuple[Segment, ...]:
    """The texts in a URL's path, decoded: its steps but for plain words, versions and the providers' identifiers."""
    return tuple(
        Segment("", f"path/{number}", step, Kind.METADATA)
        for number, step in enumerate(path.split("/"))
        if step and not _STEP.fullmatch(step) and not ID.fullmatch(step)
    )


def _headers(message: Message, direction: Direction) -> Iterator[Piece]:
    skipped = _SKIPPED[direction]
    seen: Counter[str] = Counter()
    for number, header in enumerate(message.headers):
        name, value = header
        if name not in skipped and _tells(header):
            yield Piece(number, _path("header", name, seen), name, decoded(value) if is_mirror(name) else value)


def _query(message: Message) -> Iterator[Piece]:
    seen: Counter[str] = Counter()
    for number, piece in enumerate(message.query.split("&")):
        name, _, value = piece.partition("=")
        if piece and name not in _KEYS and _PLAIN.fullmatch(piece) is None:
            name = unquote_plus(name)
            yield Piece(number, _path("query", name, seen), name, unquote_plus(value))


def _path(place: str, name: str, seen: Counter[str]) -> str:
    number = seen[name]
    seen[name] += 1
    return f"{place}/{escape(name)}/{number}" if number else f"{place}/{escape(name)}"


def edited(message: Message, direction: Direction, changed: Mapping[str, str]) -> Message:
    """The message with the texts at these paths changed. Raises `FixedError` when one cannot be."""
    for path in changed:
        if path.startswith("path/"):
            raise FixedError("the path of a URL cannot be edited")
        if path.endswith("#"):
            raise FixedError(f"the name of a {path.partition('/')[0]} member cannot be edited")
    headers = list(message.headers)
    for number, path, name, _ in _headers(message, direction):
        if path in changed:
            value = encoded(changed[path]) if is_mirror(name) else changed[path]
            if _BROKEN.search(value):
                raise FixedError("a header cannot hold a line break")
            headers[number] = name, value
    pieces = message.query.split("&")
    for number, path, _, _ in _query(message):
        if path in changed:
            pieces[number] = f"{pieces[number].partition('=')[0]}={quote_plus(changed[path])}"
    return message._replace(headers=tuple(headers), query="&".join(pieces))
