"""One labelled text, and its JSON line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple


class Label(NamedTuple):
    """Where `detector` must find something; offsets are code points of the text."""

    detector: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A text with everything in it that must be found. Without labels it is a negative.

    `judged` names the classes for which the labels are complete: findings of other classes are not false alarms.
    Empty means the classes of single values (see `score.VALUE_CLASSES`). `kind` is what a value or negative is
    called, `source` where it comes from: `independent`, `example` or `handwritten`.
    """

    text: str
    findings: tuple[Label, ...] = ()
    note: str = ""
    kind: str = ""
    carrier: str = ""
    split: str = "dev"
    source: str = "independent"
    judged: tuple[str, ...] = ()


def write(cases: Iterable[Case], path: Path) -> int:
    """Write JSON lines; gives their number."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for case in cases:
            file.write(json.dumps(_record(case), ensure_ascii=False) + "\n")
            count += 1
    return count


def read(path: Path) -> Iterator[Case]:
    """The cases of a file of JSON lines. Raises ValueError, with file and line, for a line that is not a case."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            try:
                yield _case(json.loads(line))
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"{path}:{number}: not a labelled case: {error}") from None


def _record(case: Case) -> dict[str, Any]:
    record: dict[str, Any] = {
        "text": case.text,
        "findings": [label._asdict() for label in case.findings],
        "note": case.note,
        "kind": case.kind,
        "carrier": case.carrier,
        "split": case.split,
        "source": case.source,
    }
    return record | ({"judged": list(case.judged)} if case.judged else {})


def _case(record: dict[str, Any]) -> Case:
    labels = tuple(Label(entry["detector"], entry["start"], entry["end"]) for entry in record["findings"])
    for label in labels:
        if not 0 <= label.start < label.end <= len(record["text"]):
            raise ValueError(f"the span {label.start}..{label.end} of {label.detector} is not in the text")
    rest = {key: record[key] for key in ("note", "kind", "carrier", "split", "source") if key in record}
    return Case(text=record["text"], findings=labels, judged=tuple(record.get("judged", ())), **rest)
