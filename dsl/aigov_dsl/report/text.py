"""Text with the source line and a caret, after rustc's example.

error[E024]: unknown attribute `request.modle`
  --> egress.gov:3:8
   |
 3 |   when request.modle == "gpt-4o"
   |        ^^^^^^^^^^^^^
   = help: did you mean `request.model`?
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from aigov_dsl.ast import Span
from aigov_dsl.diagnostics import Diagnostic, Level
from aigov_dsl.unicode_safety import escape_unsafe

_MAX_CELLS = 160
"""Cells of a quoted line; a longer one is cut around the place it is quoted for."""

_TAB = "    "
_RESET, _BOLD, _BLUE = "\x1b[0m", "\x1b[1m", "\x1b[1;34m"
_COLORS = {Level.ERROR: "\x1b[1;31m", Level.WARNING: "\x1b[1;33m"}


def to_text(diagnostics: Sequence[Diagnostic], sources: Mapping[str, bytes], *, color: bool) -> str:
    """All diagnostics, with blank lines between them."""
    writer = _Writer(sources, color=color)
    return "\n".join("".join(f"{line}\n" for line in writer.lines(diagnostic)) for diagnostic in diagnostics)


class _Writer:
    def __init__(self, sources: Mapping[str, bytes], *, color: bool) -> None:
        self._sources = sources
        self._lines: dict[str, list[str]] = {}
        self._color = color

    def lines(self, diagnostic: Diagnostic) -> Iterator[str]:
        paint = _COLORS[diagnostic.level]
        title = self._paint(paint, f"{diagnostic.level}[{diagnostic.code}]")
        yield title + self._paint(_BOLD, f": {_visible(diagnostic.message)}")
        spans = [diagnostic.span, *(span for span, _ in diagnostic.related)]
        gutter = max(len(str(span.line)) for span in spans)
        yield from self._quote(diagnostic.span, gutter, paint, "^")
        for span, message in diagnostic.related:
            yield f"{' ' * gutter} {self._paint(_BLUE, '=')} note: {_visible(message)}"
            yield from self._quote(span, gutter, _BLUE, "-")
        if diagnostic.help:
            yield f"{' ' * gutter} {self._paint(_BLUE, '=')} help: {_visible(diagnostic.help)}"

    def _quote(self, span: Span, gutter: int, paint: str, mark: str) -> Iterator[str]:
        margin = " " * gutter
        yield f"{margin}{self._paint(_BLUE, '-->')} {_visible(span.path)}:{span.line}:{span.column}"
        line = self._line(span)
        if line is None:
            return
        end = span.end_column if span.end_line == span.line else len(line) + 1
        before, marked, after = line[: span.column - 1], line[span.column - 1 : end - 1], line[end - 1 :]
        before, marked, after = _crop(_shown(before), _shown(marked), _shown(after))
        bar = self._paint(_BLUE, "|")
        yield f"{margin} {bar}"
        yield f"{self._paint(_BLUE, f'{span.line:>{gutter}}')} {bar} {before}{marked}{after}".rstrip()
        yield f"{margin} {bar} {' ' * _cells(before)}{self._paint(paint, mark * max(_cells(marked), 1))}"

    def _line(self, span: Span) -> str | None:
        """The source line of a span; None for what is about a file as such."""
        if span.path not in self._sources or (span.end == 0 and span.line == 1):
            return None
        if span.path not in self._lines:
            self._lines[span.path] = self._sources[span.path].decode("utf-8", "replace").split("\n")
        lines = self._lines[span.path]
        return lines[span.line - 1].rstrip("\r") if span.line <= len(lines) else None

    def _paint(self, paint: str, text: str) -> str:
        return f"{paint}{text}{_RESET}" if self._color else text


def _visible(text: str) -> str:
    """The text with characters that could disturb a terminal written as escapes."""
    return escape_unsafe(text).replace("\n", "\\n")


def _shown(text: str) -> str:
    return escape_unsafe(text.replace("\t", _TAB))


def _cells(text: str) -> int:
    """How many terminal cells a text takes."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(c) in ("W", "F") for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) != 0 for c in text)


def _crop(before: str, marked: str, after: str) -> tuple[str, str, str]:
    """The three parts of a line, cut so that the marked one stays in sight."""
    if len(before) + len(marked) + len(after) <= _MAX_CELLS:
        return before, marked, after
    third = _MAX_CELLS // 3
    if len(before) > third:
        before = "…" + before[-third:]
    if len(marked) > third:
        return before, marked[:third] + "…", ""
    return before, marked, after if len(after) <= third else after[:third] + "…"
