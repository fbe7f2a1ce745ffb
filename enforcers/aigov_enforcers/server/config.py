"""The server's configuration: one TOML file → `Config`. Every key is in docs/server.md.

Paths are taken from the file's own directory. Nothing secret stands in it: credentials are references (`secrets`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ByteSize,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
)
from pydantic import model_validator as checked
from pydantic_core import ErrorDetails

from aigov_enforcers.governing.governor import OnFailure
from aigov_enforcers.governing.routes import Route
from aigov_enforcers.identity.issuers import Issuer
from aigov_enforcers.server.bounds import Bounds
from aigov_enforcers.server.secrets import Reference, SecretError, Store, Vault
from aigov_enforcers.wire import PROVIDERS

_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"(\d{1,9})(ms|s|m|h|d)")
_PUT_AS = {"authorization": "Bearer {}"}
"""How a key stands in its header; alone in any other."""


class ConfigError(ValueError):
    """The file cannot be used; the message names the file, the table and the key, one line for each fault."""


class Address(NamedTuple):
    """Where to listen. Port 0 is any that is free."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def _address(text: object) -> Address:
    host, colon, port = str(text).rpartition(":")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    number = int(port) if re.fullmatch(r"[0-9]{1,5}", port) else 65536
    if not colon or not bare or number > 65535 or (":" in bare) != (bare != host):
        raise ValueError("expected HOST:PORT, such as `0.0.0.0:8443` or `[::1]:8443`")
    return Address(bare, number)


def _seconds(text: object) -> float:
    found = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError("expected a time such as `500ms`, `30s`, `5m`, `24h` or `7d`")
    return int(found[1]) * _UNITS[found[2]]


def _url(text: str) -> str:
    parts = urlsplit(text)
    try:
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or parts.username is not None or parts.query or parts.fragment:
        raise ValueError("expected a URL such as `https://llm.example/v1`, without user, query or fragment")
    return text


def _file(path: Path, info: ValidationInfo) -> Path:
    return info.context / path if isinstance(info.context, Path) else path


File = Annotated[Path, AfterValidator(_file)]
"""A path, relative to the configuration's directory."""

Listen = Annotated[Address, BeforeValidator(_address)]
Seconds = Annotated[float, BeforeValidator(_seconds)]
Url = Annotated[str, AfterValidator(_url)]
Count = Annotated[int, Field(ge=1)]


class Table(BaseModel):
    """Base of the tables: immutable, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Certificates(Table):
    """The server's own identity, and the trust domain that it believes."""

    chain: File
    key: File
    trust: File
    crl: File | None = None


class Bundle(Table):
    """Where policy comes from: a file, or a URL that is asked every so often."""

    file: File | None = None
    url: Url | None = None
    trust: File
    every: Seconds = 30.0
    fail_closed_after: Seconds | None = None
    monitor: bool | frozenset[str] = frozenset()

    @checked(mode="after")
    def _one(self) -> Self:
        if (self.file is None) == (self.url is None):
            raise ValueError("expected either `file` or `url`")
        if self.fail_closed_after is not None and self.url is None:
            raise ValueError("`fail_closed_after` is about a `url` that does not answer")
        return self


_SPOKEN = {
    "openai": ("openai.chat", "/v1"),
    "anthropic": ("anthropic.messages", ""),
    "gemini": ("gemini.generate", "/v1beta"),
    "ollama": ("ollama.chat", ""),
    "mistral": ("", "/v1"),
}
"""Provider → the format of its chats, where requests are translated to it, and the version in its paths."""


class Upstream(Table):
    """One provider: where it is, what it speaks, and the key that requests get on the way there. `model` answers what
    is rerouted there. `private` permits an address that is not of the public Internet."""

    url: Url
    speaks: str = ""
    credential: Reference | None = None
    header: str = ""
    model: str = ""
    private: bool = False


class Tokens(Table):
    """Identity tokens: the key that this server signs and verifies them with, and whether a request needs one."""

    key: File
    issuer: str = "aigov"
    audience: str = "aigov"
    lifetime: Annotated[Seconds, Field(gt=0, le=300)] = 300.0
    required: bool = True


