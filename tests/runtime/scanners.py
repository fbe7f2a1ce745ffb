"""Bundle sections and scanners of detectors alone."""

from __future__ import annotations

from typing import Any

from aigov_compiler import compile_program
from aigov_dsl.typed import Detector
from aigov_runtime.scan import Scanner
from tests.dsl.build import program


def scanner(*detectors: Detector) -> Scanner:
    """A scanner for checked detectors."""
    return Scanner.from_document(*sections(*detectors))


def sections(*detectors: Detector) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The `detectors` and `scan` sections of docs/bundle.md."""
    document = compile_program(program(*detectors)).document
    return document["detectors"], document["scan"]
