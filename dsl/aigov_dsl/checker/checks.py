"""What detectors ask of a candidate besides its source: words and detectors near, validators, confidence."""

from __future__ import annotations

from collections.abc import Sequence

from aigov_dsl import ast, typed
from aigov_dsl.catalogue import VALIDATORS
from aigov_dsl.checker.files import File
from aigov_dsl.checker.names import Names, detector_id
from aigov_dsl.checker.suggest import did_you_mean
from aigov_dsl.checker.values import Lists
from aigov_dsl.errors import Error

MAX_DISTANCE = 4_096
"""Bytes that `within` may span."""


class Checks:
    """Checks the checks of detectors."""

    def __init__(self, names: Names, lists: Lists) -> None:
        self._names, self._lists = names, lists

    def near(self, file: File, clause: ast.NearClause) -> typed.Near:
        """Words near a candidate."""
        self.distance(clause.within)
        return typed.Near(
            words=self._lists.phrases(file, clause.values, clause.span),
            within=clause.within.value,
            side=clause.side or "",
            negated=clause.negated,
        )

    def validator(self, node: ast.ValidateClause) -> typed.Validate | None:
        """A validator of the catalogue; None after an error."""
        name = node.name.text
        if name not in VALIDATORS:
            advice = did_you_mean(name, VALIDATORS) or f"known are {', '.join(VALIDATORS)}"
            self._names.report(Error.VALIDATOR.at(node.name.span, f"unknown validator `{name}`", help=advice))
            return None
        if VALIDATORS[name] and node.minimum is None:
            message = f"`{name}` needs a minimum"
            self._names.report(Error.VALIDATOR.at(node.span, message, help=f"write `{name} >= 3.5`"))
            return None
        if not VALIDATORS[name] and node.minimum is not None:
            self._names.report(Error.VALIDATOR.at(node.span, f"`{name}` takes no minimum"))
        minimum = None if node.minimum is None else float(node.minimum)
        if minimum is not None and not 0 <= minimum <= 8:
            self._names.report(Error.VALIDATOR.at(node.span, "a minimum is 0 to 8 bits per byte"))
        return typed.Validate(name=name, minimum=minimum, negated=node.negated)

    def raised(self, file: File, clauses: Sequence[ast.ConfidenceClause]) -> tuple[typed.Confidences, ...]:
        """The conditional confidences, in written order."""
        return tuple(
            typed.Confidences(
                confidence=clause.confidence,
                checks=tuple(check for each in clause.checks if (check := self._check(file, each)) is not None),
            )
            for clause in clauses
            if clause.checks
        )

    def _check(self, file: File, node: ast.NearClause | ast.ValidateClause) -> typed.Check | None:
        if isinstance(node, ast.ValidateClause):
            return self.validator(node)
        if not isinstance(node.values, ast.Name):
            return self.near(file, node)
        target = self._names.list_or_detector(file, node.values)
        if target is None:
            return None
        if isinstance(target.node, ast.ListDecl):
            return self.near(file, node)
        self.distance(node.within)
        return typed.NearDetector(
            detector=detector_id(target.file, target.node),
            within=node.within.value,
            side=node.side or "",
            negated=node.negated,
        )

    def distance(self, within: ast.Int) -> None:
        """Reports a distance that makes no sense."""
        if not 1 <= within.value <= MAX_DISTANCE:
            self._names.report(Error.COUNT.at(within.span, f"a distance is 1 to {MAX_DISTANCE:,} characters"))
