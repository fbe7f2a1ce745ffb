"""Files that stand in a body as text: `data:` URLs (RFC 2397) and base64.

The file's texts take the place of the text that holds it, at `PATH@` and the path inside the file. Whatever field it is
in, it is known by how it looks. Base64 that is shorter than `SHORT` is left to the scanner, which reads it as a
view; so is what has the alphabet of base64 but holds nothing that is known to be a file.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from functools import partial
from typing import NamedTuple
from urllib.parse import quote, unquote_to_bytes

from aigov_enforcers.wire.body import Unreadable
from aigov_enforcers.wire.content import files
from aigov_enforcers.wire.content.part import MAX_INSIDE, Budget, Part, Write
from aigov_runtime.model import Attachment, Kind, Segment

SHORT = 64

_URL = re.compile(r"\s*data:([^,]{0,1024}),", re.IGNORECASE)
_BEGINS = frozenset("dD \t\r\n")  # of `data:`, with spaces before
_START = re.compile(r"\s{0,8}[A-Za-z0-9+/_-]{48}")
_FILE = Kind.FILE
_OTHERS = re.compile(r"[^A-Za-z0-9+/=]")
_ALPHABET = re.compile(r"[A-Za-z0-9+/]*={0,2}")


class Holder(NamedTuple):
    """A text that holds a file: what stands before the file, whether it is base64 (else percent-encoded) and has the
    URL-safe alphabet."""

    prefix: str
    data: bytes
    base64: bool
    safe: bool

    def holding(self, data: bytes) -> str:
        """The text with another file."""
        if not self.base64:
            return self.prefix + quote(data)
        encode = base64.urlsafe_b64encode if self.safe else base64.b64encode
        return self.prefix + encode(data).decode("ascii")


def maybe(segment: Segment) -> bool:
    """Whether a text may hold a file, at a first look."""
    text = segment.text
    if len(text) < SHORT:
        return text[:5].lower() == "data:"
    if segment.kind is _FILE:
        return True
    start = text[:SHORT]
    return " " not in start and (_START.match(text) is not None or start.lstrip()[:5].lower() == "data:")


def holder(segment: Segment, *, wanted: bool) -> Holder | None:
    """The file that a text holds, None when it holds none. Raises `Unreadable` when one is wanted there and cannot be
    decoded."""
    text = segment.text
    url = _URL.match(text)
    if url is None:
        return _held("", text, wanted=wanted)
    if url[1].lower().replace(" ", "").endswith(";base64"):
        return _held(url.group(), unquote_to_bytes(text[url.end() :]).decode("latin-1"), wanted=True)
    return Holder(url.group(), unquote_to_bytes(text[url.end() :]), base64=False, safe=False)


def _held(prefix: str, text: str, *, wanted: bool) -> Holder | None:
    """Base64 as lenient readers take it: in lines, in either alphabet, with its padding or without."""
    plain = "".join(text.split()) if text.isascii() else text
    safe = "-" in plain or "_" in plain
    if safe:
        plain = plain.replace("-", "+").replace("_", "/")
    if _ALPHABET.fullmatch(plain) is None:
        if not wanted or (not prefix and _is_text(text, plain)):
            return None
        raise Unreadable("the body holds a file whose base64 is broken")
    plain = plain.rstrip("=")
    try:
        data = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        if wanted:
            raise Unreadable("the body holds a file whose base64 is broken") from None
        return None
    return Holder(prefix, data, base64=True, safe=safe)


def _is_text(text: str, plain: str) -> bool:
    """Whether a text, and the same without its gaps, is too far from base64 to be any."""
    return " " in text.strip() or "://" in text[:16] or 50 * len(_OTHERS.findall(plain)) > len(plain)


def opened(texts: tuple[Segment, ...], write: Write, budget: Budget | None = None, depth: int = 0) -> Part:
    """The texts with those of the files that they hold, and the way back through both."""
    for _, _, text, kind, _ in texts:  # `maybe`, without a call for each text of every request
        if kind is _FILE or text[:1] in _BEGINS or (len(text) >= SHORT and " " not in text[:SHORT]):
            break
    else:
        return Part(texts, write)
    budget = budget or Budget()
    found: list[Segment] = []
    attachments: list[Attachment] = []
    inside: dict[str, tuple[Holder, Part]] = {}
    unparsed = ""
    for segment in texts:
        if not maybe(segment):
            found.append(segment)
            continue
        try:
            held = holder(segment, wanted=depth == 0 and segment.kind is _FILE)
            part = None if held is None else _file(held, segment, budget, depth)
        except Unreadable as reason:
            unparsed = unparsed or f"`{segment.path}`: {reason}"
            found.append(segment)
            continue
        if held is None or part is None:
            found.append(segment)
            continue
        attachments += part.attachments
        unparsed = unparsed or part.unparsed
        if any(not each.read and each.type == files.UNKNOWN for each in part.attachments[:1]):
            found.append(segment)  # it may be something else than a file
        else:
            inside[segment.path] = held, part
        found += part.texts
    return Part(tuple(found), partial(_written, write, inside), tuple(attachments), unparsed)


def _file(held: Holder, segment: Segment, budget: Budget, depth: int) -> Part | None:
    """The file in a text, with paths from the body's root. None when it is not plainly one."""
    sure = bool(held.prefix) or (depth == 0 and segment.kind is _FILE)
    if not sure and files.media_type(held.data) == files.UNKNOWN:
        return None
    return read(held.data, segment.path, segment.role, segment.kind, budget, depth=depth)


def read(data: bytes, path: str, role: str, kind: Kind, budget: Budget, *, depth: int = 0) -> Part:
    """A file at this path of the body, and the files in it. Raises `Unreadable`."""
    if depth >= MAX_INSIDE:
        raise Unreadable(f"the body holds files more than {MAX_INSIDE} deep inside files")
    what, part = files.read(data, role, kind, budget)
    part = opened(part.texts, part.write, budget, depth + 1)
    readable = not files.is_opaque(what) and any(each.text.strip() for each in part.texts)
    this = Attachment(path, what, len(data), hashlib.sha256(data).hexdigest(), readable)
    texts = tuple(each._replace(path=f"{path}@{each.path}") for each in part.texts)
    inner = tuple(each._replace(path=f"{path}@{each.path}") for each in part.attachments)
    return Part(texts, partial(_relative, f"{path}@", part.write), (this, *inner), part.unparsed)


def _relative(prefix: str, write: Write, changed: Mapping[str, str]) -> bytes:
    return write({path.removeprefix(prefix): text for path, text in changed.items()})


def _written(write: Write, inside: Mapping[str, tuple[Holder, Part]], changed: Mapping[str, str]) -> bytes:
    rest = dict(changed)
    for path, (held, part) in inside.items():
        below = {each.path: rest.pop(each.path) for each in part.texts if each.path in rest}
        if below:
            rest[path] = held.holding(part.write(below))
    return write(rest)
