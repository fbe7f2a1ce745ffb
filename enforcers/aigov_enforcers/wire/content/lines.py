"""JSON lines: each is read as a body of its own. Paths are `line/N` and the pointer; N counts from 0."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from aigov_enforcers.wire.body import Unreadable, parse
from aigov_enforcers.wire.content.part import Write
from aigov_enforcers.wire.shape import Shape, copies, segments
from aigov_enforcers.wire.splice import splice
from aigov_runtime.model import Segment

MAX_LINES = 50_000  # what OpenAI takes in one batch


def read(data: bytes, shape: Shape) -> tuple[tuple[Segment, ...], Write]:
    """The texts of all lines, each of the given shape, and the way back. Raises `Unreadable`."""
    rows = data.split(b"\n")
    if len(rows) > MAX_LINES + 1:
        raise Unreadable(f"the body has {len(rows)} lines, more than {MAX_LINES}")
    texts: list[Segment] = []
    for number, row in enumerate(rows):
        if row.strip():
            found = segments(parse(row), shape)
            texts += (each._replace(path=f"/line/{number}{each.path}") for each in found)
    return tuple(texts), partial(_written, rows, shape)


def _written(rows: list[bytes], shape: Shape, changed: Mapping[str, str]) -> bytes:
    by_row: dict[int, dict[str, str]] = {}
    for path, text in changed.items():
        number, pointer = _split(path)
        by_row.setdefault(number, {})[pointer] = text
    rows = list(rows)
    for number, texts in by_row.items():
        rows[number] = splice(rows[number], texts, copies(parse(rows[number]), shape))
    return b"\n".join(rows)


def _split(path: str) -> tuple[int, str]:
    digits = path.removeprefix("/line/")
    end = next((at for at, character in enumerate(digits) if not character.isdigit()), len(digits))
    return int(digits[:end]), digits[end:]
