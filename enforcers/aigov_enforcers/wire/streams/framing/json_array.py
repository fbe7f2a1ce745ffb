"""The items of one JSON array, as they come: Gemini's `streamGenerateContent` without `alt=sse`."""

from __future__ import annotations

import re

from aigov_enforcers.wire.ends import Event
from aigov_enforcers.wire.streams.framing.frame import MAX_FRAME, Frame, Framing, make

_BETWEEN = re.compile(rb"[ \t\r\n]*([\[,]?)[ \t\r\n]*")
_OUTSIDE = re.compile(rb'["\[\]{}]')
_INSIDE = re.compile(rb'["\\]')
_QUOTE, _BACKSLASH = b'"\\'


class JsonArray(Framing):
    """A frame is an item, which must be an object, with what stands before it: the opening bracket or a comma, and
    white space. The closing bracket is a frame without data."""

    def __init__(self) -> None:
        super().__init__()
        self._rest = bytearray()
        self._at = 0  # the rest has been read so far
        self._item = -1  # where the current item begins; -1 between items
        self._depth = 0
        self._quoted = False
        self._items = 0
        self._closed = False

    def feed(self, data: bytes) -> list[Frame]:
        frames: list[Frame] = []
        rest = self._rest
        rest += data
        done = 0
        while not self.malformed and (self._item >= 0 or self._begin(done)) and self._ends():
            raw = bytes(rest[done : self._at])
            start = self._item - done
            frames.append(make((raw, raw[start:], "", start, ())))
            self._items += 1
            self._item = -1
            done = self._at
        if self.malformed:
            rest.clear()
            return frames
        del rest[:done]
        self._at -= done
        self._item = max(-1, self._item - done)
        if len(rest) > MAX_FRAME:
            self.malformed = f"an item is longer than {MAX_FRAME} bytes"
        return frames

    def _begin(self, at: int) -> bool:
        """Whether an item begins here; what is there instead may be the end, or wrong."""
        rest = self._rest
        if self._closed:
            if rest[self._at :].strip(b" \t\r\n"):
                self.malformed = "something follows the array"
            return False
        between = _BETWEEN.match(rest, at)
        assert between is not None
        mark, after = between[1], rest[between.end() : between.end() + 1]
        due = b"," if self._items else b"["
        if not after:
            if mark not in {b"", due}:
                self.malformed = "the array has a bracket or comma too many"
        elif after == b"{" and mark == due:
            self._item = self._at = between.end()
            self._depth = 0
            return True
        elif after == b"]" and mark == (b"" if self._items else due):
            self._closed = True
            self._at = between.end() + 1
            return self._begin(at)
        else:
            self.malformed = "the stream is not an array of objects"
        return False

    def _ends(self) -> bool:
        """Read on in the current item; whether its end was found."""
        rest = self._rest
        while (mark := (_INSIDE if self._quoted else _OUTSIDE).search(rest, self._at)) is not None:
            byte = rest[mark.start()]
            self._at = mark.end()
            if byte == _QUOTE:
                self._quoted = not self._quoted
            elif byte == _BACKSLASH:
                if self._at == len(rest):  # what it escapes is still to come
                    self._at -= 1
                    return False
                self._at += 1
            else:
                self._depth += 1 if byte in b"[{" else -1
                if not self._depth:
                    return True
        self._at = len(rest)
        return False

    def end(self) -> list[Frame]:
        rest = bytes(self._rest)
        self._rest.clear()
        if self.malformed or not self._closed:
            self.malformed = self.malformed or "the array is not closed"
            return []
        return [make((rest, None, "", -1, ()))]

    def closing(self, events: list[Event], *, opened: bool) -> bytes:
        items = ",\n".join(data for _, data in events)
        return f"{',' if opened else '['}\n{items}\n]".encode()
