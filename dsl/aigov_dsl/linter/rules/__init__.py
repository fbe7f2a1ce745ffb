"""The lint rules, a module for each family. Importing the package registers them all."""

from aigov_dsl.linter.rules import (
    accountability,
    conditions,
    detectors,
    exemptions,
    style,
    suppressions,
    testing,
    unused,
    values,
)

__all__ = [
    "accountability",
    "conditions",
    "detectors",
    "exemptions",
    "style",
    "suppressions",
    "testing",
    "unused",
    "values",
]
