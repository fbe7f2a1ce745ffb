"""Source code in text: where, in which language, and how many lines.

`native/code_runs.c` finds runs of lines that are built like code and lets cues (`languages`) vote on their language;
here the cues are put into its tables, and the words after Markdown fences have their say.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from aigov_runtime.native._native import ffi, lib
from aigov_runtime.scan.languages import ANY_CASE, CUES, LANGUAGES, NO_CODE, SEMICOLONS, SIGILS, TAGS

_FIRST_RUNS = 4_096
"""Room at first, in a long text; a short one holds few. With too little, all of the work is done again."""
_KINDS = {"x": 1, "0": 2, '""': 3, "^": 4}
_LINE_END = 5
"""Of tokens: the ids in `native/code_cues.c`."""


class CodeSpan(NamedTuple):
    """Whole lines, in bytes without the last line break; `lines` are those that are not blank."""

    start: int
    end: int
    language: str
    lines: int


def code_spans(data: bytes, low: int, high: int) -> list[CodeSpan]:
    """The source code in the segment low..high of a buffer, in its order."""
    spans = []
    capacity, text = min(_FIRST_RUNS, 8 + (high - low >> 9)), ffi.from_buffer(data) + low
    runs = ffi.new("aigov_code_run[]", capacity)
    while (found := lib.aigov_code_find(_tables(), text, high - low, runs, capacity)) > capacity:
        capacity = found
        runs = ffi.new("aigov_code_run[]", capacity)
    for number in range(found):
        run = runs[number]
        voted = LANGUAGES[run.language] if run.language < len(LANGUAGES) else ""
        tag = data[low + run.tag_start : low + run.tag_end].decode("utf-8", "replace").lower()
        if language := _language(tag, voted):
            spans.append(CodeSpan(low + run.start, low + run.end, language, run.lines))
    return spans


def _language(tag: str, voted: str) -> str:
    """The language by the word after a fence and by the cues. What is called a shell is often a session."""
    if tag in NO_CODE:
        return ""
    named = TAGS.get(tag, tag)
    return named if named in LANGUAGES and named != "shell" else voted


@cache
def _tables() -> Any:
    tables = ffi.new("aigov_languages *")
    for number, language in enumerate(LANGUAGES):
        tables.semicolons |= (language in SEMICOLONS) << number
        for weight, cues in CUES[language].items():
            for cue in cues:
                for written in {cue, cue.upper()} if language in ANY_CASE else {cue}:
                    _add(tables, written.replace("X", "x") if written != cue else cue, number, weight)
    return tables


def _add(tables: Any, cue: str, language: int, weight: int) -> None:
    head, _, end = cue.partition(" .. ")
    tail = _id(tables, end.removesuffix(" $").split()[-1]) if end else 0
    for path in _paths(tables, head.split(), LANGUAGES[language] in SIGILS):
        node = 0
        for token in path:
            node = lib.aigov_language_step(tables, node, token)
        if node == 0 or lib.aigov_language_cue(tables, node, tail, language, weight):
            raise ValueError(f"no room for the cue `{cue}`")


def _paths(tables: Any, tokens: list[str], sigils: bool) -> list[list[int]]:
    """The ids of the tokens. A `$` that comes last is the end of the line, and where names have it, it is also that."""
    *head, last = [_id(tables, token) for token in tokens]
    if tokens[-1] != "$":
        return [[*head, last]]
    return [[*head, _LINE_END], *([[*head, last]] if sigils else [])]


def _id(tables: Any, token: str) -> int:
    data = token.encode()
    number: int = _KINDS.get(token) or lib.aigov_language_word(tables, data, len(data))
    if number == 0:
        raise ValueError(f"no room for the token `{token}`")
    return number
