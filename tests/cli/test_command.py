"""The command as such: help, version, usage, and failures that end as one line."""

from __future__ import annotations

import json
import os
import signal
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
    assert "Example: aigov" in result.out


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


def test_a_command_says_what_has_to_be_installed() -> None:
    code = "import sys; sys.modules['joserfc'] = None; sys.argv[1:] = ['whoami']\nfrom aigov.main import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "this command needs `joserfc" in done.stderr
    assert "pip install 'aigov[all]'" in done.stderr


def run(*arguments: str | bytes, folder: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """The command as a process of its own, in `folder`."""
    command = [sys.executable, "-P", "-m", "aigov", *arguments]
    return subprocess.run(command, cwd=folder, env=os.environ | environment, capture_output=True, check=False)


def test_output_is_utf_8_in_every_locale(tmp_path: Path) -> None:
    (tmp_path / "a.gov").write_text('rule r { when request.modle == "日本" then block }\n', encoding="utf-8")
    for settings in ({"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}):
        done = run("check", "a.gov", folder=tmp_path, **settings)
        assert (done.returncode, done.stderr) == (3, b"")
        assert "日本" in done.stdout.decode()


@pytest.mark.parametrize("output", ["text", "json", "sarif"])
@pytest.mark.parametrize("verb", ["check", "scan"])
def test_a_file_name_that_is_not_utf_8(tmp_path: Path, verb: str, output: str) -> None:
    name = os.fsencode(tmp_path) + b"/bad\xff.gov"
    Path(os.fsdecode(name)).write_text("rule a@corp.example.org {}")
    done = run(verb, name, "--format", output, folder=tmp_path)
    assert (done.returncode, done.stderr) == (3 if verb == "check" else 0, b"")
    assert b"bad" in done.stdout
    if output != "text":
        json.loads(done.stdout)


def test_a_reader_that_goes_away_ends_it_quietly(tmp_path: Path) -> None:
    (tmp_path / "many.txt").write_text("jane@corp.example.org\n" * 5_000)
    for text in ("many.txt", "few.txt"):
        (tmp_path / "few.txt").write_text("jane@corp.example.org\n")
        command = [sys.executable, "-m", "aigov", "scan", text]
        with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.close()
            assert process.stderr.read() == b""
        assert process.returncode == 128 + signal.SIGPIPE
