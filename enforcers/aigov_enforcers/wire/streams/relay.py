"""The governor of one streamed response: the provider's bytes in, the client's bytes out.

bytes → frames → events → pieces of texts → flow → what is settled → frames in their order → bytes

A frame goes out when every piece of text in it is settled, and never before one that came earlier. What did not change
goes out as the bytes that came in.
"""

from __future__ import annotations

import re
import uuid
from collections import deque
from collections.abc import Mapping, Sequence

from aigov_enforcers.wire.body import MAX_BYTES, Json, Unreadable, parse
from aigov_enforcers.wire.catalogue import Operation
from aigov_enforcers.wire.ends import ends
from aigov_enforcers.wire.format import Usage
from aigov_enforcers.wire.message import FixedError
from aigov_enforcers.wire.shape import segments
from aigov_enforcers.wire.splice import splice
from aigov_enforcers.wire.streams.copies import repeated
from aigov_enforcers.wire.streams.decoding import Decoding
from aigov_enforcers.wire.streams.events.event import Delta, Event, Key
from aigov_enforcers.wire.streams.framing import EventStream, Frame
from aigov_enforcers.wire.streams.stream import stream_of
from aigov_enforcers.wire.streams.template import VARYING, Template
from aigov_enforcers.wire.streams.text import Held, Said, Text, changed
from aigov_runtime.model import Decision, Direction, Interaction, Kind, Outcome, Segment, Value
from aigov_runtime.session import Session

MAX_TEXTS = 4096
"""The most texts in one stream."""

MAX_HELD = MAX_BYTES
"""The most bytes that wait."""

_ALIKE = 4  # so many events that could have been told by a template are read before one is made
_TEMPLATES, _MADE = 4, 32  # so many are tried, and made in one stream
_CLEAN, _CLEAN_CHARS = 128, 4096  # so many texts beside the pieces are remembered as clean, if they are short
_MARKERS = frozenset({b"[DONE]"})
_JSON = re.compile(rb'[ \t\r\n]*[{\["]')
_DATA: Key = ("data",)
_BLOCKED = "The response was stopped by policy."
_UNREADABLE = "The response could not be read, so it was stopped."


