"""Where an offset into a text leads after the text was changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from aigov_runtime.model import Edit
from aigov_runtime.redact import decode
from aigov_runtime.scan.layout import encode

Found = Callable[[str], Iterable[tuple[int, int, str]]]
"""The tokens in a text and what they stand for: (start, end, value) in characters."""


class Shift(NamedTuple):
    """A change, in bytes of UTF-8 and in characters of the text before."""

    start: int
    end: int
    first: int
    last: int
    replacement: str


def moved(shifts: Iterable[Shift], value: int, *, in_bytes: bool) -> int:
    """Where an offset leads; `shifts` are in order. One into what was replaced stays within the replacement."""
    by = 0
    for start, end, first, last, replacement in shifts:
        low, high = (start, end) if in_bytes else (first, last)
        size = len(encode(replacement)) if in_bytes else len(replacement)
        if high <= value:
            by += size - (high - low)
        elif low < value:
            return low + by + min(value - low, size)
    return value + by


def shifts(text: str, edits: Iterable[Edit], found: Found | None = None) -> list[Shift]:
    """What `redact.apply` does to a text, with `found` for the tokens that it gives back between the edits."""
    data, at, changes = encode(text), 0, list[tuple[int, int, str]]()
    for edit in sorted(edits, key=lambda each: each.start):
        changes += _tokens(data, at, edit.start, found)
        changes.append((edit.start, edit.end, edit.replacement))
        at = edit.end
    changes += _tokens(data, at, len(data), found)
    return [Shift(start, end, len(decode(data[:start])), len(decode(data[:end])), new) for start, end, new in changes]


def _tokens(data: bytes, start: int, end: int, found: Found | None) -> Iterator[tuple[int, int, str]]:
    if found is not None:
        text = decode(data[start:end])
        for first, last, value in found(text):
            yield start + len(encode(text[:first])), start + len(encode(text[:last])), value
