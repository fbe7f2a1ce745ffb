"""Lists as conditions and detectors read them: as declared, then overridden, then extended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from aigov_dsl import ast
from aigov_dsl.checker.data import read_list
from aigov_dsl.checker.files import File
from aigov_dsl.checker.names import Declared, Names, declarations
from aigov_dsl.errors import Error

_Key = tuple[str, str]


class Change(NamedTuple):
    """An `extend` or `override` and the file it stands in."""

    file: File
    node: ast.ListChangeDecl


class Lists:
    """Reads each list once."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._read: dict[_Key, tuple[str, ...] | None] = {}
        self._overrides: dict[_Key, Change] = {}
        self._extensions: dict[_Key, list[Change]] = {}
        for file, node in declarations(names.library, ast.ListChangeDecl):
            if (declared := names.list(file, node.name)) is not None:
                self._change(_key(declared), Change(file, node))

    def _change(self, key: _Key, change: Change) -> None:
        if not change.node.override:
            self._extensions.setdefault(key, []).append(change)
            return
        first = self._overrides.setdefault(key, change)
        if first is not change:
            message = f"`{change.node.name.text}` is overridden twice"
            related = ((first.node.name.span, "first overridden here"),)
            self._names.report(Error.DUPLICATE.at(change.node.name.span, message, related=related))

    def read(self, declared: Declared[ast.ListDecl]) -> tuple[str, ...] | None:
        """The entries of a list, in order, each once; None after an error. Only one that is overridden can be empty."""
        key = _key(declared)
        if key not in self._read:
            parts = [self._written(declared.file, declared.node, may_be_empty=False)]
            if (override := self._overrides.get(key)) is not None:
                parts = [self._written(override.file, override.node, may_be_empty=True)]
            for extension in self._extensions.get(key, ()):
                parts.append(self._written(extension.file, extension.node, may_be_empty=False))
            entries = [entry for part in parts if part is not None for entry in part]
            self._read[key] = None if None in parts else tuple(dict.fromkeys(entries))
        return self._read[key]

    def _written(
        self, file: File, node: ast.ListDecl | ast.ListChangeDecl, *, may_be_empty: bool
    ) -> tuple[str, ...] | None:
        """The entries of one declaration; None after an error."""
        if node.file is not None:
            return read_list(self._names.library, file, node.file)
        items = node.items or ()
        if not items and not may_be_empty:
            self._names.report(Error.EMPTY.at(node.name.span, f"the list `{node.name.text}` is empty"))
        for item in items:
            if not item.value:
                self._names.report(Error.EMPTY.at(item.span, "an empty string in a list"))
        return tuple(item.value for item in items)

    def entries(self, file: File, values: ast.Name | Sequence[ast.String], span: ast.Span) -> tuple[str, ...]:
        """The entries of a named or bracketed list; none after an error."""
        if isinstance(values, ast.Name):
            entries = self._named(file, values)
            if entries == ():
                message = f"the list `{values.text}` is overridden with nothing"
                self._names.report(Error.EMPTY.at(values.span, message))
            return entries or ()
        if not values:
            self._names.report(Error.EMPTY.at(span, "an empty list"))
        for item in values:
            if not item.value:
                self._names.report(Error.EMPTY.at(item.span, "an empty string in a list"))
        return tuple(dict.fromkeys(item.value for item in values))

    def phrases(self, file: File, values: ast.Name | Sequence[ast.String], span: ast.Span) -> tuple[str, ...]:
        """The same for words to look for: each has a letter or a digit."""
        words = self.whole_values(file, values, span)
        if blank := next((word for word in words if not any(c.isalnum() for c in word)), None):
            message = f"`{blank}` is no word: it has no letter and no digit"
            self._names.report(Error.EMPTY.at(span, message))
        return words

    def ignored(self, file: File, name: ast.Name) -> tuple[str, ...]:
        """The entries of a named list, of which there may be none."""
        return self._named(file, name) or ()

    def _named(self, file: File, name: ast.Name) -> tuple[str, ...] | None:
        declared = self._names.list(file, name)
        return self.read(declared) if declared else None

    def whole_values(self, file: File, values: ast.Name | Sequence[ast.String], span: ast.Span) -> tuple[str, ...]:
        """The same for what compares whole values: an entry with `*` is an error."""
        entries = self.entries(file, values, span)
        glob = next((entry for entry in entries if "*" in entry), None)
        if glob is not None:
            where = values.span if isinstance(values, ast.Name) else span
            message = f"`{glob}` is a glob; only `like any` and `ignore` may read it"
            self._names.report(Error.GLOB.at(where, message))
        return entries


def _key(declared: Declared[ast.ListDecl]) -> _Key:
    return declared.file.package, declared.node.name.text
