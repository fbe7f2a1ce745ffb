"""What blocks of base64 and hexadecimal digits hold: UTF-8, UTF-16 or deflated text."""

from __future__ import annotations

import binascii
import zlib

_BASE64_DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_URL = bytes.maketrans(b"-_", b"+/")
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64_DIGITS))
_NOT_HEX = bytes(set(range(256)) - set(b"0123456789abcdefABCDEF"))
_GZIP, _ZLIB = b"\x1f\x8b\x08", b"\x78"
_SAMPLE = 24


def decode_base64(block: bytes, most: int) -> tuple[bytes, bool]:
    """The text in a block of base64 or base64url (RFC 4648), padded or not, wrapped or not: at most `most` bytes, valid
    UTF-8, and whether that is all of it."""
    digits = block.translate(_URL).translate(None, _NOT_BASE64)
    digits = digits[: len(digits) - (len(digits) % 4 == 1)]  # a lone digit is no byte
    return _text(binascii.a2b_base64(digits + b"=" * (-len(digits) % 4)), most)


def decode_hex(block: bytes, most: int) -> tuple[bytes, bool]:
    """The text in a block of hexadecimal digits, `0x` in front or not, wrapped or not; as `decode_base64`."""
    digits = (block[2:] if block[1:2] in b"xX" else block).translate(None, _NOT_HEX)
    return _text(binascii.a2b_hex(digits[: len(digits) & ~1]), most)


def _text(data: bytes, most: int) -> tuple[bytes, bool]:
    whole = True
    if data.startswith((_GZIP, _ZLIB)):
        data, whole = _inflate(data, most)
    if len(data) > most:
        return b"", False
    encoding = _utf16(data[:_SAMPLE])
    return data.decode(encoding or "utf-8", "replace").encode(), whole


def _inflate(data: bytes, most: int) -> tuple[bytes, bool]:
    """Up to `most` bytes of gzip or zlib data, as far as it is sound, and whether there is no more; what is
    neither comes back as it is."""
    stream = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    try:
        inflated = stream.decompress(data, most)
    except zlib.error:
        return data, True
    return inflated, not stream.unconsumed_tail


def _utf16(sample: bytes) -> str | None:
    """The encoding when the bytes are UTF-16 of ASCII letters, or are marked as UTF-16."""
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    even, odd = sample[::2], sample[1::2]
    if odd and not any(odd):
        return "utf-16-le"
    return "utf-16-be" if even and not any(even) else None
