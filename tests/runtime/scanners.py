"""Bundles and scanners of detectors alone."""

from __future__ import annotations

from typing import Any

from aigov_compiler import compile_program
from aigov_dsl.typed import Detector
from aigov_runtime.scan import Scanner
from tests.dsl.build import program


def scanner(*detectors: Detector) -> Scanner:
    """A scanner for checked detectors."""
    return Scanner.from_document(*parts(*detectors))


def parts(*detectors: Detector) -> tuple[list[dict[str, Any]], dict[str, Any], tuple[bytes, ...]]:
    """`detectors` and `scan` of docs/bundle.md, and the sections."""
    compiled = compile_program(program(*detectors))
    return compiled.document["detectors"], compiled.document["scan"], compiled.sections
