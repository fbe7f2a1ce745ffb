"""Strong Kleene logic: true, false, and unknown where evidence is missing."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Truth(StrEnum):
    """A truth value."""

    FALSE = "false"
    TRUE = "true"
    UNKNOWN = "unknown"


def of(value: bool) -> Truth:
    """The truth of a known fact."""
    return Truth.TRUE if value else Truth.FALSE


def negation(term: Truth) -> Truth:
    """`not unknown` is unknown."""
    return {Truth.FALSE: Truth.TRUE, Truth.TRUE: Truth.FALSE, Truth.UNKNOWN: Truth.UNKNOWN}[term]


def conjunction(terms: Iterable[Truth]) -> Truth:
    """One false term decides; else one unknown term spreads."""
    present = set(terms)
    if Truth.FALSE in present:
        return Truth.FALSE
    return Truth.UNKNOWN if Truth.UNKNOWN in present else Truth.TRUE


def disjunction(terms: Iterable[Truth]) -> Truth:
    """One true term decides; else one unknown term spreads."""
    present = set(terms)
    if Truth.TRUE in present:
        return Truth.TRUE
    return Truth.UNKNOWN if Truth.UNKNOWN in present else Truth.FALSE
