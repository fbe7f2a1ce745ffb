"""Source code in text: runs of lines that look like code, and Markdown fences.

A heuristic on lines, not a parser. A line counts when it is shaped like code (it ends in `;`, `{`, `:` after a
call, an assignment, …) or carries a cue of some language (`def f(`, `#include <`, `SELECT … FROM`). A run needs
at least three such lines, blank lines aside, and one cue; it belongs to every language whose cue it holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

MIN_LINES = 3
MAX_LINE = 2_000
"""A longer line (data, minified text) does not count."""

_CUES: Mapping[str, tuple[bytes, ...]] = {
    "c": (
        rb"#\s*include\s*[<\"]",
        rb"\b(?:int|void|char|static|struct|size_t)\b[\w\s*]{0,80}\([^)]*\)\s*\{?$",
        rb"->\w+|\bsizeof\b",
    ),
    "cpp": (
        rb"#\s*include\s*<|\bstd::|\btemplate\s*<|\bnamespace\s+\w+",
        rb"\b(?:public|private):$|\bauto\s+\w+\s*=",
    ),
    "csharp": (
        rb"^\s*using\s+[\w.]+;|\bnamespace\s+[\w.]+",
        rb"\b(?:public|private|internal)\s+(?:static\s+|async\s+)*[\w<>]+\s+\w+",
    ),
    "go": (rb"^\s*package\s+\w+$|^\s*func\s*(?:\(|\w+\s*\()", rb":=|\bif\s+err\s*!=\s*nil|\bchan\s+\w+"),
    "java": (
        rb"^\s*import\s+(?:static\s+)?[a-z]\w*(?:\.\w+)+;|@Override",
        rb"\b(?:public|private|protected)\s+(?:static\s+|final\s+)*[\w<>\[\]]+\s+\w+",
    ),
    "javascript": (
        rb"\b(?:const|let|var)\s+[\w${\[][^=]*=|\bfunction\b\s*\w*\s*\(|=>\s*[{(\w]",
        rb"\brequire\(|\bmodule\.exports\b|^\s*import\s.+\sfrom\s+['\"]",
    ),
    "php": (rb"<\?php|\$\w+\s*=|\$this->|\bfunction\s+\w+\s*\(.*\$",),
    "python": (
        rb"^\s*(?:async\s+)?def\s+\w+\s*\(|^\s*class\s+\w+.*:$|\bself\.\w+",
        rb"^\s*from\s+[\w.]+\s+import\s|^\s*import\s+\w+(?:\s+as\s+\w+)?$|^\s*(?:elif|except|with)\b.*:$",
    ),
    "ruby": (
        rb"^\s*def\s+[\w.?!]+(?:\s*\(.*\))?$|^\s*require(?:_relative)?\s+['\"]|\bdo\s*\|\w+|\.each\b",
        rb"^\s*(?:module|class)\s+[A-Z]\w*(?:\s*<\s*[\w:]+)?$",
    ),
    "rust": (
        rb"\bfn\s+\w+\s*[<(]|\blet\s+(?:mut\s+)?\w+\s*[:=]|\bimpl\b.*\{$|^\s*use\s+\w+(?:::[\w{*]+)+",
        rb"\bpub\s+(?:fn|struct|enum|mod)\b|\w+!\(",
    ),
    "shell": (
        rb"^#!/.*\bsh$|^\s*(?:if|while)\s+\[|^\s*(?:fi|done|esac)$|\$\{?\w+\}?",
        rb"^\s*(?:sudo|export|echo|cd|grep|curl)\s",
    ),
    "sql": (
        rb"(?i:\bselect\b.+\bfrom\b|^\s*select\s*$|\binsert\s+into\b|\bupdate\s+\w+\s+set\b)",
        rb"(?i:\bcreate\s+(?:table|view|index)\b|^\s*(?:from|where|(?:left\s|inner\s)?\s*join|group\s+by|order\s+by)\s)",
    ),
    "typescript": (
        rb"\binterface\s+\w+.*\{$|:\s*(?:string|number|boolean|void|Promise<)|\btype\s+\w+\s*=",
        rb"\b(?:const|let)\s+\w+\s*:\s*\w+|^\s*import\s.+\sfrom\s+['\"]",
    ),
}
LANGUAGES = tuple(_CUES)

_CUE = {language: re.compile(b"|".join(cues)) for language, cues in _CUES.items()}
_SHAPE = re.compile(
    b"|".join(
        (
            rb"[;{}]\s*(?://.*|#.*)?$",  # the end of a statement or block
            rb"^\s*[)\]}]+[;,]?$",  # closing brackets alone
            rb"\)\s*(?:->\s*[\w\[\], .|]+)?:$",  # a Python header
            rb"^\s*(?:return|else|try|break|continue|pass|end|fi|done)\b[^.]*$",
            rb"^\s*[\w.\[\]$'\"]+\s*(?:[-+*/|&]?=|:=)\s*\S",  # an assignment
            rb"^\s*[\w.]+\([^)]*\)\s*$",  # a call
            rb"^\s*(?://|/\*|\*\s|#!?\s?\w|--\s|@\w)",  # a comment or decorator
            rb"^\s{4,}\S.*[({\[,]$",  # an unfinished argument list
        )
    )
)
_FENCE = re.compile(rb"^[ ]{0,3}(?:```|~~~)[ ]*([\w+#-]*)")
_ALIASES = {
    "bash": "shell",
    "c#": "csharp",
    "c++": "cpp",
    "cs": "csharp",
    "golang": "go",
    "js": "javascript",
    "py": "python",
    "rb": "ruby",
    "rs": "rust",
    "sh": "shell",
    "ts": "typescript",
    "zsh": "shell",
}


class _Line(NamedTuple):
    start: int
    end: int
    languages: frozenset[str]
    shaped: bool
    blank: bool


def code_spans(text: bytes, languages: tuple[str, ...]) -> list[tuple[int, int]]:
    """Spans of whole lines (without the last line break) that look like code in one of `languages` (none: any)."""
    wanted = frozenset(languages or LANGUAGES)
    spans = []
    run: list[_Line] = []
    for line in _lines(text):
        if line.shaped or line.languages or (line.blank and run):
            run.append(line)
        else:
            spans += _accepted(run, wanted)
            run = []
    return spans + _accepted(run, wanted)


def _accepted(run: list[_Line], wanted: frozenset[str]) -> list[tuple[int, int]]:
    while run and run[-1].blank:
        run.pop()
    written = sum(not line.blank for line in run)
    if written < MIN_LINES or not any(line.languages & wanted for line in run):
        return []
    return [(run[0].start, run[-1].end)]


def _lines(text: bytes) -> Iterator[_Line]:
    """Every line, classified; all lines of a Markdown fence are code in the language that it names."""
    start, fenced = 0, None
    for raw in text.split(b"\n"):
        end = start + len(raw)
        line = raw[:MAX_LINE].rstrip()
        fence = _FENCE.match(line)
        if fence:
            name = fence[1].decode("ascii", "replace").lower()
            fenced = None if fenced is not None else frozenset({_ALIASES.get(name, name)} & set(LANGUAGES))
            yield _Line(start, end, frozenset(), False, False)
        elif fenced is not None and line:
            yield _Line(start, end, fenced | _cues(line), True, False)
        elif len(raw) > MAX_LINE:
            yield _Line(start, end, frozenset(), False, False)
        else:
            yield _Line(start, end, _cues(line), _SHAPE.search(line) is not None, not line)
        start = end + 1


def _cues(line: bytes) -> frozenset[str]:
    return frozenset(language for language, cue in _CUE.items() if cue.search(line))
