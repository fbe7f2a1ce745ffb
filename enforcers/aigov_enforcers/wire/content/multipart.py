"""Uploads: multipart/form-data (RFC 7578), in the one form that all readers read alike.

Paths are `part/N/name`, `part/N/filename`, `part/N/type`; what the part holds is at `part/N@` and the path inside it.
`python-multipart` reads the body; then the parts are put together again, and unless that gives the same bytes the
body is unreadable. So are nested multiparts, unknown headers of a part, quoting within names, and `filename*`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser

from aigov_enforcers.wire.body import Json, Unreadable
from aigov_enforcers.wire.content import data
from aigov_enforcers.wire.content.part import Budget, Part
from aigov_enforcers.wire.message import FixedError
from aigov_enforcers.wire.shape import Shape
from aigov_runtime.model import Attachment, Kind, Segment

MAX_PARTS = 1_000

_TYPE = re.compile(r'multipart/form-data; ?boundary=("?)([A-Za-z0-9\'()+_,./:=?-]{1,70})\1', re.IGNORECASE)
_DISPOSITION = re.compile(r'form-data; ?name="([^"\\]*)"(?:; ?filename="([^"\\]*)")?', re.IGNORECASE)
_MEDIA_TYPE = re.compile(r"(?!multipart|message)[\w.+-]+/[\w.+-]+(?:; ?charset=\"?[\w-]+\"?)?", re.IGNORECASE)
_PLAIN = {"binary", "8bit", "7bit"}


class Field(NamedTuple):
    """A part: its headers as they are, what they say, and its content. `filename` None makes it a plain field."""

    head: bytes
    name: str
    filename: str | None
    type: str
    content: bytes


class Form(NamedTuple):
    """A body that was read; its fields as a tree too, for what the request says of itself."""

    tree: Json
    part: Part


def read(body: bytes, content_type: str, shape: Shape) -> Form:
    """The texts of an upload. Raises `Unreadable`."""
    declared = _TYPE.fullmatch(content_type.strip())
    if declared is None:
        raise Unreadable("the body is a multipart of another kind than form-data, or its boundary is unclear")
    boundary = declared[2].encode("ascii")
    fields = _fields(body, boundary)
    budget = Budget()
    texts: list[Segment] = []
    attachments: list[Attachment] = []
    parts: list[Part] = []
    unparsed = ""
    for number, field in enumerate(fields):
        known = shape.fields.get(field.name, shape.rest)
        kind = Kind.FILE if field.filename is not None else known.kind or Kind.METADATA
        role = known.role or shape.role or ""
        about = (("name", field.name), ("filename", field.filename or ""), ("type", field.type))
        texts += (Segment(role, f"part/{number}/{what}", text, Kind.METADATA) for what, text in about if text)
        try:
            part = data.read(field.content, f"part/{number}", role, kind, budget)
        except Unreadable as reason:
            unparsed = unparsed or f"part {number}: {reason}"
            part = Part((), _unread)
        unparsed = unparsed or part.unparsed
        parts.append(part)
        texts += part.texts
        attachments += part.attachments if field.filename is not None else ()
    write = partial(_written, boundary, fields, parts)
    return Form(_tree(fields), Part(tuple(texts), write, tuple(attachments), unparsed))


def _unread(_: Mapping[str, str]) -> bytes:
    raise FixedError("a part that could not be read cannot be edited")


def _fields(body: bytes, boundary: bytes) -> list[Field]:
    """The parts, where two ways of reading agree on them."""
    fields = [_field(head, content) for head, content in _parsed(body, boundary)]
    if not fields or _joined(boundary, fields) != body.rstrip(b"\r\n") + b"\r\n":
        raise Unreadable("the multipart body can be read in more than one way")
    names = [field.name for field in fields if field.filename is None and not field.name.endswith("[]")]
    if len(set(names)) != len(names):
        raise Unreadable("the multipart body has a field twice")
    return fields


def _parsed(body: bytes, boundary: bytes) -> list[tuple[bytes, bytes]]:
    """(headers, content) of each part, as the library sees them."""
    spans: list[list[int]] = []

    def headers_end() -> None:
        spans[-1][1] = -1

    def header(_: bytes, start: int, end: int) -> None:
        if spans[-1][0] < 0:
            spans[-1][0] = start
        spans[-1][2] = end

    def content(_: bytes, start: int, end: int) -> None:
        if spans[-1][3] < 0:
            spans[-1][3] = start
        spans[-1][4] = end

    def begin() -> None:
        if len(spans) >= MAX_PARTS:
            raise Unreadable(f"the multipart body has more than {MAX_PARTS} parts")
        spans.append([-1, 0, 0, -1, -1])

    ended: list[bool] = []
    parser = MultipartParser(
        boundary,
        {
            "on_part_begin": begin,
            "on_header_field": header,
            "on_header_value": header,
            "on_headers_finished": headers_end,
            "on_part_data": content,
            "on_end": lambda: ended.append(True),
        },
    )
    try:
        parser.write(body)
        parser.finalize()
    except FormParserError as error:
        raise Unreadable(f"the multipart body is broken: {error}") from None
    if not ended:
        raise Unreadable("the multipart body ends early")
    return [(body[start:stop], body[first:last] if first >= 0 else b"") for start, _, stop, first, last in spans]


def _field(head: bytes, content: bytes) -> Field:
    try:
        rows = head.decode().split("\r\n")
    except UnicodeDecodeError:
        raise Unreadable("a part's headers are no UTF-8") from None
    headers: dict[str, str] = {}
    for row in rows:
        name, colon, value = row.partition(":")
        if not colon or name.lower() in headers:
            raise Unreadable("a part has a header twice, or one that is none")
        headers[name.lower()] = value.strip(" ")
    disposition = _DISPOSITION.fullmatch(headers.pop("content-disposition", ""))
    media_type = headers.pop("content-type", "")
    encoding = headers.pop("content-transfer-encoding", "binary")
    length = headers.pop("content-length", str(len(content)))
    if disposition is None or (media_type and _MEDIA_TYPE.fullmatch(media_type) is None):
        raise Unreadable("a part has headers that can be read in more than one way")
    if headers or encoding.lower() not in _PLAIN or length != str(len(content)):
        raise Unreadable("a part has headers that form-data has not")
    return Field(head, disposition[1], disposition[2], media_type, content)


def _joined(boundary: bytes, fields: list[Field]) -> bytes:
    start = b"--" + boundary
    pieces = [b"".join((start, b"\r\n", field.head, b"\r\n\r\n", field.content, b"\r\n")) for field in fields]
    return b"".join((*pieces, start, b"--\r\n"))


def _tree(fields: list[Field]) -> Json:
    words: dict[str, Json] = {"true": True, "false": False}
    plain = ((field.name, field.content.decode("utf-8", "replace")) for field in fields if field.filename is None)
    return {name: words.get(text, text) for name, text in plain}


def _written(boundary: bytes, fields: list[Field], parts: list[Part], changed: Mapping[str, str]) -> bytes:
    done = []
    for number, (field, part) in enumerate(zip(fields, parts, strict=True)):
        below = {each.path: changed[each.path] for each in part.texts if each.path in changed}
        if below:
            field = field._replace(content=part.write(below))
            if b"\r\n--" + boundary in b"\r\n" + field.content:
                raise FixedError("the new text holds the boundary of the multipart body")
        for what, old in (("name", field.name), ("filename", field.filename), ("type", field.type)):
            new = changed.get(f"part/{number}/{what}")
            if new is not None and old:
                field = field._replace(head=_renamed(field.head, what, old, new))
        done.append(field)
    return _joined(boundary, done)


def _renamed(head: bytes, what: str, old: str, new: str) -> bytes:
    """The headers with another name or file name."""
    if what == "type" or re.search(r'["\\\r\n\0]', new):
        raise FixedError("a part's header cannot hold the new text")
    before, after = f' {what}="{old}"'.encode(), f' {what}="{new}"'.encode()
    if head.count(before) != 1:
        raise FixedError("a part's header cannot be edited")
    return head.replace(before, after)
