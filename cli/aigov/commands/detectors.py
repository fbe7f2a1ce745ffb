"""`aigov detectors`: what the standard library looks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import groupby
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from aigov.commands.verb import verb
from aigov.library import example, library, package, select
from aigov.output import count, note, print_json
from aigov_dsl import typed

app, command = verb("aigov detectors secrets.github_token")

_ONE = 3
"""So many detectors, or fewer, are shown in full."""


class ListFormat(StrEnum):
    """Outputs of the list."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


@command
def run(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME", help="Detectors, packages or classes; all if none.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Another example for another number.")] = 0,
    output: Annotated[ListFormat, typer.Option("--format", help="How to print.")] = ListFormat.TEXT,
) -> None:
    """List the standard detectors, or tell all about some.

    The example of a detector is made up on the spot: it has the right form, and was never issued.
    """
    program = library()
    chosen = select(program, names or ())
    match output:
        case ListFormat.JSON:
            print_json([_entry(detector) for detector in chosen])
        case ListFormat.MARKDOWN:
            print(markdown(chosen), end="")
        case ListFormat.TEXT if names and len(chosen) <= _ONE:
            print("\n\n".join(_page(detector, example(program, detector, seed)) for detector in chosen))
        case ListFormat.TEXT:
            _table(chosen)
            note(f"{count(len(chosen), 'detector')}; `aigov detectors NAME` tells more of one")


def _entry(detector: typed.Detector) -> dict[str, Any]:
    return {
        "id": detector.id,
        "package": detector.package,
        "class": detector.cls,
        "severity": detector.severity.value,
        "confidence": [level.value for level in _confidences(detector)],
        "doc": detector.doc,
        "source": detector.source,
        "remedy": detector.remedy,
        "example": detector.example,
    }


def _confidences(detector: typed.Detector) -> list[Any]:
    """Every confidence that a finding may have: the one without a condition first."""
    return list(dict.fromkeys((detector.confidence, *(raised.confidence for raised in detector.raised))))


def _page(detector: typed.Detector, shown: str) -> str:
    facts = {
        "class": detector.cls,
        "severity": detector.severity.value,
        "confidence": ", ".join(level.value for level in _confidences(detector)),
        "source": detector.source,
        "remedy": detector.remedy,
        "use": f"use {detector.package}, then {package(detector)}.{detector.name}",
        "example": shown.replace("\n", "\n            "),
    }
    lines = [detector.id, "", *detector.doc.splitlines(), ""]
    return "\n".join([*lines, *(f"{name:<12}{value}" for name, value in facts.items())])


def _table(detectors: Iterable[typed.Detector]) -> None:
    table = Table("detector", "class", "severity", "confidence", "finds", box=None, pad_edge=False)
    for detector in detectors:
        levels = ", ".join(level.value for level in _confidences(detector))
        table.add_row(detector.id, detector.cls, detector.severity.value, levels, _summary(detector))
    Console(highlight=False, markup=False).print(table)


def _summary(detector: typed.Detector) -> str:
    """The first sentence of what it is."""
    return detector.doc.replace("\n", " ").split(". ")[0].rstrip(".")


# The page docs/detectors.md ---------------------------------------------------------------------


def markdown(detectors: Sequence[typed.Detector]) -> str:
    """One table for each package. Examples stand as templates: a page of tokens, even made up, alarms every scanner."""
    parts = [
        "# The standard detectors",
        "",
        "Made by `aigov detectors --format markdown`. `aigov detectors NAME` shows one with an example in full; what",
        "the slots of an example stand for is in [language.md](language.md). Confidence is that of a bare match first,",
        "then what its context and check values can make of it.",
    ]
    ordered = sorted(detectors, key=lambda detector: (detector.package, detector.id))
    for name, group in groupby(ordered, key=lambda detector: detector.package):
        members = list(group)
        parts += ["", f"## {name}", "", f"{count(len(members), 'detector')}.", ""]
        for detector in members:
            parts += _section(detector)
    return "\n".join(parts).rstrip("\n") + "\n"


def _section(detector: typed.Detector) -> list[str]:
    levels = ", ".join(level.value for level in _confidences(detector))
    return [
        f"### {detector.id}",
        "",
        " ".join(detector.doc.split()),
        "",
        f"- class `{detector.cls}`, severity {detector.severity.value}, confidence {levels}",
        f"- source: {detector.source}",
        f"- remedy: {detector.remedy}",
        f"- example: {_code(detector.example)}",
        "",
    ]


def _code(text: str) -> str:
    """An inline code span, whatever backticks the text holds (CommonMark, section 6.1)."""
    flat = text.replace("\r", "").replace("\n", "⏎")
    fence = "`" * (1 + max((len(list(run)) for tick, run in groupby(flat) if tick == "`"), default=0))
    pad = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{fence}{pad}{flat}{pad}{fence}"
