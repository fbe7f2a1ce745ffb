"""`providers.toml` → providers: the shipped catalogue, and an operator's file of the same form laid over it.

A table is a provider. `extends` names another whose routes, errors, credentials and signature it takes over. A table of
a provider that is there already adds to it: hosts and routes go in front, any other member replaces what was.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from aigov_enforcers.wire.format import Format
from aigov_enforcers.wire.formats import FORMATS
from aigov_enforcers.wire.forms import FORMS


class CatalogueError(ValueError):
    """A catalogue file cannot be understood; the message names the file, the table and the key."""


class Route(NamedTuple):
    """The end of a URL's path, and what a request to it means.

    `errors` is the form of its refusals. `streams` when every answer of it is a stream, whatever the body says.
    `pattern` finds the end of a normal path; its groups are `end` and, where the path names it, `model`.
    """

    path: str
    format: Format
    operation: str
    errors: str
    streams: bool
    methods: frozenset[str]
    pattern: re.Pattern[str]


class Provider(NamedTuple):
    """One provider: its hosts, its routes, and the form of its errors on other routes.

    `credentials` are the headers (and, written `?name`, the parameters of the query) that prove who asks, in lower
    case: secrets of these hosts alone. `signed` is "sigv4" where a signature may cover the body. `sanctioned` is what
    the operator says of it, None when nothing.
    """

    name: str
    hosts: tuple[str, ...]
    errors: str
    credentials: tuple[str, ...]
    signed: str
    sanctioned: bool | None
    routes: tuple[Route, ...]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Route(_Entry):
    path: str
    format: str
    operation: Literal["chat", "completion", "embedding", "image", "audio", "file", "tool", "other"]
    errors: str | None = None
    streams: bool = False
    methods: list[Literal["GET", "POST", "PUT", "PATCH", "DELETE"]] = ["POST"]


class _Provider(_Entry):
    hosts: list[str] = []
    extends: str | None = None
    errors: str | None = None
    credentials: list[str] | None = None
    signed: Literal["sigv4", ""] | None = None
    sanctioned: bool | None = None
    routes: list[_Route] = []


_NOTHING = Provider("", (), "openai", ("authorization",), "", None, ())
_VARIABLE = re.compile(r"\{([a-z]+)(?:=([^{}]+))?\}")
_GLOBS = {"**": ".*", "*": "[^/]*"}
_GLOB = re.compile(r"(\*\*|\*)")


def read(text: str, name: str, base: Mapping[str, Provider] | None = None) -> dict[str, Provider]:
    """The providers of `base` with those of a file's text laid over them; `name` is the file's, for errors.

    Raises `CatalogueError`.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{name}: not TOML: {error}") from None
    providers = dict(base or {})
    for table, raw in tables.items():
        try:
            entry = _Provider.model_validate(raw)
        except ValidationError as error:
            fault = error.errors()[0]
            raise CatalogueError(f"{name}: [{table}] {_place(fault['loc'])}: {fault['msg']}") from None
        providers[table] = _laid_over(providers, table, entry, f"{name}: [{table}]")
    return providers


def _place(steps: tuple[str | int, ...]) -> str:
    """`routes[2].format` of a pydantic location."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".") or "table"


def _laid_over(providers: Mapping[str, Provider], table: str, entry: _Provider, where: str) -> Provider:
    base = providers.get(table, _NOTHING)
    if entry.extends is not None:
        if entry.extends not in providers:
            raise CatalogueError(f"{where} extends: no provider `{entry.extends}` above, only {', '.join(providers)}")
        base = providers[entry.extends]._replace(hosts=base.hosts, sanctioned=base.sanctioned)
    errors = base.errors if entry.errors is None else entry.errors
    if errors not in FORMS:
        raise CatalogueError(f"{where} errors: `{errors}` is none of {', '.join(FORMS)}")
    own = tuple(_route(each, errors, f"{where} routes[{number}]") for number, each in enumerate(entry.routes))
    for number, host in enumerate(entry.hosts):
        if host != host.lower() or not re.fullmatch(r"[a-z0-9*.:\[\]-]+", host):
            raise CatalogueError(f"{where} hosts[{number}]: `{host}` is no host in lower case, `*` for any label")
    return Provider(
        table,
        (*entry.hosts, *base.hosts),
        errors,
        base.credentials if entry.credentials is None else tuple(each.lower() for each in entry.credentials),
        base.signed if entry.signed is None else entry.signed,
        base.sanctioned if entry.sanctioned is None else entry.sanctioned,
        # Routes taken over refuse in the new form where they refused in the provider's.
        (*own, *(each._replace(errors=errors) if each.errors == base.errors else each for each in base.routes)),
    )


def _route(entry: _Route, errors: str, where: str) -> Route:
    if entry.format not in FORMATS:
        raise CatalogueError(f"{where}.format: `{entry.format}` is none of {', '.join(FORMATS)}")
    form = entry.errors or FORMATS[entry.format].owner or errors
    if form not in FORMS:
        raise CatalogueError(f"{where}.errors: `{form}` is none of {', '.join(FORMS)}")
    if not entry.path.startswith("/"):
        raise CatalogueError(f"{where}.path: `{entry.path}` does not begin with `/`")
    return Route(
        entry.path,
        FORMATS[entry.format],
        entry.operation,
        form,
        entry.streams,
        frozenset(entry.methods),
        _pattern(entry.path, where),
    )


def _pattern(path: str, where: str) -> re.Pattern[str]:
    """`/model/{model=*anthropic.*}/invoke`: a variable is one step of the path, or what its glob says; `*` is anything
    within a step, `**` any number of steps."""
    regex, position, names = "", 0, set()
    for match in _VARIABLE.finditer(path):
        name, glob = match.groups()
        inner = "".join(_GLOBS.get(part) or re.escape(part) for part in _GLOB.split(glob)) if glob else "[^/]+"
        regex += re.escape(path[position : match.start()])
        regex += f"(?P<model>{inner})" if name == "model" and "model" not in names else f"(?:{inner})"
        names.add(name)
        position = match.end()
    rest = path[position:]
    if "{" in rest or "}" in rest:
        raise CatalogueError(f"{where}.path: `{path}` has a brace that is no variable")
    return re.compile(f"(?P<end>{regex}{re.escape(rest)})$", re.IGNORECASE)


def host_pattern(hosts: tuple[str, ...]) -> re.Pattern[str] | None:
    """What a provider's hosts match: `*.x` is every host below x, any other `*` is within one label; a host with a
    port holds for that port alone. Matched against `host` and `host:port`."""
    if not hosts:
        return None
    parts = []
    for host in hosts:
        below, rest = (r"(?:[^.:]+\.)+", host[2:]) if host.startswith("*.") else ("", host)
        parts.append(below + "[^.:]*".join(re.escape(part) for part in rest.split("*")))
    return re.compile("|".join(parts))
