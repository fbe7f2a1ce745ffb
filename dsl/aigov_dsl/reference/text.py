"""A segment's text as characters and as bytes, and what the sources mean by case and letters."""

from __future__ import annotations

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


def normal_form(characters: str) -> str:
    """Case-folded, letters and digits only: how table cells and the text around them are compared."""
    return "".join(c for c in characters.casefold() if c.isalnum())
