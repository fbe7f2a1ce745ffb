"""What it takes to load the whole standard library, in a process of its own.

Time is processor time, beside reading and hashing the same file in the same run; memory is what the process alone
holds (`RssAnon`), after the first scan.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import aigov_dsl
from aigov_compiler import compile_program

STANDARD = Path(aigov_dsl.__file__).parent / "std"
MEASURE = """
import hashlib, json, sys, time
from pathlib import Path
from aigov_runtime import UNVERIFIED, Engine
from aigov_runtime.model import Kind, Segment

bundle = Path(sys.argv[1])

def private():
    return int(Path("/proc/self/status").read_text().split("RssAnon:")[1].split()[0]) / 1024

def seconds(work):
    times = []
    for _ in range(5):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)

before = private()
engine = Engine.load(bundle, UNVERIFIED)
engine.scan([Segment("user", "", "jane.doe@corp.example paid with 4012888888881881", Kind.TEXT)])
grown = private() - before
floor = seconds(lambda: hashlib.sha256(bundle.read_bytes()).digest())
print(json.dumps([len(engine.detectors), grown, seconds(lambda: Engine.load(bundle, UNVERIFIED)) / floor]))
"""


def test_the_whole_library_loads_in_60_mb_and_in_a_few_times_what_hashing_takes(tmp_path: Path) -> None:
    bundle = tmp_path / "all.govb"
    bundle.write_bytes(compile_program(aigov_dsl.load([STANDARD], require_default=False)).envelope)
    run = subprocess.run([sys.executable, "-c", MEASURE, bundle], check=True, capture_output=True, text=True)
    detectors, megabytes, ratio = json.loads(run.stdout)
    assert detectors > 1_000
    assert megabytes < 60  # 30 when this was written
    assert ratio < 8  # 3 when this was written
