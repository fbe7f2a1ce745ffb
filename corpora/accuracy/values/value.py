"""A kind of value: what it is called, and how one is made."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from corpora.accuracy.draw import Draw


class Family(StrEnum):
    """Where a value is at home, which decides what carries it."""

    SECRET = "secret"
    RECORD = "record"
    PASSAGE = "passage"


@dataclass(frozen=True, slots=True)
class Value:
    """`make` draws a value that `detector` must find.

    `names` are what people call it, in English; `local` in other languages. A value that is `named` is nothing without
    its name beside it. A `block` has several lines. What is made may hold a part between two NULs: that part is the
    value, the rest its surroundings. `judged`: see `Case`.
    """

    detector: str
    names: tuple[str, ...]
    make: Callable[[Draw], str]
    family: Family = Family.SECRET
    local: Mapping[str, str] = field(default_factory=dict)
    named: bool = False
    block: bool = False
    judged: tuple[str, ...] = ()


def secret(
    detector: str, names: str, make: Callable[[Draw], str], *, named: bool = False, block: bool = False
) -> Value:
    """A credential; `names` are parted by commas."""
    return Value(f"secrets.{detector}", tuple(names.split(", ")), make, named=named, block=block)


def record(
    detector: str, names: str, make: Callable[[Draw], str], *, named: bool = True, block: bool = False, **local: str
) -> Value:
    """A datum of a person or an account; `local` names by language code."""
    return Value(detector, tuple(names.split(", ")), make, Family.RECORD, local, named, block)


def words(name: str) -> list[str]:
    """The words of a name, in lower case and ASCII, as identifiers are made of."""
    plain = name.replace("'", "").replace("ø", "o").replace("ł", "l")
    folded = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return re.findall(r"[a-z0-9]+", folded.lower())
