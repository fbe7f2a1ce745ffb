"""A wire format: where text is in its bodies, what a request says of itself, and what a response says it used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.shape import Shape


class Asked(NamedTuple):
    """What a request says of itself: the model ("" when it says none), whether the answer is to come as a stream, the
    names of the tools offered, and the most tokens that the answer may have."""

    model: str
    stream: bool
    tools: frozenset[str]
    tokens: int | None


class Usage(NamedTuple):
    """Tokens that a response says were used; None where it does not say."""

    input: int | None
    output: int | None


class Format(NamedTuple):
    """One wire format.

    `owner` is the provider that defined it and whose form refusals have; "" for no format. `asked` reads a request's
    body, with the path of its URL, for formats that say the model there; `usage` reads a response's body, or the event
    of a stream that has the counts.
    """

    name: str
    owner: str
    request: Shape
    response: Shape
    asked: Callable[[Mapping[str, Json], str], Asked]
    usage: Callable[[Mapping[str, Json]], Usage]
