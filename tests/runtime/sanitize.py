"""`python -m tests.runtime.sanitize [CASES]`: the decision core under AddressSanitizer and UBSan.

Builds `core.c` with `sanitize_core.c`, feeds it programs made by chance, sound and damaged, with calls sound and
damaged, and fails on any report, leak or crash.
"""

# ruff: noqa: T201 - a script that prints

from __future__ import annotations

import os
import struct
import subprocess
import sys
import tempfile
from array import array
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

from aigov_runtime.core._core import ffi

from aigov_runtime.core import build
from aigov_runtime.core.isa import Phase
from aigov_runtime.core.program import KINDS, Program, pack
from tests.runtime.assembly import STRINGS, Call, Source, assemble, random_call, random_source

ROOT = Path(__file__).parents[2]
CASES = 4_000
CALLS = 3
FLAGS = (
    *("-std=c11", "-g", "-O1", "-Wall", "-Wextra", "-fno-omit-frame-pointer"),
    *("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-Wl,--wrap=calloc"),
)


def main(cases: int) -> int:
    with tempfile.TemporaryDirectory(prefix="aigov-sanitize-") as folder:
        harness, data = compile_harness(Path(folder)), Path(folder, "cases")
        data.write_bytes(struct.pack("<q", cases) + b"".join(case(Random(seed)) for seed in range(cases)))
        options = {"ASAN_OPTIONS": "detect_leaks=1:allocator_may_return_null=1", "UBSAN_OPTIONS": "print_stacktrace=1"}
        done = subprocess.run([harness, data], env=os.environ | options, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        print(f"sanitize: FAILED (exit {done.returncode})", file=sys.stderr)
        return 1
    programs, refused, calls, decided, starved, words = map(int, done.stdout.split())
    if not (0 < refused < programs and 0 < decided < calls and starved and words):
        print(f"sanitize: the cases miss something: {done.stdout}", file=sys.stderr)
        return 1
    print(
        f"sanitize: {programs} programs ({refused} refused), {calls} calls ({decided} decided), "
        f"{starved} failed allocations, no report"
    )
    return 0


def compile_harness(folder: Path) -> Path:
    core = ROOT / "runtime" / "aigov_runtime" / "core"
    (folder / "isa.h").write_text(build.isa_header())
    harness = folder / "sanitize_core"
    sources = [core / "core.c", Path(__file__).with_name("sanitize_core.c")]
    compiler = os.environ.get("CC", "cc")
    subprocess.run([compiler, *FLAGS, f"-I{folder}", f"-I{core}", *sources, "-o", harness], check=True)
    return harness


def case(random: Random) -> bytes:
    """One program with its calls; two in three are damaged somewhere."""
    source = random_source(random)
    parts = assemble(source)
    healthy = Program(**parts)
    core = {name: bytearray(content) for name, content in parts["core"].items()}
    if random.random() < 0.66:
        damage(random, core[random.choice(["predicates", "code", "rules", "postings", "pool"])])
    encoded = [text.encode() for text in STRINGS]
    blocks = [
        block(bytes(KINDS[a.kind] for a in source.attributes)),
        block(bytes(a.phase for a in source.attributes)),
        block(b"".join(encoded)),
        block(offsets(encoded)),
        struct.pack("<q", source.detectors),
        lists(random, source.selectors),
        *(block(core[name]) for name in ("pool", "predicates", "code", "rules", "postings")),
        lists(random, parts["leaves"]),
        struct.pack("<q", CALLS),
        *(call(random, source, healthy, random_call(random, source)) for _ in range(CALLS)),
    ]
    return b"".join(blocks)


def call(random: Random, source: Source, program: Program, made: Call) -> bytes:
    measures = array("q", [int(made.values.get(a.number, 0)) for a in program.measures])  # type: ignore[arg-type]
    measures.extend([0] * (64 - len(measures)))  # a damaged program may read more of them
    findings = bytearray(array("I", [d | c << 24 | where << 26 for d, c, where in made.findings]).tobytes())
    incomplete = bytearray(array("i", made.incomplete).tobytes())
    if random.random() < 0.2:
        damage(random, random.choice([findings, incomplete]))
    return b"".join(
        [
            *(stage_values(random, source, program, made, phase) for phase in (Phase.SESSION, Phase.PROFILE)),
            block(measures.tobytes()),
            block(findings),
            block(incomplete),
            struct.pack("<Qq", random.getrandbits(64), made.flags if random.random() < 0.95 else 2**31),
        ]
    )


def stage_values(random: Random, source: Source, program: Program, made: Call, phase: Phase) -> bytes:
    given = [(a, made.values[a.number]) for a in source.attributes if a.phase is phase and a.number in made.values]
    _, keep = pack(program, given)
    entries = bytearray(ffi.buffer(keep[0]))
    if random.random() < 0.1:
        damage(random, entries)
    return block(entries) + block(bytes(ffi.buffer(keep[1]))) + block(bytes(ffi.buffer(keep[2])))


def damage(random: Random, content: bytearray) -> None:
    """Overwrite a byte, or a word with a number from the edges."""
    for _ in range(random.randint(1, 3)):
        if len(content) < 4:
            return
        at = random.randrange(len(content))
        if random.random() < 0.5:
            content[at] = random.randrange(256)
        else:
            edge = random.choice([-(2**31), -1, 0, 1, 2, 5, 64, 2**31 - 1, len(content)])
            at -= at % 4
            content[at : at + 4] = struct.pack("<i", edge)[: len(content) - at]


def lists(random: Random, rows: Sequence[Sequence[int]]) -> bytes:
    """The offsets are the caller's word; what they lead to may be anything."""
    data = bytearray(array("i", [item for row in rows for item in row]).tobytes())
    if random.random() < 0.05:
        damage(random, data)
    return block(offsets(rows)) + block(data)


def offsets(rows: Sequence[Any]) -> bytes:
    ends = array("i", [0])
    for row in rows:
        ends.append(ends[-1] + len(row))
    return ends.tobytes()


def block(content: bytes | bytearray) -> bytes:
    return struct.pack("<q", len(content)) + content


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else CASES))
