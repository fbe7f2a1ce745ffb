"""A session: one caller, known once, deciding many interactions.

Interaction → scan → judge: one call into the core → verdict (kept) → edits → Decision
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from aigov_runtime import clock
from aigov_runtime.core._core import ffi, lib
from aigov_runtime.core.isa import Phase
from aigov_runtime.core.program import Attribute, Stage
from aigov_runtime.errors import InputError
from aigov_runtime.explain import Evidence, RuleExplanation, explain
from aigov_runtime.limits import MAX_PROFILES, MAX_VALUE_CHARS
from aigov_runtime.model import Decision, Direction, Edit, Finding, Interaction, Kind, Outcome, Scan, Segment, Value
from aigov_runtime.policy import Policy
from aigov_runtime.redact import Proposal, plan
from aigov_runtime.tokens import KEY_BYTES, Tokens
from aigov_runtime.verdict import Redaction, Verdicts

if TYPE_CHECKING:
    from aigov_runtime.engine import Engine

_DIRECTIONS = {Direction.PROMPT: lib.AIGOV_PROMPT, Direction.RESPONSE: lib.AIGOV_RESPONSE}
_UNPARSED = lib.AIGOV_UNPARSED
_KIND_FLAGS = {Kind.TOOL_CALL: lib.AIGOV_TOOL_CALL, Kind.TOOL_RESULT: lib.AIGOV_TOOL_RESULT}
_WHERE = {Kind.TOOL_CALL: 1 << lib.AIGOV_WHERE_SHIFT, Kind.TOOL_RESULT: 2 << lib.AIGOV_WHERE_SHIFT}
_CONFIDENCE_SHIFT = lib.AIGOV_CONFIDENCE_SHIFT
_INT_MIN, _INT_MAX = -(2**63), 2**63 - 1
_decide, _unpack = lib.aigov_decide, ffi.unpack


class Profile:
    """A kind of request in a session: its stage, and what is decided when nothing is found and no rule reads a
    measure. That depends on the call's flags alone, so each such decision is made once. `known` are its attributes
    that have a value."""

    __slots__ = ("known", "quiet", "stage")

    def __init__(self, stage: Stage, known: Sequence[tuple[Attribute, Value]]) -> None:
        self.stage = stage
        self.known = known
        self.quiet: dict[int, Decision] = {}


class View:
    """A policy specialised for one session: the session stage, and a profile stage for each kind of request so far.

    `detectors` are those of this and all earlier bundles of the session: their tokens are still about.
    """

    def __init__(
        self, policy: Policy, identity: Mapping[str, Value], key: bytes, earlier: frozenset[str] = frozenset()
    ) -> None:
        self.policy = policy
        self.detectors = earlier | policy.detectors.keys()
        self._key = key
        self.known = _known(policy, identity)
        self.stage = policy.program.session(self.known)
        self._reads = tuple((attribute.name, attribute.type) for attribute in policy.profile_attributes)
        self._measures = tuple((attribute.name, 1 << at) for at, attribute in enumerate(policy.program.measures))
        self._profiles: dict[tuple[object, ...], Profile] = {}

    @cached_property
    def tokens(self) -> Tokens:
        """Made on first use: most sessions never need it."""
        return Tokens(self._key, self.detectors)

    def replace(self, style: str, detector: str, value: bytes) -> str:
        """What stands for a value in a keyed style (`aigov_runtime.redact.Replace`)."""
        return self.tokens.replacement(style, detector, value)

    def profile(self, attributes: Mapping[str, Value]) -> Profile:
        """The profile for these attributes of an interaction, made if need be."""
        get = attributes.get
        values = tuple(
            [value if type(value := get(name)) is kind else _plain(value, kind) for name, kind in self._reads]
        )
        return self._profiles.get(values) or self._new_profile(values)

    def _new_profile(self, values: tuple[object, ...]) -> Profile:
        """What is no value of its attribute counts as missing: traffic may hold anything, and missing evidence
        fails closed."""
        attributes = self.policy.profile_attributes
        accepted = tuple(a.accept(value) for a, value in zip(attributes, values, strict=True))
        profile = self._profiles.get(accepted)
        if profile is None:
            known = [(a, value) for a, value in zip(attributes, accepted, strict=True) if value is not None]
            profile = Profile(self.stage.profile(known), known)
            if len(self._profiles) >= MAX_PROFILES:
                self._profiles.clear()
            self._profiles[accepted] = profile
        return profile

    def numbers(self, measures: Mapping[str, int]) -> tuple[int, list[int]]:
        """The integers of a call as the core takes them: a bit for each that has a value, and the values."""
        known = 0
        numbers = []
        get = measures.get
        for name, bit in self._measures:
            number = get(name)
            if type(number) is int and _INT_MIN <= number <= _INT_MAX:
                known |= bit
                numbers.append(number)
            else:
                numbers.append(0)
        return known, numbers


class Session:
    """Made by `Engine.session`. Threads may share one."""

    def __init__(
        self,
        engine: Engine,
        identity: Mapping[str, Value],
        key: bytes | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._engine = engine
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
        flags, segments = _flags(policy, interaction), interaction.segments
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
        found, incomplete = _evidence(policy, segments, policy.scanner.scan(segments, deferred=True))
        flags = _flags(policy, interaction)
        evidence = Evidence(view.known, view.profile(attributes).known, numbers, known, found, incomplete, flags)
        return explain(policy, evidence)

    def restore(self, text: str) -> str:
        """The text with this session's tokens replaced by what they stand for."""
        return self._current().tokens.restore(text)

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
        flags = _flags(policy, interaction)
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
    known, numbers = view.numbers(measures)
    found, incomplete = _evidence(policy, segments, scan)
    scratch = policy.scratch()
    words = _decide(
        stage.pointer, scratch.pointer, numbers, known, found, len(found), incomplete, len(incomplete), flags
    )
    if words < 0:
        raise InputError("a finding has a confidence that does not exist")
    output = _unpack(scratch.output, words * 4)
    verdict = verdicts.known(output) or verdicts.make(output)
    outcome = verdict.outcome
    edits: tuple[Edit, ...] = ()
    if verdict.redactions:
        proposals = list(_proposals(policy, verdict.redactions, segments, scan.findings))
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


