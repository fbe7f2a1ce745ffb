"""The command as such: help, version, usage, and failures that end as one line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import aigov as package
from aigov.app import VERBS
from tests.cli.conftest import Aigov


def test_version(aigov: Aigov) -> None:
    assert aigov("--version").out == f"aigov {package.__version__}\n"


def test_help_names_every_verb(aigov: Aigov) -> None:
    result = aigov("--help")
    assert result.code == 0
    assert all(f"\n  {verb} " in result.out for verb in VERBS)


@pytest.mark.parametrize("verb", [*VERBS, "keys generate"])
def test_every_verb_has_help_with_an_example(aigov: Aigov, verb: str) -> None:
    result = aigov(*verb.split(), "--help")
    assert result.code == 0
    assert "Usage: aigov " in result.out
    assert verb == "keys" or "Example: aigov" in result.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("check",),
        ("check", "missing.gov"),
        ("check", "--nonsense", "."),
        ("eval", "missing.govb"),
        ("compile", "."),
        ("scan", "missing.txt"),
        ("verify", ".", "--trust", "missing.pub"),
    ],
)
def test_wrong_usage_is_2(aigov: Aigov, arguments: tuple[str, ...]) -> None:
    result = aigov(*arguments)
    assert result.code == 2
    assert "Error: " in result.err


def test_an_internal_failure_is_one_line_and_1(aigov: Aigov, policy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aigov.commands.check.check", lambda paths: 1 / 0)
    result = aigov("check", policy)
    assert result.code == 1
    assert result.err == "aigov: internal failure: ZeroDivisionError: division by zero (AIGOV_DEBUG=1 shows where)\n"


def test_an_unwritable_place_is_one_line(aigov: Aigov, policy: Path) -> None:
    result = aigov("compile", policy, "-o", "no/such/folder/p.govb")
    assert result.code == 2
    assert result.err.splitlines()[-1] == "aigov: no/such/folder/p.govb: No such file or directory"


def test_it_runs_as_a_module_and_starts_without_the_parser_or_the_engine() -> None:
    code = "import sys; sys.argv = ['aigov', '--version']\nfrom aigov.main import main; main(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"lark", "rich", "aigov_dsl", "aigov_runtime"} & set(done.stdout.split())
    done = subprocess.run([sys.executable, "-m", "aigov", "check"], capture_output=True, text=True, check=False)
    assert done.returncode == 2


def test_deciding_needs_no_parser() -> None:
    code = "import sys, aigov.commands.eval, aigov.commands.explain; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"lark", "rich", "aigov_dsl", "aigov_compiler"} & set(done.stdout.split())
