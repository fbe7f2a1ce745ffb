"""The text of office documents (DOCX, XLSX, PPTX and their kin, OpenDocument): every XML part of the archive.

So comments, notes, headers, hidden sheets and properties are read too, which libraries that read documents for their
content leave out. Reading needs `defusedxml` (extra `files`).
Sources: ECMA-376 (Office Open XML), OASIS OpenDocument 1.3.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from importlib import import_module
from io import BytesIO
from typing import Any

from aigov_enforcers.wire.body import Unreadable
from aigov_enforcers.wire.content.part import Budget

_OOXML = "application/vnd.openxmlformats-officedocument."
_FOLDERS = {
    "word/": _OOXML + "wordprocessingml.document",
    "xl/": _OOXML + "spreadsheetml.sheet",
    "ppt/": _OOXML + "presentationml.presentation",
}
_OPEN = "application/vnd.oasis.opendocument"
TYPES = frozenset({*_FOLDERS.values(), _OPEN})

MAX_MEMBERS = 5_000
_RATIO, _FREE = 200, 1 << 20  # as for content encodings

_BREAKS = frozenset({"p", "h", "si", "is", "row", "comment", "tr", "li", "br", "title"})
_TELLING = frozenset({"Target", "descr", "title", "name", "author", "tooltip", "location", "prompt", "val", "href"})
"""Attributes in which people write."""
_NESTED = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF-")


def media_type(data: bytes) -> str:
    """The media type of an archive that is an office document, "" for others."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return ""
    if "[Content_Types].xml" in names:
        return next((kind for folder, kind in _FOLDERS.items() if any(n.startswith(folder) for n in names)), "")
    return _OPEN if "content.xml" in names and "mimetype" in names else ""


def pages(data: bytes, budget: Budget) -> list[tuple[str, str]]:
    """(name, text) of each part that has text. Raises `Unreadable`."""
    try:
        xml = import_module("defusedxml.ElementTree")
    except ImportError:
        raise Unreadable("the body holds an office document, and `defusedxml` is not installed") from None
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return list(_parts(archive, xml, budget))
    except Unreadable:
        raise
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the file
        raise Unreadable(f"an office document cannot be read: {type(error).__name__}") from None


def _parts(archive: zipfile.ZipFile, xml: Any, budget: Budget) -> Iterator[tuple[str, str]]:
    members = archive.infolist()
    if len(members) > MAX_MEMBERS or len({member.filename for member in members}) != len(members):
        raise Unreadable("an office document has too many parts, or two of one name")
    trees: dict[str, Any] = {}
    for member in members:
        content = _member(archive, member, budget)
        name = member.filename
        if name.endswith((".xml", ".rels", ".vml")):
            trees[name] = xml.fromstring(content, forbid_dtd=True)
        elif content.startswith(_NESTED):
            raise Unreadable("an office document holds other files")
        else:
            yield name, "" if name.startswith(("word/media/", "xl/media/", "ppt/media/")) else _plain(content)
    shared = [_text(item) for item in trees.get("xl/sharedStrings.xml", ())]
    for name, tree in trees.items():
        yield name, _text(tree, shared if name.startswith("xl/worksheets/") else ())


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: Budget) -> bytes:
    """A member's bytes; what its entry says of their number is not trusted."""
    limit = min(budget.left, max(_FREE, _RATIO * member.compress_size))
    with archive.open(member) as stream:
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise Unreadable("an office document expands to more than may be read")
    budget.spend(len(content))
    return content


def _plain(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return ""


def _text(tree: Any, shared: Sequence[str] = ()) -> str:
    """The text of a part, runs of a paragraph joined, cells of a row apart; then what its attributes say."""
    out: list[str] = []
    said: dict[str, None] = {}
    _walk(tree, shared, out, said)
    return "".join(out).strip() + ("\n" + "\n".join(said) if said else "")


def _walk(node: Any, shared: Sequence[str], out: list[str], said: dict[str, None]) -> None:
    name = str(node.tag).rpartition("}")[2]
    for key, value in node.attrib.items():
        if key.rpartition("}")[2] in _TELLING and len(value) > 3:
            said[value] = None
    if name == "c" and node.get("t") == "s":
        index = next((str(child.text) for child in node if str(child.tag).endswith("}v")), "")
        out.append(shared[int(index)] if index.isdigit() and int(index) < len(shared) else "")
    else:
        if node.text:
            out.append(node.text)
        for child in node:
            _walk(child, shared, out, said)
            if child.tail:
                out.append(child.tail)
    if name in {"c", "tc", "table-cell", "tab"}:
        out.append("\t")
    elif name in _BREAKS:
        out.append("\n")
