"""How a verb becomes a command, and the arguments that verbs share."""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer


def verb(example: str) -> tuple[typer.Typer, Callable[[Callable[..., Any]], Callable[..., Any]]]:
    """A one-command app and the decorator that fills it; `example` ends the verb's help."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    settings = {"help_option_names": ["-h", "--help"]}
    return app, app.command(epilog=f"Example: {example}", context_settings=settings)


class Format(StrEnum):
    """Outputs of most verbs."""

    TEXT = "text"
    JSON = "json"


class ReportFormat(StrEnum):
    """Outputs of diagnostics."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


STDIN = Path("-")


def input_path(text: str) -> Path:
    """A path that exists, or `-` for standard input."""
    path = Path(text)
    if path != STDIN and not path.exists():
        raise typer.BadParameter(f"{text!r} does not exist.")
    return path


def read_input(path: Path) -> bytes:
    """The bytes of a file, or of standard input for `-`."""
    return sys.stdin.buffer.read() if path == STDIN else path.read_bytes()


Policies = Annotated[
    list[Path], typer.Argument(metavar="PATH", exists=True, help="Policy files, or directories of .gov files.")
]
Bundle = Annotated[
    Path, typer.Argument(metavar="BUNDLE", exists=True, dir_okay=False, help="A compiled bundle (.govb).")
]
Trust = Annotated[
    Path | None,
    typer.Option(
        "--trust",
        metavar="PUB",
        exists=True,
        help="Public key, or a directory of them, that must have signed the bundle.",
    ),
]
Output = Annotated[Format, typer.Option("--format", help="How to print the result.")]
Report = Annotated[ReportFormat, typer.Option("--format", help="How to print diagnostics.")]
