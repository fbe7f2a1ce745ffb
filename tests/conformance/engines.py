"""Who is asked: the reference evaluator and the compiled engine, each in the shape that `wire.evaluate` takes."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aigov_dsl
from aigov_compiler import Compiled, compile_program
from aigov_dsl.reference import Evaluator, ReferenceDecision
from aigov_dsl.typed import Program
from aigov_runtime import Engine
from aigov_runtime.model import (
    Confidence,
    Decision,
    Edit,
    Finding,
    Interaction,
    Location,
    Obligations,
    Outcome,
    RuleHit,
    Scan,
    Value,
)
from aigov_runtime.primitives import Primitives
from aigov_runtime.session import Session
from aigov_runtime.trust import UNVERIFIED
from tests.conformance.corpus import Case

DAY = int(time.time() // 86_400)


@cache
def program(files: tuple[tuple[str, str], ...]) -> Program:
    """The checked program of a case."""
    with TemporaryDirectory(prefix="aigov-conformance-") as folder:
        for name, text in files:
            Path(folder, name).write_text(text, encoding="utf-8")
        return aigov_dsl.load([Path(folder, "policy.gov")])


@cache
def compiled(files: tuple[tuple[str, str], ...]) -> Compiled:
    """The bundle of a case."""
    return compile_program(program(files))


class CompiledEngine:
    """The engine on the case's bundle; `incomplete` detectors are added to what a scan says."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._engine = Engine.load(compiled(case.files).envelope, UNVERIFIED, monitor=case.monitor)
        self.policy = self._engine.policy

    def session(self, identity: Mapping[str, Value]) -> Any:
        session = self._engine.session(identity, self._case.key)
        return _Interrupted(self._engine, session, self._case.incomplete) if self._case.incomplete else session


class _Interrupted:
    """A session whose scans do not finish."""

    def __init__(self, engine: Engine, session: Session, incomplete: tuple[str, ...]) -> None:
        self._engine = engine
        self._session = session
        self._incomplete = dict.fromkeys(incomplete, "interrupted")

    def decide(self, interaction: Interaction) -> Decision:
        found = self._engine.scan(interaction.segments).findings
        return self._session.judge(interaction, Scan(found, self._incomplete))

    def restore(self, text: str) -> str:
        return self._session.restore(text)


class ReferenceEngine:
    """The reference evaluator. The compiled policy lends the names of declared attributes, nothing else."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self.policy = Engine.load(compiled(case.files).envelope, UNVERIFIED).policy

    def session(self, identity: Mapping[str, Value]) -> Any:
        primitives = Primitives(self._case.key or os.urandom(32))
        evaluator = Evaluator(program(self._case.files), primitives, self._case.monitor)
        return _ReferenceSession(evaluator, identity, self._case)


class _ReferenceSession:
    def __init__(self, evaluator: Evaluator, identity: Mapping[str, Value], case: Case) -> None:
        self._evaluator = evaluator
        self._identity = identity
        self._case = case

    def decide(self, interaction: Interaction) -> Decision:
        decision = self._evaluator.decide(
            {**self._identity, **interaction.attributes, **interaction.measures},
            interaction.direction,
            interaction.segments,
            day=DAY,
            incomplete=dict.fromkeys(self._case.incomplete, "interrupted"),
            unparsed=interaction.unparsed,
        )
        return _as_decision(decision, interaction)

    def restore(self, text: str) -> str:
        return text


def _as_decision(decision: ReferenceDecision, interaction: Interaction) -> Decision:
    """In the engine's terms: an edited text is one edit of all of it."""
    nowhere = Location("", 0, 0)
    asked = decision.obligations
    return Decision(
        outcome=Outcome(decision.outcome),
        message=decision.message,
        target=decision.target,
        edits=tuple(
            Edit(number, segment.path, 0, len(segment.text.encode()), text, "", "")
            for number, (segment, text) in enumerate(zip(interaction.segments, decision.texts, strict=True))
            if text != segment.text
        ),
        rules=tuple(RuleHit(hit.id, hit.effect, nowhere, (), hit.unknown, True, "", ()) for hit in decision.rules),
        findings=tuple(
            Finding(
                found.detector,
                "",
                "",
                Confidence[found.confidence.name],
                found.segment,
                interaction.segments[found.segment].path,
                found.start,
                found.end,
                (),
            )
            for found in decision.findings
        ),
        unknown=decision.unknown,
        obligations=Obligations(asked.log, asked.alerts, asked.labels),
        revision="",
    )
