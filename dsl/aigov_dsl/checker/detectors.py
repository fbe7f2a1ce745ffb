"""Detectors: clauses that fit together, patterns of the subset, examples that are templates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from aigov_dsl import ast, examples, typed
from aigov_dsl.catalogue import LANGUAGES
from aigov_dsl.checker import plugins
from aigov_dsl.checker.checks import Checks
from aigov_dsl.checker.data import read_table
from aigov_dsl.checker.files import STANDARD, File
from aigov_dsl.checker.names import Names, detector_id
from aigov_dsl.checker.patterns import Patterns
from aigov_dsl.checker.selectors import class_of
from aigov_dsl.checker.suggest import did_you_mean
from aigov_dsl.checker.values import Lists
from aigov_dsl.errors import Error

_SINGLE = (
    ast.TableClause,
    ast.MatchClause,
    ast.CodeClause,
    ast.UsingClause,
    ast.ClassClause,
    ast.SeverityClause,
    ast.ConfidenceClause,
    ast.StyleClause,
    ast.ExampleClause,
    ast.GenericClause,
)
_WORDS = {
    ast.TableClause: "table",
    ast.MatchClause: "match",
    ast.CodeClause: "code",
    ast.UsingClause: "using",
    ast.ClassClause: "class",
    ast.SeverityClause: "severity",
    ast.ConfidenceClause: "confidence",
    ast.StyleClause: "redact as",
    ast.ExampleClause: "example",
    ast.GenericClause: "generic",
}
_SOURCES = (ast.PatternClause, ast.WordsClause, ast.TableClause, ast.CodeClause, ast.UsingClause)
C = TypeVar("C", bound=ast.Node)
V = TypeVar("V")


class Detectors:
    """Checks the detectors of all files."""

    def __init__(self, names: Names, lists: Lists) -> None:
        self._names, self._lists = names, lists
        self._patterns, self._checks = Patterns(names), Checks(names, lists)

    def check(self, file: File, node: ast.DetectorDecl) -> typed.Detector:
        """The typed form of a detector; errors are reported and their clauses left out."""
        for kind in _SINGLE:
            for repeated in [c for c in _all(node, kind) if not (isinstance(c, ast.ConfidenceClause) and c.checks)][1:]:
                message = f"`{_WORDS[kind]}` is given twice"
                self._names.report(Error.DUPLICATE_CLAUSE.at(repeated.span, message))
        sources, confidences = self._sources(file, node), _all(node, ast.ConfidenceClause)
        if not any(isinstance(clause, _SOURCES) for clause in node.clauses):
            self._names.report(
                Error.DETECTOR.at(
                    node.name.span,
                    f"the detector `{node.name.text}` looks for nothing",
                    help="give it a `pattern`, `words`, a `table`, `code` or a plug-in (`using`)",
                )
            )
        return typed.Detector(
            id=detector_id(file, node),
            package=file.package,
            name=node.name.text,
            sources=sources,
            near=tuple(self._checks.near(file, clause) for clause in _all(node, ast.NearClause)),
            validators=tuple(v for c in _all(node, ast.ValidateClause) if (v := self._checks.validator(c)) is not None),
            ignore=tuple(self._ignore(file, clause) for clause in _all(node, ast.IgnoreClause)),
            cls=class_of(node),
            family=self._family(file, node),
            generic=bool(_all(node, ast.GenericClause)),
            severity=_one(node, ast.SeverityClause, lambda clause: clause.severity, ast.Severity.MEDIUM),
            confidence=next((c.confidence for c in confidences if not c.checks), ast.Confidence.LIKELY),
            raised=self._checks.raised(file, confidences),
            style=_one(node, ast.StyleClause, lambda clause: clause.style, None),
            doc=node.doc or "",
            source=self._note(node, "source"),
            remedy=self._note(node, "remedy"),
            example=self._example(node),
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
                    if words := self._lists.phrases(file, values, clause.span):
                        found.append(typed.Words(words=words))
                case ast.TableClause():
                    if (table := self._table(file, clause, match_clause)) is not None:
                        found.append(table)
                case ast.CodeClause(languages=languages):
                    found.append(typed.Code(languages=self._languages(languages)))
                case ast.UsingClause():
                    if (plugin := plugins.source(self._names, node, clause)) is not None:
                        found.append(plugin)
        return tuple(found)

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
            self._checks.distance(match_clause.within)
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

    def _ignore(self, file: File, clause: ast.IgnoreClause) -> typed.Ignore:
        if isinstance(clause.values, ast.Name):
            values = self._lists.ignored(file, clause.values)
            for everything in (value for value in values if set(value) == {"*"}):
                self._ignores_all(everything, clause.values.span)
            return typed.Ignore(values=values, patterns=())
        literals: list[str] = []
        patterns: list[str] = []
        for value in clause.values:
            if isinstance(value, ast.String):
                literals.append(value.value)
                if set(value.value) == {"*"}:
                    self._ignores_all(value.value, value.span)
            elif self._patterns.well_formed(value):
                patterns.append(value.pattern)
        return typed.Ignore(values=tuple(dict.fromkeys(literals)), patterns=tuple(dict.fromkeys(patterns)))

    def _ignores_all(self, glob: str, span: ast.Span) -> None:
        message = f"the glob `{glob}` ignores every value"
        self._names.report(Error.GLOB.at(span, message, help="stars themselves are matched by a pattern: `/^[*]+$/`"))

    def _family(self, file: File, node: ast.DetectorDecl) -> str:
        shares = file.package.split(".")[0] == STANDARD or _all(node, ast.GenericClause)
        return class_of(node) if shares else ""

    def _note(self, node: ast.DetectorDecl, kind: str) -> str:
        notes = [clause for clause in _all(node, ast.NoteClause) if clause.kind == kind]
        for note in notes[1:]:
            self._names.report(Error.DUPLICATE_CLAUSE.at(note.span, f"`{kind}` is given twice"))
        for note in notes:
            if not note.text.value.strip():
                self._names.report(Error.EMPTY.at(note.text.span, f"the {kind} is empty"))
        return notes[0].text.value if notes else ""

    def _example(self, node: ast.DetectorDecl) -> str:
        template = next((clause.template for clause in _all(node, ast.ExampleClause)), None)
        if template is None:
            return ""
        try:
            examples.check(template.value)
        except examples.TemplateError as error:
            self._names.report(Error.EXAMPLE.at(template.span, str(error), help=error.help))
        return template.value


def _all(node: ast.DetectorDecl, kind: type[C]) -> list[C]:
    return [clause for clause in node.clauses if isinstance(clause, kind)]


def _one(node: ast.DetectorDecl, kind: type[C], value: Callable[[C], V], default: V) -> V:
    return next((value(clause) for clause in _all(node, kind)), default)
