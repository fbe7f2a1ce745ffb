"""coverage: what is enforced where, and what of a policy is not."""

from __future__ import annotations

import json
from pathlib import Path

from aigov_enforcers.wire import PROVIDERS
from aigov_enforcers.wire.coverage import Action, Level, coverage
from tests.cli.conftest import Aigov

PAGE = Path(__file__).parents[2] / "docs" / "coverage.md"
POLICY = """
package test.x
default allow
detector key { words ["bluebird"] class internal }
rule a { when payload contains key then redact as token }
rule b on response { when payload contains key then block }
"""


def test_the_page_is_what_the_command_says(aigov: Aigov) -> None:
    assert aigov("coverage", "--format", "markdown").out == PAGE.read_text()


def test_every_route_has_a_row_and_every_shortfall_a_reason() -> None:
    rows = coverage()

    shown = {(row.format, name) for row in rows for name in row.providers}
    assert shown == {(route.format.name, each.name) for each in PROVIDERS.values() for route in each.routes}
    for row in rows:
        assert row.cells.keys() == set(Action)
        assert all(bool(cell.reason) is (cell.level is not Level.ENFORCED) for cell in row.cells.values())


def test_a_policy_shows_what_it_does_not_get_everywhere(aigov: Aigov, tmp_path: Path) -> None:
    path = tmp_path / "p.gov"
    path.write_text(POLICY, encoding="utf-8")

    entries = json.loads(aigov("coverage", str(path), "--format", "json").out)

    named = {(entry["format"], entry["signed"]): entry["actions"] for entry in entries}
    assert named["bedrock.converse", True]["redact prompt"]["level"] == "partial"
    assert ("openai.chat", False) not in named
    assert all(
        set(each) == {"redact prompt", "redact as token", "block", "block mid-stream"} for each in named.values()
    )


def test_a_policy_that_gets_all(aigov: Aigov, tmp_path: Path) -> None:
    path = tmp_path / "p.gov"
    path.write_text(
        'package test.x\ndefault allow\nrule a { when request.model == "x" then block }\n', encoding="utf-8"
    )

    result = aigov("coverage", str(path))

    assert result.code == 0
    assert "every action" in result.out


def test_the_table(aigov: Aigov) -> None:
    result = aigov("coverage")

    assert result.code == 0
    assert "bedrock.converse, signed" in result.out


def test_an_operators_catalogue(aigov: Aigov, tmp_path: Path) -> None:
    path = tmp_path / "providers.toml"
    path.write_text('[acme]\nhosts = ["llm.acme.example"]\nextends = "openai"\n', encoding="utf-8")
    assert "acme" in aigov("coverage", "--catalogue", str(path), "--format", "json").out

    path.write_text("[acme]\nhost = 1\n", encoding="utf-8")
    result = aigov("coverage", "--catalogue", str(path))
    assert result.code == 2
    assert "[acme] host" in result.err
