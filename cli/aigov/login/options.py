"""What `login`, `logout` and `whoami` share: where the login is, how it is shown, and how errors end a command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from aigov.commands.verb import Format
from aigov.exits import Failure
from aigov.login import store
from aigov.login.store import Login
from aigov.output import harmless, print_json
from aigov_enforcers.identity.provider import ProviderError
from aigov_enforcers.identity.sso import LoginError

File = Annotated[
    Path | None,
    typer.Option(
        "--file",
        metavar="FILE",
        dir_okay=False,
        help="Where the login is kept; default: AIGOV_LOGIN, or in the user's data directory.",
    ),
]


def place(file: Path | None) -> Path:
    """The file of the login."""
    return file or store.default()


@contextmanager
def failing() -> Iterator[None]:
    """What goes wrong with a provider ends the command."""
    try:
        yield
    except (LoginError, ProviderError) as error:
        raise Failure(harmless(str(error))) from None


def show(login: Login, output: Format) -> None:
    """Who is logged in; no token."""
    facts = _facts(login)
    if output is Format.JSON:
        print_json(facts)
        return
    for name, value in facts.items():
        text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        print(f"{name:<9} {harmless(text)}")


def _facts(login: Login) -> dict[str, Any]:
    said: dict[str, Any] = {"id": login.claims["sub"]}
    said |= {name: login.claims[name] for name in ("email", "name", "groups") if name in login.claims}
    until = datetime.fromtimestamp(login.expires, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    renewed = bool(login.refresh_token)
    return said | {"issuer": login.issuer, "client": login.client, "until": until, "renewed": renewed}
