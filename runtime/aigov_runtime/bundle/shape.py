"""Checks of the shape of decoded data: small functions that raise FormatError, put together into a schema.

A check takes a value and returns nothing. Errors name the place from the outside in (`rules[3].effect: …`).
"""

from __future__ import annotations

import math
from collections.abc import Callable

from aigov_runtime.errors import FormatError

Check = Callable[[object], None]


class _Misfit(Exception):
    """What is wrong, and where, innermost step last."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.steps: list[str] = []


def conform(value: object, check: Check) -> None:
    """Raise FormatError unless the value passes."""
    try:
        check(value)
    except _Misfit as misfit:
        raise FormatError(f"{''.join(reversed(misfit.steps)).lstrip('.')}: {misfit}") from None


def _descend(check: Check, value: object, step: str | int) -> None:
    try:
        check(value)
    except _Misfit as misfit:
        misfit.steps.append(f".{step}" if isinstance(step, str) else f"[{step}]")
        raise


def integer(low: int, high: int) -> Check:
    """An integer from low to high, both included."""

    def check(value: object) -> None:
        if type(value) is not int or not low <= value <= high:
            raise _Misfit(f"expected an integer from {low} to {high}")

    return check


def text(most: int) -> Check:
    """A string of at most `most` characters."""

    def check(value: object) -> None:
        if type(value) is not str or len(value) > most:
            raise _Misfit(f"expected a string of at most {most} characters")

    return check


def blob(value: object) -> None:
    """Bytes."""
    if type(value) is not bytes:
        raise _Misfit("expected bytes")


def key(value: object) -> None:
    """A key or a digest: 32 bytes."""
    if type(value) is not bytes or len(value) != 32:
        raise _Misfit("expected 32 bytes")


def boolean(value: object) -> None:
    """True or false."""
    if type(value) is not bool:
        raise _Misfit("expected a boolean")


def number(value: object) -> None:
    """A finite number."""
    if not (type(value) is int or (type(value) is float and math.isfinite(value))):
        raise _Misfit("expected a finite number")


def choice(*allowed: str) -> Check:
    """One of these strings."""
    known = frozenset(allowed)

    def check(value: object) -> None:
        if type(value) is not str or value not in known:
            raise _Misfit(f"expected one of {', '.join(map(repr, allowed))}")

    return check


def optional(inner: Check) -> Check:
    """Nil, or what `inner` accepts."""

    def check(value: object) -> None:
        if value is not None:
            inner(value)

    return check


def sequence(inner: Check, most: int) -> Check:
    """A list of at most `most` items."""

    def check(value: object) -> None:
        if type(value) is not list or len(value) > most:
            raise _Misfit(f"expected a list of at most {most} items")
        for at, item in enumerate(value):
            _descend(inner, item, at)

    return check


def row(*inner: Check) -> Check:
    """A list with one item for each check."""

    def check(value: object) -> None:
        if type(value) is not list or len(value) != len(inner):
            raise _Misfit(f"expected a list of {len(inner)} items")
        for at, (item, each) in enumerate(zip(value, inner, strict=True)):
            _descend(each, item, at)

    return check


def record(fields: dict[str, Check]) -> Check:
    """A map with exactly these keys."""
    names = fields.keys()

    def check(value: object) -> None:
        if type(value) is not dict or value.keys() != names:
            raise _Misfit(f"expected a map with the keys {', '.join(names)}")
        for name, each in fields.items():
            _descend(each, value[name], name)

    return check


def mapping(inner: Check, most: int) -> Check:
    """A map from strings."""

    def check(value: object) -> None:
        if type(value) is not dict or len(value) > most:
            raise _Misfit(f"expected a map of at most {most} entries")
        for name, item in value.items():
            if type(name) is not str:
                raise _Misfit("expected keys that are strings")
            _descend(inner, item, name)

    return check
