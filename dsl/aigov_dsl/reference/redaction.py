"""What a redaction leaves of a segment: spans proposed, merged, replaced."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from aigov_dsl.ast import Style
from aigov_dsl.reference.model import Primitives
from aigov_dsl.typed import Detector

KEPT_BY_MASK = 4
SHORTEST_PARTLY_MASKED = 12


class Proposal(NamedTuple):
    """Rule `rule` wants `start`..`end` replaced, as a finding of `detector`, in `style`."""

    start: int
    end: int
    detector: Detector
    rule: str
    style: Style


def redacted(text: str, proposals: Sequence[Proposal], primitives: Primitives) -> str:
    """The text with every merged span replaced."""
    data = text.encode()
    for start, end, winner in reversed(_merged(proposals)):
        data = data[:start] + _replacement(winner, data[start:end], primitives).encode() + data[end:]
    return _characters(data)


def _merged(proposals: Sequence[Proposal]) -> list[tuple[int, int, Proposal]]:
    """Spans that share a byte become one, transitively; each with the proposal that names it, by start."""
    groups: list[tuple[int, int, list[Proposal]]] = []
    for proposal in sorted(proposals, key=lambda p: p.start):
        if groups and proposal.start < groups[-1][1]:
            start, end, members = groups.pop()
            groups.append((start, max(end, proposal.end), [*members, proposal]))
        else:
            groups.append((proposal.start, proposal.end, [proposal]))
    return [(start, end, min(members, key=_precedence)) for start, end, members in groups]


def _precedence(proposal: Proposal) -> tuple[int, str, int, str]:
    """The longest span comes first; then the smallest rule id, start, detector id."""
    return (proposal.start - proposal.end, proposal.rule, proposal.start, proposal.detector.id)


def _replacement(winner: Proposal, value: bytes, primitives: Primitives) -> str:
    match winner.style:
        case Style.LABEL:
            return f"[{winner.detector.id}]"
        case Style.MASK:
            return _mask(_characters(value))
        case Style.REMOVE:
            return ""
        case Style.HASH | Style.TOKEN:
            return primitives.replacement(winner.style, winner.detector.id, winner.detector.name, value)


def _characters(data: bytes) -> str:
    """A span may cut a character; what is left of it becomes U+FFFD."""
    return data.decode("utf-8", "replace")


def _mask(value: str) -> str:
    """Letters and digits become `*`, but for the last four when there are at least twelve."""
    places = [index for index, character in enumerate(value) if character.isalnum()]
    hidden = places if len(places) < SHORTEST_PARTLY_MASKED else places[:-KEPT_BY_MASK]
    return "".join("*" if index in hidden else character for index, character in enumerate(value))
