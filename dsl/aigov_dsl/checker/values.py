"""Lists as conditions and detectors read them."""

from __future__ import annotations

from collections.abc import Sequence

from aigov_dsl import ast
from aigov_dsl.checker.data import read_list
from aigov_dsl.checker.files import File
from aigov_dsl.checker.names import Declared, Names
from aigov_dsl.errors import Error


class Lists:
    """Reads each list once."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._read: dict[tuple[str, str], tuple[str, ...] | None] = {}

    def read(self, declared: Declared[ast.ListDecl]) -> tuple[str, ...] | None:
        """The entries of a list, in order, each once; None after an error."""
        file, node = declared.file, declared.node
        key = (file.package, node.name.text)
        if key not in self._read:
            if node.file is not None:
                entries = read_list(self._names.library, file, node.file)
            else:
                entries = tuple(item.value for item in node.items or ())
                if not entries:
                    self._names.report(Error.EMPTY.at(node.name.span, f"the list `{node.name.text}` is empty"))
                for item in node.items or ():
                    if not item.value:
                        self._names.report(Error.EMPTY.at(item.span, "an empty string in a list"))
            self._read[key] = None if entries is None else tuple(dict.fromkeys(entries))
        return self._read[key]

    def entries(self, file: File, values: ast.Name | Sequence[ast.String], span: ast.Span) -> tuple[str, ...]:
        """The entries of a named or bracketed list; none after an error."""
        if isinstance(values, ast.Name):
            declared = self._names.list(file, values)
            return (self.read(declared) or ()) if declared else ()
        if not values:
            self._names.report(Error.EMPTY.at(span, "an empty list"))
        for item in values:
            if not item.value:
                self._names.report(Error.EMPTY.at(item.span, "an empty string in a list"))
        return tuple(dict.fromkeys(item.value for item in values))

    def whole_values(self, file: File, values: ast.Name | Sequence[ast.String], span: ast.Span) -> tuple[str, ...]:
        """The same for what compares whole values: an entry with `*` is an error."""
        entries = self.entries(file, values, span)
        glob = next((entry for entry in entries if "*" in entry), None)
        if glob is not None:
            where = values.span if isinstance(values, ast.Name) else span
            message = f"`{glob}` is a glob; only `like any` may read it"
            self._names.report(Error.GLOB.at(where, message))
        return entries
