"""Count what follows what in written names and words: `python -m aigov_runtime.native.count_bigrams > bigrams.c`.

The text is Python's standard library, code and comments. Each distinct word counts once. A character is one of 54
kinds: 26 lower-case and 26 upper-case letters, a digit, anything else; a cost is -log2 of the share of the next kind,
in eighths of a bit.
"""

from __future__ import annotations

import math
import re
import sys
import sysconfig
from itertools import pairwise
from pathlib import Path

KINDS = 54
DIGIT, OTHER = 52, 53
MAX_COST = 120
"""Fifteen bits: what was never seen costs no more."""

_WORD = re.compile(rb"[A-Za-z0-9_./-]{3,60}")
_DRAWN = re.compile(rb"[0-9a-fA-F]{16,}|(?=[^/]*[0-9][^/]*[0-9])[A-Za-z0-9/]{20,}")
"""Digests and base64 in the sources are not written."""


def _kind(byte: int) -> int:
    if 97 <= byte <= 122:
        return byte - 97
    if 65 <= byte <= 90:
        return byte - 65 + 26
    return DIGIT if 48 <= byte <= 57 else OTHER


def _words() -> set[bytes]:
    library = Path(sysconfig.get_paths()["stdlib"])
    return {
        word
        for path in sorted(library.rglob("*.py"))
        if "site-packages" not in path.parts
        for word in _WORD.findall(path.read_bytes())
        if not _DRAWN.search(word)
    }


def _costs() -> list[list[int]]:
    counts = [[0.2] * KINDS for _ in range(KINDS)]
    for word in _words():
        for first, second in pairwise(map(_kind, word)):
            counts[first][second] += 1
    return [[min(MAX_COST, round(-8 * math.log2(count / sum(row)))) for count in row] for row in counts]


def _main() -> None:
    lines = ",\n".join("    {" + ",".join(map(str, row)) + "}" for row in _costs())
    sys.stdout.write(
        "/* Made by count_bigrams.py, which says what it is. */\n\n#include <stdint.h>\n\n"
        f"const uint8_t aigov_bigram_costs[{KINDS}][{KINDS}] = {{\n{lines},\n}};\n"
    )


if __name__ == "__main__":
    _main()
