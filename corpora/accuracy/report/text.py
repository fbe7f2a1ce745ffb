"""The figures as tables on a terminal."""

from __future__ import annotations

from typing import TypeVar

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from corpora.accuracy.code import LANGUAGES, Judged
from corpora.accuracy.measure import Measured
from corpora.accuracy.real import Hit
from corpora.accuracy.report.elements import percent
from corpora.accuracy.report.machine import SOURCES, beside, from_source, honest
from corpora.accuracy.report.snippets import snippet
from corpora.accuracy.score import Score, by_class, by_detector, confusion

T = TypeVar("T")

_WORST = 40
_SAMPLES = 15


def show(measured: Measured, console: Console) -> None:
    """Print all tables: classes, sources, worst detectors, confusion, misses, false alarms, real texts, peers."""
    for split in measured.likely:
        console.print(_classes(measured, split))
        console.print(_sources(measured, split))
    last = list(measured.likely)[-1]
    part = measured.likely[last]
    console.print(_detectors(part, last))
    console.print(_confusion(part, last))
    console.print(_misses(part, last))
    console.print(_alarms(part, last))
    if measured.real is not None:
        console.print(_real(measured))
        console.print(_secrets([hit for hit in measured.real.hits if hit.found.cls == "credential"]))
    if measured.code is not None:
        console.print(_code(measured.code))
    if measured.rivals:
        console.print(_rivals(measured, last))
    if measured.unknown:
        console.print(f"labels that no detector is called by: {', '.join(measured.unknown)}", style="bold red")
    if measured.silent:
        console.print(f"detectors that do not find their own example: {', '.join(measured.silent)}", style="bold red")


def _table(title: str, *columns: str, left: int = 1) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", header_style="dim")
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if place < left else "right", overflow="fold")
    return table


def _classes(measured: Measured, split: str) -> Table:
    likely, possible = honest(measured.likely[split]), honest(measured.possible[split])
    title = f"{split}: classes at likely (independent values, hand-written cases, negatives)"
    table = _table(
        title, "class", "labels", "precision", "recall", "F1", "exact", "negatives flagged", "F1 at possible"
    )
    loose = by_class(possible)
    for cls, tally in by_class(likely).items():
        asked = tally.right + tally.missed
        flagged = likely.flagged(cls) / len(likely.negatives) if likely.negatives else 0.0
        table.add_row(
            cls, f"{asked:,}", percent(tally.precision), percent(tally.recall), percent(tally.f1),
            percent(tally.exact / asked) if asked else "", f"{flagged:.2%}", percent(loose[cls].f1),
        )  # fmt: skip
    return table


def _sources(measured: Measured, split: str) -> Table:
    table = _table(f"{split}: recall at likely by source of the values", "class", *SOURCES)
    parts = [by_class(from_source(measured.likely[split], source)) for source in SOURCES]
    for cls in sorted({cls for part in parts for cls, tally in part.items() if tally.right + tally.missed}):
        table.add_row(cls, *(percent(part[cls].recall) if cls in part else "" for part in parts))
    return table


def _detectors(part: Score, split: str) -> Table:
    rows = sorted(by_detector(part).items(), key=lambda row: (row[1].f1, -row[1].missed, row[0]))
    worst = [row for row in rows if row[1].f1 < 1][:_WORST]
    table = _table(
        f"{split}: the {len(worst)} weakest of {len(rows)} detectors", "detector", "right", "missed", "wrong", "F1"
    )
    for detector, tally in worst:
        table.add_row(detector, f"{tally.right}", f"{tally.missed}", f"{tally.wrong}", percent(tally.f1))
    return table


def _confusion(part: Score, split: str) -> Table:
    table = _table(f"{split}: answered by another detector", "wanted", "answered", "times", left=2)
    for (wanted, answered), count in list(confusion(part).items())[:_SAMPLES]:
        table.add_row(wanted, answered, f"{count}")
    return table


def _misses(part: Score, split: str) -> Table:
    missed = [outcome for outcome in part.outcomes if outcome.answer is None]
    table = _table(f"{split}: some of {len(missed):,} misses", "detector", "carrier", "text", left=3)
    for outcome in spread(missed):
        before, inside, after = snippet(outcome.case.text, outcome.label.start, outcome.label.end, 30)
        table.add_row(outcome.label.detector, outcome.case.carrier, _escaped(before, inside, after))
    return table


def _alarms(part: Score, split: str) -> Table:
    table = _table(f"{split}: some of {len(part.alarms):,} false alarms", "detector", "in", "text", left=3)
    for alarm in spread(part.alarms):
        before, inside, after = snippet(alarm.case.text, alarm.found.start, alarm.found.end, 30)
        table.add_row(alarm.found.detector, f"{alarm.case.kind}, {alarm.case.carrier}", _escaped(before, inside, after))
    return table


def spread(items: list[T]) -> list[T]:
    """Some of many, from all over."""
    return items[:: max(1, len(items) // _SAMPLES)][:_SAMPLES]


def _escaped(before: str, inside: str, after: str) -> str:
    return f"[dim]{escape(before)}[/][bold]{escape(inside)}[/][dim]{escape(after)}[/]"


def _real(measured: Measured) -> Table:
    assert measured.real is not None
    title = f"real texts: {measured.real.files:,} files, {measured.real.megabytes:.1f} MB, findings at likely"
    table = _table(title, "class", "findings", "per MB")
    for cls, rate in measured.real.per_megabyte().items():
        table.add_row(cls, f"{rate * measured.real.megabytes:.0f}", f"{rate:.2f}")
    return table


def _secrets(hits: list[Hit]) -> Table:
    table = _table(f"real texts: some of {len(hits)} findings of secrets", "detector", "file", "text", left=3)
    for hit in spread(hits):
        shown = snippet(hit.line, hit.at, hit.at + hit.found.end - hit.found.start, 30)
        table.add_row(hit.found.detector, "/".join(hit.path.split("/")[-3:]), _escaped(*shown))
    return table


def _code(judged: Judged) -> Table:
    title = (
        f"windows of real files: code found {judged.recall:.1%}, its language {judged.accuracy:.1%}, "
        f"false alarms {judged.alarms:.2%}"
    )
    table = _table(title, "suffix", "language", "windows", "found", "right", "other answers", left=2)
    for suffix, answers in sorted(judged.answers.items()):
        language = LANGUAGES[suffix][0] if suffix in LANGUAGES else ""
        others = ", ".join(f"{name} {count}" for name, count in answers.most_common() if name not in {"", language})
        right = percent(judged.right([suffix])) if language and judged.found([suffix]) else ""
        table.add_row(suffix, language, f"{answers.total()}", percent(judged.found([suffix])), right, others)
    return table


def _rivals(measured: Measured, split: str) -> Table:
    columns = ("peer", "class", "recall", "ours", "precision", "ours", "negatives flagged", "ours", "seconds")
    table = _table(f"{split}: beside peers (any overlap answers)", *columns, left=2)
    for row in beside(measured.rivals):
        ratios = (row.theirs.recall, row.ours.recall, row.theirs.precision, row.ours.precision)
        flagged = (f"{row.they_flag:.1%}", f"{row.we_flag:.1%}")
        table.add_row(row.peer, row.cls, *map(percent, ratios), *flagged, f"{row.seconds:.1f}")
    for rival in measured.rivals:
        if rival.ran.reason:
            table.add_row(rival.ran.peer.name, rival.ran.reason)
    return table
