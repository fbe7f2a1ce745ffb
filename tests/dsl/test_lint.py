"""The linter beyond the pages' examples: precision, suppressions, fixes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from aigov_dsl import Diagnostic, apply_fixes, ast, check, lint
from aigov_dsl.diagnostics import Edit, Level

Codes = Callable[..., list[str]]
TODAY = date(2027, 1, 1)
QUIET = {"W131", "W132", "W160"}


@pytest.fixture
def codes(tmp_path: Path) -> Codes:
    """`codes(text, other=…)`: the codes found in `policy.gov`, beside other files."""

    def run(text: str, *, quiet: bool = True, **others: str) -> list[str]:
        for name, content in others.items():
            (tmp_path / f"{name}.gov").write_text(content)
        (tmp_path / "policy.gov").write_text(text)
        checked = check([tmp_path / "policy.gov"], require_default=False)
        assert checked.diagnostics == ()
        return [d.code for d in lint(checked, TODAY) if not (quiet and d.code in QUIET)]

    return run


def rule(when: str, then: str = "allow", unless: str = "") -> str:
    return f"rule r {{ when {when} {'unless ' + unless if unless else ''} then {then} }}\n"


@pytest.mark.parametrize(
    ("when", "found"),
    [
        # contradictions
        ("request.bytes > 5 and request.bytes < 3", ["W111"]),
        ("request.bytes > 5 and request.bytes < 7", []),
        ("request.bytes > 5 and request.bytes < 6", ["W111"]),
        ('request.model == "a" and not request.model in ["a", "b"]', ["W111"]),
        ('request.model starts with "gpt" and request.model starts with "claude"', ["W111"]),
        ('request.model starts with "gpt" and request.model ends with "mini"', []),
        ('request.model starts with "gpt" and request.model == "claude"', ["W111"]),
        ('request.model like "gpt-*" and request.model == "claude"', ["W111"]),
        ('request.model like "gpt-*" and request.model like "*-mini"', []),
        ('device.posture == "compliant" and device.posture == "unknown"', ["W111"]),
        ("device.managed and not device.managed", ["W111"]),
        ('user.groups has "a" and user.groups has "b"', []),
        ('user.groups has all ["a", "b"] and not user.groups has "a"', ["W111"]),
        ('user.email == "x" and user.name == "y"', []),
        # tautologies
        ("device.managed or not device.managed", ["W112"]),
        ("request.bytes > 3 or request.bytes < 5", ["W112"]),
        ("request.bytes > 5 or request.bytes < 3", []),
        ('device.posture != "compliant" or device.posture == "compliant"', ["W112"]),
        ('user.assurance in ["none", "device", "workload"] or user.assurance == "sso"', ["W112"]),
        # redundancy
        ('request.model == "a" and request.model in ["a", "b"]', ["W113"]),
        ('request.model == "a" or request.model in ["a", "b"]', ["W113"]),
        ('request.model != "a" and request.model == "b"', ["W113"]),
        ('request.model starts with "gpt-4" or request.model starts with "gpt"', ["W113"]),
        ('user.groups has any ["a", "b"] and user.groups has "a"', ["W113"]),
        ('request.model == "a" or request.model == "b"', []),
        # guards are needed, not redundant
        ('process.signer is known and process.signer == "acme"', []),
        # the range of an attribute
        ("time.hour >= 0 and device.managed", ["W127"]),
        ("time.hour > 22 and device.managed", []),
        ("request.bytes < 0 and device.managed", ["W127"]),
        ("request.bytes > 0 and device.managed", []),
        # nesting
        ("device.managed and (request.stream or request.stream)", ["W114"]),
        ("not (device.managed and (request.stream and request.sanctioned))", ["W118"]),
        ("device.managed and (request.stream or request.sanctioned)", []),
        # stars and spaces
        ('request.model != "gpt-*"', ["W121"]),
        ('request.model starts with "gpt-*"', ["W121"]),
        ('request.model in ["a", " b"]', ["W122"]),
        ('request.model starts with "gpt "', []),
        ('request.model like any ["*", "gpt-*"]', ["W123"]),
        ('request.model like any ["gpt-*-mini", "gpt-*"]', ["W124"]),
        ('request.model like any ["gpt-*", "*-mini"]', []),
        # the form of values
        ('request.host like "https://api.*"', ["W128"]),
        ('request.host like any ["*.openai.com", "API.*"]', ["W128"]),
        ('request.host like any ["*.openai.com", "api.*"]', []),
        ('request.endpoint like "v1/*"', ["W128"]),
        ('request.endpoint like any ["/v1/*", "*/chat"]', []),
        ('process.sha256 like "ABC*"', ["W128"]),
        ('process.sha256 like "0123*"', []),
        (f'process.sha256 like any ["{64 * "0"}", "{65 * "0"}*"]', ["W128"]),
        ('time.utc like "2027/*"', ["W128"]),
        ('time.utc like "2027-*"', []),
        ('request.model like "https://*"', []),
        # constants
        ("true", []),
        ("false", ["W110"]),
        ("device.managed or false", ["W110"]),
        ("not true and device.managed", ["W110"]),
    ],
)
def test_conditions(codes: Codes, when: str, found: list[str]) -> None:
    assert codes(rule(when, 'block "no"')) == found


@pytest.mark.parametrize(
    ("when", "unless", "found"),
    [
        ('request.model == "a"', 'request.model in ["a", "b"]', ["W111"]),
        ('request.model in ["a", "b"]', 'request.model == "a"', []),
        ("device.managed and request.stream", "request.sanctioned or request.stream", ["W111"]),
        ("device.managed", "false", ["W110"]),
        ("device.managed", "true", ["W110"]),
    ],
)
def test_when_against_unless(codes: Codes, when: str, unless: str, found: list[str]) -> None:
    assert codes(rule(when, unless=unless)) == found


def test_payload_terms_are_compared_but_not_removed(tmp_path: Path) -> None:
    path = tmp_path / "policy.gov"
    path.write_text(
        "use aigov.secrets\n"
        + rule("payload contains secrets.* and payload contains secrets.* confidence certain", "redact as label")
    )
    (found,) = [d for d in lint(check([path], require_default=False), TODAY) if d.code not in QUIET]
    assert (found.code, found.fix) == ("W113", ())


def test_a_library_may_declare_what_it_does_not_use(codes: Codes) -> None:
    library = 'package shared\nlist teams = ["a", "b"]\nlist others = ["c"]\nattribute user.region: string\n'
    policy = 'use "./shared.gov"\n' + rule("user.groups has any shared.teams")

    assert codes(library) == []
    assert codes(policy, shared=library) == []


@pytest.mark.parametrize(
    ("shared", "found"),
    [
        ('package shared\nlist teams = ["a"]\n', ["W104"]),
        ("package shared\n" + rule("device.managed").replace("rule r", "rule s"), []),
        ("package shared\nattribute user.region: string\n", ["W104"]),
        ('package shared\ndetector d { words ["bluebird"] class internal }\n', ["W104"]),
    ],
)
def test_an_import_counts_as_used_for_what_it_brings(codes: Codes, shared: str, found: list[str]) -> None:
    assert codes('use "./shared.gov"\n' + rule("request.stream and device.managed"), shared=shared) == found


def test_an_import_is_used_through_a_class(codes: Codes) -> None:
    shared = 'package shared\ndetector d { words ["bluebird"] class internal }\n'
    assert codes('use "./shared.gov"\n' + rule("payload contains class internal", "redact"), shared=shared) == []


def test_an_import_is_used_under_its_other_name(codes: Codes) -> None:
    shared = 'package shared\nlist teams = ["a", "b"]\n'
    assert codes('use "./shared.gov" as s\n' + rule("user.groups has any s.teams"), shared=shared) == []


def test_one_of_two_imports_on_a_line_is_not_removed_automatically(tmp_path: Path) -> None:
    path = tmp_path / "policy.gov"
    path.write_text("use aigov.pii, aigov.secrets\n" + rule("payload contains secrets.*", "redact as label"))
    (found,) = [d for d in lint(check([path], require_default=False), TODAY) if d.code == "W104"]
    assert found.fix == ()


def test_nothing_is_said_about_a_policy_with_errors(tmp_path: Path) -> None:
    path = tmp_path / "policy.gov"
    path.write_text("default allow\n" + rule("no.such_attribute"))
    assert lint(check([path]), TODAY) == ()


def test_nothing_is_said_about_the_standard_library(tmp_path: Path) -> None:
    path = tmp_path / "policy.gov"
    path.write_text("use aigov.secrets\n" + rule("payload contains secrets.*", "redact as label"))
    assert {d.span.path for d in lint(check([path], require_default=False), TODAY)} == {str(path)}


def test_an_import_may_not_hide_the_own_package(codes: Codes) -> None:
    shared = 'package other.egress\nlist teams = ["a", "b"]\n'
    policy = 'package acme.egress\nuse "./shared.gov"\n' + rule("user.groups has any egress.teams")
    assert codes(policy, shared=shared) == ["W105"]


@pytest.mark.parametrize(
    ("clause", "found"),
    [
        ('words ["bluebird", "Bluebird"]', ["W125"]),
        ('words ["bluebird"] near ["a word", "A word"] within 10 chars', ["W125"]),
        ('words ["bluebird"] ignore ["x y", /x y/]', []),
        ('words ["bluebird"] ignore [/x/, /x/]', ["W125"]),
        ('words ["bluebird"] near ["it"] within 10 chars', []),
        ("words codes", ["W151"]),
    ],
)
def test_words(codes: Codes, clause: str, found: list[str]) -> None:
    text = f'list codes = ["bluebird", "x"]\ndetector d {{ {clause} class internal }}\n'
    text += rule("payload contains d and user.groups has any codes", "redact")
    assert codes(text) == found


def test_an_allow_may_ask_a_declared_attribute(codes: Codes) -> None:
    assert codes('attribute user.region: string from claim "region"\n' + rule('user.region == "eu"')) == []
    assert codes(rule("time.hour > 5")) == ["W135"]


# Suppressions -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "// lint: ignore W115 fun\nrule r { when not not device.managed then allow }\n",
        "rule r {\n  // lint: ignore W115 fun\n  when not not device.managed\n  then allow\n}\n",
        "rule r {\n  when not not device.managed // lint: ignore W115 fun\n  then allow\n}\n",
        "rule r {\n  when device.managed\n    // lint: ignore W115 fun\n    and not not request.stream then allow }\n",
        "// lint: ignore W115, W170 fun\nrule R { when not not device.managed then allow }\n",
        "// lint: ignore W171 really\n// TODO\nrule r { when device.managed then allow }\n",
        '/// Documented.\n// lint: ignore W115 fun\n@owner("a")\nrule r { when not not device.managed then allow }\n',
    ],
)
def test_a_suppression_holds_for_the_construct_it_stands_at(codes: Codes, text: str) -> None:
    assert codes(text) == []


def test_a_suppression_does_not_hold_beyond_its_construct(codes: Codes) -> None:
    text = (
        "// lint: ignore W115 fun\nrule r { when not not device.managed then allow }\n"
        "rule s { when not not request.sanctioned then allow }\n"
    )
    assert codes(text) == ["W115"]


@pytest.mark.parametrize(
    ("comment", "found"),
    [
        ("// lint: ignore W115 fun", ["W190"]),
        ("// lint: ignore W999 fun", ["W191"]),
        ("// lint: ignore", ["W191"]),
        ("// lint: ignore because", ["W191"]),
        ("// lint is ignored here", []),
    ],
)
def test_a_suppression_is_checked_itself(codes: Codes, comment: str, found: list[str]) -> None:
    assert codes(f"{comment}\n" + rule("device.managed")) == found


# Exemptions -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("until", "found"),
    [("2026-12-31", ["W141"]), ("2027-01-01", []), ("2028-01-02", []), ("2028-01-03", ["W142"])],
)
def test_an_exemption_lasts_through_its_day_and_at_most_a_year(codes: Codes, until: str, found: list[str]) -> None:
    text = rule("device.managed", 'block "no"')
    assert codes(f'{text}exempt r when request.stream until {until} owner "a" reason "b"\n') == found


# Tests ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("then", "expect", "found"),
    [
        ("allow", "allow by r", []),
        ("allow", "not allow by r", ["W160"]),
        ("allow", "allow", ["W160"]),
        ('label "x"', 'label "x"', []),
        ('label "x"', 'label "y"', ["W160"]),
        ('allow, label "x"', 'label "x"', ["W160"]),
    ],
)
def test_a_rule_is_tested_by_name_or_by_its_obligations(codes: Codes, then: str, expect: str, found: list[str]) -> None:
    text = "/// Documented.\n" + rule("device.managed", then)
    assert codes(text + f'test "t" {{ given device.managed = true expect {expect} }}\n', quiet=False) == found


# Fixes ------------------------------------------------------------------------------------------


def edit(start: int, end: int, text: str) -> Edit:
    return Edit(span=ast.Span("a.gov", start, end, 1, start + 1, 1, end + 1), text=text)


def diagnostic(*edits: Edit) -> Diagnostic:
    return Diagnostic(code="W1", level=Level.WARNING, message="", span=edits[0].span, fix=edits)


def test_fixes_apply_together_and_an_overlapping_one_waits() -> None:
    first = diagnostic(edit(0, 1, "A"), edit(4, 5, "E"))
    apart = diagnostic(edit(2, 3, ""))
    overlapping = diagnostic(edit(4, 6, "x"))
    assert apply_fixes("abcdef", [first, overlapping, apart]) == "AbdEf"


def test_a_fix_never_loses_a_comment(tmp_path: Path) -> None:
    path = tmp_path / "policy.gov"
    path.write_text("rule r {\n  when not // why\n    not device.managed\n  then allow\n}\n")
    (found,) = [d for d in lint(check([path], require_default=False), TODAY) if d.code == "W115"]
    assert found.fix == ()


@pytest.mark.parametrize(
    "text",
    [
        "use aigov.pii\nrule r { when device.managed then allow }",
        "rule r {\n  when device.managed\n  then allow\n  on\n    unknown skip\n}\n",
        "rule r {\n  when device.managed\n  unless\n    false\n  then allow\n}\n",
        'rule r {\n  when request.model in ["a",\n    "b",\n    "a"]\n  then allow\n}\n',
        "rule r { when device.managed then allow }\n// lint: ignore W101 gone",
    ],
)
def test_edits_say_the_same_by_offset_and_by_line_and_column(tmp_path: Path, text: str) -> None:
    path = tmp_path / "policy.gov"
    path.write_text(text)
    lines = text.split("\n")
    edits = [edit for d in lint(check([path], require_default=False), TODAY) for edit in d.fix]
    assert edits
    for span in (edit.span for edit in edits):
        start, end = ((span.line, span.column), (span.end_line, span.end_column))
        for offset, (line, column) in ((span.start, start), (span.end, end)):
            assert offset == sum(len(before) + 1 for before in lines[: line - 1]) + column - 1
