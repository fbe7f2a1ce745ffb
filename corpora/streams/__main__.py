"""`python -m corpora.streams`: fidelity and leak of every streaming format, a line each."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import aigov_dsl
from aigov_compiler import compile_program
from aigov_runtime import UNVERIFIED, Engine
from corpora.streams.measure import POLICY, results


def main() -> int:
    """Print the table; 1 when a format falls short."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "policy.gov"
        path.write_text(POLICY, encoding="utf-8")
        engine = Engine.load(compile_program(aigov_dsl.load([path])).envelope, UNVERIFIED)
    failed = 0
    for each in results(engine):
        failed += each.fidelity != 1 or each.leak != 0
        text, network = (f"{size or 'whole'}" for size in (each.text, each.network))
        print(
            f"{each.wire:24} text by {text:>5}  network by {network:>5}  "
            f"fidelity {each.fidelity:.3f}  leak {each.leak:.3f}  ({each.own} values back, {each.foreign} foreign)"
        )
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
