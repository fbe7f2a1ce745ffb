"""From a program and one interaction to a decision: verdicts, then combining."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from aigov_dsl.ast import LogLevel, Scope, Style
from aigov_dsl.reference import candidates, kleene
from aigov_dsl.reference.conditions import UNPARSED, Evidence, atoms, missing, truth, whole_condition
from aigov_dsl.reference.kleene import Truth
from aigov_dsl.reference.model import Finding, Hit, Obligations, Primitives, ReferenceDecision, Segment, Verdict
from aigov_dsl.reference.redaction import Proposal, redacted
from aigov_dsl.typed import Alert, Allow, Block, Label, Log, Program, Redact, RedactTarget, Reroute, Rule, Value

STRENGTH = ("block", "reroute", "redact", "allow", "")


class Evaluator:
    """Decides interactions under one program. The rules named in `monitored` are reported but not enforced."""

    def __init__(self, program: Program, primitives: Primitives, monitored: Collection[str] = ()) -> None:
        self._program = program
        self._primitives = primitives
        self._monitored = monitored
        self._detectors = {detector.id: detector for detector in program.detectors}

    def decide(
        self,
        attributes: Mapping[str, Value],
        direction: str,
        segments: Sequence[Segment],
        *,
        day: int,
        incomplete: Mapping[str, str] | None = None,
        unparsed: str = "",
    ) -> ReferenceDecision:
        """The decision on one request ("prompt") or response.

        `attributes` holds every attribute that has a value; `day` counts from 1970-01-01 (UTC); `incomplete` maps
        the ids of detectors that could not finish to a reason; `unparsed` is the reason why the body could not be read.
        """
        found = candidates.findings(self._program.detectors, segments, self._primitives)
        evidence = Evidence(attributes, found, frozenset(incomplete or ()), bool(unparsed))
        verdicts = tuple(
            _verdict(rule, _in_scope(rule, evidence, segments), day)
            for rule in self._program.rules
            if _applies(rule.scope, direction, segments, evidence)
        )
        matched = [verdict.rule for verdict in verdicts if verdict.matched]
        enforced = [rule for rule in matched if rule.id not in self._monitored]
        outcome, message = self._combine(enforced, direction, evidence)
        texts = [segment.text for segment in segments]
        if outcome != "block":
            texts, edited = self._edit(enforced, evidence, segments)
            outcome = "redact" if outcome == "allow" and edited else outcome
        return ReferenceDecision(
            outcome=outcome,
            message=message,
            target=next((rule.effect.target for rule in enforced if isinstance(rule.effect, Reroute)), "")
            if outcome == "reroute"
            else "",
            texts=tuple(texts),
            rules=_hits(verdicts),
            findings=found,
            unknown=tuple(sorted({name for v in verdicts if v.truth is Truth.UNKNOWN for name in v.missing})),
            obligations=_obligations(enforced),
            verdicts=verdicts,
        )

    def _combine(self, enforced: Sequence[Rule], direction: str, evidence: Evidence) -> tuple[str, str]:
        """Outcome (allow, reroute, block) and message; `enforced` is sorted by rule id."""
        blocks = [rule.effect.message for rule in enforced if isinstance(rule.effect, Block)]
        if blocks:
            return "block", next((message for message in blocks if message), "")
        reroutes = [(rule.id, rule.effect.target) for rule in enforced if isinstance(rule.effect, Reroute)]
        for rule_id, target in reroutes[1:]:
            if target != reroutes[0][1]:
                return "block", f"rules {reroutes[0][0]} and {rule_id} reroute to different targets"
        for rule in enforced:
            if isinstance(rule.effect, Redact):
                if evidence.unparsed:
                    return "block", f"rule {rule.id} cannot redact: the body could not be read"
                targets = {detector for target in rule.effect.targets for detector in target.detectors}
                for detector in sorted(targets & set(evidence.incomplete)):
                    return "block", f"rule {rule.id} cannot redact: {detector} is incomplete"
        default = self._program.default
        admitted = any(isinstance(rule.effect, Allow) for rule in enforced) or (
            default is not None and isinstance(default.effect, Allow)
        )
        if direction == "prompt" and not admitted:
            return "block", default.effect.message if default and isinstance(default.effect, Block) else ""
        return ("reroute" if reroutes else "allow"), ""

    def _edit(
        self, enforced: Sequence[Rule], evidence: Evidence, segments: Sequence[Segment]
    ) -> tuple[list[str], bool]:
        """The segments' texts after redaction, and whether there was anything to replace."""
        proposals: list[list[Proposal]] = [[] for _ in segments]
        for rule in enforced:
            if isinstance(rule.effect, Redact):
                for finding in _in_scope(rule, evidence, segments).findings:
                    if any(_targets(target, finding) for target in rule.effect.targets):
                        detector = self._detectors[finding.detector]
                        style = rule.effect.style or detector.style or Style.LABEL
                        proposals[finding.segment].append(
                            Proposal(finding.start, finding.end, detector, rule.id, style)
                        )
        texts = [redacted(s.text, wanted, self._primitives) for s, wanted in zip(segments, proposals, strict=True)]
        return texts, any(proposals)


