"""Conditions as written beside conditions as checked, and how to rewrite them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from aigov_dsl import ast, typed


@dataclass(frozen=True, slots=True)
class Term:
    """One node of a condition; `checked` has its meaning."""

    source: ast.Condition
    checked: typed.Condition

    def children(self) -> tuple[Term, ...]:
        """The terms of a connective. Both trees have the same shape, but `a != b` is checked as a negation."""
        match self.source, self.checked:
            case (ast.And(terms=sources), typed.And(terms=checked)) | (ast.Or(terms=sources), typed.Or(terms=checked)):
                return tuple(Term(*pair) for pair in zip(sources, checked, strict=True))
            case ast.Not(term=source), typed.Not(term=inner):
                return (Term(source, inner),)
            case _:
                return ()


@dataclass(frozen=True, slots=True)
class Clause(Term):
    """A whole condition: a `when` or an `unless`."""

    def terms(self) -> Iterator[Term]:
        """Every node, outermost first."""
        waiting: list[Term] = [self]
        while waiting:
            term = waiting.pop()
            yield term
            waiting.extend(reversed(term.children()))


def replaced(tree: ast.Condition, old: ast.Condition, new: ast.Condition) -> ast.Condition:
    """`tree` with the very node `old` replaced by `new`."""
    if tree is old:
        return new
    match tree:
        case ast.And(terms=terms) | ast.Or(terms=terms):
            return replace(tree, terms=tuple(replaced(term, old, new) for term in terms))
        case ast.Not(term=term):
            return replace(tree, term=replaced(term, old, new))
        case _:
            return tree


def without(node: ast.And | ast.Or, term: ast.Condition) -> ast.Condition:
    """The connective without one of its terms; the last one left stands alone."""
    rest = tuple(other for other in node.terms if other is not term)
    return rest[0] if len(rest) == 1 else replace(node, terms=rest)
