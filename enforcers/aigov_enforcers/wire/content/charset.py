"""Bytes → characters, where every reader gets the same ones."""

from __future__ import annotations

import codecs
import json
import re

from aigov_enforcers.wire.body import Unreadable

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UTF8 = frozenset({"", "utf-8", "utf8", "us-ascii", "ascii"})
_LIKE_ASCII = re.compile(r"iso-?8859-?\d{1,2}|latin-?1|windows-125\d|cp125\d")
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def utf8(body: bytes, charset: str) -> bytes:
    """A JSON body in UTF-8 without a byte order mark: the very same object when it is that already.

    `charset` is what the content type says, in lower case, "" when it says nothing. Raises `Unreadable` when readers
    could differ: when bytes and declaration do, or when the declaration changes what bytes above 127 mean, which
    RFC 8259 tells readers to ignore.
    """
    codec = json.detect_encoding(body)
    if codec == "utf-8":
        if charset in _UTF8 or (_LIKE_ASCII.fullmatch(charset) and body.isascii()):
            return body
        raise Unreadable(f"the body is declared as `{charset[:40]}`")
    if codec == "utf-8-sig":
        if charset not in _UTF8:
            raise Unreadable(f"the body is declared as `{charset[:40]}` and marked as UTF-8")
    elif charset and _bare(charset) not in {_bare(codec), _bare(codec)[:5], f"{_bare(codec)}le", f"{_bare(codec)}be"}:
        raise Unreadable(f"the body is declared as `{charset[:40]}` and looks like {codec}")
    try:
        return body.decode(codec).encode()
    except UnicodeError as error:
        raise Unreadable(f"the body is no {codec}: {error}") from None


def _bare(codec: str) -> str:
    """The name of a codec without hyphens: `utf16le`."""
    return codec.replace("-", "").replace("_", "")


def text(data: bytes) -> tuple[str, str] | None:
    """The text of a file and its codec; None when it is no text.

    Without a byte order mark it is UTF-8 where it can be, else something with single bytes: of that only what is
    ASCII is sure, and the other characters come out as they went in.
    """
    codec = next((codec for mark, codec in _BOMS if data.startswith(mark)), "utf-8")
    if codec == "utf-8" and _BINARY.search(data):
        return None
    try:
        return data.decode(codec), codec
    except UnicodeError:
        if codec != "utf-8":
            return None
    high = sum(byte > 127 for byte in data[:4096])
    return (data.decode("latin-1"), "latin-1") if 3 * high < len(data[:4096]) else None
