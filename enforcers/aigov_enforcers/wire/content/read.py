"""A body of any content type and encoding: its text as segments, and the way back.

encodings → characters → JSON, JSON lines, an upload, a text or a file → the files inside
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from aigov_enforcers.wire.body import Json, Unreadable, parse
from aigov_enforcers.wire.content import charset, data, lines, multipart
from aigov_enforcers.wire.content.encodings import decoded
from aigov_enforcers.wire.content.part import Budget, Write
from aigov_enforcers.wire.message import Message
from aigov_enforcers.wire.shape import Shape, copies, segments
from aigov_enforcers.wire.splice import splice
from aigov_runtime.model import Attachment, Kind, Segment

_OPENING = b'{["'  # what JSON begins with that somebody may want to read
_CHARSET = re.compile(r';\s*charset\s*=\s*"?([^";,\s]+)"?', re.IGNORECASE)
_LINES = ("application/jsonl", "application/x-jsonl", "application/x-ndjson", "application/octet-stream")
_FRAMING = frozenset({"content-type", "content-encoding", "content-length", "transfer-encoding"})
_USUAL = ("content-type", "application/json")


class Content(NamedTuple):
    """A body that was read.

    Its tree when it is JSON, its texts, and what makes the message of the texts changed, by path. It raises
    `FixedError` when a text cannot be changed. `unparsed` says why some texts are not known. `message` is what goes on
    when nothing changes: the one that came, unless its characters had to be written in another way.
    """

    tree: Json
    texts: tuple[Segment, ...]
    write: Callable[[Mapping[str, str]], Message]
    message: Message
    attachments: tuple[Attachment, ...] = ()
    unparsed: str = ""


def nothing(message: Message, unparsed: str = "") -> Content:
    """A body without texts."""
    return Content(None, (), lambda _: message, message, unparsed=unparsed)


def read(message: Message, shape: Shape) -> Content:
    """The content of a body. Raises `Unreadable`.

    JSON is known by its bytes, whatever the content type says. What cannot be JSON is read as it is declared.
    """
    declared = _declared(message)
    plain = message
    if declared.encodings:
        plain = message.carrying(decoded(message.body, declared.encodings), without=("content-encoding",))
    body = plain.body
    marked = _is_marked(body)
    if not marked and body.lstrip()[:1] not in _OPENING:
        other = _other(message, plain, declared, shape)
        if other is not None:
            return other
    if marked or declared.charset:
        body = charset.utf8(body, declared.charset)
        if body is not plain.body:
            message = plain = plain.carrying(body, declared=_CHARSET.sub("", declared.type))
    try:
        tree = parse(body)
    except Unreadable:
        if declared.type.startswith(_LINES) and b"\n" in body:
            return _as_lines(message, plain, shape)
        raise
    try:
        texts = segments(tree, shape)
    except Unreadable as reason:
        return nothing(message, str(reason))._replace(tree=tree)
    write = partial(_spliced, body, tree, shape)
    inside = data.opened(texts, write)
    return Content(
        tree, inside.texts, partial(_written, plain, inside.write), message, inside.attachments, inside.unparsed
    )


class Declared(NamedTuple):
    """What the headers say of a body: content type in lower case but for its parameters, charset, codings in order."""

    type: str = ""
    charset: str = ""
    encodings: tuple[str, ...] = ()


_NOTHING = Declared()


def _declared(message: Message) -> Declared:
    """What headers say of the body. Raises `Unreadable` when they contradict it or each other."""
    size = str(len(message.body))
    types: list[str] = []
    encodings: list[str] = []
    lengths = chunked = 0
    for name, value in message.headers:
        if name not in _FRAMING:
            continue
        if name == "content-length":
            if value != size:
                raise Unreadable(f"the body has {size} bytes, and its content-length is `{value[:20]}`")
            lengths += 1
        elif name == "content-type":
            types.append(value)
        elif name == "content-encoding":
            encodings += (each.strip().lower() for each in value.split(","))
        elif value.lower() == "chunked":
            chunked += 1
        else:
            raise Unreadable(f"the transfer encoding `{value[:40]}` cannot be read here")
    if lengths + chunked > 1:
        raise Unreadable("the headers say twice how long the body is")
    if len(types) > 1:
        raise Unreadable("the body has two content types")
    if not types:
        return Declared("", "", tuple(encodings)) if encodings else _NOTHING
    if types[0] == "application/json" and not encodings:
        return _JSON
    sets = _CHARSET.findall(types[0])
    if len(sets) > 1:
        raise Unreadable("the body is declared in two charsets")
    kind, semicolon, parameters = types[0].partition(";")
    return Declared(
        kind.strip().lower() + semicolon + parameters, sets[0].lower() if sets else "", tuple(filter(None, encodings))
    )


_JSON = Declared("application/json")


_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def _is_marked(body: bytes) -> bool:
    """Whether the body begins with a byte order mark, or as JSON in two or four bytes per character does."""
    return b"\0" in body[:2] or body.startswith(_MARKS)


def _other(message: Message, plain: Message, declared: Declared, shape: Shape) -> Content | None:
    """What is declared as something else than JSON; None for what is not."""
    body = plain.body
    if declared.type.startswith("multipart/"):
        tree, part = multipart.read(body, declared.type, shape)
        return Content(tree, part.texts, partial(_written, plain, part.write), message, part.attachments, part.unparsed)
    kind, _, _ = declared.type.partition(";")
    text = kind.startswith("text/")
    if not text and not kind.startswith(_MEDIA) and kind not in _FILES:
        return None
    if text:
        charset.utf8(body, declared.charset)
    part = data.read(body, "", "", Kind.TEXT if text else Kind.FILE, Budget())
    texts = tuple(each._replace(path=each.path.removeprefix("@")) for each in part.texts)  # the body is the file
    attachments = () if text else part.attachments
    write = partial(_prefixed, part.write)
    return Content(None, texts, partial(_written, plain, write), message, attachments, part.unparsed)


_MEDIA = ("image/", "audio/", "video/")
_FILES = frozenset({"application/pdf", "application/octet-stream"})


def _as_lines(message: Message, plain: Message, shape: Shape) -> Content:
    texts, write = lines.read(plain.body, shape)
    inside = data.opened(texts, write)
    return Content(
        None, inside.texts, partial(_written, plain, inside.write), message, inside.attachments, inside.unparsed
    )


def _prefixed(write: Write, changed: Mapping[str, str]) -> bytes:
    return write({f"@{path}": text for path, text in changed.items()})


def _written(plain: Message, write: Write, changed: Mapping[str, str]) -> Message:
    return plain.carrying(write(changed))


def _spliced(body: bytes, tree: Json, shape: Shape, changed: Mapping[str, str]) -> bytes:
    return splice(body, changed, copies(tree, shape))
