"""Which patterns are gated: those whose every match holds a trigger.

That is proved, or something would be missed: a walk through the pattern beside every trigger must not reach the end of
a match before one has fired.
"""

from __future__ import annotations

from functools import cache

from aigov_dsl.regex.tree import Alternation, Assertion, Bytes, Concat, Group, Repeat, Tree, mask
from aigov_runtime.scan.triggers import MARGINS, TRIGGERS, Gate, Trigger

MAX_STATES = 10_000
"""A proof that takes more is not tried: the pattern stays ungated."""


def margin_of(width: int) -> Gate:
    """The gate of patterns whose matches hold triggers and are at most `width` bytes; open when they are too wide."""
    return next((gate for gate, most in MARGINS.items() if width <= most), Gate.OPEN)


def numbered(tree: Tree) -> bool:
    """Whether every match surely holds a trigger."""
    try:
        return not _Walk().after(tree, frozenset({_START}))
    except _GaveUpError:
        return False


State = tuple[int, ...]
"""Of every trigger: 0 when nothing is counted, else a number for (how many, bytes since the last, one needed seen)."""

_START: State = (0,) * len(TRIGGERS)


class _GaveUpError(Exception):
    pass


class _Walk:
    """Follows sets of trigger states through a pattern; a state in which a trigger has fired is dropped."""

    def __init__(self) -> None:
        self._steps = 0

    def after(self, node: Tree, states: frozenset[State]) -> frozenset[State]:
        """The states that can be reached by some match of `node` from some of `states`, without a trigger firing."""
        self._steps += len(states)
        if self._steps > MAX_STATES:
            raise _GaveUpError
        match node:
            case Bytes(mask=members):
                return frozenset(
                    after for state in states for kind in _kinds(members) if (after := _step(state, kind)) is not None
                )
            case Assertion():
                return states
            case Group(body=body):
                return self.after(body, states)
            case Concat(items=items):
                for item in items:
                    states = self.after(item, states)
                return states
            case Alternation(branches=branches):
                return frozenset().union(*(self.after(branch, states) for branch in branches))
            case Repeat():
                return self._repeated(node, states)

    def _repeated(self, node: Repeat, states: frozenset[State]) -> frozenset[State]:
        if node.high is None:
            raise _GaveUpError
        for _ in range(node.low):
            states = self.after(node.body, states)
        reached = states
        for _ in range(node.high - node.low):
            states = self.after(node.body, states) - reached
            if not states:
                break
            reached |= states
        return reached


Kind = tuple[int, ...]
"""What a byte is to every trigger: 3 counted and needed, 2 counted, 1 filler, 0 nothing."""


def _kind(byte: int) -> Kind:
    return tuple(
        2 + (byte in trigger.needed) if byte in trigger.counted else int(byte in trigger.filler) for trigger in TRIGGERS
    )


@cache
def _classes() -> dict[Kind, int]:
    """The kinds of bytes, and the bytes of each."""
    classes: dict[Kind, int] = {}
    for byte in range(256):
        classes[_kind(byte)] = classes.get(_kind(byte), 0) | mask(bytes([byte]))
    return classes


@cache
def _kinds(members: int) -> tuple[Kind, ...]:
    return tuple(kind for kind, bytes_ in _classes().items() if bytes_ & members)


@cache
def _step(state: State, kind: Kind) -> State | None:
    """The state after a byte; None when a trigger fires."""
    after = tuple(_advance(trigger, at, what) for trigger, at, what in zip(TRIGGERS, state, kind, strict=True))
    return None if -1 in after else after


def _advance(trigger: Trigger, state: int, what: int) -> int:
    """The next state; -1 when the trigger fires."""
    span = trigger.most + 1
    count, since, needed = (state - 1) // span // 2, (state - 1) % span, (state - 1) // span % 2
    if not state:
        count = since = needed = 0
    if what == 1 and state and since < trigger.most:
        return state + 1
    if what < 2:
        return 0
    goes_on = state and since >= trigger.least
    count, needed = (count + 1, needed) if goes_on else (1, 0)
    needed |= what == 3
    if count >= trigger.wanted and (needed or not trigger.needed):
        return -1
    return 1 + (2 * min(count, trigger.wanted) + needed) * span
