"""Server-sent events, read as browsers and the official clients do.

Lines end in CR, LF or CRLF; an empty line ends an event; several `data` lines make one text.
Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
"""

from __future__ import annotations

import re

from aigov_enforcers.wire.ends import Event
from aigov_enforcers.wire.streams.framing.frame import MAX_FRAME, Frame, Framing, make

_BREAK = rb"(?:\r\n|\n|\r(?!\n))"
_BLANK = re.compile(_BREAK + _BREAK)
_LINE = re.compile(rb"([^\r\n]*)(\r\n|\n|\r|\Z)")
_BOM = b"\xef\xbb\xbf"
_OVERLAP = 3  # the longest beginning of what `_BLANK` finds


class Sse(Framing):
    """A frame is a block of lines up to and with its empty line."""

    def __init__(self) -> None:
        super().__init__()
        self._rest = bytearray()
        self._first = True

    def feed(self, data: bytes) -> list[Frame]:
        if self.malformed:
            return []
        rest = self._rest
        if rest:
            at = max(0, len(rest) - _OVERLAP)
            rest += data
            if _BLANK.search(rest, at) is None:
                self._bounded()
                return []
            data = bytes(rest)
            rest.clear()
        elif (
            data.find(b"\n\n") == len(data) - 2 and b"\r" not in data and len(data) > 2
        ):  # one event, as many send them
            return [self._frame(data)]
        if b"\r" in data:
            blocks, tail = _blocks(data)
        else:
            parts = data.split(b"\n\n")
            tail = parts.pop()
            blocks = [part + b"\n\n" for part in parts]
        rest += tail
        self._bounded()
        return [self._frame(block) for block in blocks]

    def end(self) -> list[Frame]:
        """The last block also counts without its empty line: that is how the clients read it."""
        block = bytes(self._rest)
        self._rest.clear()
        return [self._frame(block)] if block and not self.malformed else []

    def _bounded(self) -> None:
        if len(self._rest) > MAX_FRAME:
            self.malformed = f"an event is longer than {MAX_FRAME} bytes"
            self._rest.clear()

    def _frame(self, block: bytes) -> Frame:
        if self._first:
            self._first = False
        elif block.startswith(b"data: "):
            if block.find(b"\n") == len(block) - 2:
                return make((block, block[6:-2], "", 6, ()))
        elif block.startswith(b"event: "):
            at = block.find(b"\n") + 7
            if block.startswith(b"data: ", at - 6) and block.find(b"\n", at) == len(block) - 2:
                return make((block, block[at:-2], block[7 : at - 7].decode("utf-8", "replace"), at, ()))
        else:
            return _read(block, 0)
        return _read(block, len(_BOM) if block.startswith(_BOM) else 0)

    def encode(self, frame: Frame, data: bytes) -> bytes:
        if frame.start >= 0 and b"\n" not in data and b"\r" not in data:
            return super().encode(frame, data)
        return _written(frame, data, notes=True)

    def bare(self, frame: Frame, data: bytes) -> bytes:
        return _written(frame, data, notes=False)

    def closing(self, events: list[Event], *, opened: bool) -> bytes:
        named = (f"event: {name}\n" if name else "" for name, _ in events)
        return "".join(f"{line}data: {data}\n\n" for line, (_, data) in zip(named, events, strict=True)).encode()


def _blocks(data: bytes) -> tuple[list[bytes], bytes]:
    """The whole blocks, and the rest. A CR at the very end may be half of a CRLF, so it waits."""
    blocks, done = [], 0
    for blank in _BLANK.finditer(data):
        if blank.end() == len(data) and data.endswith(b"\r"):
            break
        blocks.append(data[done : blank.end()])
        done = blank.end()
    return blocks, data[done:]


def _fields(block: bytes, start: int) -> list[tuple[str, bytes, int, re.Match[bytes]]]:
    """(field, value, offset of the value, its line) of every line that is not empty; a comment's field is ""."""
    found = []
    for line in _LINE.finditer(block, start):
        text = line[1]
        if text:
            name, colon, value = text.partition(b":")
            at = line.start() + len(name) + len(colon)
            if value.startswith(b" "):
                value = value[1:]
                at += 1
            found.append((name.decode("utf-8", "replace"), value, at, line))
    return found


def _read(block: bytes, start: int) -> Frame:
    data: list[bytes] = []
    event, at = "", -1
    notes = []
    for name, value, offset, _ in _fields(block, start):
        match name:
            case "data":
                data.append(value)
                at = offset
            case "event":
                event = value.decode("utf-8", "replace")
            case "retry" | "id" if value.isdigit() and len(value) < 12:
                pass
            case "" | "retry" | "id":
                notes.append(value.decode("utf-8", "replace"))
            case _:
                notes += name, value.decode("utf-8", "replace")
    text = b"\n".join(data)
    return make((block, text or None, event, at if len(data) == 1 else -1, tuple(filter(None, notes))))


def _written(frame: Frame, data: bytes, *, notes: bool) -> bytes:
    """The block with its data lines replaced, and with or without its comments, ids and unknown fields."""
    start = len(_BOM) if frame.raw.startswith(_BOM) else 0
    parts = [frame.raw[:start]]
    written = False
    for line in _LINE.finditer(frame.raw, start):
        name = line[1].partition(b":")[0]
        if line[1] and name == b"data":
            ending = line[2] or b"\n"
            if not written and data:
                parts += (b"data: " + each + ending for each in re.split(rb"\r\n|\n|\r", data))
            written = True
        elif notes or not line[1] or name == b"event":
            parts.append(line[0])
    return b"".join(parts)
