"""One token, one finding: of overlapping findings of one family, the better one stays."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping

from aigov_runtime.model import Finding

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


def resolve(findings: Iterable[Finding], families: Mapping[str, str]) -> list[Finding]:
    """The findings that stay, in order. `families` holds that of each detector, "" for none.

    Best first (of the text as written, then the surest, the longest, the earliest, the smallest detector id), each
    stays that shares no byte with a better one of its family in its segment.
    """
    stay: list[Finding] = []
    taken: defaultdict[tuple[int, str], list[tuple[int, int]]] = defaultdict(list)
    for finding in sorted(findings, key=_worth):
        family = families[finding.detector]
        if family:
            spans = taken[finding.segment, family]  # disjoint and sorted
            at = bisect_left(spans, (finding.start, finding.start))
            if (at and spans[at - 1][1] > finding.start) or (at < len(spans) and spans[at][0] < finding.end):
                continue
            insort(spans, (finding.start, finding.end))
        stay.append(finding)
    return sorted(stay, key=key)


def _worth(finding: Finding) -> tuple[bool, int, int, int, str]:
    return finding.decoded, -finding.confidence, finding.start - finding.end, finding.start, finding.detector
