"""JSON, one object: `{"errors": N, "warnings": N, "diagnostics": [...]}`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from aigov_dsl.ast import Span
from aigov_dsl.diagnostics import Diagnostic, Level


def to_json(diagnostics: Sequence[Diagnostic]) -> str:
    """The diagnostics as JSON. Lines and columns count from 1, in code points."""
    levels = [diagnostic.level for diagnostic in diagnostics]
    document = {
        "errors": levels.count(Level.ERROR),
        "warnings": levels.count(Level.WARNING),
        "diagnostics": [_entry(diagnostic) for diagnostic in diagnostics],
    }
    return json.dumps(document, indent=2) + "\n"


def _entry(diagnostic: Diagnostic) -> dict[str, Any]:
    return {
        "code": diagnostic.code,
        "level": diagnostic.level,
        "message": diagnostic.message,
        **_place(diagnostic.span),
        "help": diagnostic.help,
        "related": [{"message": message, **_place(span)} for span, message in diagnostic.related],
        "fix": [{"text": edit.text, **_place(edit.span)} for edit in diagnostic.fix],
    }


def _place(span: Span) -> dict[str, Any]:
    return {
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
