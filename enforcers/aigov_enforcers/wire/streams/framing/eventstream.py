"""AWS event stream messages, as Bedrock streams.

    total length u32 | headers length u32 | CRC32 of these u32 | headers | payload | CRC32 of all before u32

Big-endian. A header is: name length u8, name, type u8, value. Payload up to 24 MiB, headers up to 128 KiB.
Source: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html and botocore's `eventstream`
"""

from __future__ import annotations

import base64
import struct
from zlib import crc32

import orjson

from aigov_enforcers.wire.body import Unreadable, decode
from aigov_enforcers.wire.ends import Event
from aigov_enforcers.wire.streams.framing.frame import Frame, Framing, make

MAX_HEADERS = 128 * 1024
MAX_PAYLOAD = 24 * 1024 * 1024

_PRELUDE = struct.Struct(">III")
_AROUND = 16  # prelude and the last CRC
_SIZES = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}  # of header values by type; 6 and 7 say their own
_BYTES, _STRING = 6, 7
_CHUNK = "chunk"
_ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_FIXED = frozenset({":message-type", ":event-type", ":exception-type", ":content-type", ":error-code"})


class EventStream(Framing):
    """A frame is a message; its event is the event's, exception's or error's type, its data the payload.

    A `chunk` of `invoke-with-response-stream` holds an event of the model's vendor, in base64 in the member `bytes` of
    its payload; that event is the frame's data.
    """

    def __init__(self) -> None:
        super().__init__()
        self._rest = bytearray()

    def feed(self, data: bytes) -> list[Frame]:
        frames: list[Frame] = []
        if self.malformed:
            return frames
        rest = self._rest
        rest += data
        at = 0
        try:
            while (size := _size(rest, at)) and len(rest) - at >= size:
                frames.append(_unpacked(_frame(bytes(rest[at : at + size]))))
                at += size
        except ValueError as error:
            self.malformed = str(error)
            rest.clear()
        else:
            del rest[:at]
        return frames

    def end(self) -> list[Frame]:
        if self._rest and not self.malformed:
            self.malformed = "the stream ends inside a message"
        self._rest.clear()
        return []

    def encode(self, frame: Frame, data: bytes) -> bytes:
        size = _PRELUDE.unpack_from(frame.raw)[1]
        if frame.event == _CHUNK:
            payload = orjson.loads(_frame(frame.raw).data or b"{}")
            payload["bytes"] = base64.b64encode(data).decode()
            data = orjson.dumps(payload)
        return _message(frame.raw[12 : 12 + size], data)

    def closing(self, events: list[Event], *, opened: bool) -> bytes:
        return b"".join(
            _message(
                _header(":exception-type", name or "")
                + _header(":content-type", "application/json")
                + _header(":message-type", "exception"),
                data.encode(),
            )
            for name, data in events
        )


def _frame(raw: bytes) -> Frame:
    """A message. Raises ValueError."""
    size = _PRELUDE.unpack_from(raw)[1]
    if crc32(raw[:-4]) != int.from_bytes(raw[-4:]):
        raise ValueError("a message has a wrong checksum")
    headers = _headers(raw[12 : 12 + size])
    event = headers.get(":event-type") or headers.get(":exception-type") or headers.get(":error-code") or ""
    notes = tuple(text for name, value in headers.items() for text in _texts(name, value))
    start = 12 + size
    return make((raw, raw[start:-4] or None, event, start, notes))


def _unpacked(frame: Frame) -> Frame:
    """The frame with what its chunk holds as its data. Raises ValueError."""
    if frame.event != _CHUNK or frame.data is None:
        return frame
    try:
        payload = decode(frame.data)
        assert isinstance(payload, dict)
        data = base64.b64decode(payload.pop("bytes"), validate=True)  # type: ignore[arg-type]  # a TypeError is caught
    except (AssertionError, KeyError, TypeError, ValueError, Unreadable) as error:  # JSON and base64 errors too
        raise ValueError(f"a chunk has no bytes: {error}") from None
    padding = payload.pop("p", "")
    if not isinstance(padding, str) or not _ALPHABET.startswith(padding):
        payload["p"] = padding
    notes = (*frame.notes, orjson.dumps(payload).decode()) if payload else frame.notes
    return frame._replace(data=data or None, start=-1, notes=notes)


def _size(data: bytearray, at: int) -> int:
    """The size of the message here, 0 when its prelude is not whole. Raises ValueError."""
    if len(data) - at < 12:
        return 0
    total, headers, check = _PRELUDE.unpack_from(data, at)
    if crc32(data[at : at + 8]) != check:
        raise ValueError("a prelude has a wrong checksum")
    if headers > MAX_HEADERS or total - headers - _AROUND > MAX_PAYLOAD or total < headers + _AROUND:
        raise ValueError("a message has an impossible size")
    return int(total)


def _headers(data: bytes) -> dict[str, str]:
    """Headers by name; what is no string is written in hexadecimal. Raises ValueError."""
    headers: dict[str, str] = {}
    at = 0
    try:
        while at < len(data):
            name = data[at + 1 : at + 1 + data[at]].decode()
            at += 1 + data[at]
            kind = data[at]
            at += 1
            if kind in {_BYTES, _STRING}:
                size = int.from_bytes(data[at : at + 2])
                at += 2
            else:
                size = _SIZES[kind]
            value = data[at : at + size]
            at += size
            if name in headers:
                raise ValueError(f"the header `{name[:40]}` stands twice")
            headers[name] = value.decode() if kind == _STRING else value.hex()
    except (IndexError, KeyError, UnicodeDecodeError):
        raise ValueError("a header cannot be read") from None
    if at != len(data):
        raise ValueError("a header is cut off")
    return headers


def _texts(name: str, value: str) -> tuple[str, ...]:
    """What a header says beside what everybody's say."""
    if name in _FIXED:
        return ()
    return (value,) if name.startswith(":") else (name, value)


def _header(name: str, value: str) -> bytes:
    text = value.encode()
    return bytes([len(name)]) + name.encode() + bytes([_STRING]) + len(text).to_bytes(2) + text


def _message(headers: bytes, payload: bytes) -> bytes:
    sizes = struct.pack(">II", len(headers) + len(payload) + _AROUND, len(headers))
    data = sizes + crc32(sizes).to_bytes(4) + headers + payload
    return data + crc32(data).to_bytes(4)
