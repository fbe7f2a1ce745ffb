"""Names and comments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aigov_dsl import ast
from aigov_dsl.linter.context import Context
from aigov_dsl.linter.registry import Finding, rule

_SNAKE_CASE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*(\.[a-z][a-z0-9]*(_[a-z0-9]+)*)*")
_TODO = re.compile(r"\b(TODO|FIXME|XXX)\b|\btodo:", re.ASCII)


@rule("W170", "naming", "a name that is not in snake_case")
def naming(context: Context) -> Iterator[Finding]:
    """One way to write names, so that nobody has to guess."""
    for node in context.nodes(ast.Node):
        match node:
            case ast.ListDecl() | ast.AttributeDecl() | ast.DetectorDecl() | ast.RuleDecl() | ast.Package():
                name = node.name
            case ast.Use(alias=ast.Name() as alias):
                name = alias
            case ast.ClassClause(name=name):
                pass
            case _:
                continue
        if not _SNAKE_CASE.fullmatch(name.text):
            yield Finding(name.span, f"`{name.text}` is not in snake_case", f"write `{_snake_case(name.text)}`")


def _snake_case(name: str) -> str:
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return re.sub(r"__+", "_", parted).strip("_").lower()


@rule("W171", "todo-comment", "a comment about unfinished work")
def todo_comment(context: Context) -> Iterator[Finding]:
    """A policy in force is finished; open ends belong where they are tracked."""
    for module in context.modules.values():
        for comment in module.comments:
            if match := _TODO.search(comment.text):
                yield Finding(comment.span, f"`{match.group().rstrip(':')}` in a policy", "do it, or open a ticket")
