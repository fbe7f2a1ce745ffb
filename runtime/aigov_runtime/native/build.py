"""Compile the scanner's C files: `python -m aigov_runtime.native.build` in a checkout, the build hook in a wheel."""

from __future__ import annotations

from pathlib import Path

from aigov_runtime.extension import compile_extension
from aigov_runtime.native import folding

HERE = Path(__file__).parent
MODULE = "aigov_runtime.native._native"


def compile_native(runtime_dir: Path) -> Path:
    """Build the extension into `runtime_dir`/aigov_runtime/native and return its path."""
    folder = runtime_dir / "aigov_runtime" / "native"
    generated = {"folding.h": folding.header()}
    return compile_extension(MODULE, folder, sorted(folder.glob("*.h")), sorted(folder.glob("*.c")), generated)


if __name__ == "__main__":
    compile_native(HERE.parents[1])
