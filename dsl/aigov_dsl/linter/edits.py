"""Fixes: edits that keep the meaning, and how to apply them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aigov_dsl import ast
from aigov_dsl.diagnostics import Diagnostic, Edit
from aigov_dsl.format import condition_text
from aigov_dsl.linter.conditions import Clause, replaced
from aigov_dsl.linter.context import Context

NO_FIX: tuple[Edit, ...] = ()


def apply_fixes(text: str, diagnostics: Iterable[Diagnostic]) -> str:
    """`text` with the fixes of the diagnostics of one file, in order; one that overlaps an earlier one is left
    out. Lint and apply again until nothing changes.
    """
    chosen: list[Edit] = []
    for diagnostic in diagnostics:
        if not any(_overlap(edit, other) for edit in diagnostic.fix for other in chosen):
            chosen.extend(diagnostic.fix)
    for edit in sorted(chosen, key=lambda edit: edit.span.start, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def _overlap(one: Edit, other: Edit) -> bool:
    return one.span.start <= other.span.end and other.span.start <= one.span.end


def rewrite(context: Context, clause: Clause, old: ast.Condition, new: ast.Condition) -> tuple[Edit, ...]:
    """The clause with one of its nodes replaced. None if a comment in it would be lost."""
    return replace_text(context, clause.source.span, condition_text(replaced(clause.source, old, new)))


def replace_text(context: Context, span: ast.Span, text: str) -> tuple[Edit, ...]:
    """One span replaced, unless a comment in it would be lost."""
    return NO_FIX if context.has_comment(span.path, span.start, span.end) else (Edit(span=span, text=text),)


def remove(context: Context, path: str, start: int, end: int) -> tuple[Edit, ...]:
    """A range of a file removed, unless a comment in it would be lost."""
    return replace_text(context, context.source(path).span(start, end), "")


def remove_item(context: Context, items: Sequence[ast.Node], index: int) -> tuple[Edit, ...]:
    """One item of a bracketed list removed, with the comma before it; never the first one."""
    before, item = items[index - 1].span, items[index].span
    return remove(context, item.path, before.end, item.end)


def remove_lines(context: Context, span: ast.Span) -> Edit:
    """The whole lines of a span removed."""
    source = context.source(span.path)
    start = source.text.rfind("\n", 0, span.start) + 1
    end = source.text.find("\n", span.end) + 1 or len(source.text)
    return Edit(span=source.span(start, end), text="")
