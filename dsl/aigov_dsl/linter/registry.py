"""What a lint rule is, and the table of all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from aigov_dsl.ast import Span
from aigov_dsl.diagnostics import Diagnostic, Edit, Level
from aigov_dsl.linter.context import Context


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule has to say about one place; the fix, if any, keeps the meaning."""

    span: Span
    message: str
    help: str = ""
    related: tuple[tuple[Span, str], ...] = ()
    fix: tuple[Edit, ...] = ()


Check = Callable[[Context], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One lint rule. `docs/lint/CODE.md` explains it; a code never changes its meaning."""

    code: str
    name: str
    title: str
    fixable: bool
    check: Check

    def diagnostics(self, context: Context) -> Iterable[Diagnostic]:
        """Its findings, under its code."""
        for finding in self.check(context):
            yield Diagnostic(
                code=self.code,
                level=Level.WARNING,
                message=finding.message,
                span=finding.span,
                help=finding.help,
                related=finding.related,
                fix=finding.fix,
            )


RULES: dict[str, Rule] = {}


def rule(code: str, name: str, title: str, *, fixable: bool = False) -> Callable[[Check], Check]:
    """Registers a check under its code."""

    def register(check: Check) -> Check:
        assert code not in RULES, f"{code} is taken"
        RULES[code] = Rule(code, name, title, fixable, check)
        return check

    return register
