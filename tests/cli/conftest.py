"""The command line in this process, with its real exit codes."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from aigov.main import main

POLICY = """\
package acme

detector codename {
  words ["Blue Heron"]
  class internal
}

detector key {
  pattern /\\bKEY-[0-9]{8}\\b/
  class secret
}

default block "No rule admits this request."

@owner("secops")
rule approved {
  when device.managed
  then allow
}

@owner("secops")
rule names_stay_home {
  when payload contains codename
  then redact as label
}

@owner("secops")
rule no_keys {
  when payload contains key
  unless user.groups has "security"
  then block "Keys stay home."
}

test "a codename is hidden" {
  given device.managed = true
  prompt "about Blue Heron"
  expect redact by names_stay_home, allow by approved
  expect prompt "about [acme.codename]"
}
"""


class Result(NamedTuple):
    code: int
    out: str
    err: str


Aigov = Callable[..., Result]


@pytest.fixture
def aigov(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Aigov:
    """Runs the command line in an empty directory, with no trusted key."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("AIGOV_TRUST", raising=False)

    def run(*arguments: object, stdin: bytes = b"") -> Result:
        monkeypatch.setattr(sys, "argv", ["aigov", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = main()
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Result(code, out, err)

    return run


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    """A sound policy with one detector, three rules and one test."""
    path = tmp_path / "policy.gov"
    path.write_text(POLICY)
    return path


@pytest.fixture
def bundle(aigov: Aigov, policy: Path, tmp_path: Path) -> Path:
    """The policy compiled and signed with `release.key`, whose public key nobody has installed yet."""
    assert aigov("keys", "generate", "-o", "release.key", "--no-trust").code == 0
    assert aigov("compile", policy, "-o", "policy.govb", "--key", "release.key", "--counter", 5).code == 0
    return tmp_path / "policy.govb"
