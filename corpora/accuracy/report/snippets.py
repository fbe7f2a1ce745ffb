"""A span in its context, short enough to look at."""

from __future__ import annotations

_MAX_INSIDE = 90


def snippet(text: str, start: int, end: int, around: int = 60) -> tuple[str, str, str]:
    """What stands before, in and after a span, on one line."""
    before, inside, after = text[max(0, start - around) : start], text[start:end], text[end : end + around]
    if len(inside) > _MAX_INSIDE:
        inside = f"{inside[: _MAX_INSIDE - 31]}…{inside[-30:]}"
    return _line(before), _line(inside), _line(after)


def _line(text: str) -> str:
    return "".join(letter if letter.isprintable() else "⏎" if letter == "\n" else "·" for letter in text)
