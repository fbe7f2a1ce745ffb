"""Annotations: `@owner("…") @ticket("…") @control("…") @severity(high)`."""

from __future__ import annotations

from dataclasses import dataclass

from aigov_dsl import ast
from aigov_dsl.checker.names import Names
from aigov_dsl.checker.suggest import did_you_mean
from aigov_dsl.errors import Error

_KNOWN = ("owner", "ticket", "control", "severity")
_ONCE = frozenset({"owner", "severity"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What the annotations of one declaration say."""

    owner: str
    tickets: tuple[str, ...]
    controls: tuple[str, ...]
    severity: ast.Severity | None


class Annotations:
    """Checks annotations."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def of(self, node: ast.Documented) -> Facts:
        """What the annotations of `node` say; errors are reported and left out."""
        values: dict[str, list[ast.String]] = {name: [] for name in _KNOWN}
        for annotation in node.annotations:
            if annotation.name not in _KNOWN:
                known = [f"@{name}" for name in _KNOWN]
                advice = did_you_mean(f"@{annotation.name}", known) or f"known are {', '.join(f'`{n}`' for n in known)}"
                self._report(annotation, f"unknown annotation `@{annotation.name}`", advice)
            elif len(annotation.arguments) != 1 or not annotation.arguments[0].value:
                self._report(annotation, f"`@{annotation.name}` takes one value", f'write `@{annotation.name}("…")`')
            elif annotation.name in _ONCE and values[annotation.name]:
                self._report(annotation, f"`@{annotation.name}` is given twice")
            else:
                values[annotation.name].append(annotation.arguments[0])
        return Facts(
            owner=values["owner"][0].value if values["owner"] else "",
            tickets=tuple(value.value for value in values["ticket"]),
            controls=tuple(value.value for value in values["control"]),
            severity=self._severity(values["severity"]),
        )

    def _severity(self, values: list[ast.String]) -> ast.Severity | None:
        if not values:
            return None
        try:
            return ast.Severity(values[0].value)
        except ValueError:
            known = [str(severity) for severity in ast.Severity]
            advice = did_you_mean(values[0].value, known) or f"severities are {', '.join(known)}"
            message = f"`{values[0].value}` is no severity"
            self._names.report(Error.ANNOTATION.at(values[0].span, message, help=advice))
            return None

    def _report(self, annotation: ast.Annotation, message: str, advice: str = "") -> None:
        self._names.report(Error.ANNOTATION.at(annotation.span, message, help=advice))
