"""Activation without a line of code: `python -m aigov_enforcers.sdk`, and what the environment says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aigov_compiler import compile_program, keys
from aigov_dsl import load
from tests.enforcers.origin import Answer, Origin, chat

POLICY = """
detector codename { words ["bluebird"] class internal }
default allow
rule no_codenames { when payload contains codename then block "Codenames stay." }
rule not_bob { when user.name == "bob" then block "Not bob." }
rule named { when process.script like "*named.py" then block "Not this script." }
"""
ASK = """
import sys, json, urllib.request, urllib.error
def ask(url, prompt):
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": prompt}]}).encode()
    asked = urllib.request.Request(url + "/v1/chat/completions", body, {"content-type": "application/json"})
    try:
        return urllib.request.urlopen(asked).status
    except urllib.error.HTTPError as error:
        return json.loads(error.read())["error"]["message"]
"""
MAIN = "\nprint(__name__, sys.argv[2:], ask(sys.argv[1], 'hi'), ask(sys.argv[1], 'bluebird'))\nsys.exit(3)\n"


@pytest.fixture
def setting(tmp_path: Path) -> dict[str, str]:
    """The environment with a signed bundle and its key."""
    private, public = keys.generate()
    (tmp_path / "key.pub").write_bytes(public)
    (tmp_path / "key.pem").write_bytes(private)
    (tmp_path / "policy.gov").write_text(POLICY)
    key = keys.load_private(tmp_path / "key.pem")
    (tmp_path / "policy.govb").write_bytes(compile_program(load([tmp_path / "policy.gov"]), key=key).envelope)
    return {**os.environ, "AIGOV_BUNDLE": str(tmp_path / "policy.govb"), "AIGOV_TRUST": str(tmp_path / "key.pub")}


@pytest.fixture
def origin() -> Any:
    with Origin(lambda _: Answer(chat("Hello."))) as running:
        yield running


Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(setting: dict[str, str], tmp_path: Path) -> Run:
    def run_hooked(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "aigov_enforcers.sdk", *words]
        return subprocess.run(
            command, env=setting | variables, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=60
        )

    return run_hooked


def test_a_script(run: Run, tmp_path: Path, origin: Origin) -> None:
    (tmp_path / "beside.py").write_text(ASK)
    (tmp_path / "script.py").write_text("import sys\nfrom beside import ask\n" + MAIN)
    done = run("script.py", origin.url, "-m", "x")
    assert (done.stdout, done.returncode) == ("__main__ ['-m', 'x'] 200 Codenames stay.\n", 3), done.stderr
    assert len(origin.received) == 1


def test_a_module_and_code(run: Run, tmp_path: Path, origin: Origin) -> None:
    (tmp_path / "module.py").write_text(ASK + MAIN)
    done = run("-m", "module", origin.url, "y")
    assert (done.stdout, done.returncode) == ("__main__ ['y'] 200 Codenames stay.\n", 3), done.stderr
    done = run("-c", ASK + MAIN, origin.url)
    assert (done.stdout, done.returncode) == ("__main__ [] 200 Codenames stay.\n", 3), done.stderr


def test_a_forked_child_is_governed(run: Run, origin: Origin) -> None:
    code = ASK + "import os\npid = os.fork()\nprint(ask(sys.argv[1], 'bluebird'), flush=True)\npid and os.wait()\n"
    assert run("-c", code, origin.url).stdout == "Codenames stay.\n" * 2


def test_the_identity_is_the_machines_and_what_is_said(run: Run, tmp_path: Path, origin: Origin) -> None:
    (tmp_path / "named.py").write_text(ASK + "print(ask(sys.argv[1], 'hi'))")
    assert run("named.py", origin.url).stdout == "Not this script.\n"
    said = tmp_path / "identity.json"
    said.write_text(json.dumps({"user": {"name": "bob"}, "process": {"script": ""}}))
    for value in (said.read_text(), str(said)):
        assert run("named.py", origin.url, AIGOV_IDENTITY=value).stdout == "Not bob.\n"


@pytest.mark.parametrize(
    ("variables", "words", "code", "said"),
    [
        ({"AIGOV_BUNDLE": ""}, ["-c", "print(1)"], 2, "AIGOV_BUNDLE"),
        ({"AIGOV_BUNDLE": "/nowhere.govb"}, ["-c", "print(1)"], 7, "nowhere.govb"),
        ({"AIGOV_TRUST": "/nowhere"}, ["-c", "print(1)"], 7, "nowhere"),
        ({"AIGOV_ON_FAILURE": "maybe"}, ["-c", "print(1)"], 2, "`closed` or `open`"),
        ({"AIGOV_IDENTITY": "{"}, ["-c", "print(1)"], 2, "not JSON"),
        ({"AIGOV_IDENTITY": "/nowhere.json"}, ["-c", "print(1)"], 2, "AIGOV_IDENTITY"),
        ({}, [], 2, "usage"),
        ({}, ["-x"], 2, "usage"),
        ({}, ["-m"], 2, "usage"),
        ({}, ["nowhere.py"], 2, "no such file"),
    ],
)
def test_nothing_runs_ungoverned(run: Run, variables: dict[str, str], words: list[str], code: int, said: str) -> None:
    done = run(*words, **variables)
    assert (done.stdout, done.returncode) == ("", code)
    assert said in done.stderr
    assert "Traceback" not in done.stderr
