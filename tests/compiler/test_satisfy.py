"""The search for a request that makes a condition true, against trying them all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from aigov_compiler.fold import fold
from aigov_compiler.ir import Rule
from aigov_compiler.lower import lower
from aigov_compiler.satisfy import satisfy
from aigov_dsl.reference.conditions import Evidence, truth
from aigov_dsl.reference.kleene import Truth
from aigov_dsl.typed import And, Condition, Not, Or, Value
from tests.compiler.programs import VOCABULARY, affix, has, integer, is_true, known, like, no, one_of, program
from tests.dsl.build import rule

TEXTS = [""] + ["".join(letters) for length in range(1, 5) for letters in product("abz", repeat=length)]
GROUPS = [frozenset(chosen) for size in range(4) for chosen in combinations("xyz", size)]
VALUES: Mapping[str, tuple[Value, ...]] = {
    "device.managed": (True, False),
    "device.posture": VOCABULARY["device.posture"].values,
    "request.bytes": tuple(range(-2, 7)),
    "request.model": tuple(TEXTS),
    "user.groups": tuple(GROUPS),
    "user.region": ("a", "b", "z"),
}


def conditions(atoms: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    def terms(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[tuple[Condition, ...]]:
        return st.lists(inner, min_size=2, max_size=3).map(tuple)

    return st.recursive(
        atoms,
        lambda inner: (
            terms(inner).map(lambda t: And(terms=t))
            | terms(inner).map(lambda t: Or(terms=t))
            | inner.map(lambda t: Not(term=t))
        ),
        max_leaves=7,
    )


def choose(*values: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)


exact_atoms: st.SearchStrategy[Condition] = st.one_of(
    st.just(is_true("device.managed")),
    choose(*VOCABULARY["device.posture"].values).map(lambda v: one_of("device.posture", *v)),
    st.builds(
        integer, st.just("request.bytes"), st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), st.integers(0, 4)
    ),
    choose("a", "b").map(lambda v: one_of("user.region", *v)),
    st.just(known("user.region")),
)
globs = st.text("ab*", min_size=1, max_size=3)
broad_atoms: st.SearchStrategy[Condition] = st.one_of(
    st.lists(globs, min_size=1, max_size=2).map(lambda g: like("request.model", *g)),
    st.builds(lambda text, end: affix("request.model", text, end=end), st.text("ab", max_size=2), st.booleans()),
    choose("a", "ab", "ba").map(lambda v: one_of("request.model", *v)),
    st.builds(lambda v, every: has("user.groups", *v, every=every), choose("x", "y", "z"), st.booleans()),
)


def lowered(condition: Condition) -> Rule:
    (found,) = lower(program(rule("r", condition, None)))
    return found


def requests(names: set[str]) -> Iterator[dict[str, Value]]:
    """Every request over the small domains, with values missing too."""
    choices = [[(name, value) for value in (*VALUES[name], None)] for name in sorted(names)]
    for chosen in product(*choices):
        yield {name: value for name, value in chosen if value is not None}


def names_in(condition: Condition) -> set[str]:
    match condition:
        case And(terms=terms) | Or(terms=terms):
            return set().union(*map(names_in, terms))
        case Not(term=term):
            return names_in(term)
        case _:
            return {condition.attribute.name}  # type: ignore[union-attr]


def can_be_true(condition: Condition) -> bool:
    return any(
        truth(condition, Evidence(request, (), (), unparsed=False)) is Truth.TRUE
        for request in requests(names_in(condition))
    )


@given(conditions(exact_atoms))
@settings(deadline=None, max_examples=200)
def test_it_is_exact_for_plain_comparisons(condition: Condition) -> None:
    found = satisfy(fold(lowered(condition).condition), VOCABULARY)
    assert (found is not None) == can_be_true(condition)


@given(conditions(broad_atoms))
@settings(deadline=None, max_examples=200)
def test_it_never_misses_a_request(condition: Condition) -> None:
    if satisfy(lowered(condition).condition, VOCABULARY) is None:
        assert not can_be_true(condition)


def test_globs_that_exclude_each_other() -> None:
    apart = And(terms=(like("request.model", "gpt-*", "o1*"), like("request.model", "claude-*", "*-haiku-o2")))
    assert satisfy(lowered(apart).condition, VOCABULARY) is not None  # gpt-haiku-o2
    apart = And(terms=(like("request.model", "gpt-*"), like("request.model", "claude-*", "gemini*")))
    assert satisfy(lowered(apart).condition, VOCABULARY) is None
    apart = And(terms=(like("request.model", "gpt-4*"), no(affix("request.model", "gpt-"))))
    assert satisfy(lowered(apart).condition, VOCABULARY) is None


def test_giving_up_counts_as_yes() -> None:
    many = Or(
        terms=tuple(And(terms=(integer("request.bytes", "<", n), integer("request.bytes", ">", n))) for n in range(99))
    )
    assert satisfy(lowered(many).condition, VOCABULARY) is not None


def test_words_in_the_middle_of_two_globs_come_in_any_order() -> None:
    both_ways = And(
        terms=(like("request.model", "*a*"), like("request.model", "*b*"), no(like("request.model", "*a*b*")))
    )
    assert satisfy(lowered(both_ways).condition, VOCABULARY) is not None  # ba


def test_members_of_sets_follow_from_each_other() -> None:
    chain = [
        has("user.groups", "x", "y"),
        no(has("user.groups", "y", "z", every=True)),
        has("user.groups", "z"),
        no(has("user.groups", "x")),
    ]
    assert satisfy(lowered(And(terms=tuple(chain))).condition, VOCABULARY) is None
    assert satisfy(lowered(And(terms=tuple(chain[:3]))).condition, VOCABULARY) is not None
