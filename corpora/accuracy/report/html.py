"""The figures as one page that needs nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby
from pathlib import Path
from typing import TypeVar

from corpora.accuracy.carriers import ENCODED
from corpora.accuracy.measure import Measured
from corpora.accuracy.report.elements import Markup, bar, card, fold, percent, sample, section, table, text
from corpora.accuracy.report.machine import SOURCES, beside, from_source, honest
from corpora.accuracy.report.snippets import snippet
from corpora.accuracy.score import Alarm, Outcome, Score, Tally, by_class, by_detector, confusion

T = TypeVar("T")

_HERE = Path(__file__).parent
_PAIRS = 60
_SAMPLES = 6
_RULES = (
    "A label counts as found when a finding of its class shares at least half of what the two cover together; exact "
    "means equal spans. Code and attacks on instructions have soft borders: there, any overlap counts. Confidence is "
    "likely or more."
)
_TITLES = {
    "classes": "Classes",
    "peers": "Peers",
    "sources": "Sources",
    "carriers": "Carriers",
    "detectors": "Detectors",
    "confused": "Confusion",
    "misses": "Misses",
    "alarms": "False alarms",
    "real": "Real texts",
}


def page(measured: Measured) -> str:
    """The whole page."""
    split = list(measured.likely)[-1]
    part = measured.likely[split]
    sections = [
        _classes(measured),
        *([_peers(measured, split)] if measured.rivals else []),
        _sources(measured),
        _carriers(part),
        _detectors(part),
        _confused(part),
        _misses(part),
        _alarms(part),
        *([_real(measured)] if measured.real else []),
    ]
    cases = sum(map(len, measured.cases.values()))
    about = (
        f"{len(measured.library.detectors):,} detectors on {cases:,} cases of seed {measured.seed}, "
        f"{measured.bytes / 1e6:.1f} MB scanned in {measured.seconds:.1f} s."
    )
    body = "".join(sections)
    links = "".join(f'<a href="#{name}">{title}</a>' for name, title in _TITLES.items() if f'id="{name}"' in body)
    style, script = (_HERE / "style.css").read_text(), (_HERE / "sort.js").read_text()
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Accuracy of the standard detectors</title><style>{style}</style></head><body><main>"
        f"<h1>Accuracy of the standard detectors</h1><p>{text(about)}</p><nav>{links}</nav>"
        f"{_cards(measured, split)}{_notes(measured)}"
        f"{body}</main><script>{script}</script></body></html>\n"
    )


def _cards(measured: Measured, split: str) -> Markup:
    part = honest(measured.likely[split])
    tallies = by_class(part)
    none = Tally(0, 0, 0)
    secrets, personal = tallies.get("credential", none), tallies.get("personal_data", none)
    flagged = part.flagged("credential") / len(part.negatives)
    cards = [
        card(
            "Recall of secrets, held out",
            f"{percent(secrets.recall)} %",
            "goal: 90 % or more",
            met=secrets.recall >= 0.9,
        ),
        card("Negatives flagged as secrets", f"{flagged:.1%}", "goal: 3 % or less", met=flagged <= 0.03),
        card(
            "F1 of personal data, held out", f"{percent(personal.f1)} %", "goal: 95 % or more", met=personal.f1 >= 0.95
        ),
    ]
    if measured.real:
        rate = measured.real.per_megabyte().get("credential", 0.0)
        cards.append(card("Secrets per MB of real texts", f"{rate:.2f}", "goal: 0.2 or less", met=rate <= 0.2))
    return Markup(f'<div class="cards">{"".join(cards)}</div>')


def _notes(measured: Measured) -> str:
    notes = [
        ("Labels that no detector is called by", measured.unknown),
        ("Detectors that do not find their own example", measured.silent),
    ]
    return "".join(f'<p class="note">{text(title)}: {text(", ".join(names))}</p>' for title, names in notes if names)


def _classes(measured: Measured) -> Markup:
    columns = (
        "class",
        "split",
        "labels",
        "precision",
        "recall",
        "F1",
        "exact spans",
        "negatives flagged",
        "F1 at possible",
    )
    rows = []
    for split in measured.likely:
        part, loose = honest(measured.likely[split]), by_class(honest(measured.possible[split]))
        for cls, tally in by_class(part).items():
            asked = tally.right + tally.missed
            exact = tally.exact / asked if asked else 0.0
            flagged = f"{part.flagged(cls) / len(part.negatives):.2%}"
            rows.append(
                (cls, split, f"{asked:,}", tally.precision, tally.recall, tally.f1, exact, flagged, loose[cls].f1)
            )
    rows.sort(key=lambda row: (row[0], row[1]))
    return section(
        "classes",
        "Classes",
        f"Independent values, hand-written cases and negatives. {_RULES}",
        table(columns, rows, left=2),
    )


def _peers(measured: Measured, split: str) -> Markup:
    rows = [
        (
            *(row.peer, row.cls, row.theirs.recall, row.ours.recall, row.theirs.precision, row.ours.precision),
            *(f"{row.they_flag:.1%}", f"{row.we_flag:.1%}", f"{row.seconds:.1f} s"),
        )
        for row in beside(measured.rivals)
    ]
    columns = ("peer", "class", "recall", "ours", "precision", "ours", "flagged", "ours", "time")
    lead = (
        f"The cases of the {split} split without our own examples, each peer as shipped; any overlap counts, for them "
        "and for us. Flagged: negatives with a finding. Time: all cases, on this machine."
    )
    absent = [f"{rival.ran.peer.name} {rival.ran.reason}" for rival in measured.rivals if rival.ran.reason]
    notes = [Markup(f'<p class="note">{text(note)}</p>') for note in absent]
    return section("peers", "Beside peers", lead, *([table(columns, rows, left=2)] if rows else []), *notes)


def _sources(measured: Measured) -> Markup:
    rows: list[tuple[str, str, *tuple[float | str, ...]]] = []
    for split, score in measured.likely.items():
        parts = [by_class(from_source(score, source)) for source in SOURCES]
        asked = {cls for part in parts for cls, tally in part.items() if tally.right + tally.missed}
        rows += [(cls, split, *(part[cls].recall if cls in part else "" for part in parts)) for cls in sorted(asked)]
    lead = "Recall by where values come from: written apart from the library, from its own examples, by hand."
    return section(
        "sources",
        "Sources of values",
        lead,
        table(("class", "split", *SOURCES), sorted(rows, key=lambda row: (row[0], row[1])), left=2),
    )


def _carriers(part: Score) -> Markup:
    names = sorted({outcome.case.carrier for outcome in part.outcomes})
    rows = []
    for name in names:
        found = [outcome.answer is not None for outcome in part.outcomes if outcome.case.carrier == name]
        rows.append((name, "encoded" if name in ENCODED else "plain", f"{len(found):,}", sum(found) / len(found)))
    rows.sort(key=lambda row: row[3])
    lead = "Recall over all classes by what carries a value, weakest first."
    return section("carriers", "Carriers", lead, table(("carrier", "kind", "labels", "recall"), rows, left=2))


def _detectors(part: Score) -> Markup:
    columns = ("detector", "right", "missed", "wrong", "precision", "recall", "F1")
    folds = []
    tallies = by_detector(part).items()
    for package, group in groupby(tallies, key=lambda entry: entry[0].partition(".")[0]):
        rows = sorted(group, key=lambda row: (row[1].f1, row[0]))
        total = Tally(*(sum(tally[place] for _, tally in rows) for place in range(4)))
        cells = [
            (name, tally.right, tally.missed, tally.wrong, tally.precision, tally.recall, tally.f1)
            for name, tally in rows
        ]
        folds.append(fold(f"{package} ({len(rows)} detectors)", bar(total.f1), [table(columns, cells)]))
    lead = "Held out, all sources. A label that another detector answered is missed by its own, and wrong of the other."
    return section("detectors", "Detectors", lead, *folds)


def _confused(part: Score) -> Markup:
    rows = [(*pair, count) for pair, count in list(confusion(part).items())[:_PAIRS]]
    lead = "Which detector answered in place of the label's own."
    return section("confused", "Confusion", lead, table(("wanted", "answered", "times"), rows, left=2))


def _misses(part: Score) -> Markup:
    missed = [outcome for outcome in part.outcomes if outcome.answer is None]

    def show(outcome: Outcome) -> Markup:
        about = f"{outcome.case.carrier} · {outcome.case.source} {outcome.case.note}"
        return sample(about, *snippet(outcome.case.text, outcome.label.start, outcome.label.end))

    lead = f"{len(missed):,} of {len(part.outcomes):,} labels of the held-out split were not found."
    return section("misses", "Misses", lead, *_grouped(missed, lambda outcome: outcome.label.detector, show))


def _alarms(part: Score) -> Markup:
    def show(alarm: Alarm) -> Markup:
        how = f"{alarm.found.confidence.name.lower()} ({', '.join(alarm.found.reasons)})"
        about = f"{alarm.case.kind} · {alarm.case.carrier} · {how}"
        return sample(about, *snippet(alarm.case.text, alarm.found.start, alarm.found.end))

    lead = f"{len(part.alarms):,} findings of the held-out split answer no label."
    return section("alarms", "False alarms", lead, *_grouped(part.alarms, lambda alarm: alarm.found.detector, show))


def _real(measured: Measured) -> Markup:
    real = measured.real
    assert real is not None
    rates = table(("class", "findings per MB"), [(cls, f"{rate:.2f}") for cls, rate in real.per_megabyte().items()])
    groups = _grouped(
        real.hits,
        lambda hit: hit.found.detector,
        lambda hit: sample(hit.path, *snippet(hit.line, hit.at, hit.at + hit.found.end - hit.found.start)),
    )
    lead = (
        f"{real.files:,} files of installed sources and documentation, {real.megabytes:.1f} MB, without tests. "
        "Addresses of authors are rightly found; secrets should not be."
    )
    return section("real", "Real texts", lead, rates, *groups)


def _grouped(items: Iterable[T], name: Callable[[T], str], show: Callable[[T], Markup]) -> list[Markup]:
    """A fold for each name, most items first, with the first few."""
    groups: dict[str, list[T]] = {}
    for item in items:
        groups.setdefault(name(item), []).append(item)
    ordered = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    return [fold(title, len(group), map(show, group[:_SAMPLES])) for title, group in ordered]
