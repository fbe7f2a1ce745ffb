"""Cuts a file into declarations, so that each is parsed on its own and one broken rule does not
hide the next.

One linear pass over the tokens that matter: comments, strings, patterns, words and brackets.
A declaration ends where the next one starts. One starts at its keyword (`rule`, `list`, …)
outside brackets, or, for when a bracket was never closed, at a keyword that opens a line
and is followed by what a declaration of that kind goes on with.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from aigov_dsl.ast import Comment
from aigov_dsl.diagnostics import Diagnostic
from aigov_dsl.errors import Error
from aigov_dsl.source import Source
from aigov_dsl.unicode_safety import unsafe_name

MAX_DEPTH = 64
"""Deepest nesting of brackets and `not`."""

_TOKEN = re.compile(
    r"""
      (?P<space>[ \t\r\n]+)
    | (?P<doc>///(?!/)[^\n]*)
    | (?P<comment>//[^\n]*)
    | (?P<string>"(?:[^"\\\n]|\\.)*")
    | (?P<unclosed_string>"[^\n]*)
    | (?P<regex>/(?:[^/\\\n]|\\.)+/)
    | (?P<unclosed_regex>/[^\n]*)
    | (?P<word>[^\W\d]\w*(?:\.[^\W\d]\w*)*)
    | (?P<open>[(\[{])
    | (?P<close>[)\]}])
    | (?P<at>@)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_NAME = r"[^\W\d][\w.]*"
_SHAPES = {
    keyword: re.compile(rf"{keyword}\s+{shape}")
    for keyword, shape in {
        "package": _NAME,
        "use": rf"(?:{_NAME}|\")",
        "list": rf"{_NAME}\s*(?:=|from\b)",
        "extend": rf"{_NAME}\s*(?:=|from\b)",
        "override": rf"{_NAME}\s*(?:=|from\b)",
        "attribute": rf"{_NAME}\s*:",
        "detector": rf"{_NAME}\s*\{{",
        "default": r"(?:allow|block)\b",
        "rule": rf"{_NAME}\s*(?:\{{|on\b)",
        "exempt": rf"{_NAME}\s+when\b",
        "test": r"\"",
    }.items()
}
"""What a declaration of each kind goes on with."""

_NAMED = re.compile(rf"\w+\s+(?P<name>{_NAME})")
KEYWORDS = tuple(_SHAPES)
_BRACED = frozenset({"detector", "rule", "test"})
_CLOSES = {")": "(", "]": "[", "}": "{"}


@dataclass(slots=True)
class Chunk:
    """The text of one declaration, or of what stands in its place. `keyword` is "" when none was seen."""

    start: int
    end: int
    keyword: str = ""
    name: str = ""
    unclosed: tuple[int, str] | None = None
    docs: list[Comment] = field(default_factory=list)


@dataclass(slots=True)
class Scan:
    """All chunks and comments of a file, in source order."""

    chunks: list[Chunk]
    comments: list[Comment]
    diagnostics: list[Diagnostic]


class _Brackets:
    """The open brackets, with the nesting depth that `not` adds to."""

    def __init__(self) -> None:
        self.stack: list[tuple[str, int, int]] = []
        self._open = {"(": 0, "[": 0, "{": 0}
        self.depth = 0

    def open(self, bracket: str, offset: int) -> None:
        self.stack.append((bracket, offset, self.depth))
        self._open[bracket] += 1
        self.depth += 1

    def close(self, bracket: str) -> None:
        """Closes down to the matching bracket; one that was never opened is left to the parser."""
        opener = _CLOSES[bracket]
        if not self._open[opener]:
            return
        while True:
            top, _, _ = self.stack.pop()
            self._open[top] -= 1
            if top == opener:
                break
        self.settle()

    def settle(self) -> None:
        """Forgets the `not`s since the last bracket."""
        self.depth = self.stack[-1][2] + 1 if self.stack else 0


class _Scanner:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.result = Scan([], [], [])
        self.chunk: Chunk | None = None
        self.brackets = _Brackets()
        self.prefix = False  # only `///` and annotations so far
        self.annotated = False
        self.complete = False  # the chunk's braces are closed: whatever follows is another declaration
        self.too_deep = False

    def start(self, offset: int, *, prefix: bool = False) -> Chunk:
        """Ends the chunk at hand and starts one."""
        if self.chunk is not None and self.brackets.stack:
            bracket, at, _ = self.brackets.stack[0]
            self.chunk.unclosed = (at, bracket)
        self.brackets = _Brackets()
        self.chunk = Chunk(offset, offset)
        self.result.chunks.append(self.chunk)
        self.prefix, self.annotated, self.complete, self.too_deep = prefix, False, False, False
        return self.chunk

    def run(self) -> Scan:
        source = self.source
        line_first, previous = True, ""
        for match in _TOKEN.finditer(source.text):
            kind, start, end = match.lastgroup or "", match.start(), match.end()
            if kind == "space":
                line_first = line_first or "\n" in match.group()
                continue
            if kind == "comment" or (kind == "doc" and self.brackets.stack):
                self.result.comments.append(self._comment(match, line_first))
                line_first = False
                continue
            chunk = self._chunk_of(match, kind, line_first, previous)
            if kind == "doc":
                chunk.docs.append(self._comment(match, line_first))
            elif kind == "at":
                self.annotated = True
            elif kind == "word":
                if problem := unsafe_name(source, start, end):
                    self.result.diagnostics.append(problem)
            elif kind == "open":
                self.brackets.open(match.group(), start)
            elif kind == "close":
                self.brackets.close(match.group())
                self.complete = match.group() == "}" and not self.brackets.stack and chunk.keyword in _BRACED
            elif kind in ("unclosed_string", "unclosed_regex"):
                what = "string" if kind == "unclosed_string" else "pattern"
                self.result.diagnostics.append(
                    Error.STRING.at(
                        source.span(start, end),
                        f"the {what} is not closed on its line",
                        help=f"close it with `{match.group()[0]}`",
                    )
                )
            self._nest(match, kind)
            if self.brackets.depth > MAX_DEPTH and not self.too_deep:
                self.too_deep = True
                self.result.diagnostics.append(
                    Error.TOO_DEEP.at(source.span(start, end), f"nested more than {MAX_DEPTH} levels deep")
                )
            chunk.end, line_first, previous = end, False, kind
        return self._finish()

    def _chunk_of(self, match: re.Match[str], kind: str, line_first: bool, previous: str) -> Chunk:
        """The chunk that a token belongs to: the one at hand or a new one."""
        start, inside = match.start(), bool(self.brackets.stack)
        if kind in ("doc", "at"):
            if self.chunk is None or not (self.prefix or inside) or (kind == "at" and inside and line_first):
                return self.start(start, prefix=True)
            return self.chunk
        if kind == "word" and match.group() in _SHAPES and previous != "at" and (line_first or not inside):
            shape = _SHAPES[match.group()].match(self.source.text, start)
            if shape or (line_first and not inside):
                chunk = self.chunk if self.chunk is not None and self.prefix and not inside else self.start(start)
                named = _NAMED.match(self.source.text, start)
                chunk.keyword, chunk.name = match.group(), named["name"] if named else ""
                self._undocumented(chunk, start)
                self.prefix = False
                return chunk
        if self.chunk is None or self.complete:
            return self.start(start)
        if not inside and kind == "word" and previous != "at":
            self.prefix = False
        return self.chunk

    def _undocumented(self, chunk: Chunk, start: int) -> None:
        """`///` lines above `package` and `use` document nothing: they are comments."""
        if chunk.keyword in ("package", "use") and not self.annotated:
            self.result.comments.extend(chunk.docs)
            chunk.docs.clear()
            chunk.start = start

    def _nest(self, match: re.Match[str], kind: str) -> None:
        if kind == "word" and match.group() == "not":
            self.brackets.depth += 1
        elif kind not in ("open", "close"):
            self.brackets.settle()

    def _comment(self, match: re.Match[str], own_line: bool) -> Comment:
        text = match.group().rstrip()
        return Comment(text=text, own_line=own_line, span=self.source.span(match.start(), match.start() + len(text)))

    def _finish(self) -> Scan:
        if self.chunk is not None:
            if self.brackets.stack:
                bracket, at, _ = self.brackets.stack[0]
                self.chunk.unclosed = (at, bracket)
            if self.prefix and not self.annotated:
                self.result.comments.extend(self.chunk.docs)
                self.result.chunks.pop()
        self.result.comments.sort(key=lambda comment: comment.span.start)
        return self.result


def scan(source: Source) -> Scan:
    """Cuts `source` into declarations."""
    return _Scanner(source).run()