NARROW = (Scope.TOOL_CALL, Scope.TOOL_RESULT)
"""Scopes that need a segment of their kind, and see only those segments. The others see all."""


def _applies(scope: Scope, direction: str, segments: Sequence[Segment], evidence: Evidence) -> bool:
    """A narrow rule is taken to apply to a body that could not be read: it may hold such a segment."""
    if scope in NARROW:
        return evidence.unparsed or any(segment.kind == scope for segment in segments)
    return scope in (direction, Scope.ANY)


def _in_scope(rule: Rule, evidence: Evidence, segments: Sequence[Segment]) -> Evidence:
    if rule.scope not in NARROW:
        return evidence
    seen = tuple(f for f in evidence.findings if segments[f.segment].kind == rule.scope)
    return Evidence(evidence.attributes, seen, evidence.incomplete, evidence.unparsed)


def _verdict(rule: Rule, evidence: Evidence, day: int) -> Verdict:
    condition = whole_condition(rule, day)
    leaves = tuple((atom, truth(atom, evidence)) for atom in atoms(condition))
    result = truth(condition, evidence)
    absent: set[str] = set()
    if result is Truth.UNKNOWN:
        absent.update(name for atom, t in leaves if t is Truth.UNKNOWN for name in missing(atom, evidence))
    if rule.scope in NARROW and evidence.unparsed:
        result = kleene.conjunction([Truth.UNKNOWN, result])
        absent.add(UNPARSED)
    counts_unknown = not isinstance(rule.effect, Allow) and not rule.unknown_skip
    return Verdict(
        rule=rule,
        truth=result,
        atoms=leaves,
        matched=result is Truth.TRUE or (result is Truth.UNKNOWN and counts_unknown),
        missing=frozenset(absent),
    )


def _targets(target: RedactTarget, finding: Finding) -> bool:
    return finding.detector in target.detectors and candidates.at_least(finding, target.confidence)


def _effect(rule: Rule) -> str:
    return "" if rule.effect is None else type(rule.effect).__name__.lower()


def _hits(verdicts: Sequence[Verdict]) -> tuple[Hit, ...]:
    """Matched rules, strongest effect first, then by id."""
    hits = [Hit(v.rule.id, _effect(v.rule), v.truth is Truth.UNKNOWN) for v in verdicts if v.matched]
    return tuple(sorted(hits, key=lambda hit: (STRENGTH.index(hit.effect), hit.id)))


def _obligations(enforced: Sequence[Rule]) -> Obligations:
    """The union, also when the outcome is block."""
    asked = [obligation for rule in enforced for obligation in rule.obligations]
    order = list(LogLevel)
    levels = [order.index(obligation.level) for obligation in asked if isinstance(obligation, Log)]
    return Obligations(
        log=order[max(levels)] if levels else "",
        alerts=tuple(sorted({(o.channel, str(o.severity)) for o in asked if isinstance(o, Alert)})),
        labels=tuple(sorted({o.text for o in asked if isinstance(o, Label)})),
    )
