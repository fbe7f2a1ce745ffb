"""The detectors of a bundle while scanning.

A bundle has hundreds and a text touches few, so what one needs is made when first needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from aigov_runtime.model import Confidence, Finding
from aigov_runtime.scan.confidence import Kept, Raised, raised
from aigov_runtime.scan.gate import Gate, Ignored, gate
from aigov_runtime.scan.layout import Layout
from aigov_runtime.scan.near import Words
from aigov_runtime.scan.validators import VALIDATORS


class Span(NamedTuple):
    """A match before the gate: detector number, segment number, bytes of the joined buffer, and what matched."""

    detector: int
    segment: int
    start: int
    end: int
    source: str


class Detector:
    """What a finding says of its detector, the gate in front of it, and the languages when it finds code."""

    def __init__(self, entry: Mapping[str, Any], shared: Detectors) -> None:
        self.id: str = entry["id"]
        self.family: str = entry["family"]
        self.generic: bool = entry["generic"]
        self.languages: tuple[str, ...] | None = None if entry["languages"] is None else tuple(entry["languages"])
        self._entry = entry
        self._shared = shared

    @cached_property
    def _gate(self) -> Gate | str:
        try:
            return gate(self._entry, self._shared.contexts, self._shared.ignored)
        except ValueError as error:
            return f"what it ignores cannot be compiled: {error}"

    @property
    def refusal(self) -> str | None:
        """Why there is no gate; None when there is one."""
        return self._gate if isinstance(self._gate, str) else None

    @property
    def gate(self) -> Gate:
        """What decides whether a span counts."""
        assert isinstance(self._gate, Gate)
        return self._gate

    @cached_property
    def _raised(self) -> list[Raised]:
        return [raised(each, self._shared.contexts, self._shared.ids) for each in self._entry["raised"]]

    def finding(self, layout: Layout, span: Span, kept: Kept) -> Finding:
        """The finding of a span that passed the gate, with how sure it is and why."""
        start, end, bounds = span.start, span.end, layout.bounds(span.segment)
        confidence, reasons = Confidence(self._entry["confidence"]), list[str]()
        for each in self._raised:
            if (why := each.reasons(layout.data, start, end, bounds, kept)) is not None:
                confidence, reasons = each.confidence, list(why)
                break
        why_kept = self.gate.reasons(layout.data, start, end, bounds)
        return Finding(
            detector=self.id,
            cls=self._entry["class"],
            severity=self._entry["severity"],
            confidence=confidence,
            segment=span.segment,
            path=layout.segments[span.segment].path,
            start=start - bounds[0],
            end=end - bounds[0],
            reasons=tuple(dict.fromkeys((span.source, *why_kept, *reasons))),
        )


class Detectors(Sequence[Detector]):
    """All detectors of a bundle, and what they share: words to look for nearby, and ignored values."""

    def __init__(self, entries: Sequence[Mapping[str, Any]], scan: Mapping[str, Any]) -> None:
        self.contexts = [Words(texts) for texts in scan["contexts"]]
        self.ignored = [Ignored(each["values"], each["patterns"]) for each in scan["ignored"]]
        self.ids = [entry["id"] for entry in entries]
        named = {check["name"] for entry in entries for part in (entry, *entry["raised"]) for check in part["validate"]}
        if unknown := sorted(named - VALIDATORS.keys()):
            raise ValueError(f"unknown validator `{unknown[0]}`")
        self._rest = {
            entry["id"]: [self.ids[other["detector"]] for part in entry["raised"] for other in part["detectors"]]
            for entry in entries
            if entry["raised"]
        }
        self._all = [Detector(entry, self) for entry in entries]

    def __getitem__(self, number: Any) -> Any:
        return self._all[number]

    def __len__(self) -> int:
        return len(self._all)

    def resting_on(self, incomplete: Mapping[str, str]) -> dict[str, str]:
        """The detectors whose confidence looks for one that is incomplete, with the reason."""
        return {
            name: f"`{other}` is incomplete"
            for name, others in self._rest.items()
            for other in others
            if other in incomplete
        }
