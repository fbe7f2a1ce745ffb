"""Everything that is declared, by name: attributes, lists, detectors, rules.

Attributes are global. Lists and detectors belong to a package and are seen from its own files by their
bare names, from others through a `use` binding: `shared.teams`. Rules have bare, global names.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Generic, TypeVar

from aigov_dsl import ast, typed
from aigov_dsl.checker.files import File, Library
from aigov_dsl.checker.suggest import did_you_mean
from aigov_dsl.diagnostics import Diagnostic
from aigov_dsl.errors import Error

N = TypeVar("N", bound=ast.Documented)
D = TypeVar("D", ast.ListDecl, ast.DetectorDecl, ast.RuleDecl)


@dataclass(frozen=True, slots=True)
class Declared(Generic[D]):
    """A declaration and the file it stands in."""

    file: File
    node: D


@dataclass(slots=True)
class Names:
    """The tables. `lists` and `detectors` are by package, then bare name; `broken` are names whose
    declarations did not parse, as (package, keyword, name)."""

    library: Library
    attributes: dict[str, typed.Attribute] = field(default_factory=dict)
    lists: dict[str, dict[str, Declared[ast.ListDecl]]] = field(default_factory=dict)
    detectors: dict[str, dict[str, Declared[ast.DetectorDecl]]] = field(default_factory=dict)
    rules: dict[str, Declared[ast.RuleDecl]] = field(default_factory=dict)
    broken: set[tuple[str, str, str]] = field(default_factory=set)
    unread: bool = False
    """A file could not be read, so that a missing name may be declared there."""

    def report(self, diagnostic: Diagnostic) -> None:
        """Adds an error."""
        self.library.diagnostics.append(diagnostic)

    def list(self, file: File, name: ast.Name) -> Declared[ast.ListDecl] | None:
        """The list that `name` means in `file`; None after an error."""
        found: Declared[ast.ListDecl] | None = self._find(file, name, {"list": self.lists})
        return found

    def detector(self, file: File, name: ast.Name) -> Declared[ast.DetectorDecl] | None:
        """The detector that `name` means in `file`; None after an error."""
        found: Declared[ast.DetectorDecl] | None = self._find(file, name, {"detector": self.detectors})
        return found

    def list_or_detector(
        self, file: File, name: ast.Name
    ) -> Declared[ast.ListDecl] | Declared[ast.DetectorDecl] | None:
        """The one that `name` means in `file`; None after an error."""
        tables: Mapping[str, Mapping[str, Mapping[str, Any]]] = {"list": self.lists, "detector": self.detectors}
        found: Declared[ast.ListDecl] | Declared[ast.DetectorDecl] | None = self._find(file, name, tables)
        return found

    def package(self, file: File, name: ast.Name) -> str | None:
        """The package that a binding stands for; None after an error."""
        if name.text in file.bindings:
            return file.bindings[name.text]
        self._unknown(
            name, f"no package is bound to `{name.text}` here", file.bindings, advice=self._way_to(file, name)
        )
        return None

    def _way_to(self, file: File, name: ast.Name) -> str:
        """How to reach the package whose last part is `name`; nothing when there is none."""
        package = next((known for known in self.library.known_packages() if known.endswith(f".{name.text}")), None)
        bound = next((binding for binding, known in file.bindings.items() if known == package), None)
        return f"it is bound to `{bound}`" if bound else f"add `use {package}`" if package else ""

    def attribute(self, name: ast.Name) -> typed.Attribute | None:
        """The attribute of that name; None after an error."""
        if (found := self.attributes.get(name.text)) is not None:
            return found
        if not self._is_broken("attribute", name.text):
            message = f"unknown attribute `{name.text}`"
            self._unknown(name, message, self.attributes, Error.UNKNOWN_ATTRIBUTE)
        return None

    def rule(self, name: ast.Name) -> Declared[ast.RuleDecl] | None:
        """The rule of that name; None after an error."""
        if (found := self.rules.get(name.text)) is not None:
            return found
        if not self._is_broken("rule", name.text):
            self._unknown(name, f"there is no rule `{name.text}`", self.rules)
        return None

    def _find(self, file: File, name: ast.Name, tables: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Any:
        """The declaration of one of the kinds that `tables` holds."""
        binding, _, bare = name.text.rpartition(".")
        package = self.package(file, ast.Name(text=binding, span=name.span)) if binding else file.package
        if package is None:
            return None
        found = [table[package][bare] for table in tables.values() if bare in table.get(package, {})]
        if len(found) > 1:
            message = f"`{name.text}` is both a list and a detector"
            self.report(Error.DUPLICATE.at(name.span, message, help="rename one of them"))
        if found:
            return found[0]
        if not any((package, kind, bare) in self.broken for kind in tables):
            known = [
                candidate if other == file.package and not binding else f"{bound}.{candidate}"
                for bound, other in sorted(file.bindings.items())
                for table in tables.values()
                for candidate in table.get(other, {})
            ]
            whole = f"for all of the package, write `{name.text}.*`" if name.text in file.bindings else ""
            advice = whole if tables.keys() == {"detector"} else ""
            self._unknown(name, f"there is no {' or '.join(tables)} `{name.text}`", known, advice=advice)
        return None

    def _is_broken(self, kind: str, name: str) -> bool:
        return any(entry[1:] == (kind, name) for entry in self.broken)

    def _unknown(
        self,
        name: ast.Name,
        message: str,
        known: Iterable[str],
        error: Error = Error.UNKNOWN_NAME,
        advice: str = "",
    ) -> None:
        """An error for an unknown name, unless it may be declared in a file that could not be read. Without `advice`,
        the nearest of `known` is offered."""
        advice = advice or did_you_mean(name.text, known)
        if advice or not self.unread:
            self.report(error.at(name.span, message, help=advice))


def collect(library: Library) -> Names:
    """Fills the tables and reports what is declared twice."""
    names = Names(library, attributes={a.name: a for a in builtin_attributes()})
    names.unread = any(d.code in _UNREAD for d in library.diagnostics)
    identifiers: dict[str, ast.Name] = {}
    for file in library.files:
        names.broken |= {(file.package, keyword, name) for keyword, name in file.broken}
        for node in file.module.declarations:
            match node:
                case ast.ListDecl():
                    _declare(names, names.lists.setdefault(file.package, {}), file, node, "list")
                case ast.DetectorDecl():
                    _declare(names, names.detectors.setdefault(file.package, {}), file, node, "detector")
                    _unique(names, identifiers, detector_id(file, node), node.name)
                case ast.RuleDecl():
                    _declare(names, names.rules, file, node, "rule")
                case ast.AttributeDecl():
                    _declare_attribute(names, node)
    return names


_UNREAD = frozenset(
    error.code for error in (Error.FILE, Error.ENCODING, Error.TOO_LARGE, Error.TOO_MANY, Error.UNKNOWN_PACKAGE)
)


def detector_id(file: File, node: ast.DetectorDecl) -> str:
    """The last part of the package, a dot, and the name."""
    return f"{file.package.rsplit('.', 1)[-1]}.{node.name.text}"


@cache
def builtin_attributes() -> tuple[typed.Attribute, ...]:
    """The shared vocabulary, generated from the identity models."""
    entries = json.loads(files("aigov_dsl").joinpath("vocabulary.json").read_text("utf-8"))
    return tuple(
        typed.Attribute(
            name=entry["name"],
            kind=entry["kind"],
            optional=entry["optional"],
            phase=entry["phase"],
            values=tuple(entry["values"]),
            doc=entry["doc"],
        )
        for entry in entries
    )


def _declare(names: Names, table: dict[str, Declared[D]], file: File, node: D, kind: str) -> None:
    name = node.name
    if name.text in table:
        first = table[name.text].node.name.span
        names.report(_twice(f"the {kind} `{name.text}` is declared twice", name.span, first))
    else:
        table[name.text] = Declared(file, node)


def _unique(names: Names, identifiers: dict[str, ast.Name], identifier: str, name: ast.Name) -> None:
    """Detectors of packages with the same last part may clash by id."""
    first = identifiers.setdefault(identifier, name)
    if first is not name and not any(d.span == name.span for d in names.library.diagnostics):
        names.report(_twice(f"two detectors have the id `{identifier}`", name.span, first.span))


def _twice(message: str, span: ast.Span, first: ast.Span) -> Diagnostic:
    return Error.DUPLICATE.at(span, message, related=((first, "first declared here"),))


def _declare_attribute(names: Names, node: ast.AttributeDecl) -> None:
    kind, key = node.source or ("claim", ast.String(value=node.name.text, span=node.name.span))
    attribute = typed.Attribute(
        name=node.name.text,
        kind=node.type.kind,
        optional=node.type.optional,
        phase="session" if kind == "claim" else "profile",
        values=node.type.values,
        source=(kind, key.value),
        doc=node.doc or "",
        span=node.span,
    )
    if repeated := _repeated(attribute.values):
        names.report(Error.DUPLICATE.at(node.type.span, f"the value `{repeated}` is given twice"))
    if not key.value:
        names.report(Error.EMPTY.at(key.span, f"the name of the {kind} is empty"))
    first = names.attributes.setdefault(attribute.name, attribute)
    if first.span is None:
        message = f"`{attribute.name}` is a built-in attribute"
        names.report(Error.ATTRIBUTE_CONFLICT.at(node.name.span, message, help="declare it under another name"))
    elif _meaning(first) != _meaning(attribute):
        names.report(
            Error.ATTRIBUTE_CONFLICT.at(
                node.name.span,
                f"`{attribute.name}` is declared differently elsewhere",
                related=((first.span, "first declared here"),),
            )
        )
    elif first is not attribute and first.span.path == node.span.path:
        names.report(_twice(f"the attribute `{attribute.name}` is declared twice", node.name.span, first.span))


def _meaning(attribute: typed.Attribute) -> tuple[object, ...]:
    return attribute.kind, attribute.optional, attribute.values, attribute.source


def _repeated(values: Iterable[str]) -> str | None:
    return next((value for value, count in Counter(values).items() if count > 1), None)


def declarations(library: Library, kind: type[N]) -> Iterator[tuple[File, N]]:
    """All declarations of one kind, in source order."""
    for file in library.files:
        for node in file.module.declarations:
            if isinstance(node, kind):
                yield file, node
