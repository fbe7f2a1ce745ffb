"""Content encodings of a stream, undone as the bytes come: gzip, deflate, br and zstd (RFC 9110 section 8.4).

The client gets the stream without them, so the caller takes the header `content-encoding` away.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aigov_enforcers.wire.body import MAX_BYTES, Unreadable
from aigov_enforcers.wire.content.encodings import MAX_CODINGS, library

_WINDOW = 8 << 20  # RFC 9659


class Decoding:
    """The codings of one stream, given in the order in which they were applied. Raises `Unreadable`, as do its
    methods."""

    def __init__(self, codings: Sequence[str]) -> None:
        if len(codings) > MAX_CODINGS:
            raise Unreadable(f"the stream has {len(codings)} encodings, more than {MAX_CODINGS}")
        unknown = next((coding for coding in codings if coding not in _CODINGS), None)
        if unknown is not None:
            raise Unreadable(f"the stream is encoded as `{unknown[:40]}`, which cannot be read here")
        self._steps = [step for coding in reversed(codings) if (step := _CODINGS[coding]()) is not None]

    def feed(self, data: bytes) -> bytes:
        """What these bytes stand for, as far as it is known."""
        for step in self._steps:
            data = step.feed(data)
        return data

    def end(self) -> None:
        """Nothing more comes."""
        if not all(step.done for step in self._steps):
            raise Unreadable("the compressed stream ends early")


class _Zlib:
    """gzip (also several members), and deflate with its header or, as some send it, without."""

    def __init__(self, window: int) -> None:
        self._window = window
        self._stream: Any = None
        self._first = b""

    @property
    def done(self) -> bool:
        return not self._first and (self._stream is None or bool(self._stream.eof))

    def feed(self, data: bytes) -> bytes:
        out: list[bytes] = []
        size = 0
        data = self._first + data
        self._first = b""
        while data:
            if self._stream is None or self._stream.eof:
                if self._stream is not None and self._window == zlib.MAX_WBITS:
                    raise Unreadable("bytes follow the end of the compressed stream")
                if self._window == zlib.MAX_WBITS and len(data) < 2:
                    self._first = data
                    break
                self._stream = zlib.decompressobj(self._bits(data))
            try:
                piece = self._stream.decompress(data, MAX_BYTES - size + 1)
            except zlib.error as error:
                raise Unreadable(f"the stream cannot be decompressed: {error}") from None
            size += len(piece)
            _bounded(size)
            out.append(piece)
            data = self._stream.unused_data
        return b"".join(out)

    def _bits(self, data: bytes) -> int:
        if self._window != zlib.MAX_WBITS:
            return self._window
        wrapped = data[0] & 15 == zlib.DEFLATED and (data[0] << 8 | data[1]) % 31 == 0
        return zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS


class _Brotli:
    def __init__(self) -> None:
        self._brotli = library("brotli", "br")
        self._stream = self._brotli.Decompressor()
        self._fed = False

    @property
    def done(self) -> bool:
        return not self._fed or bool(self._stream.is_finished())

    def feed(self, data: bytes) -> bytes:
        self._fed = self._fed or bool(data)
        out: list[bytes] = []
        size = 0
        try:
            while data or not self._stream.can_accept_more_data():
                if data and self._stream.is_finished():
                    raise Unreadable("bytes follow the end of the compressed stream")
                piece = self._stream.process(data, output_buffer_limit=1 << 20)
                data = b""
                size += len(piece)
                _bounded(size)
                out.append(piece)
        except self._brotli.error as error:
            raise Unreadable(f"the stream cannot be decompressed: {error}") from None
        return b"".join(out)


class _Zstd:
    def __init__(self) -> None:
        self._zstandard = library("zstandard", "zstd")
        self._stream: Any = None

    @property
    def done(self) -> bool:
        return self._stream is None or bool(self._stream.eof)

    def feed(self, data: bytes) -> bytes:
        out: list[bytes] = []
        size = 0
        while data:
            if self.done:
                self._stream = self._zstandard.ZstdDecompressor(max_window_size=_WINDOW).decompressobj()
            head, data = data[:256], data[256:]  # they expand to 8 MiB at most
            try:
                piece = self._stream.decompress(head)
            except self._zstandard.ZstdError as error:
                raise Unreadable(f"the stream cannot be decompressed: {error}") from None
            data = bytes(self._stream.unused_data) + data if self._stream.eof else data
            size += len(piece)
            _bounded(size)
            out.append(piece)
        return b"".join(out)


def _bounded(size: int) -> None:
    if size > MAX_BYTES:
        raise Unreadable(f"a read of the stream expands to more than {MAX_BYTES} bytes")


_CODINGS: Mapping[str, Callable[[], Any]] = {
    "gzip": lambda: _Zlib(zlib.MAX_WBITS | 16),
    "x-gzip": lambda: _Zlib(zlib.MAX_WBITS | 16),
    "deflate": lambda: _Zlib(zlib.MAX_WBITS),
    "br": _Brotli,
    "zstd": _Zstd,
    "identity": lambda: None,
}
