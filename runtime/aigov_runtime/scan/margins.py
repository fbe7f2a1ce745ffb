"""How far what a detector says of a span depends on the text around it: for texts that arrive in pieces."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

FARTHEST = 1_024
"""Bytes before and after a span that are waited for or kept; a clause that asks for more sees no more in a stream."""

_BORDER = 2
"""Bytes that tell whether a word ends."""

EXPANSION = 6
"""Bytes that one byte takes where something is encoded: an escape of JSON."""

_ENTITY = 400
"""Bytes that a model is given beyond those that are settled."""


class Margins(NamedTuple):
    """Bytes that are kept `before` what is settled, and held `back` at least; whether words, rows or entities are
    looked for `always`, since no pattern says when."""

    before: int
    back: int
    always: bool


class Late(NamedTuple):
    """A span, in bytes of its text, about which the next `reach` bytes behind it may say otherwise."""

    start: int
    end: int
    reach: int


def margins(detectors: Sequence[Mapping[str, Any]], scan: Mapping[str, Any], held: Container[int]) -> Margins:
    """Of the bundle's sections of these names; `held` are the detectors that text is held back for."""
    wide = [
        *((entry["detector"], len(word.encode()) + _BORDER) for entry in scan["words"] for word in entry["words"]),
        *((entry["detector"], detectors[entry["detector"]]["table"]["within"] + FARTHEST) for entry in scan["tables"]),
        *((entry["detector"], _ENTITY) for entry in scan["plugins"] if entry["inline"]),
    ]
    return Margins(
        before=max([_within(entry, "after") for entry in detectors], default=0)
        + max([64, *(size for _, size in wide)]),
        back=max((size for number, size in wide if number in held), default=0),
        always=bool(wide),
    )


def bearing(detectors: Sequence[Mapping[str, Any]], names: Iterable[str]) -> frozenset[int]:
    """The detectors of these names, and those that bear upon what they find: of a family with one of them, or looked
    for beside it."""
    wanted = set(names)
    found: set[int] = set()
    while new := {number for number, entry in enumerate(detectors) if entry["id"] in wanted} - found:
        found |= new
        families = {detectors[number]["family"] for number in new} - {""}
        beside = {
            each["detector"] for number in new for part in detectors[number]["raised"] for each in part["detectors"]
        }
        wanted = {
            entry["id"] for number, entry in enumerate(detectors) if number in beside or entry["family"] in families
        }
    return frozenset(found)


def reach(detector: Mapping[str, Any]) -> int:
    """How many bytes behind a span its detector looks at; 0 for none."""
    within = _within(detector, "before")
    return within + _BORDER if within else 0


def _within(detector: Mapping[str, Any], other: str) -> int:
    return max(
        (min(each["within"], FARTHEST) for each in _clauses(detector) if each["side"] != other),
        default=0,
    )


def _clauses(detector: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from detector["near"]
    for raised in detector["raised"]:
        yield from raised["near"]
        yield from raised["detectors"]
