"""Simplification that keeps the Kleene meaning of a condition and the list of its atoms.

`x or true` inside a larger condition keeps `x`: when the rule ends unknown, every atom that is itself unknown is named
in the decision (`docs/semantics.md`), and a dropped atom could not be. Only a rule whose truth is constant, and so
never unknown, loses its atoms.
"""

from __future__ import annotations

from aigov_compiler.ir import And, Constant, Expression, Not, Or


def fold(expression: Expression) -> Expression:
    """Flatten, cancel double negation, drop neutral constants; a decided whole becomes its constant."""
    simplified = _simplify(expression)
    value = _decided(simplified)
    return simplified if value is None else Constant(value)


def _simplify(expression: Expression) -> Expression:
    match expression:
        case Not(term):
            return _negate(_simplify(term))
        case And(terms):
            return _join(And, terms, absorbing=False)
        case Or(terms):
            return _join(Or, terms, absorbing=True)
        case _:
            return expression


def _negate(term: Expression) -> Expression:
    match term:
        case Not(inner):
            return inner
        case Constant(value):
            return Constant(not value)
        case _:
            return Not(term)


def _join(node: type[And | Or], terms: tuple[Expression, ...], *, absorbing: bool) -> Expression:
    """The absorbing constant (false of `and`, true of `or`) comes first, where its jump skips the rest."""
    kept: list[Expression] = []
    absorbed = False
    for term in map(_simplify, terms):
        if isinstance(term, Constant):
            absorbed |= term.value is absorbing
        elif isinstance(term, node):
            absorbed |= Constant(absorbing) in term.terms
            kept.extend(inner for inner in term.terms if not isinstance(inner, Constant))
        else:
            kept.append(term)
    if absorbed:
        kept.insert(0, Constant(absorbing))
    if not kept:
        return Constant(not absorbing)
    return kept[0] if len(kept) == 1 else node(tuple(kept))


def _decided(expression: Expression) -> bool | None:
    """The truth of an expression when it is the same whatever its leaves are, as far as constants tell."""
    match expression:
        case Constant(value):
            return value
        case Not(term):
            inner = _decided(term)
            return None if inner is None else not inner
        case And(terms):
            values = [_decided(term) for term in terms]
            return False if False in values else None if None in values else True
        case Or(terms):
            values = [_decided(term) for term in terms]
            return True if True in values else None if None in values else False
        case _:
            return None
