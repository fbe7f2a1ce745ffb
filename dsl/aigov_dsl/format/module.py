"""Layout of a file: its declarations with the comments and blank lines between them."""

from __future__ import annotations

from itertools import pairwise

from aigov_dsl import ast
from aigov_dsl.diagnostics import PolicyError
from aigov_dsl.format.comments import Comments, comment_text
from aigov_dsl.format.declarations import declaration
from aigov_dsl.format.doc import render
from aigov_dsl.format.expressions import condition
from aigov_dsl.parser import parse


def format_text(text: str, path: str) -> str:
    """The canonical form of a `.gov` text. Raises `PolicyError` when it does not parse."""
    parsed = parse(text, path)
    if parsed.module is None or parsed.diagnostics:
        raise PolicyError(parsed.diagnostics)
    return format_module(parsed.module)


def format_module(module: ast.Module) -> str:
    """The canonical text of a file, with a newline at its end unless it is empty."""
    comments = Comments(module)
    nodes = (*((module.package,) if module.package else ()), *module.uses, *module.declarations)
    pieces = [_comment_lines(comments.of(node).leading, node) + render(declaration(comments, node)) for node in nodes]
    out = pieces[:1]
    for (above, node), (text_above, text) in zip(pairwise(nodes), pairwise(pieces), strict=True):
        one_line = "\n" not in (text if isinstance(node, ast.Use) else text_above + text)
        close = one_line and _belong_together(above, node)
        out.extend(("\n" if close else "\n\n", text))
    closing = _comment_lines(comments.of(module).closing, None).rstrip("\n")
    if closing:
        out.extend(("\n\n" if out else "", closing))
    return "".join(out) + "\n" if out else ""


def condition_text(node: ast.Condition) -> str:
    """A condition in canonical form, on one line."""
    return render(condition(Comments(), node), width=float("inf"))


def _belong_together(above: ast.Node, node: ast.Node) -> bool:
    """Whether two declarations stand without a blank line between them if they take a line each."""
    kinds = (ast.Use, ast.ListDecl, ast.ListChangeDecl, ast.AttributeDecl)
    return (isinstance(above, ast.Package) and isinstance(node, ast.Use)) or any(
        isinstance(above, kind) and isinstance(node, kind) for kind in kinds
    )


def _comment_lines(lines: list[ast.Comment], below: ast.Node | None) -> str:
    """Comments between declarations, a line each; one blank line stays where the author left any."""
    out: list[str] = []
    starts = [comment.span.line for comment in lines] + ([_first_line(below)] if below else [])
    for index, comment in enumerate(lines):
        apart = index + 1 < len(starts) and starts[index + 1] - starts[index] > 1
        out.append(comment_text(comment) + ("\n\n" if apart else "\n"))
    return "".join(out)


def _first_line(node: ast.Node) -> int:
    """The line of the first annotation or keyword, less the lines of documentation above it."""
    if not isinstance(node, ast.Documented):
        return node.span.line
    documentation = node.doc.count("\n") + 1 if node.doc is not None else 0
    return min((node.span.line, *(annotation.span.line for annotation in node.annotations))) - documentation
