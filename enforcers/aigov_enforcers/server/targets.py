"""Which provider a request means, and where that provider is. Nowhere else does the server connect to.

A client names it by the header `aigov-target` (`https://api.openai.com`), or by the first step of the path
(`/openai/v1/chat/completions`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from aigov_enforcers.governing.decider import Headers
from aigov_enforcers.wire import Catalogue
from aigov_enforcers.wire.catalogue import PROVIDERS
from aigov_enforcers.wire.target import normal_host

HEADER = "aigov-target"
_PORTS = {"http": 80, "https": 443}


class Origin(NamedTuple):
    """Where to connect to. `private` permits addresses that are not of the public Internet."""

    scheme: str
    host: str
    port: int
    private: bool = False

    @property
    def authority(self) -> str:
        """For the host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if _PORTS[self.scheme] == self.port else f"{host}:{self.port}"


def origin_of(url: str, *, private: bool = False) -> Origin:
    """The origin of an absolute URL. Raises ValueError for one that is none."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname or parts.username is not None:
        raise ValueError(f"`{url}`: expected a URL such as `https://llm.example`")
    return Origin(parts.scheme, normal_host(parts.hostname), parts.port or _PORTS[parts.scheme], private)


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider as configured: its name in URLs, its base URL, the headers that are its credentials, the name of the
    provider in the catalogue whose protocol it speaks (its own name when "")."""

    name: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    speaks: str = ""
    private: bool = False


class Target(NamedTuple):
    """Where one request goes: the provider, its origin, the path there (with the query)."""

    provider: Provider
    origin: Origin
    path: str


class TargetError(ValueError):
    """The request means no provider that is configured; the message is for the client."""


class Targets:
    """The configured providers. Raises ValueError for a wrong one."""

    def __init__(self, providers: Iterable[Provider], known: Mapping[str, object] = PROVIDERS) -> None:
        self._by_name: dict[str, tuple[Provider, Origin, str]] = {}
        hosts: dict[str, str] = {}
        self._by_origin: dict[tuple[str, str, int], tuple[Provider, Origin, str]] = {}
        for each in providers:
            speaks = each.speaks or each.name
            if speaks not in known:
                raise ValueError(f"provider `{each.name}`: `{speaks}` is not in the catalogue, say what it speaks")
            origin = origin_of(each.url, private=each.private)
            entry = (each, origin, urlsplit(each.url).path.rstrip("/"))
            self._by_name[each.name] = entry
            self._by_origin.setdefault(origin[:3], entry)
            hosts[f"{origin.host}:{origin.port}"] = speaks
        self.hosts: Mapping[str, str] = hosts
        """`host:port` to the provider whose protocol it speaks: for the catalogue."""
        self._catalogue = Catalogue()
        self._meant = lru_cache(maxsize=1024)(self._find)

    def find(self, headers: Headers, path: str) -> Target:
        """Where a request for this path (which begins with a slash) goes. Raises `TargetError`."""
        if "%" in path or ".." in path or "\\" in path:
            steps = unquote(path.partition("?")[0]).replace("\\", "/").split("/")
            if ".." in steps:
                raise TargetError("The path leads out of itself.")
        meant = [value for name, value in headers if name == HEADER]
        if len(meant) > 1:
            raise TargetError(f"The request has more than one `{HEADER}`.")
        if meant:
            provider, origin, prefix = self._meant(meant[0])
            return Target(provider, origin, prefix + path)
        name, slash, rest = path[1:].partition("/")
        entry = self._by_name.get(name) if slash else None
        if entry is None:
            raise TargetError(f"No provider is named, by `{HEADER}` or at the begin of the path.")
        provider, origin, prefix = entry
        return Target(provider, origin, f"{prefix}/{rest}")

    def _find(self, url: str) -> tuple[Provider, Origin, str]:
        try:
            origin = origin_of(url)
        except ValueError:
            raise TargetError(f"`{HEADER}` is no URL such as `https://api.openai.com`.") from None
        entry = self._by_origin.get(origin[:3])
        if entry is None:
            operation = self._catalogue.recognise("POST", origin.host, origin.port, "/")
            name = "" if operation is None else str(operation.facts.get("request.provider"))
            entry = self._by_name.get(name)
        if entry is None:
            raise TargetError("The server has no way to the provider that is meant.")
        return entry
