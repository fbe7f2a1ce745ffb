"""Events that differ from one already judged in their piece of text alone, told by their bytes and not read again.

Most events of a stream repeat each other to the byte, but for a few letters. So once one was read and all else in it
was judged clean, its bytes become a template: what is the same, one JSON string, and members that count or pad.
"""

from __future__ import annotations

import re
import string

import orjson

from aigov_enforcers.wire.splice import scalars
from aigov_enforcers.wire.streams.events.event import Delta
from aigov_enforcers.wire.streams.framing import Frame
from aigov_enforcers.wire.streams.text import Text

_STRING = rb'"([^"\\\x00-\x1f]*+(?:\\.[^"\\\x00-\x1f]*+)*+)"'
_ALPHABET = string.ascii_letters + string.digits
_PADDED = "".join(f"(?:{letter}" for letter in _ALPHABET) + ")?" * len(_ALPHABET)  # any beginning of it
VARYING = {
    "obfuscation": re.compile("[A-Za-z0-9]{0,64}"),  # OpenAI
    "p": re.compile(_PADDED),  # Bedrock
    "created_at": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)"),
    "event_id": re.compile("event_[A-Za-z0-9]{1,40}"),
}
"""Strings of an event that count or pad, and say nothing when they have this form."""

_NUMBERS = frozenset({"sequence_number"})
_NUMBER = rb"\d{1,11}"


class Template:
    """The bytes of an event around its piece of a text. `delta` tells where the piece stands."""

    __slots__ = ("_core", "_fullmatch", "_prefix", "_suffix", "delta", "event", "text")

    def __init__(self, frame: Frame, delta: Delta, text: Text) -> None:
        data = frame.data or b""
        self.delta = delta
        self.text = text
        self.event = frame.event
        pointers = {f"/{name}" for name in (*VARYING, *_NUMBERS)}
        parts, at = list[bytes](), 0
        for scalar in scalars(data, {delta.pointer, *pointers}):
            parts += data[at : scalar.start], _pattern(scalar.pointer, delta.pointer)
            at = scalar.end
        self._prefix = parts[0]
        self._core = data[at:].rstrip()[:-1].rstrip(b" ")
        self._suffix = self._core + b"}"
        middle = b"".join(part if at % 2 == 0 else re.escape(part) for at, part in enumerate(parts[1:]))
        self._fullmatch = re.compile(middle).fullmatch

    def match(self, frame: Frame) -> str | None:
        """The piece in an event like this one, None when it is not."""
        data = frame.data
        if data is None or frame.event != self.event or frame.notes or not data.startswith(self._prefix):
            return None
        if data.endswith(self._suffix):
            end = len(data) - len(self._suffix)
        elif data.endswith(b" }") and (tail := data[:-1].rstrip(b" ")).endswith(self._core):  # Anthropic pads so
            end = len(tail) - len(self._core)
        else:
            return None
        found = self._fullmatch(data, len(self._prefix), end)
        if found is None:
            return None
        try:
            piece = found[1]
            if b"\\" not in piece:
                return piece.decode()
            text: str = orjson.loads(b'"%b"' % piece)
        except ValueError:  # no UTF-8, or a wrong escape
            return None
        return None if "\0" in text else text


def _pattern(pointer: str, piece: str) -> bytes:
    if pointer == piece:
        return _STRING
    name = pointer[1:]
    return _NUMBER if name in _NUMBERS else b'"%b"' % VARYING[name].pattern.encode()
