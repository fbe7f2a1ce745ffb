"""Measures a pattern: how long a match can be, and whether nested repeats multiply."""

from __future__ import annotations

from functools import reduce
from typing import NamedTuple, cast

from aigov_dsl.errors import Error
from aigov_dsl.regex.parse import PatternError
from aigov_dsl.regex.tree import ALL, UPPER, Alternation, Assertion, Bytes, Concat, Group, Repeat, Tree, any_case

MAX_WIDTH = 16_384
"""Bytes of the longest match a detector's pattern may have."""

MAX_POSITIONS = 40_000
"""Bytes of the pattern with all its repeats written out: what an automaton has to hold."""

MAX_WAYS = 10**6
"""In how many ways a repeat may cut one text into its rounds."""


class Measure(NamedTuple):
    """Shortest and longest match in bytes (None: without bound), and the pattern's size written out."""

    low: int
    high: int | None
    positions: int


def measure(node: Tree) -> Measure:
    """The measure of a pattern."""
    match node:
        case Bytes():
            return Measure(1, 1, 1)
        case Assertion():
            return Measure(0, 0, 0)
        case Group(body=body):
            return measure(body)
        case Concat(items=items):
            return reduce(_after, map(measure, items), Measure(0, 0, 0))
        case Alternation(branches=branches):
            return reduce(_either, map(measure, branches))
        case Repeat(body=body, low=low, high=high):
            once = measure(body)
            longest = None if high is None or once.high is None else once.high * high
            return Measure(once.low * low, longest, once.positions * (high or max(low, 1)))


def _after(a: Measure, b: Measure) -> Measure:
    high = None if a.high is None or b.high is None else a.high + b.high
    return Measure(a.low + b.low, high, a.positions + b.positions)


def _either(a: Measure, b: Measure) -> Measure:
    high = None if a.high is None or b.high is None else max(a.high, b.high)
    return Measure(min(a.low, b.low), high, a.positions + b.positions)


def endless(node: Tree) -> Repeat | None:
    """The first repeat without bound, innermost; None when every repeat has one."""
    match node:
        case Group(body=body):
            return endless(body)
        case Concat(items=items) | Alternation(branches=items):
            return next(filter(None, map(endless, items)), None)
        case Repeat(body=body, high=high):
            return endless(body) or (node if high is None else None)
        case _:
            return None


def check_repeats(node: Tree) -> None:
    r"""Refuses nested repeats that multiply, `(\w{1,9}){1,9}`, and repeats of what can be empty, `(a?){2}`: what those
    match differs between engines. Raises `PatternError`.

    A repeat multiplies when its body ends in a repeat of variable length whose bytes could as well start
    the next round: then one text can be cut into rounds in exponentially many ways.
    """
    match node:
        case Group(body=body):
            check_repeats(body)
        case Concat(items=items) | Alternation(branches=items):
            for item in items:
                check_repeats(item)
        case Repeat(body=body):
            check_repeats(body)
            if node.high != 1 and measure(body).low == 0:
                message = "what is repeated can be empty: make one part of it required"
                raise PatternError(Error.PATTERN_EMPTY, message, node.start, node.end)
            if _ways(node) > MAX_WAYS:
                message = "the inner and the outer repeat can share one text in too many ways"
                raise PatternError(Error.PATTERN_EXPLOSION, message, node.start, node.end)
        case _:
            pass


def _ways(node: Repeat) -> int:
    """An upper bound on the cuts of one text into rounds of `node`."""
    if node.high == 1 or not _tail(node.body) & first_bytes(node.body):
        return 1
    choices = max((_choices(repeat) for repeat in _trailing(node.body)), default=1)
    rounds = 64 if node.high is None else min(node.high, 64)
    return cast("int", min(choices, 64) ** rounds)


def _choices(repeat: Repeat) -> int:
    return 64 if repeat.high is None else repeat.high - repeat.low + 1


def first_bytes(node: Tree) -> int:
    """The bytes that a match can start with."""
    match node:
        case Bytes(mask=mask):
            return mask
        case Assertion():
            return 0
        case Group(body=body) | Repeat(body=body):
            return first_bytes(body)
        case Alternation(branches=branches):
            return reduce(int.__or__, map(first_bytes, branches))
        case Concat(items=items):
            found = 0
            for item in items:
                found |= first_bytes(item)
                if measure(item).low > 0:
                    break
            return found & ALL


def _trailing(node: Tree) -> list[Repeat]:
    """The repeats of variable length that a match can end in."""
    match node:
        case Group(body=body):
            return _trailing(body)
        case Alternation(branches=branches):
            return [repeat for branch in branches for repeat in _trailing(branch)]
        case Concat(items=items):
            found: list[Repeat] = []
            for item in reversed(items):
                found += _trailing(item)
                if measure(item).low > 0:
                    break
            return found
        case Repeat(low=low, high=high, body=body):
            return [node] if high not in (low, 1) else _trailing(body)
        case _:
            return []


def _tail(node: Tree) -> int:
    """The bytes with which those repeats can go on."""
    return reduce(int.__or__, (first_bytes(repeat.body) for repeat in _trailing(node)), 0)


class _Literal(NamedTuple):
    """Of the literal text in every match: the longest run, that at the start, that at the end; whether it is all."""

    longest: int
    before: int
    after: int
    whole: bool


def literal_length(node: Tree) -> int:
    """How many bytes of literal text, letters in any case, stand together in every match; a lower bound."""
    return _literal(node).longest


def _literal(node: Tree) -> _Literal:
    match node:
        case Bytes(mask=mask):
            fixed = mask.bit_count() == 1 or (mask.bit_count() == 2 and any_case(mask & UPPER) == mask)
            return _Literal(fixed, fixed, fixed, fixed)
        case Group(body=body):
            return _literal(body)
        case Repeat(body=body, low=low, high=high):
            once = _literal(body)
            if low and once.whole:
                run = once.longest * low
                return _Literal(run, run, run, low == high)
            return once._replace(whole=False) if low else _Literal(0, 0, 0, False)
        case Alternation(branches=branches):
            each = [_literal(branch) for branch in branches]
            longest, before, after, _ = (min(column) for column in zip(*each, strict=True))
            return _Literal(longest, before, after, False)
        case Concat(items=items):
            return reduce(_joined, map(_literal, items), _Literal(0, 0, 0, True))
        case _:
            return _Literal(0, 0, 0, True)


def _joined(a: _Literal, b: _Literal) -> _Literal:
    middle = a.after + b.before
    return _Literal(
        max(a.longest, b.longest, middle),
        middle if a.whole else a.before,
        middle if b.whole else b.after,
        a.whole and b.whole,
    )
