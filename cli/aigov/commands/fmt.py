"""`aigov fmt`: one layout for all policies."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from typing import Annotated

import typer

from aigov.commands.verb import Format, Output, Policies, verb
from aigov.exits import Code
from aigov.output import count, print_diagnostics, print_json, shown
from aigov_dsl import format_text
from aigov_dsl.checker.files import policies_below
from aigov_dsl.diagnostics import Diagnostic, PolicyError
from aigov_dsl.source import decode

app, command = verb("aigov fmt --check --diff policies/")


@command
def run(
    paths: Policies,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit code 4 when a file would change.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show what would change; write nothing.")] = False,
    output: Output = Format.TEXT,
) -> None:
    """Format policy files in place, comments kept. A file that does not parse is left as it is."""
    write = not (check or diff)
    results: list[dict[str, str | bool]] = []
    errors: list[Diagnostic] = []
    sources: dict[str, bytes] = {}
    for path in _files(paths):
        sources[str(path)] = path.read_bytes()
        try:
            before, after = _format(path, sources[str(path)])
        except PolicyError as error:
            errors += error.diagnostics
            continue
        if write and before != after:
            path.write_bytes(after.encode())
        results.append(
            {"path": shown(path), "changed": before != after, "diff": _diff(path, before, after) if diff else ""}
        )
    changed = [result for result in results if result["changed"]]
    if output is Format.JSON and not errors:
        print_json(results)
    elif output is Format.TEXT:
        for result in changed:
            print(result["diff"] or f"{'formatted' if write else 'would format'} {result['path']}")
        print(f"{count(len(changed), 'file')} of {len(sources):,} {'changed' if write else 'would change'}")
    if errors:
        print_diagnostics(errors, sources, output)
        raise typer.Exit(Code.POLICY)
    if check and changed:
        raise typer.Exit(Code.LINT)


def _files(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        yield from policies_below(path) if path.is_dir() else [path]


def _format(path: Path, data: bytes) -> tuple[str, str]:
    """The text before and after. Raises PolicyError."""
    text = decode(data, str(path))
    if isinstance(text, Diagnostic):
        raise PolicyError((text,))
    return text, format_text(text, str(path))


def _diff(path: Path, before: str, after: str) -> str:
    return "\n".join(unified_diff(before.splitlines(), after.splitlines(), str(path), str(path), lineterm=""))
