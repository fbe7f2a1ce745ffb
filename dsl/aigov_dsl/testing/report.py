"""A test report as JSON or as JUnit XML (the form that CI servers read)."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree as ET

from aigov_dsl.ast import Span
from aigov_dsl.testing.run import Failure, TestReport


def to_json(report: TestReport) -> str:
    """One object: `passed`, `tests` with their failures, `coverage` with percent and the goals that were missed."""
    coverage = report.coverage
    document = {
        "passed": report.passed,
        "tests": [
            {
                "name": result.name,
                **_place(result.span),
                "passed": result.passed,
                "failures": [_failure(failure) for failure in result.failures],
            }
            for result in report.results
        ],
        "coverage": {
            "percent": round(coverage.percent, 1),
            "goals": len(coverage.goals),
            "reached": len(coverage.reached),
            "missed": [
                {"rule": goal.rule, "condition": goal.text, "wanted": goal.wanted, **_place(goal.span)}
                for goal in coverage.missed
            ],
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=2)


def to_junit(report: TestReport) -> str:
    """One test suite; the class name of a test is the file it is written in."""
    failed = sum(not result.passed for result in report.results)
    suite = ET.Element("testsuite", name="aigov", tests=str(len(report.results)), failures=str(failed))
    properties = ET.SubElement(suite, "properties")
    ET.SubElement(properties, "property", name="coverage", value=f"{report.coverage.percent:.1f}")
    for result in report.results:
        span = result.span
        case = ET.SubElement(
            suite, "testcase", classname=span.path, name=_printable(result.name), file=span.path, line=str(span.line)
        )
        for failure in result.failures:
            message = f"expected {failure.expected}, got {failure.got}"
            element = ET.SubElement(case, "failure", message=_printable(message))
            place = f"{failure.span.path}:{failure.span.line}:{failure.span.column}"
            element.text = _printable("\n".join([f"{place}: {message}", *failure.diff]))
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def _failure(failure: Failure) -> dict[str, Any]:
    return {
        **_place(failure.span),
        "expected": failure.expected,
        "got": failure.got,
        "diff": list(failure.diff),
    }


def _place(span: Span) -> dict[str, Any]:
    return {"path": span.path, "line": span.line, "column": span.column}


def _printable(text: str) -> str:
    """Without the characters that XML 1.0 cannot hold (section 2.2)."""
    return re.sub("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)
