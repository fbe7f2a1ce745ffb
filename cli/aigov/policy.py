"""Reading policies for the verbs that need a sound program."""

from __future__ import annotations

import typer

from aigov.exits import Code
from aigov.output import print_diagnostics
from aigov_dsl import Checked
from aigov_dsl.typed import Program


def sound(checked: Checked, output: str) -> Program:
    """The program of a check without errors; otherwise its diagnostics are printed, exit code 3."""
    if checked.program is None:
        print_diagnostics(checked.diagnostics, checked.sources, output)
        raise typer.Exit(Code.POLICY)
    return checked.program
