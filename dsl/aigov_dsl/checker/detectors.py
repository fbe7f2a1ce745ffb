"""Detectors: clauses that fit together, patterns of the subset, validators of the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from aigov_dsl import ast, typed
from aigov_dsl.catalogue import LANGUAGES, VALIDATORS
from aigov_dsl.checker.data import read_table
from aigov_dsl.checker.files import File
from aigov_dsl.checker.names import Names, detector_id
from aigov_dsl.checker.patterns import Patterns
from aigov_dsl.checker.selectors import class_of
from aigov_dsl.checker.suggest import did_you_mean
from aigov_dsl.checker.values import Lists
from aigov_dsl.errors import Error

MAX_DISTANCE = 4_096
"""Bytes that `within` may span."""

_SINGLE = (
    ast.TableClause,
    ast.MatchClause,
    ast.CodeClause,
    ast.ClassClause,
    ast.SeverityClause,
    ast.ConfidenceClause,
    ast.StyleClause,
)
_WORDS = {
    ast.TableClause: "table",
    ast.MatchClause: "match",
    ast.CodeClause: "code",
    ast.ClassClause: "class",
    ast.SeverityClause: "severity",
    ast.ConfidenceClause: "confidence",
    ast.StyleClause: "redact as",
}
C = TypeVar("C", bound=ast.Node)
V = TypeVar("V")


class Detectors:
    """Checks the detectors of all files."""

    def __init__(self, names: Names, lists: Lists) -> None:
        self._names, self._lists = names, lists
        self._patterns = Patterns(names)

    def check(self, file: File, node: ast.DetectorDecl) -> typed.Detector:
        """The typed form of a detector; errors are reported and their clauses left out."""
        for kind in _SINGLE:
            for repeated in _all(node, kind)[1:]:
                message = f"`{_WORDS[kind]}` is given twice"
                self._names.report(Error.DUPLICATE_CLAUSE.at(repeated.span, message))
        sources = self._sources(file, node)
        if not any(
            isinstance(c, ast.PatternClause | ast.WordsClause | ast.TableClause | ast.CodeClause) for c in node.clauses
        ):
            self._names.report(
                Error.DETECTOR.at(
                    node.name.span,
                    f"the detector `{node.name.text}` looks for nothing",
                    help="give it a `pattern`, `words`, a `table` or `code`",
                )
            )
        return typed.Detector(
            id=detector_id(file, node),
            package=file.package,
            name=node.name.text,
            sources=sources,
            near=tuple(self._near(file, clause) for clause in _all(node, ast.NearClause)),
            validators=tuple(v for c in _all(node, ast.ValidateClause) if (v := self._validate(c)) is not None),
            ignore=self._ignore(file, _all(node, ast.IgnoreClause)),
            cls=class_of(node),
            severity=_one(node, ast.SeverityClause, lambda clause: clause.severity, ast.Severity.MEDIUM),
            confidence=_one(node, ast.ConfidenceClause, lambda clause: clause.confidence, ast.Confidence.LIKELY),
            style=_one(node, ast.StyleClause, lambda clause: clause.style, None),
            doc=node.doc or "",
            span=node.span,
        )

    def _sources(self, file: File, node: ast.DetectorDecl) -> tuple[typed.Source, ...]:
        match_clause = next(iter(_all(node, ast.MatchClause)), None)
        tables = _all(node, ast.TableClause)
        if match_clause and not tables:
            self._names.report(Error.DETECTOR.at(match_clause.span, "`match` goes with a `table`"))
        found: list[typed.Source] = []
        for clause in node.clauses:
            match clause:
                case ast.PatternClause():
                    if (pattern := self._patterns.source(clause)) is not None:
                        found.append(pattern)
                case ast.WordsClause(values=values):
                    if words := self._phrases(file, values, clause.span):
                        found.append(typed.Words(words=words))
                case ast.TableClause():
                    if (table := self._table(file, clause, match_clause)) is not None:
                        found.append(table)
                case ast.CodeClause(languages=languages):
                    found.append(typed.Code(languages=self._languages(languages)))
        return tuple(found)

    def _phrases(self, file: File, values: ast.Name | Sequence[ast.String], span: ast.Span) -> tuple[str, ...]:
        words = self._lists.whole_values(file, values, span)
        if blank := next((word for word in words if not any(c.isalnum() for c in word)), None):
            message = f"`{blank}` is no word: it has no letter and no digit"
            self._names.report(Error.EMPTY.at(span, message))
        return words

    def _table(self, file: File, clause: ast.TableClause, match_clause: ast.MatchClause | None) -> typed.Table | None:
        columns = tuple(column.text for column in clause.columns)
        for index, column in enumerate(clause.columns):
            if column.text in columns[:index]:
                message = f"the column `{column.text}` is given twice"
                self._names.report(Error.DUPLICATE_CLAUSE.at(column.span, message))
        count, within = 1, 0
        if match_clause:
            count, within = match_clause.count.value, match_clause.within.value
            if not 1 <= count <= len(columns):
                message = f"the table has {len(columns)} named columns; a match cannot need {count}"
                self._names.report(Error.COUNT.at(match_clause.count.span, message))
            self._check_distance(match_clause.within)
        rows = read_table(self._names.library, file, clause.file, clause.columns)
        if rows is None:
            return None
        return typed.Table(file=clause.file.value, columns=columns, rows=rows, count=count, within=within)

    def _languages(self, languages: Sequence[ast.Name]) -> tuple[str, ...]:
        for language in languages:
            if language.text not in LANGUAGES:
                advice = did_you_mean(language.text, LANGUAGES) or f"known are {', '.join(LANGUAGES)}"
                message = f"unknown language `{language.text}`"
                self._names.report(Error.LANGUAGE.at(language.span, message, help=advice))
        return tuple(sorted({language.text for language in languages}))

    def _near(self, file: File, clause: ast.NearClause) -> typed.Near:
        self._check_distance(clause.within)
        return typed.Near(words=self._phrases(file, clause.values, clause.span), within=clause.within.value)

    def _check_distance(self, within: ast.Int) -> None:
        if not 1 <= within.value <= MAX_DISTANCE:
            self._names.report(Error.COUNT.at(within.span, f"a distance is 1 to {MAX_DISTANCE:,} characters"))

    def _validate(self, clause: ast.ValidateClause) -> typed.Validate | None:
        name = clause.name.text
        if name not in VALIDATORS:
            advice = did_you_mean(name, VALIDATORS) or f"known are {', '.join(VALIDATORS)}"
            self._names.report(Error.VALIDATOR.at(clause.name.span, f"unknown validator `{name}`", help=advice))
            return None
        if VALIDATORS[name] and clause.minimum is None:
            message = f"`{name}` needs a minimum"
            self._names.report(Error.VALIDATOR.at(clause.span, message, help=f"write `validate {name} >= 3.5`"))
            return None
        if not VALIDATORS[name] and clause.minimum is not None:
            self._names.report(Error.VALIDATOR.at(clause.span, f"`{name}` takes no minimum"))
        minimum = None if clause.minimum is None else float(clause.minimum)
        if minimum is not None and not 0 <= minimum <= 8:
            self._names.report(Error.VALIDATOR.at(clause.span, "a minimum is 0 to 8 bits per byte"))
        return typed.Validate(name=name, minimum=minimum)

    def _ignore(self, file: File, clauses: Sequence[ast.IgnoreClause]) -> typed.Ignore:
        literals: list[str] = []
        patterns: list[str] = []
        for clause in clauses:
            if isinstance(clause.values, ast.Name):
                literals += self._lists.whole_values(file, clause.values, clause.span)
                continue
            for value in clause.values:
                if isinstance(value, ast.String):
                    literals.append(value.value)
                elif self._patterns.well_formed(value):
                    patterns.append(value.pattern)
        return typed.Ignore(literals=tuple(dict.fromkeys(literals)), patterns=tuple(dict.fromkeys(patterns)))


def _all(node: ast.DetectorDecl, kind: type[C]) -> list[C]:
    return [clause for clause in node.clauses if isinstance(clause, kind)]


def _one(node: ast.DetectorDecl, kind: type[C], value: Callable[[C], V], default: V) -> V:
    return next((value(clause) for clause in _all(node, kind)), default)
