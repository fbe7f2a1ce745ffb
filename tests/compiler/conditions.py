"""Random conditions over few predicates, and Kleene evaluation of them that is plain enough to believe."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import product

from hypothesis import strategies as st

from aigov_compiler.ir import And, Constant, Expression, Leaf, Not, Or, Predicate
from aigov_runtime.core.isa import Phase
from aigov_runtime.core.isa import Predicate as Kind
from tests.dsl.build import AT

Truth = bool | None
"""None is unknown."""

PREDICATES = (
    *(Predicate(kind=Kind.IS_TRUE, phase=Phase.SESSION, attribute=f"s{n}", text=f"s{n}") for n in range(2)),
    *(Predicate(kind=Kind.STRING_IN, phase=Phase.PROFILE, attribute=f"p{n}", text=f"p{n}") for n in range(2)),
    Predicate(kind=Kind.INT_LT, phase=Phase.CALL, attribute="c", text="c"),
    Predicate(kind=Kind.PAYLOAD, phase=Phase.CALL, detectors=("t.a",), integer=1, text="payload"),
)
NUMBERS = {predicate: number for number, predicate in enumerate(PREDICATES)}


def _terms(
    node: Callable[[tuple[Expression, ...]], Expression],
) -> Callable[[st.SearchStrategy[Expression]], st.SearchStrategy[Expression]]:
    return lambda inner: st.lists(inner, min_size=2, max_size=4).map(tuple).map(node)


expressions: st.SearchStrategy[Expression] = st.recursive(
    st.sampled_from(PREDICATES).map(lambda predicate: Leaf(predicate, AT)) | st.booleans().map(Constant),
    lambda inner: _terms(And)(inner) | _terms(Or)(inner) | inner.map(Not),
    max_leaves=12,
)


def assignments() -> Iterator[dict[Predicate, Truth]]:
    """Every way to give the predicates truths."""
    for truths in product((False, True, None), repeat=len(PREDICATES)):
        yield dict(zip(PREDICATES, truths, strict=True))


def evaluate(expression: Expression, truths: Mapping[Predicate, Truth]) -> Truth:
    """Strong Kleene logic, from its tables."""
    match expression:
        case Leaf(predicate):
            return truths[predicate]
        case Constant(value):
            return value
        case Not(term):
            inner = evaluate(term, truths)
            return None if inner is None else not inner
        case And(terms):
            values = [evaluate(term, truths) for term in terms]
            return False if False in values else None if None in values else True
        case Or(terms):
            values = [evaluate(term, truths) for term in terms]
            return True if True in values else None if None in values else False
