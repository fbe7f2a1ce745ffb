"""The tour of the README, typed in as it stands there, and the examples in Python. `…` in the tour stands for what
differs from run to run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from aigov_enforcers import sdk
from examples.demo.upstream import Upstream
from tests.cli.conftest import Aigov

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
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


@pytest.fixture
def released(aigov: Aigov, tmp_path: Path) -> None:
    """The policy of the README as `policy.govb`, signed with a trusted key."""
    files = {file["name"]: file["text"] for file in FILE.finditer(README.read_text())}
    (tmp_path / "policy.gov").write_text(files["policy.gov"])
    aigov("keys", "generate")
    assert aigov("compile", "policy.gov", "-o", "policy.govb", "--key", "aigov.key").code == 0


def python(page: Path, word: str) -> str:
    """The page's one example in Python with this word."""
    examples = re.findall(r"^```python\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)
    (example,) = [each for each in examples if word in each]
    return str(example)


@pytest.mark.usefixtures("released")
def test_the_engine_example_runs() -> None:
    names: dict[str, object] = {}
    exec(python(README, "Engine"), names)
    assert names["decision"].outcome == "redact"  # type: ignore[attr-defined]


@pytest.mark.usefixtures("released")
def test_the_example_of_the_sdk_page_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with Upstream() as provider:
        monkeypatch.setenv("OPENAI_BASE_URL", f"{provider.url}/v1")
        monkeypatch.setenv("OPENAI_API_KEY", "unused")
        try:
            exec(python(ROOT / "docs" / "sdk.md", "sdk.install"), {})
        finally:
            sdk.uninstall()
    (received,) = provider.received
    assert received.json["messages"][0]["content"] == "deploy with [secrets.aws_access_key_id] please"
    assert re.search(r"Use an approved model\..* [0-9a-f]{32}$", capsys.readouterr().out, re.MULTILINE)
