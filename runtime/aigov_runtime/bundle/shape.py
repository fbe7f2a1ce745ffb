"""Checks of the shape of decoded data: small functions, put together into a schema.

A check takes a value and returns what is wrong with it, or None. The place is named from the outside in
(`rules[3].effect: …`).
"""

from __future__ import annotations

import math
from collections.abc import Callable

from aigov_runtime.errors import FormatError


class Misfit:
    """What is wrong, and where, innermost step last."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._steps: list[str] = []

    def at(self, step: str | int) -> Misfit:
        """The same, one step further out."""
        self._steps.append(f".{step}" if isinstance(step, str) else f"[{step}]")
        return self

    def __str__(self) -> str:
        return f"{''.join(reversed(self._steps)).lstrip('.')}: {self._what}"


Check = Callable[[object], Misfit | None]


def conform(value: object, check: Check) -> None:
    """Raise FormatError unless the value passes."""
    if (misfit := check(value)) is not None:
        raise FormatError(str(misfit))


def integer(low: int, high: int) -> Check:
    """An integer from low to high, both included."""

    def check(value: object) -> Misfit | None:
        if type(value) is not int or not low <= value <= high:
            return Misfit(f"expected an integer from {low} to {high}")
        return None

    return check


def text(most: int) -> Check:
    """A string of at most `most` characters."""

    def check(value: object) -> Misfit | None:
        if type(value) is not str or len(value) > most:
            return Misfit(f"expected a string of at most {most} characters")
        return None

    return check


def blob(value: object) -> Misfit | None:
    """Bytes."""
    if type(value) is not bytes:
        return Misfit("expected bytes")
    return None


def key(value: object) -> Misfit | None:
    """A key or a digest: 32 bytes."""
    if type(value) is not bytes or len(value) != 32:
        return Misfit("expected 32 bytes")
    return None


def boolean(value: object) -> Misfit | None:
    """True or false."""
    if type(value) is not bool:
        return Misfit("expected a boolean")
    return None


def number(value: object) -> Misfit | None:
    """A finite number."""
    if not (type(value) is int or (type(value) is float and math.isfinite(value))):
        return Misfit("expected a finite number")
    return None


def choice(*allowed: str) -> Check:
    """One of these strings."""
    known = frozenset(allowed)

    def check(value: object) -> Misfit | None:
        if type(value) is not str or value not in known:
            return Misfit(f"expected one of {', '.join(map(repr, allowed))}")
        return None

    return check


def optional(inner: Check) -> Check:
    """Nil, or what `inner` accepts."""

    def check(value: object) -> Misfit | None:
        return None if value is None else inner(value)

    return check


def sequence(inner: Check, most: int) -> Check:
    """A list of at most `most` items."""

    def check(value: object) -> Misfit | None:
        if type(value) is not list or len(value) > most:
            return Misfit(f"expected a list of at most {most} items")
        for at, item in enumerate(value):
            if (misfit := inner(item)) is not None:
                return misfit.at(at)
        return None

    return check


def row(*inner: Check) -> Check:
    """A list with one item for each check."""

    def check(value: object) -> Misfit | None:
        if type(value) is not list or len(value) != len(inner):
            return Misfit(f"expected a list of {len(inner)} items")
        for at, (item, each) in enumerate(zip(value, inner, strict=True)):
            if (misfit := each(item)) is not None:
                return misfit.at(at)
        return None

    return check


def record(fields: dict[str, Check]) -> Check:
    """A map with exactly these keys."""
    names, checks = fields.keys(), tuple(fields.items())

    def check(value: object) -> Misfit | None:
        if type(value) is not dict or value.keys() != names:
            return Misfit(f"expected a map with the keys {', '.join(names)}")
        for name, each in checks:
            if (misfit := each(value[name])) is not None:
                return misfit.at(name)
        return None

    return check


def mapping(inner: Check, most: int) -> Check:
    """A map from strings."""

    def check(value: object) -> Misfit | None:
        if type(value) is not dict or len(value) > most:
            return Misfit(f"expected a map of at most {most} entries")
        if not all(type(name) is str for name in value):
            return Misfit("expected keys that are strings")
        for name, item in value.items():
            if (misfit := inner(item)) is not None:
                return misfit.at(name)
        return None

    return check
