"""`aigov login`: a person proves by SSO who uses this machine."""

from __future__ import annotations

from typing import Annotated

import typer

from aigov.commands.verb import Format, Output, verb
from aigov.login import flows, store
from aigov.login.options import File, failing, place, show
from aigov.login.web import Web
from aigov.output import note
from aigov_enforcers.identity.sso import SCOPES, Client

app, command = verb("aigov login --issuer https://sso.acme.example --client-id aigov")


@command
def run(
    issuer: Annotated[
        str, typer.Option(metavar="URL", envvar="AIGOV_SSO_ISSUER", help="The OpenID provider, as it names itself.")
    ],
    client: Annotated[
        str, typer.Option("--client-id", metavar="ID", envvar="AIGOV_SSO_CLIENT", help="Our id there: a public client.")
    ],
    secret: Annotated[
        str,
        typer.Option(
            "--client-secret",
            metavar="TEXT",
            envvar="AIGOV_SSO_CLIENT_SECRET",
            help="For providers that give one to programs, as Google does; it protects nothing.",
        ),
    ] = "",
    device: Annotated[
        bool, typer.Option("--device", help="With a browser on another machine: this one shows a code.")
    ] = False,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the browser, or only tell the URL.")
    ] = True,
    scopes: Annotated[str, typer.Option(metavar="SCOPES", help="What is asked for.")] = SCOPES,
    seconds: Annotated[int, typer.Option("--timeout", metavar="SECONDS", min=1, help="How long to wait.")] = 300,
    file: File = None,
    output: Output = Format.TEXT,
) -> None:
    """Log in by the organisation's SSO.

    With a browser on this machine, or with a code that is typed in on another one. What was given is kept in a file
    that only its owner can read, and renewed when it expires.
    """
    path, us = place(file), Client(client, secret)
    with failing(), Web() as web:
        if device:
            login = flows.with_device_code(web, issuer, us, scopes, say=note)
        else:
            login = flows.with_browser(web, issuer, us, scopes, seconds=seconds, browser=browser, say=note)
        with store.locked(path):
            store.save(path, login)
    show(login, output)
