"""The `detectors` section: what a finding says of its detector, and what it asks of a candidate.

Many detectors look for the same words nearby and ignore the same values, so those stand once, in tables of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from aigov_compiler import lower
from aigov_dsl import typed


class Shared(NamedTuple):
    """The words and ignored values that detectors refer to by number."""

    contexts: Mapping[tuple[str, ...], int]
    ignored: Mapping[typed.Ignore, int]

    @classmethod
    def of(cls, detectors: Sequence[typed.Detector]) -> Shared:
        """Number them in the order of the detectors."""
        words = {near.words: None for detector in detectors for near in _nears(detector)}
        ignored = {ignore: None for detector in detectors for ignore in detector.ignore}
        return cls(
            {each: number for number, each in enumerate(words)}, {each: number for number, each in enumerate(ignored)}
        )

    def sections(self) -> dict[str, Any]:
        """The tables as the bundle holds them, in ASCII lower case."""
        return {
            "contexts": [[_folded(word) for word in words] for words in self.contexts],
            "ignored": [
                {
                    "values": [_folded(value) for value in ignore.values],
                    "patterns": [pattern.encode() for pattern in ignore.patterns],
                }
                for ignore in self.ignored
            ],
        }


def entry(detector: typed.Detector, shared: Shared, numbers: Mapping[str, int]) -> dict[str, Any]:
    """One detector; `numbers` holds those of all detectors by id."""
    return {
        "id": detector.id,
        "name": detector.name,
        "package": detector.package,
        "class": detector.cls,
        "family": detector.family,
        "generic": detector.generic,
        "severity": str(detector.severity),
        "confidence": lower.CONFIDENCES.index(detector.confidence),
        "raised": [_raised(each, shared, numbers) for each in detector.raised],
        "style": str(detector.style or ""),
        "doc": detector.doc,
        "source": detector.source,
        "remedy": detector.remedy,
        "near": [_near(near, shared) for near in detector.near],
        "validate": [{"name": check.name, "minimum": check.minimum} for check in detector.validators],
        "ignore": [shared.ignored[ignore] for ignore in detector.ignore],
        "table": next(
            ({"count": s.count, "within": s.within} for s in detector.sources if isinstance(s, typed.Table)), None
        ),
        "languages": _languages(detector),
    }


def _nears(detector: typed.Detector) -> list[typed.Near]:
    checks = (check for raised in detector.raised for check in raised.checks)
    return [*detector.near, *(check for check in checks if isinstance(check, typed.Near))]


def _folded(text: str) -> bytes:
    return text.encode().lower()


def _near(near: typed.Near, shared: Shared) -> dict[str, Any]:
    return {
        "words": shared.contexts[near.words],
        "within": near.within,
        "side": near.side,
        "negated": near.negated,
    }


def _raised(raised: typed.Confidences, shared: Shared, numbers: Mapping[str, int]) -> dict[str, Any]:
    return {
        "confidence": lower.CONFIDENCES.index(raised.confidence),
        "near": [_near(check, shared) for check in raised.checks if isinstance(check, typed.Near)],
        "detectors": [
            {
                "detector": numbers[check.detector],
                "within": check.within,
                "side": check.side,
                "negated": check.negated,
            }
            for check in raised.checks
            if isinstance(check, typed.NearDetector)
        ],
        "validate": [
            {"name": check.name, "minimum": check.minimum, "negated": check.negated}
            for check in raised.checks
            if isinstance(check, typed.Validate)
        ],
    }


def _languages(detector: typed.Detector) -> list[str] | None:
    """None without a `code` clause, empty for any language."""
    clauses = [source.languages for source in detector.sources if isinstance(source, typed.Code)]
    if not clauses:
        return None
    return sorted(set().union(*clauses)) if all(clauses) else []
