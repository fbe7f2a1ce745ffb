"""`aigov scan`: what do the detectors find in these files, records or commits?"""

from __future__ import annotations

import sys
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import count as numbers
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import Progress

from aigov import git, records
from aigov.baseline import Baseline
from aigov.bundles import open_engine
from aigov.commands.verb import STDIN, Trust, input_path, read_input, verb
from aigov.exits import Code, Failure
from aigov.findings import Record, Result, Settings, scan_text
from aigov.inputs import Input, files
from aigov.output import count, harmless, note, print_json, shown
from aigov.sarif import sarif
from aigov.standard import standard_engine
from aigov.workers import scanning
from aigov_runtime import Engine
from aigov_runtime.model import Confidence

app, command = verb("aigov scan --min-confidence likely --fail-on likely src/ notes.txt")


class ScanFormat(StrEnum):
    """Outputs of a scan."""

    TEXT = "text"
    JSON = "json"
    JSONL = "jsonl"
    SARIF = "sarif"


class Level(StrEnum):
    """How sure a finding is."""

    POSSIBLE = "possible"
    LIKELY = "likely"
    CERTAIN = "certain"

    @property
    def confidence(self) -> Confidence:
        """As the runtime counts it."""
        return Confidence[self.name]


@command
def run(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH|-",
            parser=input_path,
            help="Files, directories, or - for standard input; with --git, the repository.",
        ),
    ] = None,
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
    revisions: Annotated[
        str | None, typer.Option("--git", metavar="REV..REV", help="Scan what the commits of this range added.")
    ] = None,
    jsonl_text: Annotated[
        str | None,
        typer.Option(
            "--jsonl-text",
            metavar="FIELD",
            help="Read JSON lines; scan this field of every record alone. A JSON pointer may hold *.",
        ),
    ] = None,
    minimum: Annotated[
        Level, typer.Option("--min-confidence", help="Leave out findings less sure than this.")
    ] = Level.POSSIBLE,
    fail_on: Annotated[
        Level | None, typer.Option("--fail-on", help="End with code 9 when a finding is this sure, or surer.")
    ] = None,
    baseline: Annotated[
        Path | None,
        typer.Option("--baseline", metavar="FILE", exists=True, dir_okay=False, help="Leave out what is known in it."),
    ] = None,
    write_baseline: Annotated[
        Path | None,
        typer.Option("--write-baseline", metavar="FILE", dir_okay=False, help="Record all findings as known."),
    ] = None,
    redact: Annotated[
        bool, typer.Option("--redact", help="Write the texts with their findings replaced, instead of the findings.")
    ] = False,
    directory: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="DIR", file_okay=False, help="Where --redact writes many files."),
    ] = None,
    output: Annotated[ScanFormat, typer.Option("--format", help="How to print findings.")] = ScanFormat.TEXT,
) -> None:
    """Scan files, JSON lines or commits for what the detectors find.

    One finding per line, offsets in bytes. Binary files are skipped and counted on standard error. With
    --jsonl-text, one line {"record": N, "findings": [...]} is printed for every record, N from 0. With --redact the
    texts come out instead, each finding replaced by its label: one input on standard output, many in --output.
    """
    if not paths and revisions is None:
        raise typer.BadParameter("give a file, a directory, or - for standard input.", param_hint="PATH")
    if jsonl_text is not None and output in (ScanFormat.JSON, ScanFormat.SARIF):
        raise typer.BadParameter(f"--jsonl-text prints JSON lines, not {output}.", param_hint="--format")
    known_asked = baseline is not None or write_baseline is not None
    _apart({"--git": revisions, "--jsonl-text": jsonl_text})
    _apart({"--git": revisions, "--redact": redact})
    _apart({"--baseline": known_asked, "--jsonl-text": jsonl_text, "--redact": redact} if known_asked else {})
    engine = open_engine(bundle, trust) if bundle else standard_engine()
    known = Baseline.load(baseline) if baseline else Baseline()
    settings = Settings(minimum.confidence, known.salt if known_asked else None, redact)
    watch = _Watch(fail_on)
    if jsonl_text is not None:
        _scan_records(engine, settings, paths or [], jsonl_text, watch)
    elif redact:
        _write_redacted(_scanned(engine, settings, list(files(paths or []))), directory)
    else:
        inputs = git.added(revisions, _repository(paths)) if revisions is not None else files(paths or [])
        results = _scanned(engine, settings, list(inputs))
        found = _new(results, known) if write_baseline is None else _recorded(results, known, write_baseline)
        _print(watch.over(found), output, engine)
    watch.report()


def _apart(options: Mapping[str, object]) -> None:
    """Raises BadParameter when more than one of these is given."""
    given = [name for name, value in options.items() if value]
    if len(given) > 1:
        raise typer.BadParameter(f"{given[0]} does not go with {given[1]}.")


def _repository(paths: list[Path] | None) -> Path:
    if paths and (len(paths) > 1 or not paths[0].is_dir()):
        raise typer.BadParameter("--git takes one directory, the repository.", param_hint="PATH")
    return paths[0] if paths else Path()


