"""One JSON value per line (NDJSON, JSON lines), as Ollama streams and MCP speaks over standard input and output."""

from __future__ import annotations

from aigov_enforcers.wire.ends import Event
from aigov_enforcers.wire.streams.framing.frame import MAX_FRAME, Frame, Framing, make

_SPACE = b" \t\r\n"


class NdJson(Framing):
    """A frame is a line with its LF; white space around the value stays."""

    def __init__(self) -> None:
        super().__init__()
        self._rest = bytearray()

    def feed(self, data: bytes) -> list[Frame]:
        if self.malformed:
            return []
        head, newline, tail = data.rpartition(b"\n")
        self._rest += head
        if not newline:
            self._rest += tail
            lines = []
        else:
            lines = bytes(self._rest).split(b"\n")
            self._rest[:] = tail
        if len(self._rest) > MAX_FRAME:
            self.malformed = f"a line is longer than {MAX_FRAME} bytes"
            self._rest.clear()
        return [_frame(line + b"\n") for line in lines]

    def end(self) -> list[Frame]:
        line = bytes(self._rest)
        self._rest.clear()
        return [_frame(line)] if line and not self.malformed else []

    def closing(self, events: list[Event], *, opened: bool) -> bytes:
        return "".join(f"{data}\n" for _, data in events).encode()


def _frame(line: bytes) -> Frame:
    data = line.strip(_SPACE)
    return make((line, data or None, "", len(line) - len(line.lstrip(_SPACE)), ()))
