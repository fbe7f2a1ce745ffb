"""Findings as `aigov scan` prints them: plain records."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import NamedTuple, NotRequired, TypedDict

from aigov.files import Lines, decode
from aigov.inputs import Input
from aigov_runtime import Engine, redact
from aigov_runtime.model import Confidence, Finding, Kind, Segment
from aigov_runtime.redact import Proposal

# One finding. `start` and `end` are bytes of the UTF-8 text; `line` and `column` (in code points) count from 1.
# `commit` is there when the text came from git, `field` (a JSON pointer) when it may be one of several of a record. The
# functional form, because `class` is a keyword.
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
        "severity": str,
        "reasons": list[str],
        "commit": NotRequired[str],
        "field": NotRequired[str],
    },
)


class Result(NamedTuple):
    """What scanning one text gave; `incomplete` names detectors that could not finish, with the reason.

    `fingerprints` (one for each record) stand for the values found, `redacted` is the text without them; both only when
    asked for.
    """

    records: list[Record]
    incomplete: Mapping[str, str]
    fingerprints: list[str]
    redacted: str | None


class Settings(NamedTuple):
    """How texts are scanned: findings less sure than `minimum` are left out; `salt` (may be None) keys fingerprints;
    `redact` asks for the redacted text."""

    minimum: Confidence
    salt: bytes | None
    redact: bool


def scan_input(engine: Engine, settings: Settings, source: Input) -> Result | None:
    """The result for an input; None for a binary one. Raises OSError when it cannot be read."""
    text = decode(source.read())
    return None if text is None else scan_text(engine, settings, source, text)


def scan_text(engine: Engine, settings: Settings, source: Input, text: str) -> Result:
    """The findings in one text, in order of their start."""
    segment = Segment("user", source.name, text, Kind.FILE)
    scan = engine.scan((segment,))
    data = text.encode()
    lines = Lines(data)
    records: list[Record] = []
    kept: list[Finding] = []
    for finding in scan.findings:
        record = _record(finding, source, lines)
        last = record["line"] + data.count(b"\n", finding.start, finding.end)
        touched = source.lines is None or any(line in source.lines for line in range(record["line"], last + 1))
        if finding.confidence >= settings.minimum and touched:
            records.append(record)
            kept.append(finding)
    return Result(
        records,
        scan.incomplete,
        [] if settings.salt is None else [_fingerprint(settings.salt, finding, data) for finding in kept],
        _redacted(segment, kept) if settings.redact else None,
    )


def _record(finding: Finding, source: Input, lines: Lines) -> Record:
    line, column = lines.locate(finding.start)
    record: Record = {
        "path": source.name,
        "detector": finding.detector,
        "class": finding.cls,
        "confidence": finding.confidence.name.lower(),
        "start": finding.start,
        "end": finding.end,
        "line": line,
        "column": column,
        "severity": finding.severity,
        "reasons": list(finding.reasons),
    }
    if source.commit:
        record["commit"] = source.commit
    return record


def _fingerprint(salt: bytes, finding: Finding, data: bytes) -> str:
    """Stands for (detector, value): HMAC-SHA-256 (RFC 2104), its first 16 bytes in hex."""
    value = finding.detector.encode() + b"\0" + data[finding.start : finding.end]
    return hmac.digest(salt, value, "sha256")[:16].hex()


def _redacted(segment: Segment, findings: list[Finding]) -> str:
    """The text with the label of its detector in place of every finding."""
    edits = redact.plan((segment,), [Proposal(finding, "", "label") for finding in findings], _no_key)
    return redact.apply(segment.text, edits)


def _no_key(style: str, _detector: str, _value: bytes) -> str:
    raise AssertionError(style)  # labels need no key
