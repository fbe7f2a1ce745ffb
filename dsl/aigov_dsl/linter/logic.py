"""What follows from an atom: implication, exclusion, and comparisons that decide nothing.

Two atoms are compared on a finite set of sample values such that what holds for every sample holds for
every value; the reference evaluator says what holds. Where no such set exists, nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, combinations

from aigov_dsl import typed
from aigov_dsl.ast import Confidence
from aigov_dsl.reference import Truth
from aigov_dsl.reference.conditions import Evidence, truth

_MAX_SET = 8
"""Sets are tried in all combinations of at most so many elements."""

_CONFIDENCES = list(Confidence)


def is_literal(condition: typed.Condition) -> bool:
    """An atom or the negation of one."""
    return isinstance(_atom(condition), typed.Atom)


def same(one: typed.Condition, other: typed.Condition) -> bool:
    """Equal but for the wording."""
    return plain(one) == plain(other)


def implies(one: typed.Condition, other: typed.Condition) -> bool:
    """Whether a literal that is true makes another one true. False when that is not certain."""
    if same(one, other):
        return True
    first, second = _atom(one), _atom(other)
    if isinstance(first, typed.Payload) and isinstance(second, typed.Payload):
        return _payload_implies(one, other)
    if isinstance(first, _OTHER) or isinstance(second, _OTHER) or first.attribute != second.attribute:
        return False
    if first.attribute.kind == "string":
        return _string_implies(one, other)
    samples = _samples(first.attribute, (first, second))
    holding = [value for value in samples if holds(one, value)]
    return bool(holding) and all(holds(other, value) for value in holding)


def exclusive(one: typed.Condition, other: typed.Condition) -> bool:
    """Whether two literals are never both true."""
    return implies(one, typed.Not(term=other))


def exhaustive(one: typed.Condition, other: typed.Condition) -> bool:
    """Whether one of two literals is always true (when there is evidence)."""
    return implies(typed.Not(term=one), other)


def constant(literal: typed.Condition) -> bool | None:
    """The truth of a literal that is the same for every value the attribute can have; None if it varies."""
    atom = _atom(literal)
    if not isinstance(atom, typed.IntCompare):
        return None
    truths = {holds(literal, value) for value in _integers(atom.attribute, [atom])}
    return truths.pop() if len(truths) == 1 else None


def holds(literal: typed.Condition, value: typed.Value) -> bool:
    """The truth of a literal for a value of its attribute."""
    atom = _atom(literal)
    assert not isinstance(atom, _OTHER)
    evidence = Evidence({atom.attribute.name: value}, (), (), unparsed=False)
    return truth(literal, evidence) is Truth.TRUE


_OTHER = (typed.Payload, typed.Known, typed.And, typed.Or, typed.Constant, typed.Not)


def _atom(condition: typed.Condition) -> typed.Condition:
    while isinstance(condition, typed.Not):
        condition = condition.term
    return condition


def plain(condition: typed.Condition) -> typed.Condition:
    """Without double negations and wordings."""
    match condition:
        case typed.Not(term=typed.Not(term=term)):
            return plain(term)
        case typed.Not(term=term):
            return typed.Not(term=plain(term))
        case typed.And(terms=terms) | typed.Or(terms=terms):
            return replace(condition, terms=tuple(plain(term) for term in terms))
        case typed.Atom():
            return replace(condition, text="")
        case _:
            return condition


def _affirmed(literal: typed.Condition) -> bool:
    return not isinstance(plain(literal), typed.Not)


def _samples(attribute: typed.Attribute, atoms: Sequence[typed.Condition]) -> Sequence[typed.Value]:
    """Values that decide every question about these atoms; none if there is no small set of them."""
    match attribute.kind:
        case "bool":
            return (False, True)
        case "enum":
            return attribute.values
        case "int":
            return _integers(attribute, [atom for atom in atoms if isinstance(atom, typed.IntCompare)])
        case _:
            named = sorted({value for atom in atoms if isinstance(atom, typed.SetHas) for value in atom.values})
            sizes = range(len(named) + 1) if len(named) <= _MAX_SET else ()
            return [frozenset(chosen) for size in sizes for chosen in combinations(named, size)]


def _integers(attribute: typed.Attribute, atoms: Sequence[typed.IntCompare]) -> list[int]:
    """Both sides of every bound, inside the range that the attribute can have."""
    least, most = _range(attribute)
    near = chain.from_iterable((atom.value - 1, atom.value, atom.value + 1) for atom in atoms)
    return sorted({min(max(value, least), most) for value in (*near, least, most)})


def _range(attribute: typed.Attribute) -> tuple[int, int]:
    """Built-in integers are sizes and counters; the hour has an end."""
    if attribute.name == "time.hour":
        return 0, 23
    return (0 if attribute.source[0] == "builtin" else -(2**63)), 2**63 - 1


def _string_implies(one: typed.Condition, other: typed.Condition) -> bool:
    """Strings have no small set of samples, but an affirmed `==` or `in` names all values, and a denied
    one all exceptions.
    """
    first, second = _atom(one), _atom(other)
    if isinstance(first, typed.StringIn) and _affirmed(one):
        return all(holds(other, value) for value in first.values)
    if isinstance(second, typed.StringIn) and not _affirmed(other):
        return not any(holds(one, value) for value in second.values)
    if isinstance(first, typed.StringAffix) and isinstance(second, typed.StringAffix) and first.end == second.end:
        match _affirmed(one), _affirmed(other):
            case True, True:
                return _extends(first, second)
            case False, False:
                return _extends(second, first)
            case True, False:
                return not _extends(first, second) and not _extends(second, first)
    return False


def _extends(longer: typed.StringAffix, shorter: typed.StringAffix) -> bool:
    return longer.affix.endswith(shorter.affix) if longer.end else longer.affix.startswith(shorter.affix)


def _payload_implies(one: typed.Condition, other: typed.Condition) -> bool:
    """More of fewer detectors, at more confidence, implies less of more."""
    if _affirmed(one) != _affirmed(other):
        return False
    strong, weak = (_atom(one), _atom(other)) if _affirmed(one) else (_atom(other), _atom(one))
    assert isinstance(strong, typed.Payload)
    assert isinstance(weak, typed.Payload)
    surer = _CONFIDENCES.index(strong.confidence) >= _CONFIDENCES.index(weak.confidence)
    return set(strong.detectors) <= set(weak.detectors) and surer and strong.count >= weak.count
