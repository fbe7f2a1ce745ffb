"""The one path from a body to a decision and a body: every enforcer and `aigov eval` go through here.

bytes → tree → segments → Interaction → session.decide → edits → bytes
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from aigov_enforcers.wire.body import Json, Unreadable, page, parse
from aigov_enforcers.wire.catalogue import Operation
from aigov_enforcers.wire.facts import facts
from aigov_enforcers.wire.shape import segments
from aigov_enforcers.wire.splice import SpliceError, splice
from aigov_runtime.model import Decision, Direction, Interaction, Kind, Outcome, Segment, Value
from aigov_runtime.redact import apply
from aigov_runtime.session import Session

_PROMPT, _ALLOW = Direction.PROMPT, Outcome.ALLOW  # members of an enum are slow to reach


class Governed(NamedTuple):
    """A decision and the body to send on: the very same object when nothing changed, None on a block."""

    decision: Decision
    body: bytes | None
    interaction: Interaction


_interaction, _governed = partial(tuple.__new__, Interaction), partial(tuple.__new__, Governed)  # as in `shape`


def govern(
    session: Session,
    operation: Operation,
    direction: Direction,
    body: bytes,
    *,
    attributes: Mapping[str, Value] | None = None,
    measures: Mapping[str, int] | None = None,
    plain: bool = False,
) -> Governed:
    """Decide one body and carry the decision out on it.

    For a response, `attributes` are those of the interaction that was its request; without them the operation's
    own facts are all that is known. `measures` are counters such as `session.turn`. A `plain` body is one text, not
    JSON: the error page of a server in between.
    """
    tree: Json = None
    texts: tuple[Segment, ...] = ()
    unparsed = ""
    prompt = direction is _PROMPT
    if body:
        try:
            if plain:
                texts = (Segment("", "", page(body), Kind.TEXT),)
            else:
                tree = parse(body)
                texts = segments(tree, operation.format.request if prompt else operation.format.response)
        except Unreadable as reason:
            tree, unparsed = None, str(reason)
    said, counts = facts(operation, direction, tree, len(body))
    if attributes is None:
        attributes = said
    if measures:
        counts.update(measures)
    interaction = _interaction((direction, texts, attributes, counts, unparsed))
    decision = session.decide(interaction)
    if prompt and decision.outcome is _ALLOW:
        return _governed((decision, body, interaction))
    try:
        return Governed(decision, _carried_out(session, interaction, decision, body, plain), interaction)
    except SpliceError as error:
        # A body built so that two strings have one pointer. It cannot be edited, so it is decided as unreadable.
        interaction = interaction._replace(unparsed=str(error))
        decision = session.decide(interaction)
        return Governed(decision, None if decision.outcome is Outcome.BLOCK else body, interaction)


def _carried_out(
    session: Session,
    interaction: Interaction,
    decision: Decision,
    body: bytes,
    plain: bool,
) -> bytes | None:
    """The body after the decision."""
    if decision.outcome is Outcome.BLOCK:
        return None
    texts = interaction.segments
    if interaction.direction is Direction.PROMPT:
        changed = _edited(texts, decision)
    else:
        changed = _restored(session, texts) | _edited(texts, decision, session.restore)
    if not changed:
        return body
    return changed[""].encode() if plain else splice(body, changed)


def _edited(
    texts: tuple[Segment, ...], decision: Decision, between: Callable[[str], str] | None = None
) -> dict[str, str]:
    """The new texts by pointer."""
    return {
        texts[number].path: apply(texts[number].text, edits, between)
        for number, edits in groupby(decision.edits, key=attrgetter("segment"))
    }


def _restored(session: Session, texts: tuple[Segment, ...]) -> dict[str, str]:
    """The texts that hold this session's tokens, with what they stand for."""
    return {each.path: whole for each in texts if (whole := session.restore(each.text)) != each.text}
