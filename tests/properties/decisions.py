"""A policy's text on both engines, and decisions in the one form in which they are compared."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aigov_dsl
from aigov_compiler import compile_program
from aigov_dsl.reference import Evaluator, ReferenceDecision
from aigov_dsl.typed import Program
from aigov_runtime import Engine, clock
from aigov_runtime.model import Decision, Scan, Value
from aigov_runtime.primitives import Primitives
from aigov_runtime.redact import apply
from aigov_runtime.trust import UNVERIFIED
from tests.properties.strategies.policies import TABLE
from tests.properties.strategies.traffic import Call

KEY = bytes(range(32))


def load(text: str) -> Program:
    """Parse and check."""
    with TemporaryDirectory(prefix="aigov-properties-") as folder:
        Path(folder, "rows.csv").write_text(TABLE, encoding="utf-8")
        path = Path(folder, "policy.gov")
        path.write_text(text, encoding="utf-8")
        return aigov_dsl.load([path])


class Compiled:
    """The engine's side."""

    def __init__(self, program: Program) -> None:
        self._engine = Engine.load(compile_program(program).envelope, UNVERIFIED)

    def decide(self, identity: Mapping[str, Value], call: Call) -> dict[str, Any]:
        session = self._engine.session(identity, KEY, lambda: call.now)
        if not call.incomplete:
            return _of_engine(session.decide(call.interaction), call)
        found = self._engine.scan(call.interaction.segments).findings
        scan = Scan(found, dict.fromkeys(call.incomplete, "interrupted"))
        return _of_engine(session.judge(call.interaction, scan), call)


class Reference:
    """The reference's side."""

    def __init__(self, program: Program) -> None:
        self._evaluator = Evaluator(program, Primitives(KEY))

    def decide(self, identity: Mapping[str, Value], call: Call) -> dict[str, Any]:
        interaction = call.interaction
        decision = self._evaluator.decide(
            {**clock.attributes(call.now), **identity, **interaction.attributes, **interaction.measures},
            interaction.direction,
            interaction.segments,
            day=call.day,
            incomplete=dict.fromkeys(call.incomplete, "interrupted"),
            unparsed=interaction.unparsed,
        )
        return _of_reference(decision)


def _of_engine(decision: Decision, call: Call) -> dict[str, Any]:
    texts = [
        apply(segment.text, [edit for edit in decision.edits if edit.segment == number])
        for number, segment in enumerate(call.interaction.segments)
    ]
    asked = decision.obligations
    findings = [(f.detector, f.segment, f.start, f.end, f.confidence.name.lower()) for f in decision.findings]
    return {
        "outcome": decision.outcome.value,
        "message": decision.message,
        "target": decision.target,
        "texts": texts,
        "rules": [(hit.id, hit.effect, hit.unknown) for hit in decision.rules],
        "findings": findings,
        "unknown": list(decision.unknown),
        "obligations": (asked.log, asked.alerts, asked.labels),
    }


def _of_reference(decision: ReferenceDecision) -> dict[str, Any]:
    asked = decision.obligations
    findings = [(f.detector, f.segment, f.start, f.end, str(f.confidence)) for f in decision.findings]
    return {
        "outcome": decision.outcome,
        "message": decision.message,
        "target": decision.target,
        "texts": list(decision.texts),
        "rules": [tuple(hit) for hit in decision.rules],
        "findings": findings,
        "unknown": list(decision.unknown),
        "obligations": (asked.log, asked.alerts, asked.labels),
    }
