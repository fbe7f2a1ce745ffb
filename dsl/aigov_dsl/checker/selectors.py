"""Selectors to detector ids."""

from __future__ import annotations

from aigov_dsl import ast
from aigov_dsl.checker.files import File
from aigov_dsl.checker.names import Names, detector_id
from aigov_dsl.checker.suggest import did_you_mean
from aigov_dsl.errors import Error

UNCLASSIFIED = "unclassified"
"""The class of a detector that names none."""


class Selectors:
    """Resolves selectors; `used` gathers every detector id that one named."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._by_class: dict[str, set[str]] = {}
        self.used: set[str] = set()
        for package in names.detectors.values():
            for declared in package.values():
                identifier = detector_id(declared.file, declared.node)
                self._by_class.setdefault(class_of(declared.node), set()).add(identifier)

    def resolve(self, file: File, selector: ast.Selector) -> tuple[str, ...]:
        """The ids that `selector` means in `file`, sorted; what is wrong is reported and left out."""
        found = tuple(sorted(self._resolve(file, selector)))
        self.used.update(found)
        return found

    def _resolve(self, file: File, selector: ast.Selector) -> set[str]:
        match selector:
            case ast.UnionSelector(items=items):
                return set().union(*(self._resolve(file, item) for item in items))
            case ast.DetectorSelector(name=name):
                declared = self._names.detector(file, name)
                return {detector_id(declared.file, declared.node)} if declared else set()
            case ast.PackageSelector(package=name):
                package = self._names.package(file, name)
                return self._of_package(package, name) if package is not None else set()
            case ast.ClassSelector(name=name):
                return self._of_class(name, selector.span)

    def _of_package(self, package: str, name: ast.Name) -> set[str]:
        declared = self._names.detectors.get(package, {})
        if not declared and not self._names.unread and not self._broken():
            self._names.report(Error.UNKNOWN_NAME.at(name.span, f"the package `{package}` has no detectors"))
        return {detector_id(entry.file, entry.node) for entry in declared.values()}

    def _of_class(self, name: str, span: ast.Span) -> set[str]:
        if name not in self._by_class and not self._names.unread and not self._broken():
            advice = did_you_mean(name, self._by_class)
            self._names.report(Error.UNKNOWN_NAME.at(span, f"no detector has the class `{name}`", help=advice))
        return self._by_class.get(name, set())

    def _broken(self) -> bool:
        """Whether some detector did not parse, which may be the one that is missed."""
        return any(kind == "detector" for _, kind, _ in self._names.broken)


def class_of(node: ast.DetectorDecl) -> str:
    """The class that a detector gives its findings."""
    return next((c.name.text for c in node.clauses if isinstance(c, ast.ClassClause)), UNCLASSIFIED)
