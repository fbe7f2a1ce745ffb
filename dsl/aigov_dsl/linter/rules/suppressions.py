"""Suppression comments that are not needed or say too little. They run last: their codes are the highest."""

from __future__ import annotations

from collections.abc import Iterator

from aigov_dsl.linter.context import Context
from aigov_dsl.linter.edits import NO_FIX, remove_lines
from aigov_dsl.linter.registry import RULES, Finding, rule


@rule("W190", "unused-suppression", "a suppression that suppresses nothing", fixable=True)
def unused_suppression(context: Context) -> Iterator[Finding]:
    """What it silenced is gone."""
    for suppression in context.suppressions:
        unused = [code for code in suppression.codes if code in RULES and code not in suppression.used]
        if unused:
            whole = suppression.comment.own_line and len(unused) == len(suppression.codes)
            yield Finding(
                suppression.comment.span,
                f"nothing to ignore here: {', '.join(unused)}",
                "remove it",
                fix=(remove_lines(context, suppression.comment.span),) if whole else NO_FIX,
            )


@rule("W191", "vague-suppression", "a suppression without known codes or a reason")
def vague_suppression(context: Context) -> Iterator[Finding]:
    """Say what is ignored, and why."""
    for suppression in context.suppressions:
        unknown = [code for code in suppression.codes if code not in RULES]
        if not suppression.codes or unknown:
            problem = f"there is no {unknown[0]}" if unknown else "no code is named"
        elif not suppression.reason:
            problem = "no reason is given"
        else:
            continue
        yield Finding(suppression.comment.span, problem, "write `// lint: ignore W101 because …`")
