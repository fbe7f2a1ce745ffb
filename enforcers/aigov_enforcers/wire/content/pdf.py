"""The text of a PDF: pages, notes and links on them, form fields, and what the document says of itself.

Reading needs `pypdf` (extra `files`). Text in pictures is not read.
"""

from __future__ import annotations

from importlib import import_module
from io import BytesIO
from typing import Any

from aigov_enforcers.wire.body import Unreadable
from aigov_enforcers.wire.content.part import Budget

TYPE = "application/pdf"
MAX_PAGES = 2_000

_BOUNDS = {
    "zlib_maximum_output_length": 16_000_000,
    "lzw_maximum_output_length": 16_000_000,
    "run_length_maximum_output_length": 16_000_000,
    "stream_decoding_work_maximum_length": 32_000_000,
    "stream_parsing_work_maximum_count": 200_000,  # operands and operators of a page: about two seconds
}


def pages(data: bytes, budget: Budget) -> list[tuple[str, str]]:
    """(name, text) of each page, and of what else there is. Raises `Unreadable`."""
    try:
        pypdf = import_module("pypdf")
    except ImportError:
        raise Unreadable("the body holds a PDF, and `pypdf` is not installed") from None
    try:
        with pypdf.apply_configuration(**_BOUNDS):
            return _pages(pypdf, data, budget)
    except Unreadable:
        raise
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the file
        raise Unreadable(f"a PDF cannot be read: {type(error).__name__}") from None


def _pages(pypdf: Any, data: bytes, budget: Budget) -> list[tuple[str, str]]:
    reader = pypdf.PdfReader(BytesIO(data))
    if reader.is_encrypted:
        raise Unreadable("a PDF is encrypted")
    if len(reader.pages) > MAX_PAGES:
        raise Unreadable(f"a PDF has {len(reader.pages)} pages, more than {MAX_PAGES}")
    if reader.attachments:
        raise Unreadable("a PDF holds other files")
    about = [str(value) for value in (reader.metadata or {}).values()]
    found = [("about", "\n".join(about)), ("form", "\n".join(map(str, (reader.get_form_text_fields() or {}).values())))]
    if reader.xmp_metadata is not None:
        found.append(("xmp", reader.xmp_metadata.stream.get_data().decode("utf-8", "replace")))
    for number, page in enumerate(reader.pages):
        text = page.extract_text()
        budget.spend(len(text))
        found.append((f"page/{number}", text))
        notes = "\n".join(_notes(page))
        if notes:
            found.append((f"page/{number}/notes", notes))
    return found


def _notes(page: Any) -> list[str]:
    texts = []
    for annotation in page.get("/Annots", None) or ():
        entry = annotation.get_object()
        action = entry.get("/A", {}).get_object() if entry.get("/A") else {}
        texts += [str(each) for each in (entry.get("/Contents"), entry.get("/V"), action.get("/URI")) if each]
    return texts