class _Watch:
    """Counts the findings that make the command fail."""

    def __init__(self, level: Level | None) -> None:
        self._minimum = level.confidence if level else None
        self._count = 0

    def over(self, found: Iterable[Record]) -> Iterator[Record]:
        """The same records, seen."""
        for record in found:
            self._count += self._minimum is not None and Level(record["confidence"]).confidence >= self._minimum
            yield record

    def report(self) -> None:
        """Raises Failure when there was one."""
        if self._count:
            raise Failure(f"{count(self._count, 'finding')} to look at", Code.FOUND)


# Inputs -------------------------------------------------------------------------------------


def _scanned(engine: Engine, settings: Settings, inputs: list[Input]) -> Iterator[tuple[Input, Result]]:
    """The result of every text, in the given order. At the end, Failure for what could not be scanned in full."""
    binary = unread = partial = 0
    with scanning(engine, settings, inputs) as results, _progress() as progress:
        for source, result in zip(inputs, progress.track(results, total=len(inputs)), strict=True):
            if result is None:
                binary += 1
            elif isinstance(result, OSError):
                unread += 1
                note(f"{source.name}: not scanned: {result.strerror}")
            else:
                partial += _note_incomplete(source.name, result)
                yield source, result
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


def _new(results: Iterable[tuple[Input, Result]], known: Baseline) -> Iterator[Record]:
    """The findings that the baseline does not know."""
    for source, result in results:
        if not result.fingerprints:
            yield from result.records
            continue
        for record, fingerprint in zip(result.records, result.fingerprints, strict=True):
            if not known.take(source.name, fingerprint):
                yield record


def _recorded(results: Iterable[tuple[Input, Result]], known: Baseline, path: Path) -> Iterator[Record]:
    """All findings, which are then what `path` knows."""
    fresh = Baseline(known.salt)
    for source, result in results:
        for fingerprint in result.fingerprints:
            fresh.add(source.name, fingerprint)
        yield from result.records
    fresh.save(path)


def _write_redacted(results: Iterable[tuple[Input, Result]], directory: Path | None) -> None:
    """One text to standard output; many below `directory`, under their names."""
    written = 0
    for source, result in results:
        assert result.redacted is not None
        if directory is None:
            if written:
                raise Failure("--redact prints one text; give --output DIR for many")
            sys.stdout.write(result.redacted)
        else:
            target = directory / _inside(source.path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(result.redacted, encoding="utf-8", newline="")
        written += 1
    if directory is not None:
        note(f"{count(written, 'text')} written below {directory}")


def _inside(path: Path) -> Path:
    """A name for a file below a directory: as it was given when that stays inside, else its absolute path."""
    if path == STDIN:
        return Path("stdin")
    return path if not path.is_absolute() and ".." not in path.parts else path.resolve().relative_to("/")


def _print(found: Iterable[Record], output: ScanFormat, engine: Engine) -> None:
    match output:
        case ScanFormat.TEXT:
            for record in found:
                where = f"{harmless(record['path'])}:{record['line']}:{record['column']}"
                commit = f"{record['commit'][:12]} " if "commit" in record else ""
                print(f"{commit}{where}: {record['detector']} ({record['class']}, {record['confidence']})")
        case ScanFormat.JSONL:
            for record in found:
                _print_line(record)
        case ScanFormat.JSON:
            print_json(list(found))
        case ScanFormat.SARIF:
            print_json(sarif(found, engine.detectors))


def _print_line(value: Any) -> None:
    sys.stdout.write(orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE).decode())


# Records ------------------------------------------------------------------------------------


def _scan_records(engine: Engine, settings: Settings, paths: list[Path], field: str, watch: _Watch) -> None:
    """One line per record of all files, also for a record without the field: that one is an error at the end. Redacted,
    such a record is left out."""
    index, way = numbers(), records.steps(field)
    faulty = 0
    for path in paths:
        for line, text in enumerate(read_input(path).removeprefix(BOM_UTF8).split(b"\n"), start=1):
            if not text.strip():
                continue
            number = next(index)
            try:
                record = records.parse(text)
                parts = records.texts(record, way)
            except ValueError as error:
                faulty += 1
                note(f"{path}:{line}: record {number} is not scanned: {error}")
                if not settings.redact:
                    _print_line({"record": number, "findings": []})
                continue
            source = Input(shown(path), path)
            results = [(pointer, scan_text(engine, settings, source, part)) for pointer, part in parts]
            faulty += max(_note_incomplete(f"{path}:{line}", result) for _, result in results)
            if settings.redact:
                _print_line(records.replace(record, way, iter(result.redacted or "" for _, result in results)))
                continue
            found: list[Record] = []
            for pointer, result in results:
                for one in result.records:
                    if field.startswith("/"):
                        one["field"] = pointer
                    found.append(one)
            _print_line({"record": number, "findings": list(watch.over(found))})
    if faulty:
        raise Failure(f"{count(faulty, 'record')} not scanned, or not in full", Code.USAGE)