def _flags(policy: Policy, interaction: Interaction) -> int:
    """What the core needs to know of a call besides its attributes, measures and findings."""
    try:
        flags: int = _DIRECTIONS[interaction.direction]
    except KeyError:
        raise InputError(f"`{interaction.direction}` is no direction") from None
    if interaction.unparsed:
        flags |= _UNPARSED
    if policy.reads_kinds:
        for segment in interaction.segments:
            flags |= _KIND_FLAGS.get(segment.kind, 0)
    return flags


def _evidence(policy: Policy, segments: Sequence[Segment], scan: Scan) -> tuple[list[int], Sequence[int]]:
    """The findings packed, and the incomplete detectors, as the core takes them."""
    index = policy.detectors
    try:
        found = [index[f.detector] | f.confidence << _CONFIDENCE_SHIFT for f in scan.findings]
        if policy.reads_kinds:
            where = [_WHERE.get(segments[f.segment].kind, 0) for f in scan.findings]
            found = [packed | place for packed, place in zip(found, where, strict=True)]
        incomplete = sorted([index[detector] for detector in scan.incomplete]) if scan.incomplete else ()
    except (KeyError, IndexError) as error:
        raise InputError(f"the scan does not fit the interaction and the bundle: {error}") from None
    return found, incomplete


def _proposals(
    policy: Policy, redactions: Sequence[Redaction], segments: Sequence[Segment], findings: Sequence[Finding]
) -> Iterator[Proposal]:
    for redaction in redactions:
        for finding in findings:
            floor = redaction.floors.get(finding.detector)
            if floor is None or finding.confidence < floor:
                continue
            if not 0 <= finding.segment < len(segments):
                raise InputError(f"a finding lies in segment {finding.segment} of {len(segments)}")
            if redaction.kind is None or segments[finding.segment].kind == redaction.kind:
                yield Proposal(finding, redaction.rule, redaction.style or policy.styles[finding.detector])


def _plain(value: object, kind: type) -> object:
    """A value of a subclass (an enum's member, say) or a mutable set in its plain, hashable type; None for others."""
    if kind is str and isinstance(value, str):
        return str(value)
    if kind is frozenset and isinstance(value, set):
        return frozenset(value)
    return None


def _session_values(policy: Policy, identity: Mapping[str, Value]) -> Iterator[tuple[Attribute, object, Value | None]]:
    """(attribute, value as given, value as accepted) for each session attribute that the identity gives."""
    for name, value in identity.items():
        attribute = policy.attributes.get(name)
        if attribute is not None and attribute.phase is Phase.SESSION:
            yield attribute, value, attribute.accept(value)


def _known(policy: Policy, identity: Mapping[str, Value]) -> list[tuple[Attribute, Value]]:
    return [(attribute, value) for attribute, _, value in _session_values(policy, identity) if value is not None]


def _check(policy: Policy, identity: Mapping[str, Value]) -> None:
    """Raise InputError for the first value that is none of its attribute's."""
    for attribute, given, accepted in _session_values(policy, identity):
        if accepted is None:
            wanted = f"one of {', '.join(sorted(attribute.values))}" if attribute.values else attribute.kind
            got = f"`{given}`" if isinstance(given, str) and attribute.values else type(given).__name__
            if isinstance(given, str) and len(given) > MAX_VALUE_CHARS:
                wanted, got = f"at most {MAX_VALUE_CHARS} characters", str(len(given))
            raise InputError(f"identity attribute `{attribute.name}`: expected {wanted}, not {got}")
