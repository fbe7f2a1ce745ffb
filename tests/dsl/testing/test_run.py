import json
from datetime import date
from typing import Any
from xml.etree import ElementTree as ET

from aigov_dsl.ast import Confidence, Scope
from aigov_dsl.testing import TestReport, run_tests, to_json, to_junit
from aigov_dsl.typed import (
    And,
    Block,
    ExpectEffect,
    ExpectObligation,
    ExpectText,
    ExpectUnknown,
    Label,
    Redact,
    RedactTarget,
    Test,
    UnknownValue,
)
from tests.dsl.build import AT, Primitives, contains, is_true, program, rule, words

REDACT = Redact(targets=(RedactTarget(detectors=("t.x",), confidence=Confidence.POSSIBLE),), style=None)
RULE = rule("r", And(terms=(is_true("u"), contains("t.x"))), REDACT, obligations=(Label(text="seen"),))


def effect(name: Any, rule_id: Any = None, negated: Any = False) -> ExpectEffect:
    return ExpectEffect(negated=negated, effect=name, rule=rule_id, span=AT)


def text(expected: Any, part: Any = Scope.PROMPT) -> ExpectText:
    return ExpectText(part=part, text=expected, span=AT)


def case(prompt: Any, *expectations: Any, name: Any = "t", **given: Any) -> Test:
    return Test(name=name, given=given, parts=((Scope.PROMPT, prompt),), expectations=expectations, span=AT)


def run(*tests: Any) -> TestReport:
    return run_tests(program(words("x", "xx"), RULE, tests=tests), Primitives(), date(2026, 1, 1))


def test_met_expectations_pass() -> None:
    unknown = ExpectUnknown(negated=False, name="u", span=AT)
    label = ExpectObligation(negated=False, kind="label", value="seen", span=AT)
    report = run(
        case("a xx", effect("redact"), effect("redact", "r"), text("a [t.x]"), label, u=True),
        case("a", effect("allow"), effect("redact", "r", negated=True), u=True),
        case("a xx", effect("redact", "r"), unknown, u=UnknownValue()),
    )
    assert [result.failures for result in report.results] == [(), (), ()]


def test_failures_say_what_was_expected_and_what_happened() -> None:
    label = ExpectObligation(negated=False, kind="label", value="seen", span=AT)
    unknown = ExpectUnknown(negated=True, name="u", span=AT)
    (result,) = run(
        case("a xx", effect("block"), effect("redact", "r", negated=True), text("a xx"), label, unknown)
    ).results
    assert [(f.expected, f.got) for f in result.failures] == [
        ("block", "redact"),
        ("not redact by r", "redact by r"),
        ('prompt "a xx"', 'prompt "a [t.x]"'),
        ("not unknown u", "unknown u"),
    ]
    assert result.failures[2].diff[0] == "- a xx"


def test_a_blocked_prompt_sends_no_text() -> None:
    report = run_tests(
        program(rule("r", is_true("u"), None), tests=(case("a", text("a")),), default=Block(message="no")),
        Primitives(),
        date(2026, 1, 1),
    )
    assert report.results[0].failures[0].got == "block (no)"


def test_coverage_counts_rules_and_conditions_both_ways() -> None:
    nothing = run()
    assert (nothing.coverage.percent, len(nothing.coverage.goals)) == (0, 6)
    some = run(case("xx", u=True))
    assert some.coverage.percent == 50
    assert {(goal.text, goal.wanted) for goal in some.coverage.missed} == {
        ("", "not matched"), ("u", "false"), ("payload contains ('t.x',)", "false"),
    }  # fmt: skip
    every = run(case("xx", u=True), case("xx", u=False), case("y", u=True))
    assert (every.coverage.percent, every.coverage.rules_covered) == (100, 1)


def test_reports() -> None:
    report = run(
        case("a xx", effect("block"), name="first \x00", u=True), case("a", effect("allow"), name="second", u=True)
    )
    document = json.loads(to_json(report))
    assert (document["passed"], [test["passed"] for test in document["tests"]]) == (False, [False, True])
    assert document["coverage"]["percent"] == round(report.coverage.percent, 1)
    suite = ET.fromstring(to_junit(report)).find("testsuite")
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert suite.find("testcase/failure").get("message") == "expected block, got redact"
