"""`aigov lint`: what is legal but unwise."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from aigov.commands.verb import Policies, Report, ReportFormat, verb
from aigov.exits import Code
from aigov.output import note, print_diagnostics
from aigov.policy import sound
from aigov_dsl import Diagnostic, apply_fixes, check, lint

app, command = verb("aigov lint --fix policies/")


@command
def run(
    paths: Policies,
    fix: Annotated[bool, typer.Option("--fix", help="Apply the fixes that keep the meaning.")] = False,
    output: Report = ReportFormat.TEXT,
) -> None:
    """Find what is legal but unwise.

    Unused names, contradictions, rules without tests or owners, expired exemptions and more.
    """
    today = datetime.now(UTC).date()
    checked = check(paths)
    sound(checked, output)
    findings = lint(checked, today)
    fixed: set[str] = set()
    while fix and (files := _apply(findings)):
        fixed |= files
        checked = check(paths)
        sound(checked, output)
        findings = lint(checked, today)
    if fixed:
        note(f"fixed {', '.join(sorted(fixed))}")
    print_diagnostics(findings, checked.sources, output)
    if findings:
        raise typer.Exit(Code.LINT)
    if output is ReportFormat.TEXT:
        print("ok: no findings")


def _apply(findings: tuple[Diagnostic, ...]) -> set[str]:
    """Write the fixes into their files; which of them changed."""
    by_file: dict[str, list[Diagnostic]] = defaultdict(list)
    for finding in findings:
        if finding.fix:
            by_file[finding.span.path].append(finding)
    changed = set()
    for path, fixable in by_file.items():
        before = Path(path).read_bytes().decode()
        after = apply_fixes(before, fixable)
        if after != before:
            Path(path).write_bytes(after.encode())
            changed.add(path)
    return changed
