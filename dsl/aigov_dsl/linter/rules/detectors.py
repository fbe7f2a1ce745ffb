"""Detectors that find too much or cannot be referred to."""

from __future__ import annotations

from collections.abc import Iterator

from aigov_dsl import ast
from aigov_dsl.linter.context import Context
from aigov_dsl.linter.registry import Finding, rule

SHORTEST_WORD = 3
WIDEST_NEAR = 500
"""Characters; beyond a paragraph, a word says little about a value."""


@rule("W150", "detector-without-class", "a detector whose findings belong to no class")
def detector_without_class(context: Context) -> Iterator[Finding]:
    """`class NAME` selects findings, and reports group by it."""
    for node in context.declarations(ast.DetectorDecl):
        if not any(isinstance(clause, ast.ClassClause) for clause in node.clauses):
            yield Finding(node.name.span, f"the findings of `{node.name.text}` belong to no class", "write `class …`")


@rule("W151", "short-word", "a word of one or two characters")
def short_word(context: Context) -> Iterator[Finding]:
    """Such words are everywhere."""
    lists = {node.name.text: node for node in context.declarations(ast.ListDecl) if node.items is not None}
    for clause in context.nodes(ast.WordsClause):
        if isinstance(clause.values, tuple):
            items = clause.values
        else:
            named = lists.get(clause.values.text.rsplit(".", 1)[-1])
            items = (named.items or ()) if named else ()
        for item in items:
            if len(item.value) < SHORTEST_WORD:
                yield Finding(item.span, f"`{item.value}` is so short that it is found everywhere", "use a longer word")


@rule("W152", "wide-near", "a `near` that reaches very far")
def wide_near(context: Context) -> Iterator[Finding]:
    """A word further away than a paragraph says little."""
    for clause in context.nodes(ast.NearClause):
        if clause.within.value > WIDEST_NEAR:
            yield Finding(
                clause.within.span,
                f"{clause.within.value:,} characters is more than a paragraph",
                f"at most {WIDEST_NEAR} keep the words about the value",
            )


@rule("W153", "single-cell-match", "a table of several columns where one cell is a finding")
def single_cell_match(context: Context) -> Iterator[Finding]:
    """A first name or a town alone is no customer record."""
    for node in context.declarations(ast.DetectorDecl):
        needed = next((clause.count.value for clause in node.clauses if isinstance(clause, ast.MatchClause)), 1)
        for clause in node.clauses:
            if isinstance(clause, ast.TableClause) and len(clause.columns) > 1 and needed == 1:
                yield Finding(
                    clause.span,
                    "any one cell of any of these columns is a finding",
                    "ask for more of one row: `match 2 within 200 chars`",
                )


@rule("W154", "unreachable-confidence", "a `confidence … when` that never decides")
def unreachable_confidence(context: Context) -> Iterator[Finding]:
    """The first one that holds decides, so one that asks for all that an earlier one does, and more, never does."""
    for node in context.declarations(ast.DetectorDecl):
        earlier: list[ast.ConfidenceClause] = []
        for clause in node.clauses:
            if not isinstance(clause, ast.ConfidenceClause) or not clause.checks:
                continue
            decided = next((other for other in earlier if all(check in clause.checks for check in other.checks)), None)
            if decided is not None:
                yield Finding(
                    clause.span,
                    "this never decides: whenever it holds, an earlier one does",
                    "put the narrower one first",
                    related=((decided.span, "this one"),),
                )
            earlier.append(clause)


@rule("W155", "idle-confidence", "a `confidence … when` that changes nothing")
def idle_confidence(context: Context) -> Iterator[Finding]:
    """The last one that gives what the detector gives anyway."""
    for node in context.declarations(ast.DetectorDecl):
        clauses = [clause for clause in node.clauses if isinstance(clause, ast.ConfidenceClause)]
        base = next((clause.confidence for clause in clauses if not clause.checks), ast.Confidence.LIKELY)
        raised = [clause for clause in clauses if clause.checks]
        if raised and raised[-1].confidence is base:
            message = f"without this, the confidence would be `{base}` too"
            yield Finding(raised[-1].span, message, "remove it, or give another confidence")
