"""Redaction: from findings and the rules that want them gone to edits, and from edits to text.

`docs/semantics.md`, section Redaction. Offsets are bytes of the UTF-8 form of a segment's text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from aigov_runtime.model import Edit, Finding, Segment
from aigov_runtime.scan.layout import encode

MASK_KEEPS = 4
MASK_KEEPS_FROM = 12
"""A mask shows the last four letters and digits of a value that has at least twelve."""

Replace = Callable[[str, str, bytes], str]
"""(style `hash` or `token`, detector id, value) → what stands for the value."""


class Proposal(NamedTuple):
    """Rule `rule` wants the finding replaced in `style`."""

    finding: Finding
    rule: str
    style: str


def plan(segments: Sequence[Segment], proposals: Iterable[Proposal], replace: Replace) -> tuple[Edit, ...]:
    """Edits that carry out all proposals: spans that share a byte become one; the longest span names the detector,
    the rule and the style. Ordered by segment and start."""
    ordered = sorted(proposals, key=lambda p: (p.finding.segment, p.finding.start))
    edits: list[Edit] = []
    for number, group in groupby(ordered, key=lambda p: p.finding.segment):
        data = encode(segments[number].text)
        for start, end, (finding, rule, style) in merged(group):
            replacement = render(style, finding.detector, data[start:end], replace)
            edits.append(Edit(number, segments[number].path, start, end, replacement, finding.detector, rule))
    return tuple(edits)


def merged(proposals: Iterable[Proposal]) -> Iterator[tuple[int, int, Proposal]]:
    """The spans to replace in one text, given by start, and whose replacement counts."""
    for start, end, members in _merged(proposals):
        yield start, end, min(members, key=_precedence)


def _merged(proposals: Iterable[Proposal]) -> Iterator[tuple[int, int, list[Proposal]]]:
    """Groups of transitively overlapping spans of one segment, given by start."""
    start = end = 0
    members: list[Proposal] = []
    for proposal in proposals:
        if members and proposal.finding.start >= end:
            yield start, end, members
            members = []
        if not members:
            start, end = proposal.finding.start, proposal.finding.end
        members.append(proposal)
        end = max(end, proposal.finding.end)
    if members:
        yield start, end, members


def _precedence(proposal: Proposal) -> tuple[int, str, int, str]:
    finding = proposal.finding
    return finding.start - finding.end, proposal.rule, finding.start, finding.detector


def render(style: str, detector: str, value: bytes, replace: Replace) -> str:
    """What stands in place of a value."""
    match style:
        case "label":
            return f"[{detector}]"
        case "mask":
            return _mask(decode(value))
        case "remove":
            return ""
        case _:
            return replace(style, detector, value)


def _mask(value: str) -> str:
    places = [index for index, character in enumerate(value) if character.isalnum()]
    hidden = set(places if len(places) < MASK_KEEPS_FROM else places[:-MASK_KEEPS])
    return "".join("*" if index in hidden else character for index, character in enumerate(value))


def apply(text: str, edits: Iterable[Edit], between: Callable[[str], str] | None = None) -> str:
    """The text of one segment after its edits; `between` changes what they leave (`Session.restore`, which must not
    see the tokens that edits bring). Raises ValueError when edits overlap or lie outside."""
    data = encode(text)
    parts, at = [], 0

    def left(start: int, end: int) -> bytes:
        return data[start:end] if between is None else encode(between(decode(data[start:end])))

    for edit in sorted(edits, key=attrgetter("start", "end")):
        if not at <= edit.start <= edit.end <= len(data):
            raise ValueError(f"edit {edit.start}..{edit.end} overlaps another or lies outside the text")
        parts += [left(at, edit.start), encode(edit.replacement)]
        at = edit.end
    return decode(b"".join([*parts, left(at, len(data))]))


def decode(data: bytes) -> str:
    """The way back. A byte pattern may cut a character in two; what is left of it becomes U+FFFD."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace")
