"""`python -m tests.runtime.sanitize_scan [CASES]`: what confirms candidates, looks tables up and finds code, under
AddressSanitizer and UBSan.

Feeds `sanitize_scan.c` programs of the matcher, indexes of tables and texts; half of the programs and indexes are
damaged, and must be refused or do no harm.
"""

# ruff: noqa: T201 - a script that prints

from __future__ import annotations

import os
import struct
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random

from aigov_runtime.native._native import ffi

from aigov_runtime.native import folding
from aigov_runtime.scan.code import _tables
from aigov_runtime.scan.program import Op
from aigov_runtime.scan.tables import Cells
from tests.runtime.sanitize_native import FLAGS, NATIVE

NAMES = ("code_cues", "code_lines", "code_runs", "matcher", "confirm", "screens", "entropy", "randomness", "bigrams")
SOURCES = (*(NATIVE / f"{name}.c" for name in (*NAMES, "tables")), Path(__file__).with_suffix(".c"))
CASES = 20_000
COLUMNS = 3
CELLS = (
    "Anna Müller",
    "anna@acme.example",
    "+49 30 1234567",
    "030 1234567",
    "4711-0815",
    "Straße 5",
    "ﬁne print",
    "0049301234567",
)
PIECES = (
    *("def f(x):\n", "    return x\n", "if (a) {\n", "}\n", "x = 1;\n", "/* a\n", "*/\n", '"""\n', "'''\n", "<!--\n"),
    *("-->\n", "```python\n", "```\n", "~~~\n", "=begin\n", "=end\n", "[section]\n", "a = b\n", "| a | b |\n"),
    *("plain words in a row\n", "#include <a>\n", "SELECT a FROM b;\n", "$x->y($z);\n", "\\", '"', "'", "\n", "\r\n"),
    *("\t", " ", "\0", "é", "4111 1111", "abcdefghij0123456789", "xxxxxxxx", "f(a, b);\n" * 40, "words " * 80, *CELLS),
)  # fmt: skip


def main(cases: int) -> int:
    with tempfile.TemporaryDirectory(prefix="aigov-sanitize-") as folder:
        data, harness = Path(folder, "cases"), Path(folder, "sanitize_scan")
        Path(folder, "folding.h").write_text(folding.header())
        languages = bytes(ffi.buffer(_tables()))
        data.write_bytes(_part(languages) + b"".join(_case(Random(seed)) for seed in range(cases)))
        command = [os.environ.get("CC", "cc"), f"-I{NATIVE}", f"-I{folder}", *SOURCES, *FLAGS, "-o", harness]
        subprocess.run(command, check=True)
        options = {"ASAN_OPTIONS": "detect_leaks=1", "UBSAN_OPTIONS": "print_stacktrace=1"}
        done = subprocess.run([harness, data], env=os.environ | options, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{done.stderr}\nsanitize: FAILED (exit {done.returncode})", file=sys.stderr)
        return 1
    count, sound, opened, matches, runs, _ = map(int, done.stdout.split())
    if not (count == cases and 0 < sound < count and 0 < opened < count and matches and runs):
        print(f"sanitize: the cases miss something: {done.stdout}", file=sys.stderr)
        return 1
    print(f"sanitize: {count} cases ({sound} programs, {opened} indexes, {matches} matches, {runs} runs), no report")
    return 0


def _part(data: bytes) -> bytes:
    return struct.pack("=I", len(data)) + data


def _case(random: Random) -> bytes:
    text = "".join(random.choices(PIECES, k=random.randint(0, 25))).encode()
    if random.random() < 0.1:
        text = random.randbytes(random.randrange(400))
    program, index = _program(random), _index(random)
    if random.random() < 0.5:
        program, index = _damaged(random, program), _damaged(random, index)
    return _part(program) + _part(index) + _part(text)


def _damaged(random: Random, data: bytes) -> bytes:
    damaged = bytearray(data)
    for _ in range(random.randint(1, 3)):
        damaged[random.randrange(len(damaged))] = random.choice([0, 1, 255, random.randrange(256)])
    return bytes(damaged[: len(damaged) - random.choice([0, 0, 0, 4, random.randrange(9)])])


def _program(random: Random) -> bytes:
    """A sound program: jumps go forward, and the last instruction, and only it, is a match."""
    count, sets = random.randint(1, 12), random.randint(1, 3)
    words = [count, sets, random.randrange(sets), random.randrange(2)]
    for at in range(count - 1):
        op = random.choice([op for op in Op if op is not Op.MATCH])
        least = random.randrange(4)
        operands = {
            Op.BYTE: (random.choice(b"ax1 \n"), 0, 0),
            Op.SET: (random.randrange(sets), 0, 0),
            Op.RUN: (random.randrange(sets), least, least + random.choice([0, 1, 30])),
            Op.LAZY_RUN: (random.randrange(sets), least, least + random.choice([0, 1, 30])),
            Op.SPLIT: (random.randint(at + 1, count - 1), random.randint(at + 1, count - 1), 0),
            Op.JUMP: (random.randint(at + 1, count - 1), 0, 0),
            Op.SAVE: (random.randrange(2), 0, 0),
        }
        words += (op, *operands.get(op, (0, 0, 0)))
    words += (Op.MATCH, 0, 0, 0)
    bits = b"".join(random.choice([random.randbytes(32), b"\xff" * 32]) for _ in range(sets))
    return struct.pack(f"={len(words)}i", *words) + bits


def _index(random: Random) -> bytes:
    """A key and the index of a small table."""
    key, rows = random.randbytes(32), random.randint(1, 6)
    cells = Cells(key)
    for slot in range(rows * COLUMNS):
        cells.add(slot, random.choice(CELLS))
    return key + cells.index(rows, COLUMNS)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else CASES))
