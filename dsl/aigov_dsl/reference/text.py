"""A segment's text as characters and as bytes, and what the sources mean by case and letters."""

from __future__ import annotations

import unicodedata
from itertools import accumulate


class Text:
    """`characters`, their UTF-8 form `data`, and the byte offset of each character (and of the end)."""

    def __init__(self, characters: str) -> None:
        self.characters = characters
        self.data = characters.encode()
        self.offsets = list(accumulate((len(c.encode()) for c in characters), initial=0))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """From character indices to byte offsets."""
        return self.offsets[start], self.offsets[end]


def simple_fold(characters: str) -> str:
    """Simple case folding (Unicode, CaseFolding.txt, status C and S): one code point to one.

    Python has only the full folding; where that grows, the simple one is the lower-case letter, if it is one.
    """
    return "".join(next((f for f in (c.casefold(), c.lower()) if len(f) == 1), c) for c in characters)


LETTERS = {"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "þ": "th", "æ": "ae", "œ": "oe"}
"""Letters that Unicode does not take apart, as people write them without a keyboard for them."""

SIGNIFICANT_DIGITS = range(6, 15)
"""Of a telephone number without its prefix."""

LONGEST_PREFIX = 6
"""Digits: 00, a country code of three, the trunk 0."""

_TWO_DIGIT_COUNTRIES_TEXT = (
    "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 "
    "90 91 92 93 94 95 98"
)
_TWO_DIGIT_COUNTRIES = frozenset(_TWO_DIGIT_COUNTRIES_TEXT.split())
"""ITU-T E.164, list of assigned codes. Those on 1 and 7 have one digit, all others three."""


def normal_form(characters: str) -> str:
    """Letters and digits only, in one case, without marks, compatibility forms resolved."""
    return "".join(_letters(character) for character in characters)


def _letters(character: str) -> str:
    if not character.isalnum():
        return ""
    bare = _alphanumeric(unicodedata.normalize("NFKD", character.casefold()))
    folded = "".join(LETTERS.get(letter, letter) for letter in unicodedata.normalize("NFC", bare).casefold())
    return _alphanumeric(folded) or character


def _alphanumeric(characters: str) -> str:
    return "".join(character for character in characters if character.isalnum())


def significant_number(digits: str, plus: bool) -> str | None:
    """The digits of a telephone number without `+` or 00 and country code, or the trunk 0; None when it has
    no such prefix. `plus`: a `+` stands before it."""
    if plus or digits.startswith("00"):
        rest = digits if plus else digits[2:]
        if rest[:1] in ("", "0"):
            return None
        code = 1 if rest[0] in "17" else 2 if rest[:2] in _TWO_DIGIT_COUNTRIES else 3
        number = rest[code:].removeprefix("0")
    elif digits.startswith("0"):
        number = digits[1:]
    else:
        return None
    return number if len(number) in SIGNIFICANT_DIGITS else None
