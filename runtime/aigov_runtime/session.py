"""A session: one caller, known once, deciding many interactions.

Interaction → scan → judge: one call into the core → verdict (kept) → edits → Decision
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from aigov_runtime import clock
from aigov_runtime.core.program import Stage
from aigov_runtime.errors import InputError
from aigov_runtime.explain import Evidence, RuleExplanation, explain
from aigov_runtime.flow import Flow
from aigov_runtime.limits import MAX_VALUE_CHARS
from aigov_runtime.model import Decision, Edit, Interaction, Outcome, Scan, Segment, Value
from aigov_runtime.policy import Policy
from aigov_runtime.redact import plan
from aigov_runtime.tokens import KEY_BYTES
from aigov_runtime.verdict import Verdicts
from aigov_runtime.view import View, evidence_of, flags_of, proposals_of, session_values, verdict_of

if TYPE_CHECKING:
    from aigov_runtime.engine import Engine


class _Kept:
    """In the place of an engine: a policy that nothing replaces."""

    __slots__ = ("policy",)

    def __init__(self, policy: Policy) -> None:
        self.policy = policy


class Session:
    """Made by `Engine.session`. Threads may share one."""

    def __init__(
        self,
        engine: Engine,
        identity: Mapping[str, Value],
        key: bytes | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._engine: Engine | _Kept = engine
        self._identity = dict(identity)
        self._key = os.urandom(KEY_BYTES) if key is None else key
        if len(self._key) != KEY_BYTES:
            raise InputError(f"a session key has {KEY_BYTES} bytes, not {len(self._key)}")
        self._now = now
        _check(engine.policy, self._identity)
        self._view = View(engine.policy, self._identity, self._key)

    def decide(self, interaction: Interaction) -> Decision:
        """Scan the segments and judge what was found."""
        view = self._current()
        return self._judge(view, interaction, view.policy.scanner.scan(interaction.segments))

    def judge(self, interaction: Interaction, scan: Scan) -> Decision:
        """The decision on findings that `Engine.scan` made earlier. Raises InputError when they do not fit."""
        return self._judge(self._current(), interaction, scan)

    def pinned(self) -> Session:
        """This session with the policy that is in force now, whatever takes its place: for one exchange."""
        view = self._current()
        twin = Session.__new__(Session)
        twin.__dict__.update(self.__dict__, _engine=_Kept(view.policy), _view=view)
        return twin

    @property
    def defers(self) -> bool:
        """Whether the bundle in force has rules for `review`."""
        return self._engine.policy.deferred

    def review(self, interaction: Interaction) -> Decision:
        """What the rules ask for that wait for slow detectors, off the hot path: those that `decide` leaves out, and no
        others. It allows and edits nothing. The findings are those of the slow detectors."""
        view = self._current()
        policy = view.policy
        attributes, measures = self._timed(interaction)
        flags, segments = (
            flags_of(policy, interaction.direction, interaction.segments, interaction.unparsed),
            interaction.segments,
        )
        scan = policy.scanner.scan(segments, deferred=True)
        decision = _evaluated(view, policy.reviews, view.profile(attributes).stage, flags, measures, segments, scan)
        slow = policy.scanner.deferred
        return decision._replace(findings=tuple(found for found in decision.findings if found.detector in slow))

    def explain(self, interaction: Interaction) -> tuple[RuleExplanation, ...]:
        """Why `decide` and `review` say what they say: every rule for the interaction, matched or not, clause by
        clause."""
        view = self._current()
        policy, segments = view.policy, interaction.segments
        attributes, measures = self._timed(interaction)
        known, numbers = view.numbers(measures)
        found, incomplete = evidence_of(policy, segments, policy.scanner.scan(segments, deferred=True))
        flags = flags_of(policy, interaction.direction, interaction.segments, interaction.unparsed)
        evidence = Evidence(view.known, view.profile(attributes).known, numbers, known, found, incomplete, flags)
        return explain(policy, evidence)

    def flow(self, attributes: Mapping[str, Value], measures: Mapping[str, int]) -> Flow:
        """One streamed response, decided as it flows. It keeps the policy that is in force now."""
        now = clock.attributes(self._now())
        return Flow(self._current(), {**now, **attributes}, {**now, **measures})  # type: ignore[dict-item]  # as `_timed`

    def restore(self, text: str) -> str:
        """The text with this session's tokens replaced by what they stand for."""
        return self._current().tokens.restore(text)

    def tokens(self, text: str) -> Iterator[tuple[int, int, str]]:
        """(start, end, what it stands for) of each of this session's tokens in a text, in characters."""
        return self._current().tokens.found(text)

    def _current(self) -> View:
        """The view of the policy in force. After a hot swap the session specialises anew; a value that the new
        bundle declares otherwise counts as missing."""
        view = self._view
        policy = self._engine.policy
        if view.policy is not policy:
            view = self._view = View(policy, self._identity, self._key, view.detectors)
        return view

    def _timed(self, interaction: Interaction) -> tuple[Mapping[str, Value], Mapping[str, int]]:
        """The interaction's attributes and measures, with the time among them."""
        now = clock.attributes(self._now())
        return {**now, **interaction.attributes}, {**now, **interaction.measures}  # type: ignore[dict-item]  # a reader of measures takes integers alone

    def _judge(self, view: View, interaction: Interaction, scan: Scan) -> Decision:
        policy = view.policy
        attributes, measures = interaction.attributes, interaction.measures
        if policy.reads_time:
            attributes, measures = self._timed(interaction)
        profile = view.profile(attributes)
        flags = flags_of(policy, interaction.direction, interaction.segments, interaction.unparsed)
        if scan.findings or scan.incomplete or policy.program.measures:
            return _evaluated(view, policy.verdicts, profile.stage, flags, measures, interaction.segments, scan)
        decision = profile.quiet.get(flags)
        if decision is None:
            decision = _evaluated(view, policy.verdicts, profile.stage, flags, measures, interaction.segments, scan)
            profile.quiet[flags] = decision
        return decision


def _evaluated(  # noqa: PLR0917 - on the way of every decision with findings
    view: View,
    verdicts: Verdicts,
    stage: Stage,
    flags: int,
    measures: Mapping[str, int],
    segments: Sequence[Segment],
    scan: Scan,
) -> Decision:
    """One call into the core, and the edits that follow."""
    policy = view.policy
    verdict = verdict_of(view, verdicts, stage, flags, measures, evidence_of(policy, segments, scan))
    outcome = verdict.outcome
    edits: tuple[Edit, ...] = ()
    if verdict.redactions:
        proposals = list(proposals_of(policy, verdict.redactions, segments, scan.findings))
        if proposals:
            edits = plan(segments, proposals, view.replace)
            outcome = Outcome.REDACT if outcome is Outcome.ALLOW else outcome
    return Decision(
        outcome,
        verdict.message,
        verdict.target,
        edits,
        verdict.hits,
        scan.findings,
        verdict.unknown,
        verdict.obligations,
        policy.revision,
    )


def _check(policy: Policy, identity: Mapping[str, Value]) -> None:
    """Raise InputError for the first value that is none of its attribute's."""
    for attribute, given, accepted in session_values(policy, identity):
        if accepted is None:
            wanted = f"one of {', '.join(sorted(attribute.values))}" if attribute.values else attribute.kind
            got = f"`{given}`" if isinstance(given, str) and attribute.values else type(given).__name__
            if isinstance(given, str) and len(given) > MAX_VALUE_CHARS:
                wanted, got = f"at most {MAX_VALUE_CHARS} characters", str(len(given))
            raise InputError(f"identity attribute `{attribute.name}`: expected {wanted}, not {got}")
