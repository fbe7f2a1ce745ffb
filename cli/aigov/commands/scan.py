"""`aigov scan`: what do the detectors find in these files?"""

from __future__ import annotations

import sys
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import count as numbers
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import Progress

from aigov.bundles import open_engine
from aigov.commands.verb import Trust, input_path, read_input, verb
from aigov.exits import Code, Failure
from aigov.files import walk
from aigov.findings import Record, Result, sarif, scan_text
from aigov.output import count, harmless, note, print_json
from aigov.standard import standard_engine
from aigov.workers import scanning
from aigov_runtime import Engine

app, command = verb("aigov scan --format jsonl src/ notes.txt")


class ScanFormat(StrEnum):
    """Outputs of a scan."""

    TEXT = "text"
    JSON = "json"
    JSONL = "jsonl"
    SARIF = "sarif"


@command
def run(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH|-", parser=input_path, help="Files, directories, or - for standard input."),
    ],
    bundle: Annotated[
        Path | None,
        typer.Option(
            "--bundle",
            "-b",
            metavar="BUNDLE",
            exists=True,
            dir_okay=False,
            help="Use its detectors, not the standard ones.",
        ),
    ] = None,
    trust: Trust = None,
    jsonl_text: Annotated[
        str | None,
        typer.Option("--jsonl-text", metavar="FIELD", help="Read JSON lines; scan this field of every record alone."),
    ] = None,
    output: Annotated[ScanFormat, typer.Option("--format", help="How to print findings.")] = ScanFormat.TEXT,
) -> None:
    """Scan files for what the detectors find.

    One finding per line, offsets in bytes. Binary files are skipped and counted on standard error. With
    --jsonl-text, one line {"record": N, "findings": [...]} is printed for every record, N from 0.
    """
    if jsonl_text is not None and output in (ScanFormat.JSON, ScanFormat.SARIF):
        raise typer.BadParameter(f"--jsonl-text prints JSON lines, not {output}.", param_hint="--format")
    engine = open_engine(bundle, trust) if bundle else standard_engine()
    if jsonl_text is not None:
        _scan_records(engine, paths, jsonl_text)
    else:
        _print(_scan_files(engine, list(walk(paths))), output)


# Files --------------------------------------------------------------------------------------


def _scan_files(engine: Engine, files: list[Path]) -> Iterator[Record]:
    """All findings, file by file in the given order."""
    binary = unread = partial = 0
    with scanning(engine, files) as results, _progress() as progress:
        for path, result in zip(files, progress.track(results, total=len(files)), strict=True):
            if result is None:
                binary += 1
            elif isinstance(result, OSError):
                unread += 1
                note(f"{path}: not scanned: {result.strerror}")
            else:
                partial += _note_incomplete(str(path), result)
                yield from result.records
    if binary:
        note(f"{count(binary, 'binary file')} skipped")
    if unread or partial:
        raise Failure(f"{count(unread + partial, 'file')} not scanned, or not in full", Code.USAGE)


def _progress() -> Progress:
    """A bar on standard error, and only when a person can see it. Findings scroll above it when they go to the same
    terminal; going anywhere else, they are left alone."""
    console = Console(stderr=True)
    return Progress(
        console=console, transient=True, disable=not console.is_terminal, redirect_stdout=sys.stdout.isatty()
    )


def _note_incomplete(where: str, result: Result) -> bool:
    """Whether some detector could not finish; each is named."""
    for detector, reason in sorted(result.incomplete.items()):
        note(f"{where}: {detector} is incomplete: {reason}")
    return bool(result.incomplete)


def _print(records: Iterable[Record], output: ScanFormat) -> None:
    match output:
        case ScanFormat.TEXT:
            for record in records:
                where = f"{harmless(record['path'])}:{record['line']}:{record['column']}"
                print(f"{where}: {record['detector']} ({record['class']}, {record['confidence']})")
        case ScanFormat.JSONL:
            for record in records:
                _print_line(record)
        case ScanFormat.JSON:
            print_json(list(records))
        case ScanFormat.SARIF:
            print_json(sarif(records))


def _print_line(value: Any) -> None:
    sys.stdout.write(orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE).decode())


# Records ------------------------------------------------------------------------------------


def _scan_records(engine: Engine, paths: list[Path], field: str) -> None:
    """One line per record of all files, also for a record without the field: that one is an error at the end."""
    index = numbers()
    faulty = 0
    for path in paths:
        for line, text in enumerate(read_input(path).removeprefix(BOM_UTF8).split(b"\n"), start=1):
            if not text.strip():
                continue
            number = next(index)
            try:
                value = _field(text, field)
            except ValueError as error:
                faulty += 1
                note(f"{path}:{line}: record {number} is not scanned: {error}")
                _print_line({"record": number, "findings": []})
                continue
            result = scan_text(engine, str(path), value)
            faulty += _note_incomplete(f"{path}:{line}", result)
            _print_line({"record": number, "findings": result.records})
    if faulty:
        raise Failure(f"{count(faulty, 'record')} not scanned, or not in full", Code.USAGE)


def _field(line: bytes, field: str) -> str:
    """The text to scan. Raises ValueError with the reason when there is none."""
    record = orjson.loads(line)
    value = record.get(field) if isinstance(record, dict) else None
    if not isinstance(value, str):
        raise ValueError(f"expected a JSON object with a string `{field}`")  # noqa: TRY004 - wrong data, not a wrong call
    return value
