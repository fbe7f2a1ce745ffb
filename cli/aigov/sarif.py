"""Findings as a SARIF 2.1.0 log, in the shape that code scanning services take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from aigov import __version__
from aigov.findings import Record
from aigov_dsl.report.sarif import uri

_LEVELS = {"possible": "note", "likely": "warning", "certain": "error"}
_SCORES = {"low": "3.0", "medium": "5.5", "high": "8.0", "critical": "9.5"}
"""`security-severity`: the middle of the CVSS band that services show under the same word."""


def sarif(records: Iterable[Record], documents: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """One result for each record, one rule for each detector that found something. `documents` are the detectors of
    the bundle by id (`docs/bundle.md`)."""
    found = list(records)
    driver = {
        "name": "aigov",
        "version": __version__,
        "rules": [_rule(documents[detector]) for detector in sorted({record["detector"] for record in found})],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(record) for record in found],
    }
    return {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}


def _rule(detector: Mapping[str, Any]) -> dict[str, Any]:
    said = detector["doc"] or detector["id"]
    return {
        "id": detector["id"],
        "shortDescription": {"text": said.split(". ")[0].split("\n")[0]},
        "fullDescription": {"text": said},
        "help": {"text": detector["remedy"] or said},
        "properties": {
            "class": detector["class"],
            "tags": ["security", detector["class"]],
            "security-severity": _SCORES[detector["severity"]],
        },
    }


def _result(record: Record) -> dict[str, Any]:
    text = f"{record['class']}: {record['detector']} ({record['confidence']}: {', '.join(record['reasons'])})"
    region = {
        "startLine": record["line"],
        "startColumn": record["column"],
        "byteOffset": record["start"],
        "byteLength": record["end"] - record["start"],
    }
    place = {"physicalLocation": {"artifactLocation": {"uri": uri(record["path"])}, "region": region}}
    result = {
        "ruleId": record["detector"],
        "level": _LEVELS[record["confidence"]],
        "message": {"text": text},
        "locations": [place],
    }
    if "commit" in record:
        result["partialFingerprints"] = {"commitSha": record["commit"]}
    return result
