"""Run `test` blocks and compare what happened with what was expected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import ndiff
from typing import NamedTuple

from aigov_dsl.ast import Scope, Span
from aigov_dsl.reference import Evaluator, Primitives, ReferenceDecision
from aigov_dsl.reference.conditions import EPOCH
from aigov_dsl.testing.coverage import Coverage, measure
from aigov_dsl.typed import (
    Expectation,
    ExpectEffect,
    ExpectObligation,
    ExpectText,
    ExpectUnknown,
    Program,
    Test,
    UnknownValue,
)


class Part(NamedTuple):
    """One text of a test, as a segment."""

    text: str
    kind: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """An expectation that was not met; `diff` is set when texts differ (lines of `difflib.ndiff`)."""

    span: Span
    expected: str
    got: str
    diff: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TestResult:
    """One test; it passed when nothing failed."""

    __test__ = False  # not a pytest class

    name: str
    span: Span
    failures: tuple[Failure, ...]

    @property
    def passed(self) -> bool:
        """Every expectation was met."""
        return not self.failures


@dataclass(frozen=True, slots=True)
class TestReport:
    """All tests of a program, in source order, and what they cover."""

    __test__ = False  # not a pytest class

    results: tuple[TestResult, ...]
    coverage: Coverage

    @property
    def passed(self) -> bool:
        """Every test passed."""
        return all(result.passed for result in self.results)


def run_tests(program: Program, primitives: Primitives, today: date) -> TestReport:
    """Every test of `program` on the reference evaluator. `today` decides which exemptions are in force."""
    evaluator = Evaluator(program, primitives)
    decisions = [_decide(evaluator, test, today) for test in program.tests]
    results = tuple(
        TestResult(test.name, test.span, _failures(test, decision))
        for test, decision in zip(program.tests, decisions, strict=True)
    )
    return TestReport(results, measure(program, [decision.verdicts for decision in decisions]))


def _decide(evaluator: Evaluator, test: Test, today: date) -> ReferenceDecision:
    attributes = {name: value for name, value in test.given.items() if not isinstance(value, UnknownValue)}
    segments = [
        Part(text, part if part in (Scope.TOOL_CALL, Scope.TOOL_RESULT) else "text") for part, text in test.parts
    ]
    return evaluator.decide(attributes, _direction(test), segments, day=(today - EPOCH).days)


def _direction(test: Test) -> Scope:
    """A tool call alone is what a model answered; everything else without a `response` is on its way to one."""
    parts = {part for part, _ in test.parts}
    return Scope.RESPONSE if Scope.RESPONSE in parts or parts == {Scope.TOOL_CALL} else Scope.PROMPT


def _failures(test: Test, decision: ReferenceDecision) -> tuple[Failure, ...]:
    return tuple(failure for expected in test.expectations if (failure := _check(expected, test, decision)) is not None)


def _check(expected: Expectation, test: Test, decision: ReferenceDecision) -> Failure | None:
    match expected:
        case ExpectEffect(rule=None):
            return _verify(expected, expected.effect, decision.outcome == expected.effect, _outcome(decision))
        case ExpectEffect():
            met = any(hit.id == expected.rule and hit.effect == expected.effect for hit in decision.rules)
            return _verify(expected, f"{expected.effect} by {expected.rule}", met, _rules(decision))
        case ExpectObligation():
            wanted = f"log {expected.value}" if expected.kind == "log" else f'{expected.kind} "{expected.value}"'
            present = _obligations(decision)
            return _verify(expected, wanted, wanted in present, ", ".join(present) or "no obligations")
        case ExpectUnknown():
            got = f"unknown {', '.join(decision.unknown)}" if decision.unknown else "nothing unknown"
            return _verify(expected, f"unknown {expected.name}", expected.name in decision.unknown, got)
        case ExpectText():
            return _check_text(expected, test, decision)


def _verify(
    expected: ExpectEffect | ExpectObligation | ExpectUnknown, wanted: str, holds: bool, got: str
) -> Failure | None:
    if holds is not expected.negated:
        return None
    return Failure(expected.span, f"not {wanted}" if expected.negated else wanted, got)


def _check_text(expected: ExpectText, test: Test, decision: ReferenceDecision) -> Failure | None:
    """Met when a part of that kind reads so after edits. A blocked interaction sends no text at all."""
    wanted = f'{expected.part} "{expected.text}"'
    if decision.outcome == "block":
        return Failure(expected.span, wanted, _outcome(decision))
    texts = [text for (part, _), text in zip(test.parts, decision.texts, strict=True) if part == expected.part]
    if expected.text in texts:
        return None
    if not texts:
        return Failure(expected.span, wanted, f"the test has no {expected.part}")
    diff = tuple(line.rstrip("\n") for line in ndiff(expected.text.splitlines(), texts[0].splitlines()))
    return Failure(expected.span, wanted, ", ".join(f'{expected.part} "{text}"' for text in texts), diff)


def _outcome(decision: ReferenceDecision) -> str:
    return f"{decision.outcome} ({decision.message})" if decision.message else decision.outcome


def _rules(decision: ReferenceDecision) -> str:
    hits = [f"{hit.effect} by {hit.id}" if hit.effect else f"{hit.id} (obligations)" for hit in decision.rules]
    return ", ".join(hits) or "no rule matched"


def _obligations(decision: ReferenceDecision) -> Sequence[str]:
    asked = decision.obligations
    return [
        *([f"log {asked.log}"] if asked.log else []),
        *dict.fromkeys(f'alert "{channel}"' for channel, _ in asked.alerts),
        *(f'label "{label}"' for label in asked.labels),
    ]
