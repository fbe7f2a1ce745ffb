"""WebSocket frames (RFC 6455), of one side of a connection, with permessage-deflate (RFC 7692).

A message is a frame here, with all its fragments. Control frames may stand between fragments; they go first.
"""

from __future__ import annotations

import os
import zlib
from typing import NamedTuple

from aigov_enforcers.wire.ends import Event
from aigov_enforcers.wire.streams.framing.frame import MAX_FRAME, Frame, Framing, make

_CONTINUATION, _TEXT, _BINARY, _CLOSE = 0x0, 0x1, 0x2, 0x8
_CONTROLS = frozenset({_CLOSE, 0x9, 0xA})
_POLICY_VIOLATION = 1008  # RFC 6455, section 7.4.1
_TAIL = b"\x00\x00\xff\xff"  # RFC 7692, section 7.2.2


class _Piece(NamedTuple):
    final: bool
    compressed: bool
    code: int
    masked: bool
    payload: bytes
    size: int


class WebSocket(Framing):
    """`masked`: the sender is the client. `deflate`: permessage-deflate was agreed on, `takeover` with one context
    for all messages. A changed message is sent uncompressed, which the extension allows for any message; with a
    shared context all later ones are too, as the reader's window has lost its place."""

    def __init__(self, *, masked: bool = False, deflate: bool = False, takeover: bool = True) -> None:
        super().__init__()
        self._rest = bytearray()
        self._masked = masked
        self._deflate = deflate
        self._takeover = takeover
        self._window = zlib.decompressobj(-zlib.MAX_WBITS)
        self._raw = bytearray()  # the fragments of the current message
        self._message = bytearray()
        self._code = 0
        self._compressed = False

    def feed(self, data: bytes) -> list[Frame]:
        frames: list[Frame] = []
        if self.malformed:
            return frames
        rest = self._rest
        rest += data
        at = 0
        try:
            while (piece := self._piece(at)) is not None:
                raw = bytes(rest[at : at + piece.size])
                at += piece.size
                frame = self._control(piece, raw) if piece.code in _CONTROLS else self._part(piece, raw)
                if frame is not None:
                    frames.append(frame)
        except (ValueError, zlib.error) as error:
            self.malformed = str(error)
            rest.clear()
        else:
            del rest[:at]
        return frames

    def end(self) -> list[Frame]:
        if (self._rest or self._raw) and not self.malformed:
            self.malformed = "the connection ends inside a message"
        return []

    def _piece(self, at: int) -> _Piece | None:
        """The frame of the protocol here, None when it is not whole. Raises ValueError."""
        data = self._rest
        if len(data) - at < 2:
            return None
        first, second = data[at], data[at + 1]
        code, masked, size = first & 0x0F, second >= 0x80, second & 0x7F
        head = at + 2
        if size >= 126:
            width = 2 if size == 126 else 8
            if len(data) < head + width:
                return None
            size = int.from_bytes(data[head : head + width])
            head += width
        if masked != self._masked:
            raise ValueError("a frame is masked that must not be, or is not and must be")
        if size > MAX_FRAME or len(self._message) + size > MAX_FRAME:
            raise ValueError(f"a message is longer than {MAX_FRAME} bytes")
        if first & 0x30 or (first & 0x40 and not (self._deflate and code in {_TEXT, _BINARY})):
            raise ValueError("a frame uses an extension that was not agreed on")
        if code in _CONTROLS and (size > 125 or first < 0x80):
            raise ValueError("a control frame is too long or in fragments")
        if code not in _CONTROLS and (code == _CONTINUATION) != bool(self._raw):
            raise ValueError("a fragment is out of place")
        if code not in {_CONTINUATION, _TEXT, _BINARY, *_CONTROLS}:
            raise ValueError(f"a frame has the unknown code {code}")
        body = head + 4 * masked
        if len(data) < body + size:
            return None
        payload = bytes(data[body : body + size])
        if masked:
            payload = _mask(payload, bytes(data[head:body]))
        return _Piece(first >= 0x80, bool(first & 0x40), code, masked, payload, body + size - at)

    @staticmethod
    def _control(piece: _Piece, raw: bytes) -> Frame:
        text = piece.payload[2:] if piece.code == _CLOSE else piece.payload
        return make((raw, None, "", -1, (text.decode("utf-8", "replace"),) if text else ()))

    def _part(self, piece: _Piece, raw: bytes) -> Frame | None:
        """A fragment of a message; the frame when it is the last. Raises ValueError and `zlib.error`."""
        if piece.code != _CONTINUATION:
            self._code, self._compressed = piece.code, piece.compressed
        self._raw += raw
        self._message += piece.payload
        if not piece.final:
            return None
        data, raw = bytes(self._message), bytes(self._raw)
        self._message.clear()
        self._raw.clear()
        if self._compressed:
            if not self._takeover:
                self._window = zlib.decompressobj(-zlib.MAX_WBITS)
            data = self._window.decompress(data + _TAIL, MAX_FRAME)
            if self._window.unconsumed_tail:
                raise ValueError(f"a message is longer than {MAX_FRAME} bytes")
        name = "text" if self._code == _TEXT else "binary"
        frame: Frame = make((raw, data or None, name, -1, ()))
        return frame

    def passed(self, frame: Frame) -> bytes:
        return self._whole(frame.event, frame.data or b"") if frame.raw[0] & 0x40 else frame.raw

    def encode(self, frame: Frame, data: bytes) -> bytes:
        self.rewrites = self._deflate and self._takeover
        return self._whole(frame.event, data)

    def bare(self, frame: Frame, data: bytes) -> bytes:
        """A control frame without its text: a close without a reason, an empty ping."""
        if frame.data is not None:
            return self._whole(frame.event, data)
        code = frame.raw[0] & 0x0F
        status = frame.raw[-len(frame.notes[0].encode()) - 2 :][:2] if code == _CLOSE and not self._masked else b""
        return _frame(code, status, masked=self._masked)

    def _whole(self, name: str, data: bytes) -> bytes:
        return _frame(_TEXT if name == "text" else _BINARY, data, masked=self._masked)

    def closing(self, events: list[Event], *, opened: bool) -> bytes:
        texts = [_frame(_TEXT, data.encode(), masked=self._masked) for _, data in events]
        return b"".join([*texts, _frame(_CLOSE, _POLICY_VIOLATION.to_bytes(2), masked=self._masked)])


def _frame(code: int, payload: bytes, *, masked: bool) -> bytes:
    size, bit = len(payload), 0x80 * masked
    if size < 126:
        head = bytes([0x80 | code, bit | size])
    elif size < 1 << 16:
        head = bytes([0x80 | code, bit | 126]) + size.to_bytes(2)
    else:
        head = bytes([0x80 | code, bit | 127]) + size.to_bytes(8)
    if not masked:
        return head + payload
    key = os.urandom(4)
    return head + key + _mask(payload, key)


def _mask(payload: bytes, key: bytes) -> bytes:
    """RFC 6455, section 5.3; one long XOR."""
    size = len(payload)
    pad = (key * (size // 4 + 1))[:size]
    return (int.from_bytes(payload) ^ int.from_bytes(pad)).to_bytes(size)
