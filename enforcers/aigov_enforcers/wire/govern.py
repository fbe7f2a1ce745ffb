"""The one path from a message to a decision and a message: every enforcer and `aigov eval` go through here.

bytes → tree → segments → Interaction → session.decide → edits → bytes
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from aigov_enforcers.wire.body import Unreadable
from aigov_enforcers.wire.catalogue import Operation
from aigov_enforcers.wire.content.envelope import edited, runs, steps
from aigov_enforcers.wire.content.mirrors import agreeing
from aigov_enforcers.wire.content.offsets import moves, offsets
from aigov_enforcers.wire.content.read import Content, nothing, read
from aigov_enforcers.wire.facts import facts
from aigov_enforcers.wire.message import FixedError, Message
from aigov_enforcers.wire.refusal import blocking_rule
from aigov_enforcers.wire.shifts import Shift, shifts
from aigov_enforcers.wire.splice import splice
from aigov_runtime.model import Decision, Direction, Interaction, Outcome, Segment, Value
from aigov_runtime.redact import apply
from aigov_runtime.session import Session

_PROMPT, _ALLOW, _BLOCK = Direction.PROMPT, Outcome.ALLOW, Outcome.BLOCK  # members of an enum are slow to reach

_JSON = (b"{", b"[")


class Governed(NamedTuple):
    """A decision and the message to send on: the very same object when nothing changed, None on a block."""

    decision: Decision
    message: Message | None
    interaction: Interaction


_interaction, _governed = partial(tuple.__new__, Interaction), partial(tuple.__new__, Governed)  # as in `shape`


def govern(
    session: Session,
    operation: Operation,
    direction: Direction,
    message: Message,
    *,
    attributes: Mapping[str, Value] | None = None,
    measures: Mapping[str, int] | None = None,
) -> Governed:
    """Decide one message and carry the decision out on it.

    For a response, `attributes` are those of the interaction that was its request; without them the operation's
    own facts are all that is known. `measures` are counters such as `session.turn`.
    """
    content = nothing(message)
    prompt = direction is _PROMPT
    if message.body:
        try:
            content = read(message, operation.format.request if prompt else operation.format.response)
        except Unreadable as reason:
            content = nothing(message, str(reason))
    texts = content.texts + runs(message, direction)
    if prompt:
        texts += steps(str(operation.facts.get("request.endpoint", "")))
    said, counts = facts(operation, direction, content.tree, len(message.body))
    if attributes is None:
        attributes = said
    if measures:
        counts.update(measures)
    interaction = _interaction((direction, texts, attributes, counts, content.unparsed, content.attachments))
    decision = session.decide(interaction)
    if prompt and decision.outcome is _ALLOW:
        return _governed((decision, content.message, interaction))
    try:
        in_bytes = operation.format.name == "gemini.interactions"
        carried = _carried_out(session, interaction, decision, content, in_bytes=in_bytes)
        if carried is not None and carried is not content.message and operation.format.name == "mcp" and prompt:
            carried = agreeing(message, content.tree, carried)
        return Governed(decision, carried, interaction)
    except FixedError as error:
        # A text that cannot be edited where it stands: the body is decided as unreadable, and a redaction fails closed.
        interaction, wanted = interaction._replace(unparsed=str(error)), decision.edits
        decision = session.decide(interaction)
        if decision.outcome is not _BLOCK:
            return Governed(decision, content.message, interaction)
        if not blocking_rule(decision):
            why = f"rule {wanted[0].rule} cannot redact: {error}" if wanted else f"{decision.message} ({error})"
            decision = decision._replace(message=why)
        return Governed(decision, None, interaction)


def _carried_out(
    session: Session, interaction: Interaction, decision: Decision, content: Content, *, in_bytes: bool
) -> Message | None:
    """The message after the decision. `in_bytes` says how annotations count."""
    if decision.outcome is _BLOCK:
        return None
    texts, direction = interaction.segments, interaction.direction
    if direction is _PROMPT:
        changed = _edited(texts, decision)
    else:
        changed = _restored(session, texts) | _edited(texts, decision, session.restore)
    if not changed:
        return content.message
    inside = len(content.texts)
    paths = Counter(each.path for each in content.texts)
    within, around = (
        {texts[number].path: text for number, text in changed.items() if (number < inside) is wanted}
        for wanted in (True, False)
    )
    for path in within:
        if paths[path] > 1:
            raise FixedError(f"`{path}` leads to {paths[path]} texts of the body")
    message = content.write(within) if within else content.message
    if within and content.tree is not None and message.body.lstrip()[:1] in _JSON:
        message = _counted(session, interaction, decision, content, message, in_bytes=in_bytes)
    return edited(message, direction, around) if around else message


def _counted(
    session: Session,
    interaction: Interaction,
    decision: Decision,
    content: Content,
    message: Message,
    *,
    in_bytes: bool,
) -> Message:
    """The changed message, with the numbers that count into its texts moved along."""
    found = offsets(message.body, content.tree, in_bytes=in_bytes)
    if not found:
        return message
    edits = {number: list(each) for number, each in groupby(decision.edits, key=attrgetter("segment"))}
    restored = None if interaction.direction is _PROMPT else session.tokens
    places = {each.path: (number, each.text) for number, each in enumerate(content.texts)}

    def changed(path: str) -> tuple[str, list[Shift]]:
        number, text = places.get(path, (-1, ""))
        return text, shifts(text, edits.get(number, ()), restored)

    new = moves(found, changed)
    return message.carrying(splice(message.body, new)) if new else message


def _edited(
    texts: tuple[Segment, ...], decision: Decision, between: Callable[[str], str] | None = None
) -> dict[int, str]:
    """The new texts by the number of their segment."""
    return {
        number: apply(texts[number].text, edits, between)
        for number, edits in groupby(decision.edits, key=attrgetter("segment"))
    }


def _restored(session: Session, texts: tuple[Segment, ...]) -> dict[int, str]:
    """The texts that hold this session's tokens, with what they stand for."""
    return {at: whole for at, each in enumerate(texts) if (whole := session.restore(each.text)) != each.text}
