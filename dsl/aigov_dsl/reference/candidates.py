"""Which candidates are findings: `near`, `ignore`, `validate`, in this order."""

from __future__ import annotations

from collections.abc import Sequence

from aigov_dsl.ast import Confidence
from aigov_dsl.reference.model import Finding, Primitives, Segment
from aigov_dsl.reference.sources import regex, spans
from aigov_dsl.reference.text import Text
from aigov_dsl.typed import Detector, Near


def findings(detectors: Sequence[Detector], segments: Sequence[Segment], primitives: Primitives) -> tuple[Finding, ...]:
    """All findings, without duplicates, ordered by segment, start, end and detector id."""
    found: set[Finding] = set()
    for index, segment in enumerate(segments):
        for detector in detectors:
            alone = _spans(detector, Text(segment.text), primitives)
            found.update(Finding(detector.id, index, start, end, detector.confidence) for start, end in alone)
            if segment.name:
                named = _behind_name(detector, segment, primitives)
                found.update(Finding(detector.id, index, start, end, detector.confidence) for start, end in named)
    return tuple(sorted(found, key=lambda f: (f.segment, f.start, f.end, f.detector)))


def _spans(detector: Detector, text: Text, primitives: Primitives) -> set[tuple[int, int]]:
    """What the detector finds in a text."""
    return {
        (start, end)
        for source in detector.sources
        for start, end in spans(source, text, primitives)
        if _kept(detector, text.data, start, end, primitives)
    }


def _behind_name(detector: Detector, segment: Segment, primitives: Primitives) -> set[tuple[int, int]]:
    """What it finds in the text when that stands behind its name, in offsets of the text alone."""
    before, size = f'"{segment.name}": "', len(segment.text.encode())
    found = _spans(detector, Text(f'{before}{segment.text}"'), primitives)
    shifted = {(start - len(before.encode()), end - len(before.encode())) for start, end in found}
    return {(start, end) for start, end in shifted if start >= 0 and end <= size}


def at_least(finding: Finding, confidence: Confidence) -> bool:
    """The finding is as sure as `confidence`, or surer."""
    order = list(Confidence)
    return order.index(finding.confidence) >= order.index(confidence)


def _kept(detector: Detector, text: bytes, start: int, end: int, primitives: Primitives) -> bool:
    value = text[start:end]
    return (
        start < end
        and all(_is_near(near, text, start, end) for near in detector.near)
        and not any(value.lower() == literal.encode().lower() for literal in detector.ignore.literals)
        and not any(regex(pattern).search(value) for pattern in detector.ignore.patterns)
        and all(primitives.validators[v.name](value, v.minimum) for v in detector.validators)
    )


def _is_near(near: Near, text: bytes, start: int, end: int) -> bool:
    """One of the words lies whole within `within` bytes before the span or after it."""
    sides = ((max(0, start - near.within), start), (end, min(len(text), end + near.within)))
    return any(_holds_word(text, low, high, word.encode()) for low, high in sides for word in near.words)


def _holds_word(text: bytes, low: int, high: int, word: bytes) -> bool:
    """`word` stands between `low` and `high`, in any ASCII case, with no ASCII letter or digit beside it."""
    for at in range(low, high - len(word) + 1):
        after = at + len(word)
        beside = text[max(0, at - 1) : at] + text[after : after + 1]
        if text[at:after].lower() == word.lower() and not any(bytes([b]).isalnum() for b in beside):
            return True
    return False
