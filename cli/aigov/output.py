"""Writing results: JSON and diagnostics to standard output, notes for people to standard error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from aigov_dsl.diagnostics import Diagnostic


def print_json(value: Any) -> None:
    """One JSON document, indented, on standard output."""
    print(json_text(value, orjson.OPT_INDENT_2))


def json_text(value: Any, option: int = 0) -> str:
    """A value as JSON, with orjson's options. A lone surrogate, which UTF-8 cannot hold, is written as its escape."""
    try:
        return orjson.dumps(value, option=option).decode()
    except TypeError:
        return json.dumps(value, indent=2 if option & orjson.OPT_INDENT_2 else None)


def shown(path: Path) -> str:
    """A path as Unicode: bytes of its name that are not UTF-8 become U+FFFD."""
    return os.fsencode(path).decode("utf-8", "replace")


def note(message: str) -> None:
    """One line for people, on standard error."""
    print(f"aigov: {harmless(message)}", file=sys.stderr)


def harmless(text: str) -> str:
    """The text with what could disturb a terminal, as a file's name may, written as escapes."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else f"\\u{{{ord(c):X}}}" for c in text)


def print_diagnostics(diagnostics: Sequence[Diagnostic], sources: Mapping[str, bytes], output: str) -> None:
    """Diagnostics as text, JSON or SARIF on standard output; nothing at all for no text."""
    from aigov_dsl.report import render

    text = render(tuple(diagnostics), sources, format=output, color=colored())
    if text:
        print(text.rstrip("\n"))


def colored() -> bool:
    """Whether standard output takes colour (see no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def count(number: int, noun: str) -> str:
    """`1 rule`, `2 rules`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
