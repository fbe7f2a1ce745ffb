"""Where rerouted requests go, and what they leave behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_plus, urlsplit, urlunsplit

from aigov_enforcers.governing.decider import LENGTH, Request, without
from aigov_enforcers.wire import Operation

CREDENTIALS = frozenset(
    {"authorization", "api-key", "x-api-key", "x-goog-api-key", "cookie", "x-amz-security-token", "proxy-authorization"}
)
"""Headers that are secrets of one host; a rerouted request does not take them along."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where a `reroute` target is: a base URL, and headers to send there (its own credentials).

    Raises ValueError for a URL that is none.
    """

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"route to `{self.url}`: expected a URL such as `https://llm.example/v1`")


def rerouted(request: Request, route: Route, operation: Operation) -> Request:
    """The same request to another place, with that place's credentials and none of the first."""
    set_ = {name.lower() for name in route.headers}
    headers = without(request.headers, CREDENTIALS | LENGTH | set_ | {"host", *operation.credentials})
    url = at(route.url, operation.route, without_keys(request.url, operation.credentials))
    return request._replace(url=url, headers=(*headers, *route.headers.items()))


def without_keys(url: str, credentials: tuple[str, ...]) -> str:
    """The URL without the parameters that are credentials (`?key` of Gemini)."""
    keys = {each[1:] for each in credentials if each.startswith("?")}
    parts = urlsplit(url)
    if not keys or not parts.query:
        return url
    kept = (each for each in parts.query.split("&") if unquote_plus(each.partition("=")[0]).lower() not in keys)
    return urlunsplit(parts._replace(query="&".join(kept)))


def at(base: str, route: str, asked: str) -> str:
    """The URL of the same operation below another base. What the route does not name (a prefix such as `/v1`) is
    the base's own business."""
    _, _, path, query, _ = urlsplit(asked)
    scheme, host, prefix, base_query, _ = urlsplit(base)
    return urlunsplit((scheme, host, prefix.rstrip("/") + (route or path), query or base_query, ""))
