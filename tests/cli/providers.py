"""Real OpenID providers on loopback: the certified one from npm, and the mock from PyPI."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "oidc"
BUILD = Path(__file__).parents[2] / "build" / "oidc-provider"


def installed() -> Path:
    """The directory with the provider's packages, installed as the lock file says; once, then it stays."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("node and npm are not installed: NOTHING HERE IS TESTED AGAINST THE CERTIFIED PROVIDER")
    BUILD.mkdir(parents=True, exist_ok=True)
    with (BUILD / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = (HERE / "package-lock.json").read_bytes()
        done = BUILD / "installed"
        if not done.exists() or done.read_bytes() != wanted:
            for name in ("package.json", "package-lock.json"):
                shutil.copy(HERE / name, BUILD)
            command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            ran = subprocess.run(command, cwd=BUILD, capture_output=True, text=True, check=False, timeout=120)
            assert ran.returncode == 0, ran.stderr
            done.write_bytes(wanted)
    shutil.copy(HERE / "provider.mjs", BUILD)
    return BUILD


@contextmanager
def certified() -> Iterator[str]:
    """The issuer of `oidc-provider`, which runs meanwhile."""
    command = ["node", "provider.mjs"]
    with subprocess.Popen(
        command, cwd=installed(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as running:
        assert running.stdout is not None
        issuer = running.stdout.readline().strip()
        assert issuer.startswith("http://127.0.0.1:"), issuer
        try:
            yield issuer
        finally:
            running.kill()


@contextmanager
def mock() -> Iterator[str]:
    """The issuer of `oidc-provider-mock`, which runs meanwhile: in a process, as it warns of its own libraries."""
    code = (
        "import sys, threading\n"
        "from oidc_provider_mock import run_server_in_thread, User\n"
        "with run_server_in_thread(user_claims=[User(sub='ann', claims={'email': 'ann@acme.example'})]) as server:\n"
        "    print(f'http://localhost:{server.server_port}', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as running:
        assert running.stdout is not None
        issuer = running.stdout.readline().strip()
        assert issuer.startswith("http://localhost:"), issuer
        try:
            yield issuer
        finally:
            running.kill()
