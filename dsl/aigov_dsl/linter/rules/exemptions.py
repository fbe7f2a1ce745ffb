"""Exemptions that never end, ended, or answer to nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from aigov_dsl import ast
from aigov_dsl.linter.context import Context
from aigov_dsl.linter.registry import Finding, rule

LONGEST = timedelta(days=366)
"""How far ahead an exemption may expire: a year, so that somebody looks at it again."""


@rule("W140", "exempt-without-expiry", "an exemption that never ends")
def exempt_without_expiry(context: Context) -> Iterator[Finding]:
    """Without `until` it stands for ever."""
    for node in context.declarations(ast.ExemptDecl):
        if node.until is None:
            yield Finding(node.rule.span, f"the exemption from `{node.rule.text}` never ends", "write `until DATE`")


@rule("W141", "exempt-expired", "an exemption that is over")
def exempt_expired(context: Context) -> Iterator[Finding]:
    """It has no effect any more."""
    for node in context.declarations(ast.ExemptDecl):
        if node.until is not None and node.until < context.today:
            yield Finding(
                node.rule.span,
                f"the exemption from `{node.rule.text}` ended on {node.until.isoformat()}",
                "remove it, or renew it",
            )


@rule("W142", "exempt-far-expiry", "an exemption that ends in more than a year")
def exempt_far_expiry(context: Context) -> Iterator[Finding]:
    """Exemptions are looked at again at least once a year."""
    for node in context.declarations(ast.ExemptDecl):
        if node.until is not None and node.until - context.today > LONGEST:
            yield Finding(
                node.rule.span,
                f"the exemption from `{node.rule.text}` lasts until {node.until.isoformat()}, more than a year",
                "choose an earlier day",
            )


@rule("W143", "exempt-without-owner", "an exemption that nobody answers for")
def exempt_without_owner(context: Context) -> Iterator[Finding]:
    """Somebody must know when it is no longer needed."""
    for node in context.declarations(ast.ExemptDecl):
        if node.owner is None or not node.owner.value.strip():
            message = f"nobody is named as the owner of the exemption from `{node.rule.text}`"
            yield Finding(node.rule.span, message, 'write `owner "…"`')


@rule("W144", "exempt-without-reason", "an exemption without a reason")
def exempt_without_reason(context: Context) -> Iterator[Finding]:
    """The reason is what an auditor asks for."""
    for node in context.declarations(ast.ExemptDecl):
        if node.reason is None or not node.reason.value.strip():
            message = f"nothing says why there is an exemption from `{node.rule.text}`"
            yield Finding(node.rule.span, message, 'write `reason "…"`')


@rule("W145", "unconditional-exempt", "an exemption for everybody")
def unconditional_exempt(context: Context) -> Iterator[Finding]:
    """`when true` switches the rule off."""
    for node in context.declarations(ast.ExemptDecl):
        if isinstance(node.when, ast.Constant) and node.when.value:
            message = f"this switches `{node.rule.text}` off for everybody"
            yield Finding(node.when.span, message, "say for whom, or remove the rule")
