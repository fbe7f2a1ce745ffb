"""Patterns of detectors, checked and measured; errors point into the pattern."""

from __future__ import annotations

from aigov_dsl import ast, typed
from aigov_dsl.checker.names import Names
from aigov_dsl.errors import Error
from aigov_dsl.regex import (
    MAX_POSITIONS,
    MAX_WIDTH,
    Measure,
    PatternError,
    Tree,
    check_repeats,
    endless,
    measure,
    parse,
)
from aigov_dsl.source import Source


class Patterns:
    """Checks patterns."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._sources: dict[str, Source] = {}

    def source(self, clause: ast.PatternClause) -> typed.Pattern | None:
        """A pattern that looks for something; None after an error."""
        regex, problem = clause.regex, None
        read = self._read(regex)
        if read is None:
            return None
        tree, size, groups = read
        if repeat := endless(tree):
            hint = f"bound the repeat: `{{{repeat.low},64}}`" if repeat.low < 64 else "bound the repeat"
            span = self._span(regex, repeat.start, repeat.end)
            problem = Error.PATTERN_WIDTH.at(span, "the pattern's longest match has no bound", help=hint)
        elif size.high is not None and size.high > MAX_WIDTH:
            message = f"the pattern's longest match has {size.high:,} bytes; at most {MAX_WIDTH:,} are allowed"
            problem = Error.PATTERN_WIDTH.at(regex.span, message, help="bound the repeat")
        group = clause.group.value if clause.group else 0
        if clause.group and not 1 <= group <= groups:
            has = "one group" if groups == 1 else f"{groups} groups" if groups else "no groups"
            problem = Error.GROUP.at(clause.group.span, f"there is no group {group}; the pattern has {has}")
        if problem is not None:
            self._names.report(problem)
            return None
        return typed.Pattern(regex=regex.pattern, group=group, max_width=size.high or 0, span=regex.span)

    def well_formed(self, regex: ast.Regex) -> bool:
        """Whether a pattern of `ignore` is well formed. It meets one value only, so its width is free."""
        return self._read(regex) is not None

    def _read(self, regex: ast.Regex) -> tuple[Tree, Measure, int] | None:
        """The tree, its measure and the number of groups; None after an error."""
        try:
            tree, groups = parse(regex.pattern)
            check_repeats(tree)
        except PatternError as error:
            span = self._span(regex, error.start, error.end)
            self._names.report(error.error.at(span, error.message))
            return None
        size = measure(tree)
        if size.positions > MAX_POSITIONS:
            message = "the pattern, with its repeats written out, is too large"
            self._names.report(Error.PATTERN_EXPLOSION.at(regex.span, message))
            return None
        if size.low == 0:
            self._names.report(
                Error.PATTERN_EMPTY.at(
                    regex.span, "the pattern matches the empty string", help="make one part required"
                )
            )
            return None
        return tree, size, groups

    def _span(self, regex: ast.Regex, start: int, end: int) -> ast.Span:
        r"""A place in the pattern as a place in the file: `\/` is two characters there."""
        path = regex.span.path
        if path not in self._sources:
            text = self._names.library.sources[path].decode("utf-8")
            self._sources[path] = Source(text, path)
        source = self._sources[path]
        offsets, position = [], regex.span.start + 1
        while position < regex.span.end - 1:
            offsets.append(position)
            position += 2 if source.text.startswith("\\/", position) else 1
        offsets.append(position)
        first = offsets[min(start, len(offsets) - 1)]
        return source.span(first, max(offsets[min(end, len(offsets) - 1)], first + 1))
