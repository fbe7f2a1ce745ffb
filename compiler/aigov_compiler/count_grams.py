"""Count the grams of texts for `grams.bin`: `python -m aigov_compiler.count_grams FOLDER...`.

The kept file is that of Python's standard library (without what the benchmarks read) and of the documentation of CMake,
Node.js and Vim, each file's first 100,000 bytes.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from aigov_compiler.grams import FILE, pack

SUFFIXES = {".py", ".js", ".c", ".rst", ".txt", ".md"}
APART = {"site-packages", "pydoc_data", "test", "tests", "argparse.py", "inspect.py"}
MAX_BYTES = 100_000
LEAST = 4
"""In a million: what is rarer is not kept."""

_LOWER = bytes(byte | 0x20 for byte in range(256))


def main(folders: list[str]) -> None:
    """Write the file anew."""
    counts = Counter[bytes]()
    for folder in folders:
        for path in sorted(Path(folder).rglob("*")):
            if path.suffix in SUFFIXES and not APART & set(path.parts) and path.is_file():
                text = path.read_bytes()[:MAX_BYTES].translate(_LOWER)
                counts.update(text[at : at + 4] for at in range(len(text) - 3))
    total = counts.total()
    FILE.write_bytes(pack({gram: n * 1e6 / total for gram, n in counts.items() if n * 1e6 >= LEAST * total}))


if __name__ == "__main__":
    main(sys.argv[1:])
