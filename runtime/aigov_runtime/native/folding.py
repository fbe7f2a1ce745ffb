"""The normal form of characters in tables (`docs/semantics.md`), as a C header: generated when the extension is built.

Two levels: a page for every 256 code points, equal pages stored once. An entry is 0 for what is neither letter nor
digit, 1 for a character that is its own normal form, else 2 more than the place in the pool of a length and that
many bytes of UTF-8.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable

LETTERS = str.maketrans(
    {"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "þ": "th", "æ": "ae", "œ": "oe"}
)
"""Letters that Unicode does not take apart, as people write them without a keyboard for them."""

_PAGE = 256


def fold(character: str) -> str:
    """Any case, without marks, compatibility forms resolved; "" for what is neither letter nor digit."""
    if not character.isalnum():
        return ""
    bare = "".join(filter(str.isalnum, unicodedata.normalize("NFKD", character.casefold())))
    folded = unicodedata.normalize("NFC", bare).casefold().translate(LETTERS)
    return "".join(filter(str.isalnum, folded)) or character


def header() -> str:
    """The tables `fold_page`, `fold_entry`, `fold_pool`; and `fold_ascii`, the normal form of one ASCII byte, or 0."""
    pool, places = bytearray(), dict[str, int]()
    pages: dict[tuple[int, ...], int] = {}
    numbers = []
    for first in range(0, sys.maxunicode + 1, _PAGE):
        page = tuple(_entry(chr(code), pool, places) for code in range(first, first + _PAGE))
        numbers.append(pages.setdefault(page, len(pages)))
    assert len(pool) < (1 << 16) - 2
    entries = (entry for page in pages for entry in page)
    return "".join(
        (
            _array("uint16_t", f"fold_page[{len(numbers)}]", numbers),
            _array("uint16_t", f"fold_entry[{len(pages) * _PAGE}]", entries),
            _array("uint8_t", f"fold_pool[{len(pool)}]", pool),
            _array("uint8_t", "fold_ascii[128]", (ord(fold(chr(code)) or "\0") for code in range(128))),
        )
    )


def _entry(character: str, pool: bytearray, places: dict[str, int]) -> int:
    folded = fold(character)
    if folded in ("", character):
        return int(bool(folded))
    if folded not in places:
        data = folded.encode()
        places[folded] = len(pool)
        pool += bytes((len(data),)) + data
    return 2 + places[folded]


def _array(kind: str, declaration: str, values: Iterable[int]) -> str:
    return f"static const {kind} {declaration} = {{{','.join(map(str, values))}}};\n"
