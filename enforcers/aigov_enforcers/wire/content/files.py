"""A file's bytes → its text. What a file is, its bytes say; what it is called or declared as does not matter.

Text of any kind is one segment and can be edited, JSON (notebooks too) and JSON lines are read like bodies. PDF and
office documents give text that cannot be edited. Pictures, recordings, archives and what is unknown are not read; but
strings that stand in them in the open (comments, metadata) are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from itertools import chain

import orjson

from aigov_enforcers.wire.body import Unreadable, decode
from aigov_enforcers.wire.content import charset, html, lines, office, pdf
from aigov_enforcers.wire.content.part import Budget, Part, Write, fixed
from aigov_enforcers.wire.formats.openai_storage import LINE
from aigov_enforcers.wire.message import FixedError
from aigov_enforcers.wire.shape import FREE, segments
from aigov_enforcers.wire.splice import splice
from aigov_runtime.model import Kind, Segment

UNKNOWN = "application/octet-stream"

_SIGNATURES = tuple(
    (re.compile(pattern, re.DOTALL), name)
    for pattern, name in (
        (rb"[\s\S]{0,1024}?%PDF-", pdf.TYPE),  # readers look for it that far
        (rb"PK\x03\x04", "application/zip"),
        (rb"\x89PNG\r\n\x1a\n", "image/png"),
        (rb"\xff\xd8\xff", "image/jpeg"),
        (rb"GIF8[79]a", "image/gif"),
        (rb"RIFF....WEBP", "image/webp"),
        (rb"RIFF....WAVE", "audio/wav"),
        (rb"RIFF....AVI ", "video/x-msvideo"),
        (rb"BM.{4}\0\0\0\0", "image/bmp"),
        (rb"II\*\0|MM\0\*", "image/tiff"),
        (rb"....ftyp(?:avif|hei[cx]|mif1)", "image/heif"),
        (rb"....ftyp", "video/mp4"),
        (rb"ID3[\x02-\x04]|\xff[\xe2\xe3\xf2\xf3\xfa\xfb]", "audio/mpeg"),
        (rb"\xff[\xf1\xf9]", "audio/aac"),
        (rb"OggS\0", "audio/ogg"),
        (rb"fLaC", "audio/flac"),
        (rb"\x1aE\xdf\xa3", "video/webm"),
        (rb"\x1f\x8b", "application/gzip"),
        (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),  # the older office formats
        (rb"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
        (rb"BZh[1-9]1AY&SY", "application/x-bzip2"),
        (rb"\xfd7zXZ\0", "application/x-xz"),
        (rb"\x28\xb5\x2f\xfd", "application/zstd"),
    )
)
_STRINGS = re.compile(rb"[\x20-\x7e]{12,}")
_WIDE = re.compile(rb"(?:[\x20-\x7e]\0){12,}")
_START = 256 * 1024  # where metadata is; looking for characters of two bytes takes long
_SHOWN = 64 * 1024  # bytes of such strings


def media_type(data: bytes) -> str:
    """The media type by the first bytes; "text/plain" for text, `UNKNOWN` for anything else."""
    for pattern, name in _SIGNATURES:
        if pattern.match(data):
            return office.media_type(data) or name if name == "application/zip" else name
    return UNKNOWN if charset.text(data) is None else "text/plain"


def is_opaque(kind: str) -> bool:
    """Whether files of this type are not read."""
    return kind not in {"text/plain", pdf.TYPE, *office.TYPES}


def read(data: bytes, role: str, kind: Kind, budget: Budget) -> tuple[str, Part]:
    """The media type and the text of a file. Raises `Unreadable` when it should have text and it cannot be had."""
    budget.spend(len(data))
    what = media_type(data)
    if what == pdf.TYPE:
        return what, _pages(pdf.pages(data, budget), role, kind, "a PDF")
    if what in office.TYPES:
        return what, _pages(office.pages(data, budget), role, kind, "an office document")
    if what != "text/plain":
        return what, _pages([("strings", strings(data))], role, kind, f"a file ({what})")
    part = _json(data, role, kind) if data.lstrip()[:1] in {b"{", b"["} else None
    if part is None:
        text, codec = charset.text(data) or ("", "utf-8")
        part = _text(text, codec, role, kind, budget)
    return what, part


def strings(data: bytes) -> str:
    """What can be read in a file that is no text, a string per line."""
    found: list[str] = []
    size = 0
    for match in chain(_STRINGS.finditer(data), _WIDE.finditer(data, 0, _START)):
        found.append(match.group().replace(b"\0", b"").decode("ascii"))
        size += len(match.group())
        if size > _SHOWN:
            break
    return "\n".join(found)


def _pages(pages: list[tuple[str, str]], role: str, kind: Kind, what: str) -> Part:
    return Part(tuple(Segment(role, f"/{name}", text, kind) for name, text in pages if text), fixed(what))


def _text(text: str, codec: str, role: str, kind: Kind, budget: Budget) -> Part:
    texts = [Segment(role, "", text, kind)]
    shown = html.visible(text, budget) if html.is_markup(text) else ""
    if shown:
        texts.append(Segment(role, "/text", shown, kind))
    return Part(tuple(texts), partial(_written, text, codec, shown, budget))


def _json(data: bytes, role: str, kind: Kind) -> Part | None:
    """A file that is JSON or JSON lines; None when it is neither, or not in a way that all readers share."""
    try:
        tree = decode(data)
        texts, write = segments(tree, FREE), _spliced(data)
    except orjson.JSONDecodeError:
        try:
            texts, write = lines.read(data, LINE)
        except Unreadable:
            return None
    except Unreadable:
        return None
    outer = (Segment(role, each.path, each.text, _kind(each.kind, kind), each.name) for each in texts)
    return Part(tuple(outer), write)


def _kind(inner: Kind, outer: Kind) -> Kind:
    return outer if inner is Kind.METADATA else inner


def _spliced(data: bytes) -> Write:
    return partial(splice, data)


def _written(text: str, codec: str, shown: str, budget: Budget, changed: Mapping[str, str]) -> bytes:
    """The text after its edits. What only shows once the markup is gone must go with them."""
    text = changed.get("", text)
    if shown and html.visible(text, budget) != changed.get("/text", shown):
        raise FixedError("text that is interrupted by markup cannot be edited")
    try:
        return text.encode(codec)
    except UnicodeError:
        raise FixedError(f"the new text has characters that are not in {codec}") from None
