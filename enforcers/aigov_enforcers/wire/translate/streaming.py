"""A stream of one provider, event by event, as one of another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from aigov_enforcers.wire.body import Json, Unreadable, parse
from aigov_enforcers.wire.ends import Event
from aigov_enforcers.wire.streams.framing import Frame, JsonArray
from aigov_enforcers.wire.translate.dialect import Dialect
from aigov_enforcers.wire.translate.neutral import AnswerEvent, Begin, Failure, Finish, Untranslatable

BROKEN = 502
"""The status of what the provider sent when it is no such stream."""

_DONE = b"[DONE]"
_END = Frame(_DONE, _DONE)


class Translation:
    """The bytes of a provider's stream in, those of the client's out.

    `usage`: the client asked for the count of tokens; `array`: it is to come as one JSON array. When the provider
    reports an error, its stream is no such stream or ends before its end, the client's stream ends with an error of
    the client's own form; `over` is then true, as after the last event, and what follows is swallowed.
    """

    def __init__(self, upstream: Dialect, client: Dialect, *, usage: bool = False, array: bool = False) -> None:
        self.over = False
        self._frames = upstream.framing()
        self._reader = upstream.reader()
        self._writer = client.writer(usage)
        self._framing = JsonArray() if array else client.framing()
        self._array = array
        self._begun = self._opened = False

    def feed(self, data: bytes) -> bytes:
        """The bytes for the client that follow from these."""
        return b"" if self.over else self._do(self._frames.feed(data))

    def close(self) -> bytes:
        """What is left when the provider has ended."""
        return b"" if self.over else self._do([*self._frames.end(), _END])

    def _do(self, frames: Iterable[Frame]) -> bytes:
        out = bytearray()
        try:
            for frame in frames:
                for event in self._events(frame):
                    out += self._written(event)
            if self._frames.malformed:
                out += self._fail(self._frames.malformed)
        except (Untranslatable, Unreadable) as why:
            out += self._fail(str(why))
        return bytes(out)

    def _events(self, frame: Frame) -> Iterable[AnswerEvent]:
        if frame.data is None or self.over:
            return ()
        if frame.data.strip() == _DONE:
            return self._ends()
        return self._reader.read(_tree(frame.data))

    def _ends(self) -> Iterator[AnswerEvent]:
        """Whatever the provider said last, the client's stream has an end."""
        yield from self._reader.end()
        if not self.over:
            yield Failure(BROKEN, "The provider's answer ended in the middle.")

    def _fail(self, why: str) -> bytes:
        return self._written(Failure(BROKEN, f"The provider's answer cannot be translated: {why}."))

    def _written(self, event: AnswerEvent) -> bytes:
        if self.over:
            return b""
        if isinstance(event, Begin):
            if self._begun:
                raise Untranslatable("the answer begins twice")
            self._begun = True
        elif not self._begun and not isinstance(event, Failure):
            raise Untranslatable("the answer has no beginning")
        written = self._writer.write(event)
        self.over = isinstance(event, (Finish, Failure))
        return self._framed(written)

    def _framed(self, events: list[Event]) -> bytes:
        if not self._array:
            return self._framing.closing(events, opened=self._opened) if events else b""
        if self.over:
            return self._framing.closing(events, opened=self._opened)
        out = b""
        for _, data in events:
            out += (b",\n" if self._opened else b"[") + data.encode()
            self._opened = True
        return out


def _tree(data: bytes) -> Mapping[str, Json]:
    tree = parse(data)
    if not isinstance(tree, dict):
        raise Untranslatable("an event is no object")
    return tree
