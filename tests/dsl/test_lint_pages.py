"""Each lint rule's page is true: its bad example is found by that rule and no other, its good one by none."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from aigov_dsl import Diagnostic, apply_fixes, check, format_text, lint
from aigov_dsl.linter import RULES, Rule
from aigov_dsl.linter.__main__ import index

PAGES = Path(__file__).parents[2] / "docs" / "lint"
TODAY = date(2027, 1, 1)

REPEATED = {"W131", "W132", "W160"}
"""Owners, documentation and tests: every example would have to repeat them. Only their own pages do."""

_BLOCK = re.compile(r"^```(\w+) ?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

each_rule = pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: f"{rule.code}-{rule.name}")


def section(rule: Rule, name: str) -> str:
    page = (PAGES / f"{rule.code}.md").read_text()
    return page.split(f"\n## {name}\n", 1)[1].split("\n## ", 1)[0]


def example(rule: Rule, name: str, folder: Path) -> Path:
    """Writes the files of one section; a block that names no file is the policy."""
    blocks = _BLOCK.findall(section(rule, name))
    for _, file, text in blocks:
        (folder / (file or "policy.gov")).write_text(text)
    policies = [text for language, _, text in blocks if language == "gov"]
    assert policies
    return folder / "policy.gov"


def findings(rule: Rule, path: Path) -> tuple[Diagnostic, ...]:
    checked = check([path], require_default=False)
    assert checked.diagnostics == ()
    return tuple(d for d in lint(checked, TODAY) if d.code == rule.code or d.code not in REPEATED)


@each_rule
def test_the_bad_example_is_found_by_this_rule_alone(rule: Rule, tmp_path: Path) -> None:
    assert {d.code for d in findings(rule, example(rule, "Bad", tmp_path))} == {rule.code}


@each_rule
def test_the_good_example_is_found_by_no_rule(rule: Rule, tmp_path: Path) -> None:
    assert findings(rule, example(rule, "Good", tmp_path)) == ()


@each_rule
@pytest.mark.parametrize("name", ["Bad", "Good"])
def test_the_examples_are_formatted(rule: Rule, name: str, tmp_path: Path) -> None:
    text = example(rule, name, tmp_path).read_text()
    assert format_text(text, "policy.gov") == text


@each_rule
def test_the_fix_mends_the_bad_example_or_there_is_none(rule: Rule, tmp_path: Path) -> None:
    path = example(rule, "Bad", tmp_path)
    found = findings(rule, path)
    assert any(d.fix for d in found) == rule.fixable
    assert section(rule, "Fix").strip().startswith("Automatic") == rule.fixable
    if rule.fixable:
        path.write_text(apply_fixes(path.read_text(), found))
        assert findings(rule, path) == ()


@each_rule
def test_the_page_says_what_the_rule_is_called(rule: Rule) -> None:
    heading, _, summary, *_ = (PAGES / f"{rule.code}.md").read_text().split("\n")
    assert heading == f"# {rule.code} {rule.name}"
    assert summary.lower() == f"{rule.title}.".lower()


def test_each_page_has_its_rule() -> None:
    assert {path.stem for path in PAGES.glob("W*.md")} == set(RULES)


def test_the_index_is_current() -> None:
    assert (PAGES / "README.md").read_text() == index(), "run: python -m aigov_dsl.linter > docs/lint/README.md"
