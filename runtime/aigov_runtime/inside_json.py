r"""Replacements inside JSON that is text: a tool call's arguments as they are being written.

The text around a replacement is part of a string of that JSON, where `\n`, `\"` and `\u0041` stand for one character
(RFC 8259, section 7).
"""

from __future__ import annotations

import json
import re

_PAIR = rb"u[Dd][89ABab][0-9A-Fa-f]{2}\\u[Dd][C-Fc-f][0-9A-Fa-f]{2}"
_ESCAPE = re.compile(rb"\\(?:%b|u[0-9A-Fa-f]{4}|[^u])" % _PAIR, re.DOTALL)
_LONGEST = 12
"""Bytes of an escape: a pair of surrogates."""

_BACKSLASH = ord("\\")
_CUT = re.compile(r"\\(?=\*)")


def value_of(text: bytes) -> bytes | None:
    """What a part of a string stands for, in UTF-8; None when it is no such part (a quote ends the string in it)."""
    try:
        value: str = json.loads(b'"%b"' % text, strict=False)
    except ValueError:
        return None
    return value.encode("utf-8", "surrogatepass")


def escaped(value: str) -> str:
    """The value as part of a string."""
    return json.dumps(value, ensure_ascii=False)[1:-1]


def mended(masked: str) -> str:
    """What a mask left of more than one string, without the halves of escapes."""
    return _CUT.sub("*", masked)


def widened(data: bytes, start: int, end: int) -> tuple[int, int]:
    """The span with the whole of the escapes that it cuts."""
    return _escape_around(data, start)[0], _escape_around(data, end)[1]


def _escape_around(data: bytes, cut: int) -> tuple[int, int]:
    """Where the escape starts and ends that a cut parts, else the cut twice."""
    at = data.find(b"\\", max(0, cut - _LONGEST), cut)
    while at > 0 and data[at - 1] == _BACKSLASH:  # in pairs from the first of them
        at -= 1
    while 0 <= at < cut:
        escape = _ESCAPE.match(data, at)
        end = escape.end() if escape else at + 1
        if end > cut:
            return at, end
        at = data.find(b"\\", end, cut)
    return cut, cut
