"""A policy specialised for one session, and what both the decision on whole texts and that on a stream ask of it.

findings → one call into the core → verdict (kept) → proposals for redaction
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from aigov_runtime.core._core import ffi, lib
from aigov_runtime.core.isa import Phase
from aigov_runtime.core.program import Attribute, Stage
from aigov_runtime.errors import InputError
from aigov_runtime.limits import MAX_PROFILES
from aigov_runtime.model import Decision, Direction, Finding, Kind, Scan, Segment, Value
from aigov_runtime.policy import Policy
from aigov_runtime.redact import Proposal
from aigov_runtime.tokens import Tokens
from aigov_runtime.verdict import Redaction, Verdict, Verdicts

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
        self.known = [(a, value) for a, _, value in session_values(policy, identity) if value is not None]
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


def verdict_of(  # noqa: PLR0917 - on the way of every decision with findings
    view: View,
    verdicts: Verdicts,
    stage: Stage,
    flags: int,
    measures: Mapping[str, int],
    evidence: tuple[Sequence[int], Sequence[int]],
) -> Verdict:
    """One call into the core. `evidence` is that of `evidence_of`."""
    known, numbers = view.numbers(measures)
    found, incomplete = evidence
    scratch = view.policy.scratch()
    words = _decide(
        stage.pointer, scratch.pointer, numbers, known, found, len(found), incomplete, len(incomplete), flags
    )
    if words < 0:
        raise InputError("a finding has a confidence that does not exist")
    output = _unpack(scratch.output, words * 4)
    return verdicts.known(output) or verdicts.make(output)


def flags_of(policy: Policy, direction: Direction, segments: Sequence[Segment], unparsed: str = "") -> int:
    """What the core needs to know of a call besides its attributes, measures and findings."""
    try:
        flags: int = _DIRECTIONS[direction]
    except KeyError:
        raise InputError(f"`{direction}` is no direction") from None
    if unparsed:
        flags |= _UNPARSED
    if policy.reads_kinds:
        for segment in segments:
            flags |= _KIND_FLAGS.get(segment.kind, 0)
    return flags


def evidence_of(policy: Policy, segments: Sequence[Segment], scan: Scan) -> tuple[list[int], Sequence[int]]:
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


def proposals_of(
    policy: Policy, redactions: Sequence[Redaction], segments: Sequence[Segment], findings: Sequence[Finding]
) -> Iterator[Proposal]:
    """What redactions want of the findings."""
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


def session_values(policy: Policy, identity: Mapping[str, Value]) -> Iterator[tuple[Attribute, object, Value | None]]:
    """(attribute, value as given, value as accepted) for each session attribute that the identity gives."""
    for name, value in identity.items():
        attribute = policy.attributes.get(name)
        if attribute is not None and attribute.phase is Phase.SESSION:
            yield attribute, value, attribute.accept(value)
