"""One token, one finding: of overlapping findings of one family, the better one stays."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from aigov_runtime.model import Finding, Reading
from aigov_runtime.scan.detector import Detector

Key = tuple[int, int, int, str]
"""Segment, start, end and detector of a finding: what tells it apart, and the order of findings."""


def key(finding: Finding) -> Key:
    """The key of a finding."""
    return finding.segment, finding.start, finding.end, finding.detector


def unique(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Of findings with one key, that which the plainest reading shows, then the surest, then the first."""
    kept: dict[Key, Finding] = {}
    for finding in findings:
        other = kept.setdefault(key(finding), finding)
        if (finding.reading, -finding.confidence) < (other.reading, -other.confidence):
            kept[key(finding)] = finding
    return tuple(kept.values())


def resolve(findings: Sequence[Finding], detectors: Mapping[str, Detector]) -> list[Finding]:
    """The findings that stay, in order. `detectors` are those of the findings, by id.

    Those of the text as written are settled first; those of views then replace them or give way.
    """
    derived = [finding for finding in findings if finding.reading != Reading.WRITTEN]
    stay = _best([finding for finding in findings if finding.reading == Reading.WRITTEN], detectors)
    if derived:
        stay = _best([*stay, *derived], detectors, _replacing(derived, stay, detectors))
    return sorted(stay, key=key)


def _best(
    findings: Iterable[Finding], detectors: Mapping[str, Detector], replacing: Collection[Key] = ()
) -> list[Finding]:
    """Best first (of a detector that is not generic, then what replaces, then of the plainest reading, then the surest,
    the longest, the earliest, the smallest detector id), each that shares no byte with a better one of its family; and,
    written or of a view, with none of its detector that is the other."""

    def worth(finding: Finding) -> tuple[bool, bool, int, int, int, int, str]:
        return (
            detectors[finding.detector].generic,
            not replacing or key(finding) not in replacing,
            finding.reading,
            -finding.confidence,
            finding.start - finding.end,
            finding.start,
            finding.detector,
        )

    stay: list[Finding] = []
    taken: defaultdict[tuple[int, str, bool], _Bytes] = defaultdict(_Bytes)
    for finding in sorted(findings, key=worth):
        family, written = detectors[finding.detector].family, finding.reading == Reading.WRITTEN
        group = family or finding.detector
        if not taken[finding.segment, group, not family and not written].meeting(finding):
            taken[finding.segment, group, not family and written].add(finding)
            stay.append(finding)
    return stay


def _replacing(
    derived: Iterable[Finding], written: Iterable[Finding], detectors: Mapping[str, Detector]
) -> frozenset[Key]:
    """The keys of decoded findings that are written ones and more: longer than all that they meet, and these lie in
    them whole."""

    def place(finding: Finding) -> tuple[int, str, bool]:
        detector = detectors[finding.detector]
        return finding.segment, detector.family or detector.id, detector.generic

    taken: defaultdict[tuple[int, str, bool], _Bytes] = defaultdict(_Bytes)
    spans = set()
    for finding in written:
        taken[place(finding)].add(finding)
        spans.add((place(finding), finding.start, finding.end))

    def replaces(finding: Finding) -> bool:
        met = taken[place(finding)].meeting(finding)
        whole = met is not None and finding.start <= met[0] and met[1] <= finding.end
        return whole and (place(finding), finding.start, finding.end) not in spans

    return frozenset(key(each) for each in derived if each.reading == Reading.DECODED and replaces(each))


class _Bytes:
    """The bytes of findings in one text, as disjoint spans."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def meeting(self, finding: Finding) -> tuple[int, int] | None:
        """From the start of the first span that shares a byte with the finding to the end of the last one."""
        low, high = self._range(finding)
        return (self._starts[low], self._ends[high - 1]) if low < high else None

    def add(self, finding: Finding) -> None:
        """Take the bytes of the finding as well."""
        low, high = self._range(finding)
        start, end = finding.start, finding.end
        if low < high:
            start, end = min(start, self._starts[low]), max(end, self._ends[high - 1])
        self._starts[low:high] = [start]
        self._ends[low:high] = [end]

    def _range(self, finding: Finding) -> tuple[int, int]:
        """The spans that share a byte with the finding, as numbers: the first, and the one behind the last."""
        return bisect_right(self._ends, finding.start), bisect_left(self._starts, finding.end)
