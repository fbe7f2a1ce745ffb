"""Which candidates are findings, and how sure: a detector's gate, its confidence, then overlaps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from aigov_dsl.ast import Confidence
from aigov_dsl.reference.gate import Span, is_ignored, is_near, lies_near
from aigov_dsl.reference.model import Finding, Primitives, Segment
from aigov_dsl.reference.sources import spans
from aigov_dsl.reference.text import Text
from aigov_dsl.typed import Check, Detector, Near, NearDetector, Validate

Kept = Mapping[str, set[Span]]
"""The candidates that passed their gates, by detector id."""

_SURENESS = list(Confidence)


def findings(detectors: Sequence[Detector], segments: Sequence[Segment], primitives: Primitives) -> tuple[Finding, ...]:
    """All findings, without duplicates, ordered by segment, start, end and detector id."""
    found: list[_Found] = []
    for index, segment in enumerate(segments):
        written: set[tuple[str, Span]] = set()
        surest: dict[tuple[str, Span], Confidence] = {}
        for reading in _readings(segment, primitives):
            kept = {detector.id: _kept(detector, reading.text, primitives) for detector in detectors}
            for detector in detectors:
                for span in kept[detector.id]:
                    source = reading.source(*span)
                    if source is None or (reading.decoded and _meets(detector.id, source, written)):
                        continue
                    key = detector.id, source
                    confidence = _confidence(detector, reading.text.data, span, kept, primitives)
                    surest[key] = max(confidence, surest.get(key, confidence), key=_SURENESS.index)
            written = written if reading.decoded else set(surest)
        found += (
            _Found(Finding(name, index, *span, confidence), (name, span) not in written)
            for (name, span), confidence in surest.items()
        )
    stay = (each.finding for each in _one_per_token(found, {detector.id: detector for detector in detectors}))
    return tuple(sorted(stay, key=lambda f: (f.segment, f.start, f.end, f.detector)))


class _Found(NamedTuple):
    """A finding, and whether a view shows it, not the text as written."""

    finding: Finding
    decoded: bool


class _Reading(NamedTuple):
    """A text in which a segment is matched; `source` tells which bytes of the segment a span comes from."""

    text: Text
    source: Callable[[int, int], Span | None]
    decoded: bool


def _readings(segment: Segment, primitives: Primitives) -> Iterator[_Reading]:
    """The segment as written, then its views, each alone and behind its name."""
    yield from _behind_name(segment.name, segment.text, lambda start, end: (start, end), decoded=False)
    for view in primitives.views(segment.text.encode("utf-8", "surrogatepass")):
        yield from _behind_name(segment.name, view.text.decode("utf-8", "surrogatepass"), view.source, decoded=True)


def _behind_name(
    name: str, text: str, source: Callable[[int, int], Span | None], *, decoded: bool
) -> Iterator[_Reading]:
    yield _Reading(Text(text), source, decoded)
    if name:
        before, size = len(f'"{name}": "'.encode()), len(text.encode("utf-8", "surrogatepass"))

        def alone(start: int, end: int) -> Span | None:
            return source(start - before, end - before) if before <= start and end <= before + size else None

        yield _Reading(Text(f'"{name}": "{text}"'), alone, decoded)


def _meets(detector: str, span: Span, written: set[tuple[str, Span]]) -> bool:
    """The detector has a finding that shares a byte with the span in the text as written."""
    return any(other == detector and low < span[1] and span[0] < high for other, (low, high) in written)


def at_least(finding: Finding, confidence: Confidence) -> bool:
    """The finding is as sure as `confidence`, or surer."""
    return _SURENESS.index(finding.confidence) >= _SURENESS.index(confidence)


def _kept(detector: Detector, text: Text, primitives: Primitives) -> set[Span]:
    """The detector's candidates in a text that pass its gate."""
    return {
        (start, end)
        for source in detector.sources
        for start, end in spans(source, text, primitives)
        if start < end
        and all(is_near(near, text.data, (start, end)) for near in detector.near)
        and not any(is_ignored(ignore, text.data[start:end]) for ignore in detector.ignore)
        and all(primitives.validators[v.name](text.data[start:end], v.minimum) for v in detector.validators)
    }


def _confidence(detector: Detector, text: bytes, span: Span, kept: Kept, primitives: Primitives) -> Confidence:
    """The first of the detector's conditional confidences that holds, else its own."""
    for raised in detector.raised:
        if all(_holds(check, text, span, kept, primitives) for check in raised.checks):
            return raised.confidence
    return detector.confidence


def _holds(check: Check, text: bytes, span: Span, kept: Kept, primitives: Primitives) -> bool:
    match check:
        case Validate():
            return primitives.validators[check.name](text[slice(*span)], check.minimum) != check.negated
        case Near():
            return is_near(check, text, span)
        case NearDetector():
            return any(lies_near(other, span, check) for other in kept[check.detector]) != check.negated


def _one_per_token(found: Sequence[_Found], detectors: Mapping[str, Detector]) -> list[_Found]:
    """Of findings of one family that share a byte, the better one stays. Best first, each stays that no better one
    covers."""
    stay: list[_Found] = []
    for each in sorted(found, key=lambda each: _worth(each, detectors)):
        finding, family = each.finding, detectors[each.finding.detector].family
        rivals = (o for o, _ in stay if o.segment == finding.segment and detectors[o.detector].family == family)
        if not family or not any(other.start < finding.end and finding.start < other.end for other in rivals):
            stay.append(each)
    return stay


def _worth(found: _Found, detectors: Mapping[str, Detector]) -> tuple[bool, bool, int, int, int, str]:
    """What the text as written shows comes first, then what is not generic, then the surest, the longest, the earliest,
    the smallest id."""
    finding = found.finding
    generic, sureness = detectors[finding.detector].generic, _SURENESS.index(finding.confidence)
    return found.decoded, generic, -sureness, finding.start - finding.end, finding.start, finding.detector
