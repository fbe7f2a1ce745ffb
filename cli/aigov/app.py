"""The command tree: names and order of the verbs; each is imported when it is used."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from aigov import __version__

VERBS = (
    *("check", "fmt", "lint", "test", "compile", "keys", "verify", "inspect", "eval", "explain", "scan", "detectors"),
    "coverage",
    "run",
    "server",
    *("ca", "device"),
    *("login", "logout", "whoami"),
)


class Verbs(TyperGroup):
    """Finds a verb in `aigov.commands` by its name."""

    # `Any`: typer keeps the types of its contexts and commands private.

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - typer's signature
        """All verbs, in the order of an author's day."""
        return list(VERBS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - typer's signature
        """One verb, imported now; None when there is no such verb."""
        if cmd_name not in VERBS:
            return None
        command = typer.main.get_command(import_module(f"aigov.commands.{cmd_name}").app)
        command.name = cmd_name
        return command


app = typer.Typer(
    cls=Verbs,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: aigov check policies/ && aigov compile policies/ -o policy.govb --key aigov.key",
)


def _version(asked: bool) -> None:
    if asked:
        print(f"aigov {__version__}")
        raise typer.Exit


@app.callback()
def aigov(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Write, check, test and compile AI traffic policies, and see what they decide."""
