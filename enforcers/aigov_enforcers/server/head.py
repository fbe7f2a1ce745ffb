"""Header lines: which go on, and how they are written."""

from __future__ import annotations

from collections.abc import Iterable

from aigov_enforcers.governing.decider import Headers
from aigov_enforcers.governing.routes import CREDENTIALS

HOP = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-connection",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Of one connection (RFC 9110 section 7.6.1)."""

_OURS = HOP | CREDENTIALS | {"host", "content-length", "expect", "accept-encoding", "forwarded", "via", "client-cert"}
_OWN = ("aigov-", "x-forwarded-", "client-cert-")
"""What a client says to us, or a proxy before us of the client; none of a provider's business."""
_STAYS = HOP | {"content-length", "set-cookie", "alt-svc"}
"""A provider's cookies are ours, and another way to reach it (RFC 7838) would lead past us."""


_KEY = "openai-insecure-api-key."


class InjectionError(ValueError):
    """A header that would be more than one line."""


def onward(headers: Headers, credentials: tuple[str, ...] = ()) -> Headers:
    """The headers (names in lower case) of a client that its provider gets: no credential, nothing of the connection,
    nothing that is said to us. Encodings are not asked for: they would have to be undone."""
    named = _named(headers)
    return tuple(
        pair
        for pair in headers
        if pair[0] not in _OURS and not pair[0].startswith(_OWN) and pair[0] not in credentials and pair[0] not in named
    )


def upgrading(headers: Headers) -> Headers:
    """What goes on of a request for a WebSocket: no extension, as what is compressed would have to be undone, and
    no key that a browser has put among the protocols."""
    kept = []
    for name, value in headers:
        if name == "sec-websocket-extensions":
            continue
        if name == "sec-websocket-protocol":
            offered = [each.strip() for each in value.split(",")]
            value = ", ".join(each for each in offered if not each.lower().startswith(_KEY))
            if not value:
                continue
        kept.append((name, value))
    return (*kept, ("connection", "upgrade"), ("upgrade", "websocket"))


def back(headers: Headers) -> Headers:
    """The headers of an answer that the client gets."""
    named = _named(headers)
    return tuple(pair for pair in headers if pair[0] not in _STAYS and pair[0] not in named)


def _named(headers: Headers) -> frozenset[str]:
    """What the connection header says is of one connection."""
    for name, value in headers:
        if name == "connection" and value.lower() not in {"keep-alive", "close"}:
            return frozenset(
                part.strip().lower() for each, value in headers if each == "connection" for part in value.split(",")
            )
    return frozenset()


def written(first: str, headers: Iterable[tuple[str, str]]) -> bytes:
    """A head on the wire. Raises `InjectionError` when a line is not one, and ValueError for characters that headers
    do not have."""
    lines = [first, *[f"{name}: {value}" for name, value in headers], "\r\n"]
    head = "\r\n".join(lines).encode("latin-1")
    if head.count(b"\n") != len(lines) or head.count(b"\r") != len(lines):
        raise InjectionError("a header holds a line break")
    return head
