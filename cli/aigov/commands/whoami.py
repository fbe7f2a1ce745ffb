"""`aigov whoami`: who is logged in on this machine."""

from __future__ import annotations

from aigov.commands.verb import Format, Output, verb
from aigov.login import flows
from aigov.login.options import File, failing, place, show
from aigov.login.web import Web

app, command = verb("aigov whoami --format json")


@command
def run(file: File = None, output: Output = Format.TEXT) -> None:
    """Show who is logged in, renewing the login when it is about to expire."""
    with failing():
        login = flows.current(place(file), Web)
    show(login, output)
