"""Is there a value of an attribute on which given predicates have given truths?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from math import prod

from aigov_compiler.ir import Predicate
from aigov_dsl.typed import Attribute
from aigov_runtime.core.isa import Predicate as Kind
from aigov_runtime.core.isa import Scope

Truths = Mapping[Predicate, bool]

INT_MIN, INT_MAX = -(1 << 63), (1 << 63) - 1

MAX_CHOICES = 10_000
"""Combinations of globs looked at, one of each list."""

_FRESH = "\x00"
"""A character that no policy text holds, so it stands for all that no literal mentions."""


def consistent(truths: Truths, attribute: Attribute | None) -> bool:
    """True when a value exists, or when it is not clear that none does. All predicates are on the value of `attribute`
    (none of them asks `is known`), or on the payload when it is None.
    """
    if attribute is None:
        return _payload(truths)
    if attribute.kind == "enum":
        return any(_agrees(value, truths) for value in attribute.values)
    if attribute.kind == "bool":
        return True  # there is one predicate on a bool, and nothing to contradict it
    return _BY_KIND[attribute.kind](truths)


def _integer(truths: Truths) -> bool:
    low, high, excluded = INT_MIN, INT_MAX, set()
    for predicate, truth in truths.items():
        bound = predicate.integer
        match predicate.kind, truth:
            case Kind.INT_EQ, True:
                low, high = max(low, bound), min(high, bound)
            case Kind.INT_EQ, False:
                excluded.add(bound)
            case Kind.INT_LT, True:
                high = min(high, bound - 1)
            case Kind.INT_LT, False:
                low = max(low, bound)
            case Kind.INT_GT, True:
                low = max(low, bound + 1)
            case Kind.INT_GT, False:
                high = min(high, bound)
    return high - low + 1 > sum(low <= value <= high for value in excluded)


def _string(truths: Truths) -> bool:
    """With a positive membership the candidates are its members; else they are built from the globs."""
    members = [predicate.strings for predicate, truth in truths.items() if truth and predicate.kind is Kind.STRING_IN]
    if members:
        return any(_agrees(value, truths) for value in min(members, key=len))
    shapes = [_globs(predicate) for predicate, truth in truths.items() if truth]
    if prod(map(len, shapes)) > MAX_CHOICES:
        return True
    return any(_fits(globs, truths) for globs in product(*shapes))


def _fits(globs: Sequence[str], truths: Truths) -> bool:
    """A string matches all the globs and agrees with the other truths. Where two globs have words in the middle,
    their order is open, and only the globs are looked at."""
    if sum(glob.count("*") > 1 for glob in globs) > 1:
        truths = {predicate: truth for predicate, truth in truths.items() if truth}
    return any(_agrees(value, truths) for value in _witnesses(globs))


def _globs(predicate: Predicate) -> tuple[str, ...]:
    match predicate.kind:
        case Kind.STRING_PREFIX:
            return (predicate.strings[0] + "*",)
        case Kind.STRING_SUFFIX:
            return ("*" + predicate.strings[0],)
        case _:
            return predicate.strings


def _witnesses(globs: Sequence[str]) -> Iterable[str]:
    """Strings that match all the globs if any string does: an exact one, else the longest beginning, the middles and
    the longest end, with the fresh character between and also with the two ends overlapping."""
    exact = [glob for glob in globs if "*" not in glob]
    if exact:
        return exact[:1]
    parts = [glob.split("*") for glob in globs]
    start = max((part[0] for part in parts), key=len, default="")
    end = max((part[-1] for part in parts), key=len, default="")
    middle = _FRESH.join(word for part in parts for word in part[1:-1])
    overlaps = [n for n in range(min(len(start), len(end)) + 1) if start.endswith(end[:n])]
    return (f"{start}{_FRESH}{middle}{_FRESH}{end}", *(start + end[n:] for n in overlaps))


def _agrees(value: str, truths: Truths) -> bool:
    return all(_holds(predicate, value) is truth for predicate, truth in truths.items())


def _holds(predicate: Predicate, value: str) -> bool:
    match predicate.kind:
        case Kind.STRING_IN:
            return value in predicate.strings
        case _:
            return any(_matches(glob, value) for glob in _globs(predicate))


def _matches(glob: str, value: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, glob.split("*"))), value, re.DOTALL) is not None


def _set(truths: Truths) -> bool:
    """Members that must and must not be there follow from each other until nothing changes."""
    required: set[str] = set()
    forbidden: set[str] = set()
    while True:
        before = len(required) + len(forbidden)
        for predicate, truth in truths.items():
            members = set(predicate.strings)
            every = predicate.kind is Kind.SET_ALL
            if every is truth:  # all of them, or none of them
                (required if truth else forbidden).update(members)
            elif truth:  # at least one
                left = members - forbidden
                if not left:
                    return False
                if len(left) == 1:
                    required |= left
            else:  # not all
                left = members - required
                if not left:
                    return False
                if len(left) == 1:
                    forbidden |= left
        if required & forbidden:
            return False
        if len(required) + len(forbidden) == before:
            return True


def _payload(truths: Truths) -> bool:
    """What is found includes what asks for less: no true predicate may imply a false one."""
    found = [predicate for predicate, truth in truths.items() if truth]
    missed = [predicate for predicate, truth in truths.items() if not truth]
    return all(predicate.detectors for predicate in found) and not any(
        _implies(strong, weak) for strong in found for weak in missed
    )


def _implies(strong: Predicate, weak: Predicate) -> bool:
    return (
        set(strong.detectors) <= set(weak.detectors)
        and strong.confidence >= weak.confidence
        and strong.integer >= weak.integer
        and weak.scope in (strong.scope, Scope.ANY)
    )


_BY_KIND: Mapping[str, Callable[[Truths], bool]] = {"int": _integer, "string": _string, "set": _set}
