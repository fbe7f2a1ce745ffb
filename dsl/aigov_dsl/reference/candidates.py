"""Which candidates are findings, and how sure: a detector's gate, its confidence, then overlaps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import IntEnum
from functools import partial
from typing import NamedTuple

from aigov_dsl.ast import Confidence
from aigov_dsl.reference.gate import Span, is_ignored, is_near, lies_near
from aigov_dsl.reference.model import Finding, Primitives, Segment, View
from aigov_dsl.reference.sources import spans
from aigov_dsl.reference.text import Text
from aigov_dsl.typed import Check, Detector, Near, NearDetector, Validate

Kept = Mapping[str, set[Span]]
"""The candidates that passed their gates, by detector id."""

_SURENESS = list(Confidence)


def findings(detectors: Sequence[Detector], segments: Sequence[Segment], primitives: Primitives) -> tuple[Finding, ...]:
    """All findings, without duplicates, ordered by segment, start, end and detector id."""
    found: list[_Found] = []
    detectors_by_id = {detector.id: detector for detector in detectors}
    for index, segment in enumerate(segments):
        best: dict[tuple[str, Span], tuple[_Origin, int]] = {}
        for reading in _readings(segment, primitives):
            kept = {detector.id: _kept(detector, reading.text, primitives) for detector in detectors}
            for detector in detectors:
                for span in kept[detector.id]:
                    told = reading.told(*span)
                    if told is None:
                        continue
                    source, origin = told
                    confidence = _confidence(detector, reading.text.data, span, kept, primitives)
                    rank = origin, -_SURENESS.index(confidence)
                    best[detector.id, source] = min(rank, best.get((detector.id, source), rank))
        found += (
            _Found(Finding(name, index, *span, _SURENESS[-sureness]), origin, detectors_by_id[name])
            for (name, span), (origin, sureness) in best.items()
        )
    stay = (each.finding for each in _one_per_token(found))
    return tuple(sorted(stay, key=lambda f: (f.segment, f.start, f.end, f.detector)))


class _Origin(IntEnum):
    """What shows a finding: the text as written, a view, or a view that joins two of its bytes by a guess."""

    WRITTEN = 0
    DECODED = 1
    GUESSED = 2


class _Found(NamedTuple):
    """A finding, what shows it, and its detector."""

    finding: Finding
    origin: _Origin
    detector: Detector


_Told = Callable[[int, int], tuple[Span, _Origin] | None]


class _Reading(NamedTuple):
    """A text in which a segment is matched; `told` says which bytes of the segment a span comes from, and how."""

    text: Text
    told: _Told


def _readings(segment: Segment, primitives: Primitives) -> Iterator[_Reading]:
    """The segment as written, then its views, each alone and behind its name."""
    yield from _behind_name(segment.name, segment.text, lambda start, end: ((start, end), _Origin.WRITTEN))
    for view in primitives.views(segment.text.encode("utf-8", "surrogatepass")):
        yield from _behind_name(segment.name, view.text.decode("utf-8", "surrogatepass"), partial(_seen, view))


def _seen(view: View, start: int, end: int) -> tuple[Span, _Origin]:
    return view.source(start, end), _Origin.GUESSED if view.guessed(start, end) else _Origin.DECODED


def _behind_name(name: str, text: str, told: _Told) -> Iterator[_Reading]:
    yield _Reading(Text(text), told)
    if name:
        before, size = len(f'"{name}": "'.encode()), len(text.encode("utf-8", "surrogatepass"))

        def alone(start: int, end: int) -> tuple[Span, _Origin] | None:
            return told(start - before, end - before) if before <= start and end <= before + size else None

        yield _Reading(Text(f'"{name}": "{text}"'), alone)


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


def _one_per_token(found: Sequence[_Found]) -> list[_Found]:
    """Of findings of one token, the better one stays: those of the text as written are settled first; those of views
    then replace them or give way."""
    written = _best(each for each in found if each.origin == _Origin.WRITTEN)
    derived = [each for each in found if each.origin != _Origin.WRITTEN]
    return _best([*written, *derived], [each for each in derived if _replaces(each, written)])


def _best(found: Iterable[_Found], replacing: Sequence[_Found] = ()) -> list[_Found]:
    """Best first, each stays that is not the same token as a better one."""
    stay: list[_Found] = []
    for each in sorted(found, key=lambda each: _worth(each, replacing)):
        if not any(_is_one(each, other) for other in stay):
            stay.append(each)
    return stay


def _is_one(one: _Found, other: _Found) -> bool:
    """They share a byte, and they are of one family; or one detector has one in the text, the other in a view."""
    family = bool(one.detector.family) and one.detector.family == other.detector.family
    same = one.detector.id == other.detector.id and (one.origin == _Origin.WRITTEN) != (other.origin == _Origin.WRITTEN)
    return _meet(one.finding, other.finding) and (family or same)


def _replaces(each: _Found, written: Sequence[_Found]) -> bool:
    """What is decoded without a guess is longer than the written findings it meets, and these lie in it whole."""
    found = each.finding
    met = [
        other.finding for other in written if _is_one(each, other) and each.detector.generic == other.detector.generic
    ]
    whole = all(found.start <= other.start and other.end <= found.end for other in met)
    longer = all(found.end - found.start > other.end - other.start for other in met)
    return each.origin == _Origin.DECODED and bool(met) and whole and longer


def _meet(one: Finding, other: Finding) -> bool:
    return one.segment == other.segment and one.start < other.end and other.start < one.end


def _worth(each: _Found, replacing: Sequence[_Found]) -> tuple[bool, bool, int, int, int, int, str]:
    """What is not generic comes first, then what replaces, then what the plainest reading shows, then the surest, the
    longest, the earliest, the smallest id."""
    finding, sureness = each.finding, _SURENESS.index(each.finding.confidence)
    size = finding.end - finding.start
    return (
        each.detector.generic,
        each not in replacing,
        each.origin,
        -sureness,
        -size,
        finding.start,
        finding.detector,
    )
