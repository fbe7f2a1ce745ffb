"""Where a detector's sources occur in a text: candidates, before anything is confirmed.

One function per kind of source; each gives spans in bytes.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations, product

from aigov_dsl.reference.model import Primitives
from aigov_dsl.reference.text import LONGEST_PREFIX, Text, normal_form, significant_number, simple_fold
from aigov_dsl.typed import Code, Pattern, Plugin, Source, Table, Words

SHORTEST_CELL = 4


def spans(source: Source, text: Text, primitives: Primitives) -> Iterator[tuple[int, int]]:
    """Every occurrence of `source` in `text`."""
    match source:
        case Pattern():
            yield from _pattern(source, text)
        case Words():
            yield from _words(source, text)
        case Table():
            yield from _table(source, text)
        case Code():
            yield from primitives.code_spans(text.data, source.languages)
        case Plugin():
            yield from primitives.plugin_spans(text.data, source.engine, source.model, source.labels)


def regex(pattern: str) -> re.Pattern[bytes]:
    """A pattern of the common subset, over bytes; `^` and `$` are line anchors."""
    return re.compile(pattern.encode(), re.MULTILINE)


def _pattern(pattern: Pattern, text: Text) -> Iterator[tuple[int, int]]:
    """Leftmost-first, not overlapping; a group that took no part in the match gives nothing."""
    for match in regex(pattern.regex).finditer(text.data):
        if match.group(pattern.group) is not None:
            yield match.span(pattern.group)


def _words(words: Words, text: Text) -> Iterator[tuple[int, int]]:
    """Whole words in any case, overlapping ones too."""
    folded = simple_fold(text.characters)
    for word in words.words:
        needle = simple_fold(word)
        for start in range(len(folded) - len(needle) + 1):
            end = start + len(needle)
            beside = folded[max(0, start - 1) : start] + folded[end : end + 1]
            if folded[start:end] == needle and not any(c.isalnum() or c == "_" for c in beside):
                yield text.span(start, end)


def _table(table: Table, text: Text) -> Iterator[tuple[int, int]]:
    """Rows of which `count` distinct columns occur within `within` bytes of text."""
    rows = [[_forms(cell, 0, len(cell))[-1] for cell in row] for row in table.rows]
    cells = {cell for row in rows for cell in row if len(cell) >= SHORTEST_CELL}
    starts: dict[tuple[str, int], int] = {}  # the first, where more digits before are of the same number
    tokens = [(match.start(), match.end()) for match in re.finditer(r"[^\W_]+", text.characters)]
    longest = max(map(len, cells), default=0)
    for first, (start, _) in enumerate(tokens):
        for _, end in tokens[first:]:
            forms = _forms(text.characters, start, end)
            if len(forms[0]) > longest + LONGEST_PREFIX:
                break
            for form in cells.intersection(forms):
                starts.setdefault((form, end), start)
    occurrences: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for (form, end), start in starts.items():
        occurrences[form].append(text.span(start, end))
    for row in rows:
        columns = [occurrences[cell] for cell in row]
        for chosen in combinations(columns, table.count):
            for places in product(*chosen):
                start, end = min(place[0] for place in places), max(place[1] for place in places)
                if table.count == 1 or end - start <= table.within:
                    yield start, end


def _forms(characters: str, start: int, end: int) -> list[str]:
    """What stands from start to end, to be compared: its normal form; of digits also the number that they may dial."""
    form = normal_form(characters[start:end])
    first = next((at for at in range(start, end) if characters[at].isalnum()), start)
    written = "".join(character for character in characters[start:end] if character.isalnum())
    number = None
    if re.fullmatch("[0-9]+", written):
        number = significant_number(form, plus=characters[max(0, first - 1) : first] == "+")
    return [form] if number is None else [form, number]
