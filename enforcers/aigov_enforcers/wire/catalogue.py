"""Which requests go to a model, and how they are spoken: method, host and path → `Operation`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import orjson

from aigov_enforcers.wire.body import MAX_BYTES
from aigov_enforcers.wire.format import Format
from aigov_enforcers.wire.formats import FORMATS
from aigov_enforcers.wire.guess import guess
from aigov_enforcers.wire.listing import CatalogueError, Provider, Route, host_pattern, read
from aigov_enforcers.wire.target import LOCAL, is_local, normal_host, normal_path
from aigov_runtime.model import Value

GENERIC = "generic"
"""The provider of hosts that the catalogue does not list."""

_NEVER = re.compile(r"(?!)")
_BLANK, _OPENING = b" \t\r\n", (b"{", b"[")


class Operation(NamedTuple):
    """What a request asks for.

    `errors` names the form of its refusals, `route` the end of the path that told what it is ("" when none
    did), `facts` its `request.*` attributes as far as they are known without the body. `credentials` are the headers
    (and `?name`: parameters of the query) that a request to another host must not take along; `signed` is "sigv4" where
    a signature may cover the body.
    """

    format: Format
    errors: str
    route: str
    facts: Mapping[str, Value]
    credentials: tuple[str, ...] = ()
    signed: str = ""


PROVIDERS: Mapping[str, Provider] = read(
    files("aigov_enforcers.wire").joinpath("providers.toml").read_text(encoding="utf-8"), "providers.toml"
)
"""The shipped providers, by name."""


class Catalogue:
    """Providers, and the hosts that an operator approved besides.

    `hosts` maps a host (`llm.acme.example` or `127.0.0.1:8080`) to the provider whose protocol it speaks, and so
    sanctions it. An operator's file (`from_file`) adds providers and says of each whether it is `sanctioned`. As soon
    as the operator has said anything, what he did not name is not sanctioned. An unlisted host is of the provider
    `generic` and never sanctioned, whatever it speaks: anybody can speak like a provider. On this machine, a
    gateway or stand-in goes by what it speaks. Raises `ValueError` for a provider that does not exist.
    """

    def __init__(
        self, hosts: Mapping[str, str] | None = None, *, providers: Mapping[str, Provider] = PROVIDERS
    ) -> None:
        for host, name in (hosts or {}).items():
            if name not in providers:
                raise ValueError(f"host `{host}`: unknown provider `{name}`, expected one of {', '.join(providers)}")
        self.providers = providers
        self._approved = {host.lower(): providers[name] for host, name in (hosts or {}).items()}
        self._told = hosts is not None or any(each.sanctioned is not None for each in providers.values())
        self._hosts = [
            (pattern, each) for each in providers.values() if (pattern := host_pattern(each.hosts)) is not None
        ]
        self.recognise = lru_cache(maxsize=1024)(self._recognise)

    @classmethod
    def from_file(cls, path: Path, hosts: Mapping[str, str] | None = None) -> Catalogue:
        """The shipped providers with an operator's file laid over them. Raises `CatalogueError`."""
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CatalogueError(f"{path}: cannot be read: {error}") from error
        return cls(hosts, providers=read(text, str(path), PROVIDERS))

    def _recognise(self, method: str, host: str, port: int | None, path: str) -> Operation | None:
        """The operation behind a request by its target alone, None when it is none of ours.

        Any spelling of host and path will do. Every method counts on a governed host: an answer to GET brings text too.
        """
        host, path = normal_host(host), normal_path(path)
        approved, provider = self._served(host, port)
        speaks = provider or self.providers[GENERIC]
        method = method.upper()
        for route in speaks.routes:
            if method in route.methods and (found := route.pattern.search(path)):
                return self._operation(speaks, route, host, path, found.groupdict(), approved=approved)
        if provider is None:
            return None
        return self._operation(speaks, _unknown(speaks), host, path, {}, approved=approved)

    def by_shape(self, host: str, path: str, body: bytes) -> Operation | None:
        """The operation behind a request that `recognise` does not know, by its body: a host that is listed nowhere
        and speaks to a model. None when the body looks like nothing of the kind, or is no JSON that could be governed.
        """
        if len(body) > MAX_BYTES or body.lstrip(_BLANK)[:1] not in _OPENING:
            return None
        try:
            tree = orjson.loads(body)
        except orjson.JSONDecodeError:
            return None
        shape = guess(tree)
        if shape is None:
            return None
        route = _unknown(self.providers[GENERIC])._replace(format=shape.format, operation=shape.operation)
        if shape.format.owner:
            route = route._replace(errors=shape.format.owner)
        return self._operation(self.providers[GENERIC], route, normal_host(host), normal_path(path), {}, approved=False)

    def _served(self, host: str, port: int | None) -> tuple[bool, Provider | None]:
        """Whether the operator approved the host, and whose it is."""
        names = [host, f"{host}:{port}"]
        if is_local(host):
            names += [LOCAL, f"{LOCAL}:{port}"]
        for name in names:
            if name in self._approved:
                return True, self._approved[name]
        for pattern, provider in self._hosts:
            if any(pattern.fullmatch(name) for name in names):
                return provider.sanctioned is True, provider
        return False, None

    def _operation(
        self, speaks: Provider, route: Route, host: str, path: str, said: Mapping[str, str], *, approved: bool
    ) -> Operation:
        unlisted, local = speaks.name == GENERIC, is_local(host)
        facts: dict[str, Value] = {
            "request.provider": (unlisted and local and route.format.owner) or speaks.name,
            "request.host": host,
            "request.operation": route.operation,
            "request.endpoint": path,
        }
        if said.get("model"):
            facts["request.model"] = said["model"]
        if route.streams:
            facts["request.stream"] = True
        if self._told or (unlisted and not local):
            facts["request.sanctioned"] = approved
        return Operation(route.format, route.errors, said.get("end", ""), facts, speaks.credentials, speaks.signed)


def _unknown(provider: Provider) -> Route:
    """A request to a governed host that no route knows."""
    return Route("", FORMATS[GENERIC], "other", provider.errors, streams=False, methods=frozenset(), pattern=_NEVER)
