"""`aigov run`: a program under an enforcement point on this machine, without a change to the program."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from aigov.commands.verb import Trust, verb
from aigov.exits import Failure

app, _ = verb("aigov run --sdk --bundle policy.govb -- python agent.py")

_PYTHON = re.compile(r"python[0-9.]*|pypy[0-9.]*")
_SHEBANG = re.compile(rb"#!\s*(?:\S*/env\s+(?:-S\s+)?)?(\S+)")
_WITH_ARGUMENT = ("-X", "-W", "--check-hash-based-pycs")
"""Options of the interpreter whose argument may be the next word."""


@app.command(
    epilog="Example: aigov run --sdk --bundle policy.govb -- python agent.py",
    context_settings={"help_option_names": ["-h", "--help"], "allow_interspersed_args": False},
)
def run(
    command: Annotated[list[str], typer.Argument(metavar="COMMAND...", help="The program and its arguments.")],
    sdk: Annotated[bool, typer.Option("--sdk", help="Govern it by the hook inside its Python process.")] = False,
    bundle: Annotated[
        Path | None,
        typer.Option(metavar="BUNDLE", exists=True, dir_okay=False, help="A compiled bundle; default: AIGOV_BUNDLE."),
    ] = None,
    trust: Trust = None,
    identity: Annotated[
        str | None, typer.Option(metavar="FILE|JSON", help="Who asks, over what the machine says.")
    ] = None,
    on_failure: Annotated[
        str | None, typer.Option(metavar="closed|open", help="Requests when the hook itself fails; default: closed.")
    ] = None,
) -> None:
    """Run a Python program under the SDK hook.

    The program is governed in its own process, and in those that it forks. Programs that it starts besides, of whatever
    kind, are not, unless they are started in this way too.
    """
    if not sdk:
        raise Failure("say how to govern the program: `--sdk` is the hook inside a Python process")
    said = {
        "AIGOV_BUNDLE": bundle and str(bundle.absolute()),
        "AIGOV_TRUST": trust and str(trust.absolute()),
        "AIGOV_IDENTITY": identity,
        "AIGOV_ON_FAILURE": on_failure,
    }
    environment = os.environ | {name: value for name, value in said.items() if value}
    if not environment.get("AIGOV_BUNDLE"):
        raise Failure("no bundle: give `--bundle`, or name its file in AIGOV_BUNDLE")
    interpreter, options, program = _python(command)
    _can_govern(interpreter)
    words = [interpreter, *options, "-m", "aigov_enforcers.sdk", *program]
    os.execve(interpreter, words, environment)  # noqa: S606 - running it is the purpose


def _python(command: Sequence[str]) -> tuple[str, list[str], list[str]]:
    """The interpreter, its options, and the program with its arguments. Raises Failure when it is no Python program."""
    found = shutil.which(command[0])
    if found is None:
        raise Failure(f"`{command[0]}` is not found, or cannot be run")
    if _PYTHON.fullmatch(Path(found).name):
        options, program = _split(list(command[1:]))
        return found, options, program
    interpreter = _interpreter(Path(found))
    if interpreter is None:
        raise Failure(
            f"`{command[0]}` is not a Python program, which is all that the SDK hook governs. "
            "Programs of other kinds, and what they start, need an enforcement point outside of them."
        )
    return interpreter, [], [found, *command[1:]]


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    """The interpreter's own options, and what it is to run."""
    at = 0
    while at < len(words) and words[at].startswith("-") and words[at] not in {"-m", "-c", "-"}:
        if words[at] == "--":
            return words[:at], words[at + 1 :]
        at += 2 if words[at] in _WITH_ARGUMENT else 1
    if at >= len(words) or words[at] == "-":
        raise Failure("name a script, `-m MODULE` or `-c CODE`: an interactive Python is not governed")
    return words[:at], words[at:]


def _interpreter(path: Path) -> str | None:
    """The Python that a script names in its first line, as the commands of Python packages do."""
    try:
        with path.open("rb") as file:
            first = file.readline(4096)
    except OSError:
        return None
    named = _SHEBANG.match(first)
    name = os.fsdecode(named[1]) if named else ""
    return shutil.which(name) if _PYTHON.fullmatch(Path(name).name) else None


def _can_govern(interpreter: str) -> None:
    """Raises Failure when the program's Python has no hook, as one of another virtual environment may have none."""
    done = subprocess.run(  # noqa: S603 - the interpreter that is about to run the program
        [interpreter, "-c", "import aigov_enforcers.sdk"], capture_output=True, check=False
    )
    if done.returncode:
        raise Failure(f"`{interpreter}` cannot import aigov: install it there with `pip install aigov`")
