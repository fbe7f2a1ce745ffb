"""Where rerouted requests go, and what they leave behind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote_plus, urlsplit, urlunsplit

from aigov_enforcers.governing.decider import LENGTH, Request, without
from aigov_enforcers.governing.translated import Translated, check, translated, undone
from aigov_enforcers.wire import Operation
from aigov_enforcers.wire.body import parse
from aigov_enforcers.wire.splice import splice
from aigov_enforcers.wire.translate import Untranslatable

CREDENTIALS = frozenset(
    {"authorization", "api-key", "x-api-key", "x-goog-api-key", "cookie", "x-amz-security-token", "proxy-authorization"}
)
"""Headers that are secrets of one host; a rerouted request does not take them along."""

_MODEL = re.compile(r"/models/[^/:]+:")


@dataclass(frozen=True, slots=True)
class Route:
    """Where a `reroute` target is: a base URL, and headers to send there (its own credentials).

    `format` is the wire format that is spoken there (`anthropic.messages`), "" for the client's own; requests in
    another one are translated. `model` is the model that answers there, "" for the one that the client asks for.
    Raises ValueError for a URL that is none, an unknown format, a format without a model, and a model that Ollama
    would hand on to its cloud.
    """

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    format: str = ""
    model: str = ""

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"route to `{self.url}`: expected a URL such as `https://llm.example/v1`")
        try:
            check(self.format, self.model)
        except ValueError as error:
            raise ValueError(f"route to `{self.url}`: {error}") from None


def rerouted(request: Request, route: Route, operation: Operation) -> tuple[Request, Translated | None]:
    """The request to another place, with that place's credentials and none of the first; and how its answer comes
    back when another format is spoken there. Raises `Untranslatable` and `Unreadable`."""
    set_ = {name.lower() for name in route.headers}
    if route.format and route.format != operation.format.name:
        path, sent, way = translated(request, operation, route.format, route.model)
        headers = (*without(sent.headers, frozenset(set_)), *route.headers.items())
        return sent._replace(url=below(route.url, path), headers=headers), way
    if route.model:
        request, operation = asking(request, operation, route.model)
    headers = without(request.headers, CREDENTIALS | LENGTH | set_ | {"host", *operation.credentials})
    url = at(route.url, operation.route, without_keys(request.url, operation.credentials))
    return request._replace(url=url, headers=(*headers, *route.headers.items())), None


def asking(request: Request, operation: Operation, model: str) -> tuple[Request, Operation]:
    """The same request to another model, which its path names or its body. Raises `Untranslatable` and `Unreadable`."""
    if _MODEL.search(operation.route):
        named = f"/models/{quote(model, safe='')}:"
        route = _MODEL.sub(lambda _: named, operation.route)
        return request, operation._replace(route=route)
    body = undone(request.headers, request.body)
    tree = parse(body)
    if not isinstance(tree, dict) or not isinstance(tree.get("model"), str):
        raise Untranslatable("it names no model")
    headers = without(request.headers, LENGTH | {"content-encoding"})
    return request._replace(headers=headers, body=splice(body, {"/model": model})), operation


def below(base: str, path: str) -> str:
    """A path, with its query, below a base URL."""
    scheme, host, prefix, base_query, _ = urlsplit(base)
    path, _, query = path.partition("?")
    query = "&".join(filter(None, (query, base_query)))
    return urlunsplit((scheme, host, prefix.rstrip("/") + path, query, ""))


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
