"""`python -m tests.runtime.sanitize_windows [CASES]`: triggers, clues and what joins their windows, under
AddressSanitizer and UBSan, with damaged sections of clues among the cases."""

# ruff: noqa: T201 - a script that prints

from __future__ import annotations

import os
import struct
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random

from aigov_compiler.patterns import view_of
from aigov_runtime.native import folding
from aigov_runtime.scan.clues import section
from tests.runtime.sanitize_native import FLAGS, NATIVE

NAMES = ("triggers", "clues", "windows", "confirm", "matcher", "screens", "entropy", "randomness", "bigrams")
SOURCES = (*(NATIVE / f"{name}.c" for name in NAMES), Path(__file__).with_suffix(".c"))
CASES = 20_000
PATTERNS = (
    "acme_[A-Za-z0-9]{20}",
    "(?i:quartz)[^\\n]{0,40}(?i:vortex) [0-9]{3}",
    "(?i:taxid|fiscal code)[^0-9]{1,9}[0-9]{7}",
    "(?:[A-Z]{3}|zw)-key=[a-z]{2,9}",
)
PIECES = (
    "acme_",
    "Quartz",
    "VORTEX 1",
    "taxid",
    " fiscal code: ",
    "ABC-key=ab",
    "zw-key=",
    "1234567",
    "a@b",
    "\n",
    " " * 90,
)


def main(cases: int) -> int:
    random = Random(1)
    rules = [rule for pattern in PATTERNS if (rule := view_of(pattern).rule) is not None]
    texts = [_text(random) for _ in range(cases)]
    with tempfile.TemporaryDirectory(prefix="aigov-sanitize-") as folder:
        data, harness = Path(folder, "cases"), Path(folder, "sanitize_windows")
        Path(folder, "folding.h").write_text(folding.header())
        data.write_bytes(b"".join(struct.pack("=I", len(part)) + part for part in (section(rules), *texts)))
        command = [os.environ.get("CC", "cc"), f"-I{NATIVE}", f"-I{folder}", *SOURCES, *FLAGS, "-o", harness]
        subprocess.run(command, check=True)
        done = subprocess.run([harness, data], capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{done.stderr}\nsanitize: FAILED (exit {done.returncode})", file=sys.stderr)
        return 1
    count, windows, taken = map(int, done.stdout.split())
    if not (count == cases and windows and taken and len(rules) > 1):
        print(f"sanitize: the cases miss something: {done.stdout}", file=sys.stderr)
        return 1
    print(f"sanitize: {count} texts ({windows} windows, {taken} damaged sections taken), no report")
    return 0


def _text(random: Random) -> bytes:
    if random.random() < 0.1:
        return random.randbytes(random.randrange(200))
    return "".join(random.choices(PIECES, k=random.randint(0, 12))).encode()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else CASES))
