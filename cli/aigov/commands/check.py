"""`aigov check`: does the policy parse, and does it make sense?"""

from __future__ import annotations

import typer

from aigov.commands.verb import Policies, Report, ReportFormat, verb
from aigov.exits import Code
from aigov.output import count, print_diagnostics
from aigov_dsl import Checked, check

app, command = verb("aigov check policies/")


@command
def run(paths: Policies, output: Report = ReportFormat.TEXT) -> None:
    """Check policies: syntax, names, types, missing values."""
    checked = check(paths)
    program = checked.program
    print_diagnostics(checked.diagnostics, checked.sources, output)
    if program is None:
        raise typer.Exit(Code.POLICY)
    if output is ReportFormat.TEXT:
        parts = [(_own(checked), "file"), (len(program.rules), "rule"), (len(program.detectors), "detector")]
        print("ok: " + ", ".join(count(number, noun) for number, noun in [*parts, (len(program.tests), "test")]))


def _own(checked: Checked) -> int:
    """How many files are the author's, not the standard library's."""
    return sum(not path.startswith("<aigov>") for path in checked.modules)
