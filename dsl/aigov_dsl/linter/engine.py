"""Runs the rules."""

from __future__ import annotations

from datetime import date

import aigov_dsl.linter.rules  # registers the rules  # noqa: F401
from aigov_dsl.checker import Checked
from aigov_dsl.diagnostics import Diagnostic
from aigov_dsl.linter.context import Context
from aigov_dsl.linter.registry import RULES


def lint(checked: Checked, today: date) -> tuple[Diagnostic, ...]:
    """The findings about a checked program, by file and place; none about one with errors, which come first.

    The standard library's own files are left out. `today` decides which exemptions are over.
    """
    if checked.program is None:
        return ()
    context = Context(checked, checked.program, today)
    found = [
        diagnostic
        for code in sorted(RULES)
        for diagnostic in RULES[code].diagnostics(context)
        if not context.suppressions.silence(diagnostic)
    ]
    return tuple(sorted(found, key=lambda d: (d.span.path, d.span.start, d.code)))
