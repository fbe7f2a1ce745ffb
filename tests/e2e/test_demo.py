"""`make demo` proves what it shows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_demonstration_proves_everything() -> None:
    command = [sys.executable, "-m", "examples.demo.run"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "everything was proved" in done.stdout
    assert "FAILED" not in done.stdout
    assert "examples/acme/egress.gov:" in done.stdout
