"""Texts behind the names of their members: `password` and `hunter22` say little alone, `"password": "hunter22"` a lot.

A segment with a name is read twice, alone and as such a line. Findings of the second reading count when they lie
in the text; they are told with its offsets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aigov_runtime.model import Finding, Scan, Segment
from aigov_runtime.scan.layout import encode
from aigov_runtime.scan.overlaps import surest


def named(segments: Sequence[Segment]) -> list[int]:
    """The numbers of the segments that have a name."""
    return [number for number, segment in enumerate(segments) if segment.name]


def lines(segments: Sequence[Segment], numbers: Sequence[int]) -> tuple[Segment, ...]:
    """The segments, and behind them a line for each of `numbers`."""
    behind = (segments[number] for number in numbers)
    return (*segments, *(segment._replace(text=f'{_before(segment)}{segment.text}"') for segment in behind))


def settle(scan: Scan, segments: Sequence[Segment], numbers: Sequence[int]) -> Scan:
    """The scan of `lines` as one of the segments."""
    found: list[Finding] = []
    for finding in scan.findings:
        if finding.segment >= len(segments):
            number = numbers[finding.segment - len(segments)]
            before = len(encode(_before(segments[number])))
            start, end = finding.start - before, finding.end - before
            if start < 0 or end > len(encode(segments[number].text)):
                continue
            finding = replace(finding, segment=number, start=start, end=end)
        found.append(finding)
    return Scan(tuple(surest(found).values()), scan.incomplete)


def _before(segment: Segment) -> str:
    return f'"{segment.name}": "'
