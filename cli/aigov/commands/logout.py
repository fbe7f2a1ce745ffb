"""`aigov logout`: the login is forgotten, here and at the provider."""

from __future__ import annotations

from aigov.commands.verb import verb
from aigov.login import flows
from aigov.login.options import File, failing, place
from aigov.login.web import Web

app, command = verb("aigov logout")


@command
def run(file: File = None) -> None:
    """Log out: forget the login here, and have the provider revoke it where it can."""
    with failing():
        flows.end(place(file), Web)
    print("logged out")
