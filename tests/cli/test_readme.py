"""The tour of the README, typed in as it stands there. `…` in it stands for what differs from run to run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from tests.cli.conftest import Aigov

README = Path(__file__).parents[2] / "README.md"
FILE = re.compile(r"^```\w+ (?P<name>[\w.]+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
CONSOLE = re.compile(r"^```console\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_tour_is_real(aigov: Aigov, tmp_path: Path) -> None:
    text = README.read_text()
    for file in FILE.finditer(text):
        (tmp_path / file["name"]).write_text(file["text"])
    commands = [step for console in CONSOLE.finditer(text) for step in console["text"].split("$ aigov ")[1:]]
    assert commands
    for step in commands:
        command, _, expected = step.partition("\n")
        result = aigov(*shlex.split(command))
        assert result.code == 0, result.err
        pattern = ".*?".join(re.escape(part) for part in expected.split("…"))
        assert re.fullmatch(pattern, result.err + result.out), f"{command}\n{result.err}{result.out}"


def test_the_engine_example_runs(aigov: Aigov, tmp_path: Path) -> None:
    text = README.read_text()
    (tmp_path / "policy.gov").write_text(
        next(file["text"] for file in FILE.finditer(text) if file["name"] == "policy.gov")
    )
    aigov("keys", "generate")
    aigov("compile", "policy.gov", "-o", "policy.govb", "--key", "aigov.key")
    example = next(
        block for block in re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL) if "Engine" in block
    )
    names: dict[str, object] = {}
    exec(example, names)
    assert names["decision"].outcome == "redact"  # type: ignore[attr-defined]
