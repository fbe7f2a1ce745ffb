"""What the rules look at: the checked program beside the syntax trees it was made from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from itertools import chain
from typing import TypeVar

from aigov_dsl import ast, typed
from aigov_dsl.checker import Checked
from aigov_dsl.linter.conditions import Clause
from aigov_dsl.linter.suppressions import Suppressions
from aigov_dsl.source import Source

N = TypeVar("N", bound=ast.Node)
D = TypeVar("D", bound=ast.Documented)

STANDARD = "<aigov>/"
"""How the paths of the standard library start: it is not the author's to mend."""


@dataclass(frozen=True, slots=True)
class RulePair:
    """A rule as written and as checked."""

    source: ast.RuleDecl
    checked: typed.Rule


class Context:
    """The author's own files and the program they make, on a day."""

    def __init__(self, checked: Checked, program: typed.Program, today: date) -> None:
        self.program = program
        self.today = today
        self.all_modules = checked.modules
        self.modules = {path: m for path, m in checked.modules.items() if not path.startswith(STANDARD)}
        self.suppressions = Suppressions(self.modules)
        self._sources = checked.sources
        self._texts: dict[str, Source] = {}

    def source(self, path: str) -> Source:
        """The text of a file, which makes spans."""
        if path not in self._texts:
            self._texts[path] = Source(self._sources[path].decode("utf-8"), path)
        return self._texts[path]

    def slice(self, span: ast.Span) -> str:
        """The text of a span."""
        return self.source(span.path).text[span.start : span.end]

    def has_comment(self, path: str, start: int, end: int) -> bool:
        """Whether a comment stands in a range of a file."""
        return any(start <= comment.span.start < end for comment in self.modules[path].comments)

    def declarations(self, kind: type[D]) -> Iterator[D]:
        """All declarations of a kind in the author's files."""
        for module in self.modules.values():
            for node in module.declarations:
                if isinstance(node, kind):
                    yield node

    def nodes(self, kind: type[N]) -> Iterator[N]:
        """All nodes of a kind in the author's files."""
        return (node for node in self._nodes if isinstance(node, kind))

    @cached_property
    def _nodes(self) -> tuple[ast.Node, ...]:
        return tuple(node for module in self.modules.values() for node in descendants(module))

    @cached_property
    def rules(self) -> tuple[RulePair, ...]:
        """The author's rules, by id."""
        sources = {node.name.text: node for node in self.declarations(ast.RuleDecl)}
        return tuple(RulePair(sources[r.id], r) for r in self.program.rules if r.id in sources)

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """All conditions of the author's rules and exemptions."""
        exempts = {node.span: node for node in self.declarations(ast.ExemptDecl)}
        found: list[Clause] = []
        for pair in self.rules:
            found.append(Clause(pair.source.when, pair.checked.when))
            if pair.source.unless and pair.checked.unless:
                found.append(Clause(pair.source.unless, pair.checked.unless))
        checked = chain.from_iterable(rule.exempts for rule in self.program.rules)
        found += [Clause(exempts[exempt.span].when, exempt.when) for exempt in checked if exempt.span in exempts]
        return tuple(found)

    @cached_property
    def libraries(self) -> frozenset[str]:
        """Paths of files whose declarations may be meant for others: those that a file uses, or all
        when there is no rule to use them.
        """
        if not self.program.rules:
            return frozenset(self.modules)
        used = {package_of(m) for path, m in self.all_modules.items() for m in self.used_by(path)}
        return frozenset(path for path, module in self.modules.items() if package_of(module) in used)

    def used_by(self, path: str) -> Iterator[ast.Module]:
        """The modules that the `use`s of a file bring in."""
        for use in self.all_modules[path].uses:
            yield from self.modules_of(path, use)

    def modules_of(self, path: str, use: ast.Use) -> Iterator[ast.Module]:
        """The modules that one `use` brings in: those of a package, or the file of that name."""
        for other, module in self.all_modules.items():
            if isinstance(use.target, ast.Name):
                matches = package_of(module) == use.target.text
            else:
                matches = other != path and other.rsplit("/", 1)[-1] == use.target.value.rsplit("/", 1)[-1]
            if matches:
                yield module


def package_of(module: ast.Module) -> str:
    """The package of a file."""
    return module.package.name.text if module.package else "policy"


def descendants(node: ast.Node) -> Iterator[ast.Node]:
    """`node` and every node below it, comments excepted."""
    yield node
    for field in fields(node):
        value = getattr(node, field.name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, ast.Node) and not isinstance(item, ast.Comment):
                yield from descendants(item)
