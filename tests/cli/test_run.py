"""`aigov run --sdk`: a Python program of any kind of start, under the hook; anything else is refused."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from aigov_compiler import compile_program, keys
from aigov_dsl import load

PROGRAM = """
import sys, json, urllib.request, urllib.error
body = json.dumps({"model": "m", "messages": []}).encode()
asked = urllib.request.Request("http://127.0.0.1:9/v1/chat/completions", body, {"content-type": "application/json"})
try:
    urllib.request.urlopen(asked)
except urllib.error.HTTPError as error:
    print(sys.argv[1:], sys.flags.dev_mode, json.loads(error.read())["error"]["message"])
"""
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run the command line as a process of its own, which becomes the program."""
    private, public = keys.generate()
    (tmp_path / "key.pub").write_bytes(public)
    (tmp_path / "key.pem").write_bytes(private)
    (tmp_path / "policy.gov").write_text('default block "Not now."\n')
    key = keys.load_private(tmp_path / "key.pem")
    (tmp_path / "policy.govb").write_bytes(compile_program(load([tmp_path / "policy.gov"]), key=key).envelope)
    (tmp_path / "program.py").write_text(PROGRAM)
    script = tmp_path / "script"
    script.write_text(f"#!{sys.executable}\n{PROGRAM}")
    script.chmod(0o755)

    def start(*words: str, given: tuple[str, ...] = ("--bundle", "policy.govb", "--trust", "key.pub")) -> Run:
        command = [sys.executable, "-m", "aigov", "run", *given, *words]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AIGOV_")}
        return subprocess.run(  # type: ignore[return-value]
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=60
        )

    return start  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([sys.executable, "program.py", "-m", "a"], "['-m', 'a'] False Not now.\n"),
        ([sys.executable, "-X", "dev", "-Wignore", "program.py"], "[] True Not now.\n"),
        ([sys.executable, "-m", "program", "--", "b"], "['--', 'b'] False Not now.\n"),
        ([sys.executable, "-c", PROGRAM, "c"], "['c'] False Not now.\n"),
        (["./script", "d"], "['d'] False Not now.\n"),
    ],
)
def test_a_python_program_is_governed(run: Run, words: list[str], said: str) -> None:
    done = run("--sdk", "--", *words)
    assert (done.stdout, done.returncode) == (said, 0), done.stderr


@pytest.mark.parametrize(
    ("words", "given", "said"),
    [
        (["--sdk", "--", "sh", "-c", "true"], None, "not a Python program"),
        (["--sdk", "--", "nowhere-to-be-found"], None, "is not found"),
        (["--sdk", "--", sys.executable], None, "interactive"),
        (["--sdk", "--", sys.executable, "-X", "dev"], None, "interactive"),
        (["--", sys.executable, "program.py"], None, "--sdk"),
        (["--sdk", "--", sys.executable, "program.py"], (), "AIGOV_BUNDLE"),
        (["--sdk"], None, "Missing argument"),
    ],
)
def test_anything_else_is_not_run(run: Run, words: list[str], given: tuple[str, ...] | None, said: str) -> None:
    done = run(*words) if given is None else run(*words, given=given)
    assert (done.stdout, done.returncode) == ("", 2)
    assert said in done.stderr


def test_a_bundle_that_is_not_trusted_runs_nothing(run: Run, tmp_path: Path) -> None:
    _, public = keys.generate()
    (tmp_path / "key.pub").write_bytes(public)
    done = run("--sdk", "--", sys.executable, "program.py")
    assert (done.stdout, done.returncode) == ("", 7)
    assert "is not run" in done.stderr
