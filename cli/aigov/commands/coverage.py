"""`aigov coverage`: what can be enforced on which formats, and which actions of a policy cannot be everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from aigov.commands.verb import verb
from aigov.output import note, print_json
from aigov.policy import sound
from aigov_dsl import check, typed
from aigov_dsl.ast import Scope, Style
from aigov_enforcers.wire import PROVIDERS
from aigov_enforcers.wire.coverage import Action, Cell, Level, Row, coverage
from aigov_enforcers.wire.listing import CatalogueError, read

app, command = verb("aigov coverage policies/")

_MARKS = {Level.ENFORCED: "yes", Level.PARTIAL: "partly", Level.NOT_POSSIBLE: "no"}


class TableFormat(StrEnum):
    """Outputs of the table."""

    TABLE = "table"
    JSON = "json"
    MARKDOWN = "markdown"


@command
def run(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="POLICY", exists=True, help="Policies: only what they ask for.")
    ] = None,
    catalogue: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="An operator's providers, laid over ours.")
    ] = None,
    output: Annotated[TableFormat, typer.Option("--format", help="How to print.")] = TableFormat.TABLE,
) -> None:
    """Show formats and actions: enforced, partly or not possible, and why.

    With policies, only the actions that they ask for, and only the formats where one of them is not fully enforced.
    """
    rows = coverage(_providers(catalogue))
    actions = tuple(Action)
    if paths:
        actions = _asked(sound(check(paths), "text").rules)
        rows = tuple(row for row in rows if any(row.cells[each].level is not Level.ENFORCED for each in actions))
    match output:
        case TableFormat.JSON:
            print_json([_entry(row, actions) for row in rows])
        case TableFormat.MARKDOWN:
            print(markdown(rows, actions), end="")
        case TableFormat.TABLE if paths and not rows:
            print("every action of these policies is enforced on every format")
        case TableFormat.TABLE:
            _table(rows, actions)


def _providers(path: Path | None) -> Any:
    if path is None:
        return PROVIDERS
    try:
        return read(path.read_text(encoding="utf-8"), str(path), PROVIDERS)
    except (CatalogueError, UnicodeDecodeError) as error:
        raise typer.BadParameter(str(error), param_hint="--catalogue") from error


def _asked(rules: Iterable[typed.Rule]) -> tuple[Action, ...]:
    """The actions that rules ask for, in the table's order."""
    asked = {action for rule in rules for action in _actions(rule)}
    return tuple(action for action in Action if action in asked)


def _actions(rule: typed.Rule) -> Iterator[Action]:
    response = rule.scope is not Scope.PROMPT
    match rule.effect:
        case typed.Allow():
            yield Action.ALLOW
        case typed.Block():
            yield Action.BLOCK
            if response:
                yield Action.BLOCK_STREAM
        case typed.Reroute():
            yield Action.REROUTE
        case typed.Redact(style=style):
            yield Action.REDACT_RESPONSE if response else Action.REDACT_PROMPT
            if style is Style.TOKEN:
                yield Action.REDACT_TOKEN
    if rule.obligations:
        yield Action.LOG


def _entry(row: Row, actions: Iterable[Action]) -> dict[str, Any]:
    cells = {each.value: {"level": row.cells[each].level.value, "reason": row.cells[each].reason} for each in actions}
    return {"format": row.format, "signed": row.signed, "providers": list(row.providers), "actions": cells}


def _name(row: Row) -> str:
    return f"{row.format}, signed" if row.signed else row.format


def _notes(rows: Iterable[Row], actions: tuple[Action, ...]) -> dict[str, int]:
    """The reasons, numbered as they come."""
    reasons = (row.cells[each].reason for row in rows for each in actions)
    return {reason: number for number, reason in enumerate(dict.fromkeys(filter(None, reasons)), 1)}


def _mark(cell: Cell, notes: dict[str, int]) -> str:
    return _MARKS[cell.level] + (f" ({notes[cell.reason]})" if cell.reason else "")


def _table(rows: tuple[Row, ...], actions: tuple[Action, ...]) -> None:
    notes = _notes(rows, actions)
    table = Table("format", *actions, box=None, pad_edge=False)
    for row in rows:
        table.add_row(_name(row), *(_mark(row.cells[each], notes) for each in actions))
    Console(width=160).print(table)
    for reason, number in notes.items():
        note(f"({number}) {reason}")


def markdown(rows: tuple[Row, ...], actions: tuple[Action, ...]) -> str:
    """The page `docs/coverage.md`."""
    notes = _notes(rows, actions)
    lines = [
        "# What is enforced where",
        "",
        "Made by `aigov coverage --format markdown`. A row is a wire format that the catalogue has a route for;",
        "`signed` where a signature may cover the body. `aigov coverage POLICY` shows what a policy asks for and",
        "does not get everywhere. A request to a known host that no route knows is `generic` and falls to the default.",
        "",
        "| format | " + " | ".join(actions) + " |",
        "|---" * (len(actions) + 1) + "|",
        *(f"| {_name(row)} | " + " | ".join(_mark(row.cells[each], notes) for each in actions) + " |" for row in rows),
        "",
        *(f"{number}. {reason[0].upper()}{reason[1:]}." for reason, number in notes.items()),
        "",
        "## Who speaks what",
        "",
        *(f"- {_name(row)}: {', '.join(row.providers)}" for row in rows),
    ]
    return "\n".join(lines) + "\n"
