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
from aigov_dsl import check, lint
from aigov_dsl.diagnostics import Diagnostic, Edit

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
    if fix and (files := _apply(findings)):
        note(f"fixed {', '.join(files)}")
        checked = check(paths)
        sound(checked, output)
        findings = lint(checked, today)
    print_diagnostics(findings, checked.sources, output)
    if findings:
        raise typer.Exit(Code.LINT)
    if output is ReportFormat.TEXT:
        print("ok: no findings")


def _apply(findings: tuple[Diagnostic, ...]) -> list[str]:
    """Write the fixes into their files, and the files' names in order. Of fixes that overlap, the first one
    is applied; the next run finds the others."""
    edits: dict[str, list[Edit]] = defaultdict(list)
    for finding in findings:
        if all(_free(edit, edits[edit.span.path]) for edit in finding.fix):
            for edit in finding.fix:
                edits[edit.span.path].append(edit)
    changed = {path: found for path, found in edits.items() if found}
    for path, found in changed.items():
        text = Path(path).read_bytes().decode()
        for edit in sorted(found, key=lambda edit: edit.span.start, reverse=True):
            text = text[: edit.span.start] + edit.text + text[edit.span.end :]
        Path(path).write_bytes(text.encode())
    return sorted(changed)


def _free(edit: Edit, taken: list[Edit]) -> bool:
    return all(edit.span.end <= other.span.start or other.span.end <= edit.span.start for other in taken)
