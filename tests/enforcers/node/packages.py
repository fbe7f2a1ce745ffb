"""The official Node clients that are tested; `python -m tests.enforcers.node.packages` installs them."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGES = ("openai@7.57.0", "@anthropic-ai/sdk@1.13.0")
FOLDER = Path(__file__).parents[3] / "build" / "node"


def missing() -> str:
    """What is not there to run them, "" when all is."""
    return ", ".join(name for name in ("node", "npm") if shutil.which(name) is None)


def install() -> Path:
    """Install the packages unless they are there; the folder that has them. Raises CalledProcessError."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    done = FOLDER / "installed"
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several processes of one test run may ask at once
        if not done.exists() or done.read_text() != " ".join(PACKAGES):
            quiet = ("--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
            subprocess.run(["npm", "install", "--prefix", str(FOLDER), *quiet, *PACKAGES], check=True, timeout=300)
            done.write_text(" ".join(PACKAGES))
    return FOLDER


if __name__ == "__main__":
    if missing():
        sys.stderr.write(f"{missing()}: not found, so the tests of the Node clients will be skipped\n")
    else:
        install()
