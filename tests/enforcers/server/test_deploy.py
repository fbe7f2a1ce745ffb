"""What is shipped to run the server for good, as far as it can be checked here."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from aigov_enforcers.server.workers import GRACE

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "enforcers" / "deploy"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    """With a program that is here in the place of the one that will be."""
    unit = tmp_path / "aigov.service"
    unit.write_text((DEPLOY / "aigov.service").read_text().replace("/opt/aigov/bin/aigov", "/bin/true"))
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert "aigov.service" not in done.stderr, done.stderr
    assert done.returncode == 0


def test_systemd_waits_for_draining() -> None:
    unit = (DEPLOY / "aigov.service").read_text()
    stop = re.search(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE)
    assert stop is not None
    assert int(stop[1]) > 30 + GRACE


def test_the_containers_extras_are_there() -> None:
    extras = re.search(r"/src\[([\w,]+)\]", (DEPLOY / "Containerfile").read_text())
    assert extras is not None
    known = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert set(extras[1].split(",")) <= known.keys()
    assert "server" in extras[1].split(",")


def test_the_containers_program_runs_the_server() -> None:
    text = (DEPLOY / "Containerfile").read_text()
    assert 'ENTRYPOINT ["/opt/aigov/bin/aigov"]' in text
    assert 'CMD ["server", "/etc/aigov/server.toml"]' in text
    assert re.search(r"^USER aigov$", text, re.MULTILINE)
