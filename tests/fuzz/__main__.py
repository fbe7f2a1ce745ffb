"""`python -m tests.fuzz --seconds N`: every target for N seconds, side by side; fails when one of them does.

A target is a module `fuzz_NAME.py` here. Findings and the grown corpus stay in `build/fuzz/NAME`; run a
finding again with `python -m tests.fuzz.fuzz_NAME build/fuzz/NAME/crash-…`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
HANG_SECONDS = 20
MEMORY_MB = 4096


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--target", action="append", help="only this one (may be repeated)")
    options = parser.parse_args()
    names = options.target or [path.stem.removeprefix("fuzz_") for path in sorted(HERE.glob("fuzz_*.py"))]
    runs = {name: _start(name, options.seconds) for name in names}
    failed = 0
    for name, (process, log) in runs.items():
        code = process.wait()
        failed += code != 0
        print(f"fuzz {name}: {_last(log, 'Done') if code == 0 else f'FAILED (exit {code}), see {log}'}")
        if code != 0:
            print("\n".join(log.read_text(errors="replace").splitlines()[-40:]))
    print(f"fuzz: {len(runs) - failed} of {len(runs)} targets without a finding")
    return min(failed, 1)


def _start(name: str, seconds: int) -> tuple[subprocess.Popen[bytes], Path]:
    folder = ROOT / "build" / "fuzz" / name
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    log = folder / "log"
    command = [
        *(sys.executable, "-m", f"tests.fuzz.fuzz_{name}", str(corpus)),
        *(f"-max_total_time={seconds}", f"-timeout={HANG_SECONDS}", f"-rss_limit_mb={MEMORY_MB}"),
        *(f"-artifact_prefix={folder}/", "-max_len=8192"),
    ]
    with log.open("wb") as output:
        return subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT), log


def _last(log: Path, word: str) -> str:
    return next((line for line in reversed(log.read_text(errors="replace").splitlines()) if word in line), "done")


if __name__ == "__main__":
    sys.exit(main())