class Relay:
    """Governs one response.

    `attributes` and `measures` are those of its request. `codings` are the response's content encodings, in the order
    in which they were applied: they are undone, and the client gets the stream without them. `event` is the id under
    which the decision is on record; `request` is the request's body, of which JSON-RPC takes the id.

    `decision` is what holds as of now. Once `blocked`, the end in the provider's own form has been given out and the
    rest is swallowed; as long as it is also `refused`, no byte has gone out before, and the caller may answer with a
    refusal instead of that end. `usage` and `finish` are what the stream says of itself. Raises ValueError when
    `stream_of` knows no stream of the content type.
    """

    def __init__(
        self,
        session: Session,
        operation: Operation,
        attributes: Mapping[str, Value],
        measures: Mapping[str, int],
        *,
        content_type: str,
        codings: Sequence[str] = (),
        event: str = "",
        request: bytes = b"",
    ) -> None:
        self.event = event or uuid.uuid4().hex
        self.blocked = self.opened = False
        self.usage, self.finish = Usage(None, None), ""
        self._session, self._operation, self._request = session, operation, request
        self._attributes, self._measures = attributes, measures
        self._flow = session.flow(attributes, measures)
        stream = stream_of(operation, content_type)
        if stream is None:
            raise ValueError(f"`{content_type}` is no stream")
        self._stream = stream
        self._framing = stream.framing()
        self._codings = tuple(codings)
        self._decoding: Decoding | None = None
        self._queue: deque[Held] = deque()
        self._held = 0
        self._size = 0
        self._texts: dict[Key, Text] = {}
        self._fresh: list[Text] = []
        self._ending: list[Text] = []
        self._said: dict[Said, Text] = {}
        self._clean: set[tuple[Segment, ...]] = set()
        self._templates: list[Template] = []
        self._alike = self._made = 0
        self._why: Decision | None = None
        self._closed = False

    @property
    def decision(self) -> Decision:
        """What was decided so far."""
        return self._why or self._flow.decision

    @property
    def refused(self) -> bool:
        """Whether it is blocked before the first byte went out. Known from the start when no finding is needed."""
        return (self.blocked or self._flow.blocked()) and not self.opened

    def feed(self, data: bytes) -> bytes:
        """The bytes that may go out now."""
        if self.blocked:
            return b""
        self._size += len(data)
        try:
            if not self._flow.blocked():
                self._read(self._framing.feed(self._decoded(data) if self._codings else data))
        except (Unreadable, FixedError) as why:
            return self._unreadable(str(why))
        if self._flow.blocked():
            return self._end(self.decision.message or _BLOCKED)
        return self._out()

    def close(self) -> bytes:
        """What is left when the provider has said all."""
        if self.blocked or self._closed:
            return b""
        self._closed = True
        try:
            if not self._flow.blocked():
                if self._decoding is not None:
                    self._decoding.end()
                self._read(self._framing.end())
                self._close(())
                self._settle()
        except (Unreadable, FixedError) as why:
            return self._unreadable(str(why))
        if self._flow.blocked():
            return self._end(self.decision.message or _BLOCKED)
        out = self._out()
        counts = [count for count in self.usage if count is not None]
        self._flow.end({"request.bytes": self._size} | ({"request.tokens": sum(counts)} if counts else {}))
        return out

    def stop(self, message: str) -> bytes:
        """End it now, for a reason that is not in it; what waits is not given out."""
        return b"" if self.blocked else self._end(message)

    def _decoded(self, data: bytes) -> bytes:
        """The bytes without their content encodings. Raises `Unreadable`."""
        if self._decoding is None:
            self._decoding = Decoding(self._codings)
        return self._decoding.feed(data)

    def _read(self, frames: list[Frame]) -> None:
        """Read frames, and hand their pieces on, those of one text as one. Raises `Unreadable`."""
        blocked, queue, fresh = self._flow.blocked, self._queue, self._fresh
        for frame in frames:
            held = Held(frame)
            queue.append(held)
            self._held += len(frame.raw)
            for template in self._templates:
                piece = template.match(frame)
                if piece is not None:
                    text = template.text
                    if piece:
                        if text.ended:
                            raise Unreadable("a text goes on after its end")
                        if text.add(held, template.delta.pointer, piece):
                            fresh.append(text)
                    break
            else:
                self._event(frame, held)
                if blocked():
                    return
        if self._framing.malformed:
            raise Unreadable(self._framing.malformed)
        if self._held > MAX_HELD:
            raise Unreadable(f"more than {MAX_HELD} bytes wait")
        self._settle()

    def _event(self, frame: Frame, held: Held) -> None:
        """Read an event that no template tells."""
        event, tree = Event(), self._tree(frame)
        if type(tree) is dict:
            for name in VARYING.keys() & tree.keys():
                value = tree[name]
                if type(value) is str and VARYING[name].fullmatch(value):
                    tree[name] = ""
            self._stream.read(frame.event, tree, event)
        elif frame.data in _MARKERS:
            event.ends.append(())
        elif tree is None and frame.data:
            event.deltas.append(Delta(_DATA, "", _plain(frame.data), "assistant", Kind.TEXT))
        texts = [self._text(delta) for delta in event.deltas]
        for delta, text in zip(event.deltas, texts, strict=True):
            if text.add(held, delta.pointer, delta.text, side=delta.side):
                self._fresh.append(text)
        held.sides = tuple(delta.pointer for delta in event.deltas if delta.side)
        held.offsets = tuple(
            (self._texts[offset.channel], offset.pointer, offset.value, offset.in_bytes)
            for offset in event.offsets
            if offset.channel in self._texts
        )
        for key in event.ends:
            self._close(key)
        if event.resets:
            self._reset()
        if event.repeats:
            self._settle()
            repeated(tree, self._said, held)
        if event.used is not None:
            used = self._operation.format.usage(event.used)
            self.usage = Usage(*(new if new is not None else old for new, old in zip(used, self.usage, strict=True)))
        self.finish = event.finish or self.finish
        if not self._flow.blocked():
            self._rest(frame, tree, held)
            self._learn(frame, event, texts, held)

    @staticmethod
    def _tree(frame: Frame) -> Json:
        """The event's JSON; None when its data is a marker, or plain text. Raises `Unreadable`."""
        data = frame.data
        return parse(data) if data and data not in _MARKERS and _JSON.match(data) else None

    def _text(self, delta: Delta) -> Text:
        """The text that a piece belongs to. Raises `Unreadable` when it has ended."""
        text = self._texts.get(delta.channel)
        if text is None:
            if len(self._texts) >= MAX_TEXTS:
                raise Unreadable(f"the stream has more than {MAX_TEXTS} texts")
            channel = self._flow.open(delta.role, delta.pointer, delta.kind, json=delta.json)
            text = self._texts[delta.channel] = Text(channel, repeats=self._stream.repeats)
        if text.ended:
            raise Unreadable("a text goes on after its end")
        return text

    def _close(self, key: Key) -> None:
        """Nothing more may come of the texts whose keys begin so."""
        for each, text in self._texts.items():
            if not text.ended and each[: len(key)] == key:
                text.ended = True
                self._ending.append(text)

    def _reset(self) -> None:
        """A new answer begins."""
        self._close(())
        self._settle()
        self._texts.clear()
        self._said.clear()
        self._templates.clear()

    def _settle(self) -> None:
        """Hand on what is new, and end what has ended."""
        for text in self._fresh:
            text.feed()
        self._fresh.clear()
        if self._ending:
            for text in self._ending:
                text.end()
                if self._stream.repeats:
                    self._said[text.said] = text
            self._ending.clear()

    def _rest(self, frame: Frame, tree: Json, held: Held) -> None:
        """Judge the strings of an event that are whole, and the texts beside its data. Raises `Unreadable`."""
        texts = segments(tree, self._stream.shape) if tree is not None else ()
        if frame.event:
            texts = (*texts, Segment("", "#event", frame.event, Kind.METADATA))
        if frame.notes:
            notes = [Segment("", f"#note/{at}", note, Kind.METADATA) for at, note in enumerate(frame.notes)]
            texts = (*texts, *notes)
        if not texts or texts in self._clean:
            return
        found = self._flow.whole(texts)
        for text, changes in zip(texts, found, strict=True):
            if not changes:
                continue
            if text.path == "#event":
                raise Unreadable("the name of an event would have to change")
            if text.path.startswith("#note/"):
                held.bare = True
            else:
                held.change(text.path, changed(text.text, changes))
        if not any(found) and sum(len(text.text) for text in texts) < _CLEAN_CHARS:
            if len(self._clean) >= _CLEAN:
                self._clean.clear()
            self._clean.add(texts)

    def _learn(self, frame: Frame, event: Event, texts: list[Text], held: Held) -> None:
        """Make a template of an event that has one piece and is clean besides."""
        if (
            len(texts) != 1
            or event.ends
            or event.repeats
            or event.used is not None
            or event.finish
            or event.offsets
            or frame.notes
            or held.edits
            or event.deltas[0].side
            or not event.deltas[0].pointer
        ):
            return
        self._alike += 1
        if self._alike >= _ALIKE and self._made < _MADE:
            self._alike = 0
            self._made += 1
            self._templates.insert(0, Template(frame, event.deltas[0], texts[0]))
            del self._templates[_TEMPLATES:]

    def _out(self) -> bytes:
        """The frames that wait for nothing."""
        queue, out = self._queue, list[bytes]()
        try:
            while queue and not queue[0].waits:
                held = queue.popleft()
                self._held -= len(held.frame.raw)
                out.append(self._written(held))
        except (FixedError, ValueError) as why:
            return b"".join(out) + self._unreadable(str(why))
        self.opened = self.opened or bool(out)
        return b"".join(out)

    def _written(self, held: Held) -> bytes:
        """A frame as it goes out. Raises `FixedError`, and ValueError when it cannot be written so."""
        frame = held.frame
        for text, pointer, value, in_bytes in held.offsets:
            if (moved := text.moved(value, in_bytes=in_bytes)) != value:
                held.change(pointer, moved)
        if held.edits is None and held.blanks is None:
            if held.bare:
                return self._framing.bare(frame, frame.data or b"")
            return self._framing.passed(frame) if self._framing.rewrites else frame.raw
        data, edits = frame.data or b"", held.edits or {}
        if "" in edits and not _JSON.match(data):
            data = str(edits[""]).encode("utf-8", "surrogatepass")
        else:
            data = splice(data, edits, {*(held.blanks or ()), *held.sides})
        return self._framing.bare(frame, data) if held.bare else self._framing.encode(frame, data)

    def _unreadable(self, why: str) -> bytes:
        """End a stream that nobody can read."""
        asked = Interaction(Direction.RESPONSE, (), self._attributes, self._measures, why)
        self._why = self._session.decide(asked)._replace(outcome=Outcome.BLOCK)
        return self._end(_UNREADABLE)

    def _end(self, message: str) -> bytes:
        """Give out the provider's own end, and forget what waits."""
        self.blocked = True
        self._queue.clear()
        self._texts.clear()
        self._templates.clear()
        name = "bedrock" if isinstance(self._framing, EventStream) else self._operation.format.name
        return self._framing.closing(ends(name)(message, self.event, self._request), opened=self.opened)


def _plain(data: bytes) -> str:
    """Plain text. Raises `Unreadable`."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise Unreadable(f"an event is not UTF-8: {error}") from None
