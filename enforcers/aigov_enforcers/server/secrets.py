"""Credentials: the configuration refers to them, and they are read from where they are kept.

Reference ({env} | {file} | {vault}) → `Secrets.read` → the text, which goes into no log and no error.
"""

from __future__ import annotations

import os
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Protocol, Self
from urllib.parse import quote, urlsplit

import orjson
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

TIMEOUT = 10.0
"""Seconds that Vault may take."""

MAX_ANSWER = 1 << 20
_VISIBLE = range(0x21, 0x7F)


class SecretError(ValueError):
    """A credential cannot be had. The message says which and why, never what it is."""


def _https(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in {"127.0.0.1", "::1", "localhost"}):
        raise ValueError("expected an https URL: a secret must not cross a network in the open")
    return url


class Reference(BaseModel):
    """Where a credential is kept: a variable, a file, or `PATH#FIELD` in Vault, the path as in its HTTP API."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    env: str | None = None
    file: Path | None = None
    vault: Annotated[str | None, Field(pattern=r"^[^#?]+#[^#]+$")] = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(each is not None for each in (self.env, self.file, self.vault)) != 1:
            raise ValueError("expected one of `env`, `file` and `vault`")
        return self

    def __str__(self) -> str:
        return next(f"{kind} `{value}`" for kind, value in self if value is not None)


class Vault(BaseModel):
    """A HashiCorp Vault (or OpenBao) server, whose key-value secrets are read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: Annotated[str, AfterValidator(_https)]
    token: Reference
    namespace: str = ""

    @model_validator(mode="after")
    def _no_circle(self) -> Self:
        if self.token.vault is not None:
            raise ValueError("the token cannot be in Vault itself")
        return self


class Secrets(Protocol):
    """Reads credentials of one kind."""

    def read(self, reference: Reference) -> str:
        """The credential. Raises SecretError."""


class Store:
    """Credentials of every kind. `directory` is what the paths of files are relative to."""

    def __init__(
        self, directory: Path, vault: Vault | None = None, environment: Mapping[str, str] = os.environ
    ) -> None:
        self._directory, self._vault, self._environment = directory, vault, environment

    def read(self, reference: Reference) -> str:
        """The credential, without the line's end. Raises SecretError, also for one that could not be in a header."""
        try:
            text = self._read(reference).strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or getattr(error, "reason", None) or "it is not text"
            raise SecretError(f"{reference}: cannot be read: {reason}") from None
        if not text or any(ord(char) not in _VISIBLE for char in text):
            raise SecretError(f"{reference}: expected one word of visible ASCII characters")
        return text

    def _read(self, reference: Reference) -> str:
        if reference.env is not None:
            if reference.env not in self._environment:
                raise SecretError(f"{reference}: there is no such variable")
            return self._environment[reference.env]
        if reference.file is not None:
            return (self._directory / reference.file).read_text(encoding="utf-8")
        return self._ask(reference, *str(reference.vault).split("#"))

    def _ask(self, reference: Reference, path: str, field: str) -> str:
        """Of the key-value engine's first version `data` has the fields, of its second `data.data`
        (https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2#read-secret-version)."""
        if self._vault is None:
            raise SecretError(f"{reference}: there is no table [vault]")
        headers = {"X-Vault-Token": self.read(self._vault.token), "X-Vault-Request": "true"}
        if self._vault.namespace:
            headers["X-Vault-Namespace"] = self._vault.namespace
        url = f"{self._vault.address.rstrip('/')}/v1/{quote(path.strip('/'))}"
        try:
            with _opener.open(urllib.request.Request(url, headers=headers), timeout=TIMEOUT) as answer:  # noqa: S310 - the scheme is checked
                tree = orjson.loads(answer.read(MAX_ANSWER))
            data = tree["data"]
            if "metadata" in data and isinstance(data.get("data"), dict):
                data = data["data"]
            value = data[field]
        except urllib.error.HTTPError as error:
            error.close()
            raise SecretError(f"{reference}: Vault answers {error.code}") from None
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
            raise SecretError(f"{reference}: Vault has no such field there") from None
        if not isinstance(value, str):
            raise SecretError(f"{reference}: expected a string")
        return value


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows nothing: a token goes to nobody else."""

    def redirect_request(self, *_about: object) -> None:
        return None


_opener = urllib.request.build_opener(_Stay, urllib.request.ProxyHandler({}))
