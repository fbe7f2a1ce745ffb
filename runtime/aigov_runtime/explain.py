"""Why a decision is what it is: every rule for the interaction, clause by clause, with the values it saw.

Off the hot path. The truths are the decision core's, from all values at once instead of stage by stage.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from aigov_runtime.bundle.validate import EFFECTS
from aigov_runtime.core._core import ffi, lib
from aigov_runtime.core.program import Attribute, pack
from aigov_runtime.errors import InputError
from aigov_runtime.model import Location, Truth, Value
from aigov_runtime.policy import Policy
from aigov_runtime.verdict import Rule, lacking

_TRUTHS = (Truth.FALSE, Truth.TRUE, Truth.UNKNOWN)


class Clause(NamedTuple):
    """One predicate of a rule. `decides` when the rule's truth rests on it.

    One on an attribute names it, with its value or None when that is not known; one on the payload has an empty
    `attribute` and counts what was `found`. `missing` names the evidence that an unknown one lacks.
    """

    text: str
    truth: Truth
    location: Location
    decides: bool
    attribute: str
    value: Value | None
    found: int
    missing: tuple[str, ...]


class RuleExplanation(NamedTuple):
    """A rule for the interaction, matched or not. `effect` and `enforced` are those of `RuleHit`. It is `doubtful` when
    it may not apply: it is on tool calls or results, and the body could not be read."""

    id: str
    effect: str
    location: Location
    truth: Truth
    matched: bool
    enforced: bool
    doubtful: bool
    clauses: tuple[Clause, ...]


class Evidence(NamedTuple):
    """All that rules can see of a call, as the core takes it: the values of the session's and the profile's attributes,
    the call's measures (those known as bits), findings and incomplete detectors packed, flags."""

    session: Sequence[tuple[Attribute, Value]]
    profile: Sequence[tuple[Attribute, Value]]
    measures: Sequence[int]
    known: int
    findings: Sequence[int]
    incomplete: Sequence[int]
    flags: int


def explain(policy: Policy, evidence: Evidence) -> tuple[RuleExplanation, ...]:
    """The rules that are for the call: matched ones first, then those without enough evidence, then the false ones;
    each time the strongest effect first, then by id. Raises InputError when the evidence does not fit."""
    words = iter(_words(policy, evidence))
    values = _values(policy, evidence)
    names = tuple(policy.detectors)
    incomplete = frozenset(names[number] for number in evidence.incomplete)
    unparsed = bool(evidence.flags & lib.AIGOV_UNPARSED)
    explained = []
    for rule in policy.rules:
        head, leaves = next(words), [next(words) for _ in rule.leaves]
        if head != lib.AIGOV_ABSENT:
            explained.append(_rule(rule, _TRUTHS[head], leaves, values, incomplete, unparsed))
    explained.sort(key=lambda rule: (not rule.matched, rule.truth is Truth.FALSE, EFFECTS.index(rule.effect), rule.id))
    return tuple(explained)


def _words(policy: Policy, evidence: Evidence) -> list[int]:
    """The core's words (`aigov_explain` in core.h)."""
    session, keep_session = pack(policy.program, evidence.session)
    profile, keep_profile = pack(policy.program, evidence.profile)
    out = ffi.new("uint32_t[]", sum(1 + len(rule.leaves) for rule in policy.rules))
    found, incomplete = evidence.findings, evidence.incomplete
    count = lib.aigov_explain(
        session,
        profile,
        policy.scratch().pointer,
        evidence.measures,
        evidence.known,
        found,
        len(found),
        incomplete,
        len(incomplete),
        evidence.flags,
        out,
    )
    del keep_session, keep_profile
    if count != len(out):
        raise InputError("the core could not take the evidence")
    words: list[int] = ffi.unpack(out, count)
    return words


def _values(policy: Policy, evidence: Evidence) -> dict[str, Value]:
    known: Iterator[tuple[Attribute, Value]] = (
        (attribute, number)
        for at, (attribute, number) in enumerate(zip(policy.program.measures, evidence.measures, strict=True))
        if evidence.known >> at & 1
    )
    return {attribute.name: value for attribute, value in (*evidence.session, *evidence.profile, *known)}


def _rule(  # noqa: PLR0917 - all of a call's evidence
    rule: Rule,
    truth: Truth,
    leaves: Sequence[int],
    values: Mapping[str, Value],
    incomplete: frozenset[str],
    unparsed: bool,
) -> RuleExplanation:
    clauses = []
    for (text, location, names, payload), word in zip(rule.leaves, leaves, strict=True):
        attribute = "" if payload else names[0]
        seen = _TRUTHS[word & 3]
        clauses.append(
            Clause(
                text=text,
                truth=seen,
                location=location,
                decides=bool(word & lib.AIGOV_DECIDES),
                attribute=attribute,
                value=values.get(attribute),
                found=word >> lib.AIGOV_COUNT_SHIFT,
                missing=tuple(lacking(names, payload, incomplete, unparsed)) if seen is Truth.UNKNOWN else (),
            )
        )
    matched = truth is Truth.TRUE or (truth is Truth.UNKNOWN and rule.matches_unknown)
    doubtful = unparsed and rule.narrow
    return RuleExplanation(rule.id, rule.effect, rule.location, truth, matched, rule.enforced, doubtful, tuple(clauses))
