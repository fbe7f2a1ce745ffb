"""JSON lines: the texts of a record, and the record without what was found in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

ANY = "*"


def parse(line: bytes) -> dict[str, Any]:
    """The record of a line. Raises ValueError when it is not a JSON object."""
    record = orjson.loads(line)
    if not isinstance(record, dict):
        raise ValueError("expected a JSON object")  # noqa: TRY004 - wrong data, not a wrong call
    return record


def steps(field: str) -> tuple[str, ...]:
    """The way to a field: a member's name, or a JSON pointer (RFC 6901) in which `*` is every element or member."""
    if not field.startswith("/"):
        return (field,)
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in field[1:].split("/"))


def texts(record: Any, way: tuple[str, ...]) -> list[tuple[str, str]]:
    """(pointer, text) of every string at the end of `way`. Raises ValueError when there is none."""
    found = [(pointer, value) for pointer, value in _reach(record, way, "") if isinstance(value, str)]
    if not found:
        raise ValueError(f"expected a string at `{'/'.join(way)}`")
    return found


def _reach(value: Any, way: tuple[str, ...], pointer: str) -> Iterator[tuple[str, Any]]:
    if not way:
        yield pointer, value
        return
    for key, child in _children(value, way[0]):
        yield from _reach(child, way[1:], f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")


def _children(value: Any, step: str) -> list[tuple[str, Any]]:
    pairs = [(str(index), child) for index, child in enumerate(value)] if isinstance(value, list) else []
    pairs = list(value.items()) if isinstance(value, dict) else pairs
    return [(key, child) for key, child in pairs if step in (ANY, key)]


def replace(value: Any, way: tuple[str, ...], new: Iterator[str]) -> Any:
    """The record with every string at the end of `way` replaced by the next new one, in the order of `texts`."""
    if not way:
        return next(new) if isinstance(value, str) else value
    reached = {key for key, _ in _children(value, way[0])}
    if isinstance(value, dict):
        return {key: replace(v, way[1:], new) if key in reached else v for key, v in value.items()}
    if isinstance(value, list):
        return [replace(v, way[1:], new) if str(i) in reached else v for i, v in enumerate(value)]
    return value
