"""What Hyperscan looks for in a pattern's stead: its cue, a simpler pattern that each of its matches holds.

A cue need not be exact, for the confirm step finds the matches around it. So what costs Hyperscan room and tells little
is left out: what may be missing at the end, and how often the last thing is repeated.
"""

from __future__ import annotations

from typing import NamedTuple

from aigov_dsl.regex import PatternError, literal_length, parse
from aigov_dsl.regex.tree import ALL, Alternation, Assertion, Bytes, Concat, Group, Repeat, Tree

MIN_LITERAL = 3
"""Shorter literals are too common: without its end the pattern would be seen everywhere."""


class Cue(NamedTuple):
    """What Hyperscan is given, and its tree; None for a pattern that is not of the common subset."""

    pattern: bytes
    tree: Tree | None


def cue(pattern: str) -> Cue:
    """The cue of a pattern; the pattern itself where a cue would tell too little."""
    try:
        tree, _ = parse(pattern)
    except PatternError:
        return Cue(pattern.encode(), None)
    plain = _plain(tree)
    short = _shortened(plain)
    return Cue(pattern.encode(), plain) if literal_length(short) < MIN_LITERAL else Cue(_written(short), short)


def _plain(node: Tree) -> Tree:
    """Without groups."""
    match node:
        case Group(body=body):
            return _plain(body)
        case Concat(items=items):
            return _concat(tuple(map(_plain, items)))
        case Alternation(branches=branches):
            return _either(tuple(map(_plain, branches)))
        case Repeat(body=body, low=low, high=high):
            return _repeat(_plain(body), low, high)
    return node


def _repeat(body: Tree, low: int, high: int | None) -> Repeat:
    return Repeat(body=body, low=low, high=high, lazy=False, start=0, end=0)


def _shortened(node: Tree) -> Tree:
    """Without the end that may be missing."""
    match node:
        case Assertion():
            return Concat(items=())
        case Concat(items=items):
            for last in range(len(items), 0, -1):
                end = _shortened(items[last - 1])
                if not _empty(end):
                    return _concat((*items[: last - 1], end))
            return Concat(items=())
        case Alternation(branches=branches):
            ends = tuple(map(_shortened, branches))
            return Concat(items=()) if any(map(_empty, ends)) else _either(ends)
        case Repeat(body=body, low=low):
            if low == 0:
                return Concat(items=())
            end = _shortened(body)
            if low == 1:
                return end
            return _concat((_repeat(body, low - 1, low - 1), end))
    return node


def _empty(node: Tree) -> bool:
    return isinstance(node, Concat) and not node.items


def _concat(items: tuple[Tree, ...]) -> Tree:
    flat: list[Tree] = []
    for item in items:
        flat.extend(item.items if isinstance(item, Concat) else (item,))
    return flat[0] if len(flat) == 1 else Concat(items=tuple(flat))


def _either(branches: tuple[Tree, ...]) -> Tree:
    """The branches without doubles; single bytes make one class."""
    members = 0
    rest: dict[Tree, None] = {}
    for branch in branches:
        if isinstance(branch, Bytes):
            members |= branch.mask
        else:
            rest[branch] = None
    kept = ((Bytes(mask=members),) if members else ()) + tuple(rest)
    return kept[0] if len(kept) == 1 else Alternation(branches=kept)


def _written(node: Tree) -> bytes:
    """The tree as a pattern of bytes."""
    match node:
        case Bytes(mask=members):
            return _class(members)
        case Assertion(text=text):
            return text.encode()
        case Group(body=body):
            return _written(body)
        case Concat(items=items):
            return b"".join(b"(?:%b)" % _written(i) if isinstance(i, Alternation) else _written(i) for i in items)
        case Alternation(branches=branches):
            return b"|".join(map(_written, branches))
        case Repeat(body=body, low=low, high=high):
            times = b"{%d}" % low if low == high else b"{%d,%b}" % (low, b"" if high is None else b"%d" % high)
            written = _written(body)
            return (written if isinstance(body, Bytes) else b"(?:%b)" % written) + times


def _class(members: int) -> bytes:
    if members == ALL:
        return rb"[\x00-\xff]"
    values = [byte for byte in range(256) if members >> byte & 1]
    if len(values) == 1:
        return _byte(values[0])
    runs: list[list[int]] = []
    for value in values:
        if runs and runs[-1][1] == value - 1:
            runs[-1][1] = value
        else:
            runs.append([value, value])
    return b"[%b]" % b"".join(_byte(low) if low == high else b"%b-%b" % (_byte(low), _byte(high)) for low, high in runs)


def _byte(value: int) -> bytes:
    return bytes([value]) if value < 128 and chr(value).isalnum() else rb"\x%02x" % value
