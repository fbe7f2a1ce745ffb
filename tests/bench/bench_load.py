"""Starting up: importing the SDK hook, loading the standard bundle.

Imports find bytecode, as they do where a package is installed; a source tree may have none.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aigov_dsl
from aigov_compiler import compile_program, keys
from aigov_runtime import Engine, Trust

RUNS = 9
STANDARD = Path(aigov_dsl.__file__).parent / "std"
_MEMORY = """
import sys
from pathlib import Path
from aigov_runtime import Engine, UNVERIFIED
from aigov_runtime.model import Kind, Segment

def kilobytes(name):
    return int(Path("/proc/self/status").read_text().split(name + ":")[1].split()[0])

before = kilobytes("RssAnon")
engine = Engine.load(Path(sys.argv[1]), UNVERIFIED)
engine.scan([Segment("user", "", "jane.doe@corp.example paid with 4012888888881881", Kind.TEXT)])
print(kilobytes("RssAnon") - before, kilobytes("VmHWM"))
"""


def run() -> Iterator[dict[str, Any]]:
    hook = _import("aigov_enforcers.sdk")
    yield {"name": "import of the SDK hook", "value": 1e3 * hook, "unit": "ms"}
    whole = _import("aigov_enforcers.governing.governor, aigov_enforcers.sdk.hook")
    yield {"name": "import of all that its install needs", "value": 1e3 * whole, "unit": "ms"}
    envelope, trust = _compiled(STANDARD / "scan.gov")
    yield {"name": "Engine.load of the standard bundle", "value": 1e3 * _load(envelope, trust), "unit": "ms"}
    envelope, trust = _compiled(STANDARD)
    yield {"name": "Engine.load of the whole library", "value": 1e3 * _load(envelope, trust), "unit": "ms"}
    grown, peak = _memory(envelope)
    yield {
        "name": "memory of the whole library, loaded",
        "value": grown,
        "unit": "MiB",
        "peer": f"whole process at its peak {peak:.0f} MiB",
    }


def _import(modules: str) -> float:
    """Median seconds that the import takes in a fresh interpreter. The first run, which writes bytecode, is not
    counted."""
    code = f"import time; start = time.perf_counter(); import {modules}; print(time.perf_counter() - start)"
    with tempfile.TemporaryDirectory() as bytecode:
        environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": bytecode}
        runs = [
            subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, env=environment)
            for _ in range(RUNS + 1)
        ]
    return statistics.median(float(run.stdout) for run in runs[1:])


def _compiled(library: Path) -> tuple[bytes, Trust]:
    key = keys.load_private(keys.generate()[0])
    program = aigov_dsl.load([library], require_default=False)
    compiled = compile_program(program, name="standard", key=key)
    return compiled.envelope, Trust((key.public_key(),))


def _load(envelope: bytes, trust: Trust) -> float:
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        Engine.load(envelope, trust)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def _memory(envelope: bytes) -> tuple[float, float]:
    """MiB that a process grows by that loads the bundle and scans, not counting what it shares; and its peak."""
    with tempfile.NamedTemporaryFile(suffix=".govb") as bundle:
        bundle.write(envelope)
        bundle.flush()
        run = subprocess.run([sys.executable, "-c", _MEMORY, bundle.name], check=True, capture_output=True, text=True)
    grown, peak = (int(number) / 1024 for number in run.stdout.split())
    return grown, peak
