"""The figures as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from corpora.accuracy.code import Judged
from corpora.accuracy.measure import Measured, Rival
from corpora.accuracy.score import Score, Tally, by_class, by_detector, confusion

SOURCES = ("independent", "example", "handwritten")


def document(measured: Measured) -> dict[str, Any]:
    """What `build/accuracy/report.json` holds."""
    return {
        "seed": measured.seed,
        "detectors": len(measured.library.detectors),
        "unknown": measured.unknown,
        "silent": list(measured.silent),
        "seconds": round(measured.seconds, 3),
        "bytes": measured.bytes,
        "splits": {split: _split(measured, split) for split in measured.likely},
        "real": _real(measured),
        "code": _code(measured.code) if measured.code else None,
        "peers": [_rival(rival) for rival in measured.rivals],
    }


def honest(part: Score) -> Score:
    """Without the values of the library's own examples."""
    return part.only(lambda case: case.source != "example")


def from_source(part: Score, source: str) -> Score:
    """Values of one source."""
    return part.only(lambda case: case.source == source)


class Beside(NamedTuple):
    """A peer and us on one class: tallies, and shares of negatives flagged."""

    peer: str
    cls: str
    theirs: Tally
    ours: Tally
    they_flag: float
    we_flag: float
    seconds: float


def beside(rivals: Iterable[Rival]) -> Iterator[Beside]:
    """A row for each class that a peer covers; none for peers that did not run."""
    for rival in rivals:
        theirs, ours = by_class(rival.theirs), by_class(rival.ours)
        count = len(rival.ours.negatives)
        for cls in sorted(ours.keys() & set(rival.ran.peer.classes.values())) if not rival.ran.reason else ():
            yield Beside(
                f"{rival.ran.peer.name} {rival.ran.version}",
                cls,
                theirs.get(cls, Tally(0, 0, 0)),
                ours[cls],
                rival.theirs.flagged(cls) / count,
                rival.ours.flagged(cls) / count,
                rival.ran.seconds,
            )


def _split(measured: Measured, split: str) -> dict[str, Any]:
    out: dict[str, Any] = {"cases": len(measured.cases[split])}
    for name, scores in (("likely", measured.likely), ("possible", measured.possible)):
        part = scores[split]
        out[name] = {
            "classes": {cls: _tally(tally) for cls, tally in by_class(honest(part)).items()},
            "detectors": {detector: _tally(tally) for detector, tally in by_detector(honest(part)).items()},
            "negatives": {cls: _share(part.flagged(cls), len(part.negatives)) for cls in by_class(part)},
            "recall by source": {source: _recalls(part, source) for source in SOURCES},
        }
    out["confusion"] = [[*pair, count] for pair, count in confusion(measured.likely[split]).items()]
    return out


def _recalls(part: Score, source: str) -> dict[str, float]:
    return {cls: round(tally.recall, 4) for cls, tally in by_class(from_source(part, source)).items()}


def _tally(tally: Tally) -> dict[str, float]:
    return {
        "right": tally.right,
        "missed": tally.missed,
        "wrong": tally.wrong,
        "exact": tally.exact,
        "precision": round(tally.precision, 4),
        "recall": round(tally.recall, 4),
        "f1": round(tally.f1, 4),
    }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _real(measured: Measured) -> dict[str, Any] | None:
    if measured.real is None:
        return None
    per_megabyte = {cls: round(value, 3) for cls, value in measured.real.per_megabyte().items()}
    return {"files": measured.real.files, "megabytes": round(measured.real.megabytes, 1), "per megabyte": per_megabyte}


def _code(judged: Judged) -> dict[str, Any]:
    return {
        "found": round(judged.recall, 4),
        "right language": round(judged.accuracy, 4),
        "false alarms": round(judged.alarms, 4),
        "answers": {suffix: dict(answers) for suffix, answers in judged.answers.items()},
    }


def _rival(rival: Rival) -> dict[str, Any]:
    out: dict[str, Any] = {
        "name": rival.ran.peer.name,
        "version": rival.ran.version,
        "seconds": round(rival.ran.seconds, 2),
    }
    if rival.ran.reason:
        return out | {"reason": rival.ran.reason}
    for name, part in (("theirs", rival.theirs), ("ours", rival.ours)):
        classes = {cls: _tally(tally) for cls, tally in by_class(part).items()}
        out[name] = {"classes": classes, "negatives flagged": _share(part.flagged(), len(part.negatives))}
    return out
