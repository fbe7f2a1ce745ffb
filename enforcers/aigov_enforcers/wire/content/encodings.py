"""Content encodings undone: gzip, deflate, br and zstd, one over the other, within bounds (RFC 9110 section 8.4).

What a lenient decoder would skip or forgive is refused: bytes after the end, a stream that ends early, an unknown
coding. A body is expanded no further than `MAX_BYTES`, nor, from 1 MiB on, beyond `RATIO` times its size.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

from aigov_enforcers.wire.body import MAX_BYTES, Unreadable

RATIO = 200  # JSON full of repetition stays below 100; deflate ends at 1032, the others go on
MAX_CODINGS = 3

_FREE = 1 << 20
_WINDOW = 8 << 20  # RFC 9659: zstd as a content encoding needs no more
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_PIECE = 256  # bytes of zstd at a time: they expand to 8 MiB at most


def decoded(body: bytes, codings: Sequence[str]) -> bytes:
    """The body without its codings, which are given in the order in which they were applied. Raises `Unreadable`."""
    if len(codings) > MAX_CODINGS:
        raise Unreadable(f"the body has {len(codings)} encodings, more than {MAX_CODINGS}")
    limit = min(MAX_BYTES, max(_FREE, RATIO * len(body)))
    for coding in reversed(codings):
        undo = _DECODERS.get(coding)
        if undo is None:
            raise Unreadable(f"the body is encoded as `{coding[:40]}`, which cannot be read here")
        body = undo(body, limit)
    return body


def _bounded(size: int, limit: int) -> None:
    if size > limit:
        raise Unreadable(f"the body expands to more than {limit} bytes")


def _zlib(body: bytes, limit: int, window: int, *, members: bool = False) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while True:
        stream = zlib.decompressobj(window)
        try:
            piece = stream.decompress(body, limit - size + 1)
        except zlib.error as error:
            raise Unreadable(f"the body cannot be decompressed: {error}") from None
        size += len(piece)
        _bounded(size, limit)
        pieces.append(piece)
        if not stream.eof:
            raise Unreadable("the compressed body ends early")
        body = stream.unused_data
        if not body:
            return b"".join(pieces)
        if not members or len(pieces) > 1000:
            raise Unreadable("bytes follow the end of the compressed body")


def _gzip(body: bytes, limit: int) -> bytes:
    return _zlib(body, limit, 31, members=True)


def _deflate(body: bytes, limit: int) -> bytes:
    """With the zlib header, as it should be, or without, as some send it."""
    wrapped = len(body) > 1 and body[0] & 15 == 8 and (body[0] << 8 | body[1]) % 31 == 0
    return _zlib(body, limit, 15 if wrapped else -15)


def _brotli(body: bytes, limit: int) -> bytes:
    brotli = library("brotli", "br")
    stream = brotli.Decompressor()
    pieces: list[bytes] = []
    size = 0
    try:
        while not stream.is_finished():
            piece = stream.process(body, output_buffer_limit=_FREE)
            body = b""
            if not piece and stream.can_accept_more_data() and not stream.is_finished():
                raise Unreadable("the compressed body ends early")
            size += len(piece)
            _bounded(size, limit)
            pieces.append(piece)
    except brotli.error as error:
        raise Unreadable(f"the body cannot be decompressed: {error}") from None
    return b"".join(pieces)


def _zstd(body: bytes, limit: int) -> bytes:
    zstandard = library("zstandard", "zstd")
    pieces: list[bytes] = []
    size = at = 0
    while not pieces or at < len(body):
        if body[at : at + 4] != _ZSTD_MAGIC:  # also skippable frames: nobody reads them, but they are sent on
            raise Unreadable("bytes that are no zstd frame")
        stream = zstandard.ZstdDecompressor(max_window_size=_WINDOW).decompressobj()
        while not stream.eof:
            if at >= len(body):
                raise Unreadable("the compressed body ends early")
            try:
                piece = stream.decompress(body[at : at + _PIECE])
            except zstandard.ZstdError as error:
                raise Unreadable(f"the body cannot be decompressed: {error}") from None
            at += _PIECE
            size += len(piece)
            _bounded(size, limit)
            pieces.append(piece)
        at = min(at, len(body)) - len(stream.unused_data)
    return b"".join(pieces)


def library(name: str, coding: str) -> Any:
    """The library that undoes a coding. Raises `Unreadable` when it is not installed."""
    try:
        return import_module(name)
    except ImportError:
        raise Unreadable(f"the body is encoded as `{coding}`, and `{name}` is not installed") from None


_DECODERS: Mapping[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
    "identity": lambda body, _: body,
}
