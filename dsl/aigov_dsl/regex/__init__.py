"""Patterns of detectors: text → tree → measurements.

`parse` reads the common subset of `docs/semantics.md` and names what is outside it; `measure` computes
widths and finds nested repeats that multiply.
"""

from aigov_dsl.regex.measure import (
    MAX_POSITIONS,
    MAX_WIDTH,
    Measure,
    check_repeats,
    endless,
    first_bytes,
    literal_length,
    measure,
)
from aigov_dsl.regex.parse import PatternError, parse
from aigov_dsl.regex.tree import Tree

__all__ = [
    "MAX_POSITIONS",
    "MAX_WIDTH",
    "Measure",
    "PatternError",
    "Tree",
    "check_repeats",
    "endless",
    "first_bytes",
    "literal_length",
    "measure",
    "parse",
]
