"""Word lists: whole words and phrases in any case, all of them in one pass (Aho–Corasick)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache

import ahocorasick


def fold(text: str) -> str:
    """Simple case folding: one code point to one, so offsets stay (Unicode, CaseFolding.txt, status C and S)."""
    return text.lower() if text.isascii() else text.translate(_folding())


@cache
def _folding() -> dict[int, str]:
    table = {}
    for code in range(0x80, 0x1F000):  # no script with case lies above
        character = chr(code)
        folded = character.casefold()
        if len(folded) != 1:  # a full folding; the simple one, where there is one, is the lower case
            folded = character.lower()
        if len(folded) == 1 and folded != character:
            table[code] = folded
    table.update((code, chr(code).lower()) for code in range(ord("A"), ord("Z") + 1))
    return table


class WordLists:
    """The `words` clauses of a bundle: (detector number, words) pairs in one automaton."""

    def __init__(self, lists: Sequence[tuple[int, Sequence[str]]]) -> None:
        owners: dict[str, set[int]] = defaultdict(set)
        for detector, words in lists:
            for word in words:
                owners[fold(word)].add(detector)
        self._automaton = ahocorasick.Automaton()
        for word, detectors in owners.items():
            if word:
                self._automaton.add_word(word, (len(word), tuple(sorted(detectors))))
        self._automaton.make_automaton()

    def matches(self, text: str) -> Iterator[tuple[int, int, int]]:
        """(detector, start, end) in code points of every whole occurrence, overlapping ones too."""
        if not self._automaton:
            return
        for last, (length, detectors) in self._automaton.iter(fold(text)):
            start, end = last - length + 1, last + 1
            if not (start and _wordlike(text[start - 1])) and not (end < len(text) and _wordlike(text[end])):
                for detector in detectors:
                    yield detector, start, end


def _wordlike(character: str) -> bool:
    return character.isalnum() or character == "_"
