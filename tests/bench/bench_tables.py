"""Customer records: 1,000 rows beside 1,000,000, of four columns, on clean text and on text that names customers.

Memory is what a process grows by that loads the bundle and scans.
"""

from __future__ import annotations

import csv
import pydoc_data.topics as prose
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aigov_dsl
from aigov_compiler import compile_program
from aigov_runtime.model import Kind, Segment
from aigov_runtime.scan import Scanner

FEW, MANY = 1_000, 1_000_000
MEBIBYTE = 1 << 20
RUNS = 7
SYLLABLES = "an ber cor da el fi gor ha is jo ka lin ma ne os pet qui ro sa ti ul ven wy xa yo zim"
_POLICY = """package bench
default allow
detector customer {
  table "customers.csv" columns email, name, phone, account
  match 2 within 200 chars
  class customer_data
}
"""
_LOAD = """
import sys
from pathlib import Path
from aigov_runtime import Engine, UNVERIFIED
from aigov_runtime.model import Kind, Segment

def kilobytes():
    return int(next(line for line in Path("/proc/self/status").read_text().split("\\n") if "VmRSS" in line).split()[1])

before = kilobytes()
engine = Engine.load(Path(sys.argv[1]), UNVERIFIED)
engine.scan([Segment("user", "", "nothing " * 100_000, Kind.TEXT)])
print(kilobytes() - before, kilobytes())
"""


def run() -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        few, _, _ = _compiled(Path(folder, "few"), FEW)
        many, seconds, bundle = _compiled(Path(folder, "many"), MANY)
        yield {"name": "compile a table of 1,000,000 rows", "value": seconds, "unit": "s"}
        load = subprocess.run([sys.executable, "-c", _LOAD, bundle], check=True, capture_output=True, text=True)
        grown, whole = (int(number) / 1024 for number in load.stdout.split())
        yield {
            "name": "memory of 1,000,000 rows",
            "value": grown,
            "unit": "MiB",
            "peer": f"whole process {whole:.0f} MiB",
        }
    english = "".join(prose.topics.values())
    clean = (english * (MEBIBYTE // len(english) + 1))[:MEBIBYTE]
    rows = list(_rows(FEW))  # that both tables begin with
    named = "".join(f"{mail} wrote that {name} moved. " + english[:200] for mail, name, _, _ in rows)
    for name, text in (("clean text", clean), ("text with a customer in 250 characters", named)):
        base, large = _interleaved(few, many, text)
        yield {
            "name": f"table of 1,000,000 rows: {name}",
            "value": len(text) / large / 1e6,
            "unit": "MB/s",
            "peer": f"1,000 rows ({len(text) / base / 1e6:,.0f} MB/s)",
            "ratio": large / base,
        }


def _compiled(folder: Path, count: int) -> tuple[Scanner, float, Path]:
    folder.mkdir()
    with (folder / "customers.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("email", "name", "phone", "account"), *_rows(count)])
    (folder / "policy.gov").write_text(_POLICY)
    start = time.perf_counter()
    compiled = compile_program(aigov_dsl.load([folder / "policy.gov"]))
    seconds = time.perf_counter() - start
    bundle = folder / "policy.govb"
    bundle.write_bytes(compiled.envelope)
    document = compiled.document
    return Scanner.from_document(document["detectors"], document["scan"], compiled.sections), seconds, bundle


def _rows(count: int) -> Iterator[tuple[str, str, str, str]]:
    rng = random.Random(1)
    syllables = SYLLABLES.split()
    for number in range(count):
        first, last = ("".join(rng.choices(syllables, k=3)).title() for _ in range(2))
        phone = f"+49 {rng.randrange(30, 990)} {rng.randrange(10**6, 10**7)}"
        yield (
            f"{first}.{last}{number % 97}@{rng.choice(syllables)}mail.example",
            f"{first} {last}",
            phone,
            f"DE{number:08}",
        )


def _interleaved(few: Scanner, many: Scanner, text: str) -> tuple[float, float]:
    """Median seconds, measured in turns so that both meet the same machine."""
    segments = [Segment("user", "", text, Kind.TEXT)]
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(RUNS):
        for scanner, record in zip((few, many), times, strict=True):
            start = time.perf_counter()
            found = scanner.scan(segments)
            record.append(time.perf_counter() - start)
            assert not found.incomplete
    return statistics.median(times[0]), statistics.median(times[1])
