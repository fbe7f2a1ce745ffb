"""What the documents show is true: every example of the language is checked, with the error it names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import aigov_dsl

LANGUAGE = Path(__file__).parents[1] / "docs" / "language.md"
FILES = {
    "codenames.txt": "Blue Heron\nRed Kite\n",
    "customers.csv": "email,account,name\na@corp.example,12345678,Ann Bell\n",
}
EXAMPLE = re.compile(r"^```gov(?: (?P<error>E\d{3}))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLES = list(EXAMPLE.finditer(LANGUAGE.read_text()))


def line(example: re.Match[str]) -> str:
    return f"line {LANGUAGE.read_text().count(chr(10), 0, example.start()) + 1}"


@pytest.mark.parametrize("example", EXAMPLES, ids=line)
def test_an_example_of_the_language_checks(example: re.Match[str], tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    policy = tmp_path / "example.gov"
    policy.write_text(example["text"])
    checked = aigov_dsl.check([policy], require_default=False)
    assert [found.code for found in checked.diagnostics] == ([example["error"]] if example["error"] else [])


@pytest.mark.parametrize("example", [found for found in EXAMPLES if not found["error"]], ids=line)
def test_an_example_of_the_language_is_in_its_own_layout(example: re.Match[str]) -> None:
    assert aigov_dsl.format_text(example["text"], "example.gov") == example["text"]
