"""detectors: the standard library, listed and told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from aigov.library import library
from tests.cli.conftest import Aigov

PAGE = Path(__file__).parents[2] / "docs" / "detectors.md"


def test_every_detector_is_listed(aigov: Aigov) -> None:
    entries = json.loads(aigov("detectors", "--format", "json").out)
    assert [entry["id"] for entry in entries] == [detector.id for detector in library().detectors]
    for entry in entries:
        for key in ("doc", "source", "remedy", "example", "class", "severity"):
            assert entry[key], (entry["id"], key)


def test_the_page_is_what_the_command_says(aigov: Aigov) -> None:
    assert aigov("detectors", "--format", "markdown").out == PAGE.read_text()


def test_one_is_told_in_full_with_an_example_that_it_finds(aigov: Aigov) -> None:
    result = aigov("detectors", "secrets.github_token")
    assert result.code == 0
    facts = dict(line.split(maxsplit=1) for line in result.out.splitlines()[2:] if line)
    assert facts["class"] == "credential"
    assert {"severity", "confidence", "source", "remedy", "use"} <= facts.keys()
    example = facts["example"]
    assert example in aigov("detectors", "secrets.github_token").out
    assert example not in aigov("detectors", "secrets.github_token", "--seed", "1").out
    found = aigov("scan", "-", "--format", "json", stdin=example.encode()).out
    assert "secrets.github_token" in [finding["detector"] for finding in json.loads(found)]


def test_packages_and_classes_select(aigov: Aigov) -> None:
    listed = json.loads(aigov("detectors", "payment", "--format", "json").out)
    assert {entry["package"] for entry in listed} == {"aigov.payment"}
    listed = json.loads(aigov("detectors", "credential", "--format", "json").out)
    assert {entry["class"] for entry in listed} == {"credential"}


def test_the_list_is_a_table(aigov: Aigov) -> None:
    result = aigov("detectors", "payment")
    assert "payment." in result.out
    assert "aigov detectors NAME" in result.err


@pytest.mark.parametrize(("name", "hint"), [("secrets.github_tokn", "secrets.github_token"), ("zzzz", "lists all")])
def test_an_unknown_name_is_told(aigov: Aigov, name: str, hint: str) -> None:
    result = aigov("detectors", name)
    assert (result.code, name in result.err, hint in result.err) == (2, True, True)
