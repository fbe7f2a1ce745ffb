"""The tree of a pattern. Everything is about bytes; `start` and `end` are offsets in the pattern's text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bytes:
    """One byte out of a set; bit N of `mask` stands for byte N."""

    mask: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    r"""`^`, `$`, `\b` or `\B`: no width."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Concat:
    """One after the other; none at all is the empty pattern."""

    items: tuple[Tree, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternation:
    """The first of `branches` that matches."""

    branches: tuple[Tree, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """`( )` with its number from 1, or `(?: )` with number None."""

    number: int | None
    body: Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """`body` at least `low` times, at most `high` (None: without bound); as few as possible when `lazy`."""

    body: Tree
    low: int
    high: int | None
    lazy: bool
    start: int
    end: int


Tree = Bytes | Assertion | Concat | Alternation | Group | Repeat


ALL = (1 << 256) - 1
NEWLINE = 1 << 10


def mask(values: bytes | range) -> int:
    """The set of these bytes."""
    return sum(1 << value for value in set(values))


DIGIT = mask(b"0123456789")
LOWER = mask(range(ord("a"), ord("z") + 1))
UPPER = mask(range(ord("A"), ord("Z") + 1))
WORD = DIGIT | LOWER | UPPER | mask(b"_")
SPACE = mask(b" \t\n\r\f\v")


def any_case(value: int) -> int:
    """The set with the other case of every ASCII letter in it."""
    return value | (value & LOWER) >> 32 | (value & UPPER) << 32
