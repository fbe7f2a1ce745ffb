"""SARIF 2.1.0 (OASIS Static Analysis Results Interchange Format), as code-scanning tools read it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aigov_dsl.ast import Span
from aigov_dsl.diagnostics import Diagnostic, Edit, Level
from aigov_dsl.errors import titles
from aigov_dsl.linter import RULES

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def to_sarif(diagnostics: Sequence[Diagnostic]) -> str:
    """The diagnostics as one SARIF run."""
    codes = sorted({diagnostic.code for diagnostic in diagnostics})
    known = titles() | {code: rule.title for code, rule in RULES.items()}
    run = {
        "tool": {"driver": {"name": "aigov", "rules": [_rule(code, known.get(code)) for code in codes]}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, codes.index(diagnostic.code)) for diagnostic in diagnostics],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(code: str, title: str | None) -> dict[str, Any]:
    return {"id": code, "shortDescription": {"text": title}} if title else {"id": code}


def _result(diagnostic: Diagnostic, index: int) -> dict[str, Any]:
    text = diagnostic.message + (f" ({diagnostic.help})" if diagnostic.help else "")
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": index,
        "level": "error" if diagnostic.level == Level.ERROR else "warning",
        "message": {"text": text},
        "locations": [_location(diagnostic.span)],
    }
    if diagnostic.related:
        result["relatedLocations"] = [
            {"id": number, **_location(span), "message": {"text": message}}
            for number, (span, message) in enumerate(diagnostic.related, 1)
        ]
    if diagnostic.fix:
        result["fixes"] = [{"artifactChanges": [_change(edit) for edit in diagnostic.fix]}]
    return result


def _location(span: Span) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": {"uri": uri(span.path)}, "region": _region(span)}}


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _change(edit: Edit) -> dict[str, Any]:
    replacement = {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}}
    return {"artifactLocation": {"uri": uri(edit.span.path)}, "replacements": [replacement]}


def uri(path: str) -> str:
    """A relative reference, or a `file:` URI for an absolute path (RFC 3986)."""
    return Path(path).as_uri() if Path(path).is_absolute() else quote(path, errors="surrogateescape")
