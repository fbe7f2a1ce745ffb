"""Messages in each framing, written by us."""

from __future__ import annotations

import base64
import struct
import zlib

import orjson


def sse(event: str, data: str) -> bytes:
    return (f"event: {event}\n" if event else "").encode() + f"data: {data}\n\n".encode()


def message(event: str, payload: bytes, kind: str = "event") -> bytes:
    """An AWS event stream message, built from the layout alone."""
    headers = b"".join(
        bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
        for name, value in (
            (f":{kind}-type", event),
            (":content-type", "application/json"),
            (":message-type", kind),
        )
    )
    prelude = struct.pack(">II", len(headers) + len(payload) + 16, len(headers))
    whole = prelude + struct.pack(">I", zlib.crc32(prelude)) + headers + payload
    return whole + struct.pack(">I", zlib.crc32(whole))


def chunk(data: str) -> bytes:
    """One of `invoke-with-response-stream`."""
    return message("chunk", orjson.dumps({"bytes": base64.b64encode(data.encode()).decode(), "p": "abcdef"}))


def text_frame(data: str, *, final: bool = True, code: int = 1, compressed: bytes = b"") -> bytes:
    """A WebSocket frame of a server."""
    payload = compressed or data.encode()
    head = bytes([0x80 * final | 0x40 * bool(compressed) | code])
    size = len(payload)
    if size < 126:
        return head + bytes([size]) + payload
    return head + b"\x7e" + struct.pack(">H", size) + payload
