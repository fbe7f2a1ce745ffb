"""Findings against labels.

A label is answered by a finding of its class that lies on it: the two share at least half of what they cover together
(intersection over union ≥ 0.5); `exact` says that the spans are equal. Of several, one of the label's own detector
counts first, then the best overlap. Passages (code, attacks) have soft borders: there, any overlap answers.
A finding of a judged class that answers no label is a false alarm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from aigov_runtime.model import Confidence
from corpora.accuracy.case import Case, Label
from corpora.accuracy.scan import Found

REGION_CLASSES = frozenset(
    {
        "source_code",
        "proprietary",
        "licence_notice",
        "prompt_injection",
        "exfiltration",
        "hidden_text",
        "material_information",
    }
)
"""Classes of passages."""

UNASKED_CLASSES = frozenset({"source_code", "proprietary", "licence_notice", "internal", "hidden_text"})
"""Judged only where a case says so: carriers are themselves code, name hosts and paths, and hide what they carry."""


class Outcome(NamedTuple):
    """What became of a label."""

    case: Case
    label: Label
    cls: str
    answer: Found | None
    exact: bool


class Alarm(NamedTuple):
    """A finding that answers no label."""

    case: Case
    found: Found


@dataclass(frozen=True, slots=True)
class Score:
    """Outcomes of all labels, false alarms, and how many cases hold nothing to be found."""

    outcomes: list[Outcome] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)
    negatives: list[Case] = field(default_factory=list)

    def flagged(self, cls: str | None = None) -> int:
        """How many negatives have a false alarm (of this class)."""
        empty = {id(case) for case in self.negatives}
        return len({id(case) for case, found in self.alarms if id(case) in empty and cls in (None, found.cls)})

    def only(self, keep: Callable[[Case], bool]) -> Score:
        """The part about some cases."""
        return Score(
            [outcome for outcome in self.outcomes if keep(outcome.case)],
            [alarm for alarm in self.alarms if keep(alarm.case)],
            [case for case in self.negatives if keep(case)],
        )

    def of_classes(self, classes: frozenset[str]) -> Score:
        """The part about some classes."""
        return Score(
            [outcome for outcome in self.outcomes if outcome.cls in classes],
            [alarm for alarm in self.alarms if alarm.found.cls in classes],
            self.negatives,
        )


class Tally(NamedTuple):
    """Counts of one class or detector, and the ratios that they give (0 where nothing was asked or answered)."""

    right: int
    missed: int
    wrong: int
    exact: int = 0

    @property
    def precision(self) -> float:
        """Of what was found, how much is right."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 0.0

    @property
    def recall(self) -> float:
        """Of what was to be found, how much was."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 0.0

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        return 2 * self.right / (2 * self.right + self.missed + self.wrong) if self.right else 0.0


def score(
    cases: Sequence[Case],
    results: Sequence[Iterable[Found]],
    cls: Callable[[str], str],
    least: Confidence = Confidence.LIKELY,
    *,
    touching: bool = False,
) -> Score:
    """Judge all cases. `cls` gives a detector's class; `touching` lets any overlap answer, as peers are judged."""
    total = Score()
    for case, found in zip(cases, results, strict=True):
        _judge(total, case, [each for each in found if each.confidence >= least], cls, touching=touching)
    return total


def _judge(total: Score, case: Case, found: list[Found], cls: Callable[[str], str], *, touching: bool) -> None:
    answered: set[Found] = set()
    for label in case.findings:
        wanted = cls(label.detector)
        soft = touching or wanted in REGION_CLASSES
        answers = [each for each in found if each.cls == wanted and _overlap(label, each) >= (1e-9 if soft else 0.5)]
        answered.update(answers)
        best = max(answers, key=lambda each: (each.detector == label.detector, _overlap(label, each)), default=None)
        exact = best is not None and (best.start, best.end) == (label.start, label.end)
        total.outcomes.append(Outcome(case, label, wanted, best, exact))
    total.alarms.extend(Alarm(case, each) for each in found if each not in answered and is_judged(case, each.cls))
    if not case.findings:
        total.negatives.append(case)


def is_judged(case: Case, cls: str) -> bool:
    """Whether the case's labels are complete for this class. Those of an example never are: what stands around its
    value is the library's, and may hold more."""
    if case.source == "example":
        return False
    return cls in case.judged if case.judged else cls not in UNASKED_CLASSES


def by_class(part: Score) -> dict[str, Tally]:
    """The tally of every class."""
    names = {outcome.cls for outcome in part.outcomes} | {alarm.found.cls for alarm in part.alarms}
    return {name: _tally(part, name) for name in sorted(names)}


def _tally(part: Score, cls: str) -> Tally:
    asked = [outcome for outcome in part.outcomes if outcome.cls == cls]
    right = sum(outcome.answer is not None for outcome in asked)
    wrong = sum(alarm.found.cls == cls for alarm in part.alarms)
    return Tally(right, len(asked) - right, wrong, sum(outcome.exact for outcome in asked))


def by_detector(part: Score) -> dict[str, Tally]:
    """The tally of every detector. What another detector answered is missed by its own, and wrong of the other."""
    counts: dict[str, list[int]] = {}
    for outcome in part.outcomes:
        own = counts.setdefault(outcome.label.detector, [0, 0, 0, 0])
        if outcome.answer is not None and outcome.answer.detector == outcome.label.detector:
            own[0] += 1
            own[3] += outcome.exact
            continue
        own[1] += 1
        if outcome.answer is not None:
            counts.setdefault(outcome.answer.detector, [0, 0, 0, 0])[2] += 1
    for alarm in part.alarms:
        counts.setdefault(alarm.found.detector, [0, 0, 0, 0])[2] += 1
    return {name: Tally(*count) for name, count in sorted(counts.items())}


def confusion(part: Score) -> dict[tuple[str, str], int]:
    """How often a label of the first detector was answered by the second, most often first."""
    counts: dict[tuple[str, str], int] = {}
    for outcome in part.outcomes:
        if outcome.answer is not None and outcome.answer.detector != outcome.label.detector:
            pair = outcome.label.detector, outcome.answer.detector
            counts[pair] = counts.get(pair, 0) + 1
    return dict(sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])))


def _overlap(label: Label, found: Found) -> float:
    """Intersection over union of the two spans."""
    shared = min(label.end, found.end) - max(label.start, found.start)
    if shared <= 0:
        return 0.0
    return shared / (max(label.end, found.end) - min(label.start, found.start))
