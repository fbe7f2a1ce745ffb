"""Which requests go to a model, and how they are spoken: host and path → `Operation`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

from aigov_enforcers.wire.format import Format
from aigov_enforcers.wire.formats import FORMATS
from aigov_runtime.model import Value

GENERIC = "generic"
"""The provider of hosts that the catalogue does not list."""


class Route(NamedTuple):
    """The end of a URL's path, and what it means."""

    path: str
    format: Format
    operation: str


class Provider(NamedTuple):
    """One provider: its hosts (`*.x` for all below x), its routes, and whose form its errors have on other routes."""

    name: str
    hosts: tuple[str, ...]
    errors: str
    routes: tuple[Route, ...]

    def serves(self, host: str) -> bool:
        """Whether the host is one of this provider's."""
        return any(host == each or (each[0] == "*" and host.endswith(each[1:])) for each in self.hosts)


class Operation(NamedTuple):
    """What a request asks for.

    `errors` names the form of its refusals, `route` the end of the path that told what it is ("" when none
    did), `facts` its `request.*` attributes as far as they are known without the body.
    """

    format: Format
    errors: str
    route: str
    facts: Mapping[str, Value]


_LOOPBACK = re.compile(r"localhost|127\.[0-9.]+|::1")
_UNKNOWN = Route("", FORMATS["generic"], "other")


def _load() -> dict[str, Provider]:
    text = files("aigov_enforcers.wire").joinpath("providers.toml").read_text(encoding="utf-8")
    return {
        name: Provider(
            name,
            tuple(entry["hosts"]),
            entry["errors"],
            tuple(Route(r["path"], FORMATS[r["format"]], r["operation"]) for r in entry["routes"]),
        )
        for name, entry in tomllib.loads(text).items()
    }


PROVIDERS: Mapping[str, Provider] = _load()


class Catalogue:
    """The shipped providers, and the hosts that an operator approved besides.

    `hosts` maps a host (`llm.acme.example` or `127.0.0.1:8080`) to the provider whose protocol it speaks. With it
    `request.sanctioned` is known: true for these hosts alone. An unlisted host is of the provider `generic`, whatever
    it speaks: anybody can speak like a provider. On this machine, a gateway or stand-in goes by what it speaks.
    Raises `ValueError` for a provider that does not exist.
    """

    def __init__(self, hosts: Mapping[str, str] | None = None) -> None:
        for host, name in (hosts or {}).items():
            if name not in PROVIDERS:
                raise ValueError(f"host `{host}`: unknown provider `{name}`, expected one of {', '.join(PROVIDERS)}")
        self._hosts = None if hosts is None else {host.lower(): PROVIDERS[name] for host, name in hosts.items()}
        self.recognise = lru_cache(maxsize=1024)(self._recognise)

    def _recognise(self, method: str, host: str, port: int | None, path: str) -> Operation | None:
        """The operation behind a request, None when it is none of ours. `host` is lower case."""
        host = host.removesuffix(".")  # a name with its root is the same name
        approved = self._hosts or {}
        listed = approved.get(f"{host}:{port}") or approved.get(host)
        provider = listed or next((each for each in PROVIDERS.values() if each.serves(host)), None)
        speaks = provider or PROVIDERS[GENERIC]
        end = path.rstrip("/")
        route = next((each for each in speaks.routes if end.endswith(each.path)), None) if method == "POST" else None
        if route is None:
            if provider is None:
                return None
            route = _UNKNOWN
        local = provider is None and _LOOPBACK.fullmatch(host) is not None
        facts: dict[str, Value] = {
            "request.provider": (local and route.format.owner) or speaks.name,
            "request.host": host,
            "request.operation": route.operation,
            "request.endpoint": path,
        }
        if self._hosts is not None:
            facts["request.sanctioned"] = listed is not None
        return Operation(route.format, route.format.owner or speaks.errors, route.path, facts)
