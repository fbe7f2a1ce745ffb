"""Bundle sections written by hand, as the compiler lowers them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aigov_dsl import typed
from aigov_dsl.ast import Confidence
from aigov_runtime.scan import Scanner
from aigov_runtime.scan.tables import MIN_CELL_CHARS, cell_hash, normalise

TABLE_KEY = b"k" * 32


def scanner(*detectors: typed.Detector) -> Scanner:
    """A scanner for checked detectors."""
    return Scanner.from_document(*sections(detectors))


def sections(detectors: Sequence[typed.Detector]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The `detectors` and `scan` sections of docs/bundle.md."""
    scan: dict[str, Any] = {"patterns": [], "databases": {}, "words": [], "tables": []}
    for number, detector in enumerate(detectors):
        for source in detector.sources:
            match source:
                case typed.Pattern():
                    scan["patterns"].append(
                        {
                            "detector": number,
                            "regex": source.regex.encode(),
                            "group": source.group,
                            "width": source.max_width,
                        }
                    )
                case typed.Words():
                    scan["words"].append({"detector": number, "words": list(source.words)})
                case typed.Table():
                    scan["tables"].append(_table(number, source))
    return [_detector(detector) for detector in detectors], scan


def _table(number: int, table: typed.Table) -> dict[str, Any]:
    rows = [[normalise(cell) for cell in row] for row in table.rows]
    return {
        "detector": number,
        "key": TABLE_KEY,
        "columns": list(table.columns),
        "lengths": sorted({len(cell) for row in rows for cell in row if len(cell) >= MIN_CELL_CHARS}),
        "rows": [[cell_hash(TABLE_KEY, cell) if len(cell) >= MIN_CELL_CHARS else None for cell in row] for row in rows],
    }


def _detector(detector: typed.Detector) -> dict[str, Any]:
    table = next((source for source in detector.sources if isinstance(source, typed.Table)), None)
    code = next((source for source in detector.sources if isinstance(source, typed.Code)), None)
    return {
        "id": detector.id,
        "name": detector.name,
        "package": detector.package,
        "class": detector.cls,
        "severity": str(detector.severity),
        "confidence": list(Confidence).index(detector.confidence),
        "style": str(detector.style or ""),
        "doc": detector.doc,
        "near": [{"words": list(near.words), "within": near.within} for near in detector.near],
        "validate": [{"name": check.name, "minimum": check.minimum} for check in detector.validators],
        "ignore": {
            "literals": list(detector.ignore.literals),
            "patterns": [pattern.encode() for pattern in detector.ignore.patterns],
        },
        "table": None if table is None else {"count": table.count, "within": table.within},
        "languages": None if code is None else list(code.languages),
    }
