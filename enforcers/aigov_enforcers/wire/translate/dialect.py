"""One provider's way of speaking, as `translate` uses it: a reader and a writer of everything."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, Protocol

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.ends import Event
from aigov_enforcers.wire.streams.framing import Framing
from aigov_enforcers.wire.translate.neutral import Answer, AnswerEvent, Conversation, Failure


class EventReader(Protocol):
    """The events of one stream. Raises `Untranslatable`."""

    def read(self, event: Mapping[str, Json]) -> Iterable[AnswerEvent]:
        """What one event says."""

    def end(self) -> Iterable[AnswerEvent]:
        """What is known when the stream has ended: nothing when `Finish` is yet to come, and will not."""


class EventWriter(Protocol):
    """The writer of one stream. Raises `Untranslatable`."""

    def write(self, event: AnswerEvent) -> list[Event]:
        """The events of the provider's stream that say so; none for what has no place in it."""


class Dialect(NamedTuple):
    """`read` takes a request's body and the path of its URL; `write` gives the path below the base URL and the body.
    `answered` and `answer` do the same for whole answers, `failed` (of a body and a status) and `failure` for errors.

    `ends` are the ends of paths that ask for an answer. `framing` is how answers are streamed, `media` its type.
    `headers` go with every request. `writer` is made for each stream, and told whether usage was asked for.
    """

    name: str
    ends: tuple[str, ...]
    framing: type[Framing]
    media: str
    read: Callable[[Json, str], Conversation]
    write: Callable[[Conversation], tuple[str, dict[str, Json]]]
    answered: Callable[[Mapping[str, Json]], Answer]
    answer: Callable[[Answer], dict[str, Json]]
    failed: Callable[[Mapping[str, Json], int], Failure]
    failure: Callable[[Failure], dict[str, Json]]
    reader: Callable[[], EventReader]
    writer: Callable[[bool], EventWriter]
    headers: tuple[tuple[str, str], ...] = ()
