"""Findings as `aigov scan` prints them: plain records, and SARIF 2.1.0."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypedDict

from aigov import __version__
from aigov.files import Lines
from aigov.output import shown
from aigov_runtime import Engine
from aigov_runtime.model import Kind, Segment

# One finding. `start` and `end` are bytes of the UTF-8 text; `line` and `column` (in code points) count from 1.
# The functional form, because `class` is a keyword.
Record = TypedDict(
    "Record",
    {
        "path": str,
        "detector": str,
        "class": str,
        "confidence": str,
        "start": int,
        "end": int,
        "line": int,
        "column": int,
    },
)


class Result(NamedTuple):
    """What scanning one text gave; `incomplete` names detectors that could not finish, with the reason."""

    records: list[Record]
    incomplete: Mapping[str, str]


def scan_text(engine: Engine, path: str, text: str) -> Result:
    """The findings in one text, in order of their start."""
    scan = engine.scan((Segment("user", path, text, Kind.FILE),))
    lines = Lines(text.encode())
    name = shown(Path(path))
    records: list[Record] = []
    for finding in scan.findings:
        line, column = lines.locate(finding.start)
        records.append(
            {
                "path": name,
                "detector": finding.detector,
                "class": finding.cls,
                "confidence": finding.confidence.name.lower(),
                "start": finding.start,
                "end": finding.end,
                "line": line,
                "column": column,
            }
        )
    return Result(records, scan.incomplete)


_SARIF_LEVELS = {"possible": "note", "likely": "warning", "certain": "error"}


def sarif(records: Iterable[Record]) -> dict[str, Any]:
    """A SARIF 2.1.0 log; one result per record, one rule per detector that found something."""
    from aigov_dsl.report.sarif import uri

    found = list(records)
    rules = sorted({(record["detector"], record["class"]) for record in found})
    results = [
        {
            "ruleId": record["detector"],
            "level": _SARIF_LEVELS[record["confidence"]],
            "message": {"text": f"{record['class']}: {record['detector']} ({record['confidence']})"},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": uri(record["path"])},
                        "region": {
                            "startLine": record["line"],
                            "startColumn": record["column"],
                            "byteOffset": record["start"],
                            "byteLength": record["end"] - record["start"],
                        },
                    }
                }
            ],
        }
        for record in found
    ]
    driver = {
        "name": "aigov",
        "version": __version__,
        "rules": [{"id": detector, "properties": {"class": cls}} for detector, cls in rules],
    }
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
