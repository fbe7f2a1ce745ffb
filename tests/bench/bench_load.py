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


def run() -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as bytecode:
        environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": bytecode}
        bare = _interpreter("pass", environment)
        hook = _interpreter("import aigov_enforcers.sdk", environment)
        whole = _interpreter("import aigov_enforcers.sdk.governor, aigov_enforcers.sdk.hook", environment)
    yield {"name": "import of the SDK hook", "value": 1e3 * (hook - bare), "unit": "ms"}
    yield {"name": "import of all that its install needs", "value": 1e3 * (whole - bare), "unit": "ms"}
    envelope, trust = _standard()
    yield {"name": "Engine.load of the standard bundle", "value": 1e3 * _load(envelope, trust), "unit": "ms"}


def _interpreter(code: str, environment: dict[str, str]) -> float:
    """Median seconds of a fresh interpreter that runs `code`. The first run, which writes bytecode, does not count."""
    times = []
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, env=environment)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def _standard() -> tuple[bytes, Trust]:
    key = keys.load_private(keys.generate()[0])
    library = Path(aigov_dsl.__file__).parent / "std" / "scan.gov"
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
