"""Diagnostics: what is wrong with a policy text, where, and what to do about it.

One value type; rendering lives in `aigov_dsl.report`. Codes are stable: `E0xx` errors, `W1xx`
lint findings. Messages start in lower case, end without a period and quote the author's words
in backticks (Cedar's rules).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from aigov_dsl.ast import Span


class Level(StrEnum):
    """Error: nothing is compiled. Warning: a lint finding."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Replace `span` by `text`: a fix that keeps the meaning."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One finding about a policy text. `related` points at other places: (span, "first declared here")."""

    code: str
    level: Level
    message: str
    span: Span
    help: str = ""
    related: tuple[tuple[Span, str], ...] = ()
    fix: tuple[Edit, ...] = ()


class PolicyError(Exception):
    """The text does not parse or check; carries every diagnostic found."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        first = diagnostics[0]
        more = f" (and {len(diagnostics) - 1} more)" if len(diagnostics) > 1 else ""
        super().__init__(f"{first.span.path}:{first.span.line}: {first.code}: {first.message}{more}")
        self.diagnostics = diagnostics
