"""`// lint: ignore W101 reason`: on the line before a construct, or at its end, silences codes inside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from aigov_dsl import ast
from aigov_dsl.diagnostics import Diagnostic
from aigov_dsl.format import Comments
from aigov_dsl.format.comments import first_offset

_SUPPRESSION = re.compile(r"//+\s*lint:\s*ignore\b(?P<codes>[\s,]*(?:W\d+[\s,]*)*)(?P<reason>.*)")


@dataclass(slots=True)
class Suppression:
    """One comment: the codes it names, the offsets in which they are silenced, and which were needed."""

    comment: ast.Comment
    codes: tuple[str, ...]
    reason: str
    start: int
    end: int
    used: set[str] = field(default_factory=set)

    def silences(self, diagnostic: Diagnostic) -> bool:
        """Inside the construct, or on the very next line (which may be a comment)."""
        span = diagnostic.span
        inside = self.start <= span.start < self.end or span.line == self.comment.span.line + 1
        return diagnostic.code in self.codes and inside


class Suppressions:
    """All suppressions of some files."""

    def __init__(self, modules: Mapping[str, ast.Module]) -> None:
        self._by_path = {path: tuple(_of(module)) for path, module in modules.items()}

    def __iter__(self) -> Iterator[Suppression]:
        for suppressions in self._by_path.values():
            yield from suppressions

    def silence(self, diagnostic: Diagnostic) -> bool:
        """Whether a diagnostic is silenced; remembers by which comments."""
        found = [s for s in self._by_path.get(diagnostic.span.path, ()) if s.silences(diagnostic)]
        for suppression in found:
            suppression.used.add(diagnostic.code)
        return bool(found)


def _of(module: ast.Module) -> Iterator[Suppression]:
    comments = [(c, match) for c in module.comments if (match := _SUPPRESSION.fullmatch(c.text))]
    if not comments:
        return
    places = Comments(module)
    for comment, match in comments:
        node = places.node_of(comment)
        start, end = (first_offset(node), node.span.end) if node else (0, 0)
        codes = tuple(re.findall(r"W\d+", match["codes"]))
        yield Suppression(comment, codes, match["reason"].strip(" -:,"), start, end)
