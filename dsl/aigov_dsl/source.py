"""One source text: offsets to lines and columns, and bytes to text."""

from __future__ import annotations

from bisect import bisect_right

from aigov_dsl.ast import Span
from aigov_dsl.diagnostics import Diagnostic
from aigov_dsl.errors import Error

MAX_BYTES = 8 * 1024 * 1024
"""Largest `.gov` file. Long word lists belong into files of their own (`list NAME from "FILE"`)."""


class Source:
    """A text with its path; makes spans."""

    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path
        self._lines = [0]
        start = text.find("\n") + 1
        while start:
            self._lines.append(start)
            start = text.find("\n", start) + 1

    def span(self, start: int, end: int) -> Span:
        """The span of the code points `start` to `end`."""
        line = bisect_right(self._lines, start)
        end_line = bisect_right(self._lines, end)
        return Span(
            self.path,
            start,
            end,
            line,
            start - self._lines[line - 1] + 1,
            end_line,
            end - self._lines[end_line - 1] + 1,
        )


def whole(path: str) -> Span:
    """The span of a file as such, for what cannot be placed inside it."""
    return Span(path, 0, 0, 1, 1, 1, 1)


def decode(data: bytes, path: str) -> str | Diagnostic:
    """The text of a file, or why it is not text."""
    if data.startswith(b"\xef\xbb\xbf"):
        return Error.ENCODING.at(whole(path), "the file starts with a byte-order mark", help="save it without one")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Error.ENCODING.at(whole(path), "the file is UTF-16", help="save it as UTF-8")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        span = Source(before, path).span(len(before), len(before))
        return Error.ENCODING.at(
            span, f"byte 0x{data[error.start]:02x} at offset {error.start} is not UTF-8", help="save the file as UTF-8"
        )
