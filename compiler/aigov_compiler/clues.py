"""Clues: a few bytes that every match of a pattern holds, and that texts rarely do.

Almost every pattern has words of its own (a prefix, a keyword). What is searched for is a *clue*, up to eight
neighbouring bytes, each of a set; a *part* is a set of clues of which every match holds one, and a pattern has up to
`MAX_PARTS` parts. It only sees the places where all its parts lie close together (`native/clues.c`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, reduce
from itertools import product
from math import prod
from typing import NamedTuple

from aigov_compiler import grams
from aigov_dsl.regex import first_bytes, measure
from aigov_dsl.regex.tree import ALL, NEWLINE, UPPER, WORD, Alternation, Assertion, Bytes, Concat, Group, Repeat, Tree
from aigov_runtime.scan.clues import CLUE, GRAM, MAX_PARTS, Clue, Part

MAX_EXACT = 1_500
"""Texts that are followed one by one; of longer lists only what each of them holds."""

MAX_GRAMS = 256
"""Ways to write the four bytes by which a clue is found, in lower case."""

MAX_SHARE = 0.003
"""Of a text that a pattern may see around its clues; more is not worth the way."""

LITTLE_SHARE = 0.00008
"""With so little, no more parts are looked for."""

MAX_OFTEN = 300
"""In a million bytes: a part that is met more often tells too little for what it costs."""

_LONGEST = 24
"""Bytes of a text of which a clue is taken."""

_MAX_SPLIT = 16
"""Texts that take the place of one, at most."""

Sets = tuple[int, ...]
"""Neighbouring bytes, a mask of each."""


class _Part(NamedTuple):
    """Clues of which each match holds one: how often they are met in a million bytes, the runs they come from, and, as
    in `Part`, the bytes of a match before where its clue starts and from there on."""

    often: float
    clues: frozenset[Clue]
    runs: frozenset[object]
    before: int
    after: int

    def moved(self, before: int, after: int) -> _Part:
        """With so many more bytes on either side."""
        return self._replace(before=self.before + before, after=self.after + after)


class _Found(NamedTuple):
    """All that a tree matches, when that is a short list; else parts that each match of it holds."""

    exact: frozenset[Sets] | None
    parts: tuple[_Part, ...]


_NOTHING = _Found(frozenset({()}), ())


def clues(tree: Tree, width: int, *, numbered: bool) -> tuple[Part, ...]:
    """The parts of a pattern whose matches are at most `width` bytes; none when it would see too much. Of one that
    is `numbered` each match holds a trigger too."""
    chosen: list[_Part] = []
    for part in sorted(_parts(_found(_begun(tree, 0))), key=_often):
        rare_enough = chosen and _share(chosen, width, numbered=numbered) <= LITTLE_SHARE
        if rare_enough or len(chosen) == MAX_PARTS or (chosen and part.often > MAX_OFTEN):
            break
        if not any(part.runs & other.runs for other in chosen):
            chosen.append(part)
    if not chosen or _share(chosen, width, numbered=numbered) > MAX_SHARE:
        return ()
    return tuple(Part(part.clues, part.before, part.after) for part in chosen)


def _share(parts: list[_Part], width: int, *, numbered: bool) -> float:
    """The share of a text that a pattern with these parts sees."""
    reach = 2e-6 * (width + CLUE)
    share = 1e-6 * (parts[0].before + parts[0].after) * parts[0].often
    share *= prod(min(1.0, 3 * reach * part.often) for part in parts[1:])
    return 0.1 * share if numbered else share


def _often(part: _Part) -> float:
    return part.often


def _parts(found: _Found) -> tuple[_Part, ...]:
    if found.exact is None:
        return found.parts
    return (*found.parts, *_part(found.exact, frozenset({object()}), 0, max(map(len, found.exact))))


def _found(node: Tree) -> _Found:
    match node:
        case Bytes(mask=mask):
            return _Found(frozenset({(mask,)}), ())
        case Assertion():
            return _NOTHING
        case Group(body=body):
            return _found(body)
        case Alternation(branches=branches):
            return _either([_found(branch) for branch in branches])
        case Repeat():
            return _repeated(node)
        case Concat(items=items):
            return _joined(items)


def _begun(node: Tree, behind: int) -> Tree:
    r"""With the byte before a match where a `^` or `\b` at its beginning tells it: the search sees a line break before
    the text. `behind` are the bytes that come next when the node is empty."""
    match node:
        case Assertion(text="^"):
            return Bytes(mask=NEWLINE)
        case Assertion(text=r"\b") if behind and not behind & ~WORD:
            return Bytes(mask=ALL & ~WORD)
        case Group(number=number, body=body):
            return Group(number=number, body=_begun(body, behind))
        case Alternation(branches=branches):
            return Alternation(branches=tuple(_begun(branch, behind) for branch in branches))
        case Concat(items=(first, *rest)) if not isinstance(first, Repeat):
            follows = Concat(items=tuple(rest))
            return Concat(items=(_begun(first, first_bytes(follows) if measure(follows).low else 0), *rest))
    return node


def _either(branches: list[_Found]) -> _Found:
    exact: set[Sets] | None = set()
    for branch in branches:
        exact = None if exact is None or branch.exact is None else exact | branch.exact
    columns = [sorted(_parts(branch), key=_often)[:MAX_PARTS] for branch in branches]
    parts = [
        _Part(
            sum(map(_often, row)),
            frozenset().union(*(part.clues for part in row)),
            frozenset().union(*(part.runs for part in row)),
            max(part.before for part in row),
            max(part.after for part in row),
        )
        for row in zip(*columns, strict=False)
    ]
    return _Found(frozenset(exact) if exact is not None and len(exact) <= MAX_EXACT else None, tuple(parts))


def _repeated(node: Repeat) -> _Found:
    body, low, high = _found(node.body), node.low, node.high
    if low == 0:
        if body.exact is None or high is None or high > 2 or len(body.exact) > MAX_GRAMS // 4:
            return _Found(None, ())
        exact = _times(body.exact | {()}, high)
        return _Found(exact, ())
    most = measure(node).high
    if most is None:
        return _Found(None, ())
    parts = tuple(part.moved(0, most - (measure(node.body).high or 0)) for part in body.parts)  # of the first round
    if body.exact is None:
        return _Found(None, parts)
    exact = _times(body.exact, min(low, 2 * CLUE))
    if exact is not None and low == high and low <= 2 * CLUE:
        return _Found(exact, ())
    return _Found(None, (*parts, *_part(exact or body.exact, frozenset({object()}), 0, most)))


def _times(exact: frozenset[Sets], rounds: int) -> frozenset[Sets] | None:
    """Texts, as often one after the other; None when those are too many."""
    made: frozenset[Sets] | None = frozenset({()})
    for _ in range(rounds):
        made = None if made is None else _crossed(made, exact)
    return made


def _joined(items: tuple[Tree, ...]) -> _Found:
    most = [measure(item).high or 0 for item in items]
    run, parts, whole = frozenset[Sets]({()}), list[_Part](), True
    runs, before, after = frozenset[object]({object()}), 0, sum(most)  # bytes before the run, and from its start on
    behind, left = 0, sum(most)  # bytes before the item, and from its start on
    for number, item in enumerate(items):
        found = _found(item)
        parts += (part.moved(behind, left - most[number]) for part in found.parts)
        if found.exact is not None:
            longer = _crossed(run, found.exact)
            if longer is None:
                parts += _part(run, runs, before, after)
                whole = False
                runs, before, after = runs | {object()}, behind, left + CLUE
                for kept in (CLUE - 1, 3, 1):
                    run = frozenset(text[-kept:] for text in run)
                    if (longer := _crossed(run, found.exact)) is not None:
                        break
            run = found.exact if longer is None else longer
        else:
            whole = False
            parts += _part(_extended(run, _ahead(items[number:])), runs, before, after)
            run, runs = _extended(frozenset({()}), _behind(items[: number + 1])), frozenset({object()})
            before, after = behind + most[number], left - most[number] + CLUE
        behind, left = behind + most[number], left - most[number]
    if whole:
        return _Found(run, tuple(parts))
    return _Found(None, (*parts, *_part(run, runs, before, after)))


def _extended(run: frozenset[Sets], neighbours: Sets) -> frozenset[Sets]:
    return frozenset(text + neighbours for text in run)


def _ahead(items: tuple[Tree, ...]) -> Sets:
    """The bytes that surely come first in what follows."""
    rest = Concat(items=items)
    if not measure(rest).low:
        return ()
    head = next(item for item in items if not isinstance(item, Assertion))
    rounds = head.low if isinstance(head, Repeat) and isinstance(head.body, Bytes) else 1
    return (first_bytes(rest),) * min(max(rounds, 1), CLUE)


def _behind(items: tuple[Tree, ...]) -> Sets:
    """The bytes that surely come last in what went before."""
    if not measure(Concat(items=items)).low:
        return ()
    last = items[-1]
    rounds = last.low if isinstance(last, Repeat) and isinstance(last.body, Bytes) else 1
    return (_last_bytes(Concat(items=items)),) * min(max(rounds, 1), CLUE)


def _last_bytes(node: Tree) -> int:
    """The bytes that a match can end with."""
    match node:
        case Bytes(mask=mask):
            return mask
        case Group(body=body) | Repeat(body=body):
            return _last_bytes(body)
        case Alternation(branches=branches):
            return reduce(int.__or__, map(_last_bytes, branches))
        case Concat(items=items):
            found = 0
            for item in reversed(items):
                found |= _last_bytes(item)
                if measure(item).low > 0:
                    break
            return found
    return 0


def _crossed(a: frozenset[Sets], b: frozenset[Sets]) -> frozenset[Sets] | None:
    return None if len(a) * len(b) > MAX_EXACT else frozenset(x + y for x in a for y in b)


def _part(texts: Iterable[Sets], runs: frozenset[object], before: int, after: int) -> tuple[_Part, ...]:
    """The part of a list of texts, with the bytes before they start and from there on; none when one of them has no
    clue."""
    found, places = {}, set()
    for text in texts:
        for split in _split(text):
            best = _clue(split)
            if best is None:
                return ()
            often, clue, place = best
            found[clue] = often
            places.add(place)
    return (_Part(sum(found.values()), frozenset(found), runs, before + max(places), after - min(places)),)


@cache
def _split(text: Sets) -> tuple[Sets, ...]:
    """The text as several, in which small sets of signs are single bytes."""
    columns = []
    for mask in text[:_LONGEST]:
        few = len(folded(mask)) <= 4 and len(folded(_covered(mask))) > len(folded(mask))
        columns.append([1 << byte for byte in range(256) if mask >> byte & 1] if few else [mask])
    return (text,) if prod(map(len, columns)) > _MAX_SPLIT else tuple(product(*columns))


@cache
def _clue(text: Sets) -> tuple[float, Clue, int] | None:
    """The rarest clue of a text: how often it is met in a million bytes, and where it starts."""
    best = None
    text = text[:_LONGEST]
    for at in range(len(text) - GRAM + 1):
        core = text[at : at + GRAM]
        often = _gram_often(core)
        if often is None:
            continue
        for low in {max(0, min(at - before, len(text) - CLUE)) for before in (0, 2, 4)}:
            sets = text[low : low + CLUE]
            share = often * _around(sets, at - low)
            rank = (share + 0.1 * often, share)
            if best is None or rank < best[0]:
                best = (rank, sets, at - low, low)
    if best is None:
        return None
    (_, share), sets, at, low = best
    return share + 1e-3, Clue(*_cover(sets), at), low


def _around(sets: Sets, at: int) -> float:
    """The share of places with the gram that have the bytes beside it too."""
    share = prod(map(_case, sets))
    for place in range(at + GRAM, len(sets)):
        share *= _after(sets[place - GRAM + 1 : place + 1], grams.follows)
    for place in range(at - 1, -1, -1):
        share *= _after(sets[place : place + GRAM], grams.leads)
    return share


@cache
def _after(sets: Sets, share: Callable[[bytes], float]) -> float:
    letters = [folded(mask) for mask in sets]
    if all(len(each) == 1 for each in letters):
        return share(b"".join(letters))
    new = letters[-1] if share is grams.follows else letters[0]
    return min(1.0, sum(map(grams.byte_share, new)))


@cache
def _gram_often(core: Sets) -> float | None:
    letters = [folded(_covered(mask)) for mask in core]
    if prod(map(len, letters)) > MAX_GRAMS:
        return None
    return sum(grams.often(bytes(gram)) for gram in product(*letters))


@cache
def folded(mask: int) -> bytes:
    """The bytes of a set, in lower case as the search sees them."""
    return bytes(sorted({byte | 0x20 for byte in range(256) if mask >> byte & 1}))


@cache
def _case(mask: int) -> float:
    return 0.08 if mask & ~UPPER == 0 else 1.0


@cache
def _bits(mask: int) -> tuple[int, int]:
    """The bits that all bytes of a set share, and what they are."""
    members = [byte for byte in range(256) if mask >> byte & 1]
    fixed = ~(reduce(int.__or__, members, 0) ^ reduce(int.__and__, members, 255)) & 255
    return fixed, members[0] & fixed


@cache
def _covered(mask: int) -> int:
    fixed, bits = _bits(mask)
    return sum(1 << byte for byte in range(256) if byte & fixed == bits)


def _cover(sets: Sets) -> tuple[bytes, bytes]:
    pairs = [_bits(mask) for mask in sets]
    return bytes(fixed for fixed, _ in pairs), bytes(bits for _, bits in pairs)
