"""One token, one finding: of overlapping findings of one family, the better one stays."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping

from aigov_runtime.model import Finding
from aigov_runtime.scan.detector import Detector

Key = tuple[int, int, int, str]
"""Segment, start, end and detector of a finding: what tells it apart, and the order of findings."""


def key(finding: Finding) -> Key:
    """The key of a finding."""
    return finding.segment, finding.start, finding.end, finding.detector


def surest(findings: Iterable[Finding]) -> dict[Key, Finding]:
    """By key; of findings with one key, the surest, and of equally sure ones the first."""
    kept: dict[Key, Finding] = {}
    for finding in findings:
        other = kept.setdefault(key(finding), finding)
        if finding.confidence > other.confidence:
            kept[key(finding)] = finding
    return kept


def resolve(findings: Iterable[Finding], detectors: Mapping[str, Detector]) -> list[Finding]:
    """The findings that stay, in order. `detectors` are those of the findings, by id.

    Best first (of the text as written, then of a detector that is not generic, then the surest, the longest, the
    earliest, the smallest detector id), each stays that shares no byte with a better one of its family in its segment.
    """

    def worth(finding: Finding) -> tuple[bool, bool, int, int, int, str]:
        generic = detectors[finding.detector].generic
        size = finding.end - finding.start
        return finding.decoded, generic, -finding.confidence, -size, finding.start, finding.detector

    stay: list[Finding] = []
    taken: defaultdict[tuple[int, str], list[tuple[int, int]]] = defaultdict(list)
    for finding in sorted(findings, key=worth):
        family = detectors[finding.detector].family
        if family:
            spans = taken[finding.segment, family]  # disjoint and sorted
            at = bisect_left(spans, (finding.start, finding.start))
            if (at and spans[at - 1][1] > finding.start) or (at < len(spans) and spans[at][0] < finding.end):
                continue
            insort(spans, (finding.start, finding.end))
        stay.append(finding)
    return sorted(stay, key=key)