class Limits(Table):
    """What one client, or one provider, may take. What is not said is as `bounds` says; so are the meanings."""

    head: ByteSize | None = None
    lines: Count | None = None
    body: ByteSize | None = None
    answer: ByteSize | None = None
    clients: Count | None = None
    idle: Seconds | None = None
    head_time: Seconds | None = None
    body_time: Seconds | None = None
    stall: Seconds | None = None
    connections: Count | None = None
    wait: Seconds | None = None
    connect: Seconds | None = None
    first_byte: Seconds | None = None
    silence: Seconds | None = None
    keep: Seconds | None = None
    failures: Count | None = None
    rest: Seconds | None = None

    @property
    def bounds(self) -> Bounds:
        """For the data plane."""
        return Bounds(**self.model_dump(exclude_none=True))


class Audit(Table):
    """How many decisions may wait to be put on record, before requests are refused."""

    waiting: Count = 10_000


class Log(Table):
    """The log: JSON, one object a line, on standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"


class Config(Table):
    """The whole file."""

    domain: str
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$")]
    data: File
    listen: Listen = Address("0.0.0.0", 8443)  # noqa: S104 - a server is there to be reached
    control: Listen = Address("0.0.0.0", 8444)  # noqa: S104 - as above
    health: Listen = Address("127.0.0.1", 9090)
    workers: Count = 1
    drain: Seconds = 30.0
    on_failure: OnFailure = OnFailure.CLOSED
    authority: File
    certificates: Certificates
    bundle: Bundle
    providers: Mapping[str, Upstream] = Field(min_length=1)
    vault: Vault | None = None
    tokens: Tokens | None = None
    issuers: tuple[Issuer, ...] = ()
    limits: Limits = Limits()
    audit: Audit = Audit()
    log: Log = Log()

    @checked(mode="after")
    def _exchanges(self) -> Self:
        if self.issuers and self.tokens is None:
            raise ValueError("`issuers` need a table [tokens]: their tokens are exchanged for the server's own")
        return self

    @checked(mode="after")
    def _speaks(self) -> Self:
        for name, upstream in self.providers.items():
            speaks = upstream.speaks or name
            if speaks not in PROVIDERS:
                raise ValueError(f"`providers.{name}.speaks`: unknown provider `{speaks}`")
        return self

    def routes(self, directory: Path) -> Mapping[str, Route]:
        """Provider → where its requests go, with its real key. Raises ConfigError when a key cannot be had."""
        store = Store(directory, self.vault)
        routes, faults = {}, []
        for name, each in self.providers.items():
            try:
                routes[name] = _route(each, name, store)
            except SecretError as error:
                faults.append(f"[providers.{name}] credential: {error}")
            except ValueError as error:
                faults.append(f"[providers.{name}] model: {error}")
        if faults:
            raise ConfigError("\n".join(faults))
        return routes


def _route(upstream: Upstream, name: str, store: Store) -> Route:
    """Where a provider is as the target of `reroute`: clients have the version of its interface in their base URL."""
    form, version = _SPOKEN.get(upstream.speaks or name, ("", ""))
    url = upstream.url.rstrip("/")
    if not url.endswith(version):
        url += version
    return Route(url, _headers(upstream, name, store), form if upstream.model else "", upstream.model)


def _headers(upstream: Upstream, name: str, store: Store) -> Mapping[str, str]:
    if upstream.credential is None:
        return {}
    listed = PROVIDERS[upstream.speaks or name].credentials
    header = upstream.header.lower() or next(each for each in listed if not each.startswith("?"))
    return {header: _PUT_AS.get(header, "{}").format(store.read(upstream.credential))}


def read(path: Path) -> Config:
    """The configuration in a file, its paths made absolute. Raises ConfigError with every fault."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: is not TOML: {error}") from None
    try:
        return Config.model_validate(document, context=path.absolute().parent)
    except ValidationError as error:
        raise ConfigError("\n".join(dict.fromkeys(f"{path}: {_fault(each)}" for each in error.errors()))) from None


def _fault(fault: ErrorDetails) -> str:
    """One line: `[table] key: what is wrong`, without the value, which may be a secret in the wrong place."""
    *tables, key = map(str, fault["loc"] or ("",))
    where = " ".join(filter(None, (f"[{'.'.join(tables)}]" if tables else "", key)))
    text = _TEXTS.get(fault["type"]) or fault["msg"].removeprefix("Value error, ")
    return f"{where}: {text}" if where else text


_TEXTS = {"extra_forbidden": "there is no such key", "missing": "is missing", "model_type": "expected a table"}
