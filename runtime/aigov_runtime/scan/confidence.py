"""How sure a finding is: the first conditional confidence that holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from aigov_runtime.model import Confidence
from aigov_runtime.scan.gate import Check, check, reason
from aigov_runtime.scan.near import Near, Spans, Words, near

Kept = Callable[[int], Spans]
"""The kept candidates of a detector, given by number, in the text at hand."""


class NearDetector(NamedTuple):
    """A kept candidate of another detector is wanted; negated, none may be there."""

    number: int
    id: str
    within: int
    side: str
    negated: bool


class Raised(NamedTuple):
    """A confidence, and what must hold for it."""

    confidence: Confidence
    near: Sequence[Near]
    detectors: Sequence[NearDetector]
    checks: Sequence[Check]

    def reasons(
        self, data: bytes, start: int, end: int, segment: tuple[int, int], kept: Kept
    ) -> tuple[str, ...] | None:
        """Why it holds for the span start..end; None when it does not."""
        reasons: list[str] = []
        for wanted in self.near:
            found = wanted.nearest(data, start, end, segment)
            if (found is None) != wanted.negated:
                return None
            if found is not None:
                reasons.append(reason(found))
        for other in self.detectors:
            distance = kept(other.number).distance(start, end, other.side)
            beside = distance is not None and distance <= other.within
            if beside == other.negated:
                return None
            if beside:
                reasons.append(f"near {other.id} at {distance} chars")
        value = data[start:end]
        for each in self.checks:
            if not each.holds(value):
                return None
            if not each.negated:
                reasons.append(each.reason(value))
        return tuple(reasons)


def raised(entry: Mapping[str, Any], contexts: Sequence[Words], ids: Sequence[str]) -> Raised:
    """A conditional confidence of the bundle; `ids` are those of all detectors."""
    return Raised(
        confidence=Confidence(entry["confidence"]),
        near=[near(each, contexts) for each in entry["near"]],
        detectors=[
            NearDetector(each["detector"], ids[each["detector"]], each["within"], each["side"], each["negated"])
            for each in entry["detectors"]
        ],
        checks=[check(each, negated=each["negated"]) for each in entry["validate"]],
    )
