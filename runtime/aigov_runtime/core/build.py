"""Compile the decision core: `python -m aigov_runtime.core.build` in a checkout, the build hook in a wheel.

Knows the instruction set table and the C sources, nothing else of the package, so that it runs before
anything is installed.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from cffi import FFI

from aigov_runtime import limits
from aigov_runtime.core import isa

HERE = Path(__file__).parent
MODULE = "aigov_runtime.core._core"
FLAGS = ("-std=c11", "-O2", "-Wall", "-Wextra", "-Wno-unused-parameter", "-fvisibility=hidden")


def isa_header() -> str:
    """The instruction set, predicate kinds, phases, scopes, flags and limits as C enums."""
    constants = {f"OP_{op.name}": op.code for op in isa.OPCODES}
    for prefix, table in (("P", isa.Predicate), ("PHASE", isa.Phase), ("SCOPE", isa.Scope), ("FLAG", isa.Flag)):
        constants.update({f"{prefix}_{member.name}": member.value for member in table})
    constants["MAX_DEPTH"] = isa.MAX_DEPTH
    constants.update({name: getattr(limits, name) for name in limits.CORE})
    return "enum {\n" + "".join(f"    {name} = {value},\n" for name, value in constants.items()) + "};\n"


def compile_core(runtime_dir: Path) -> Path:
    """Build the extension module into `runtime_dir`/aigov_runtime/core and return its path."""
    core = runtime_dir / "aigov_runtime" / "core"
    ffi = FFI()
    ffi.cdef((core / "core.h").read_text())
    with tempfile.TemporaryDirectory(prefix="aigov-core-") as build:
        Path(build, "isa.h").write_text(isa_header())
        ffi.set_source(
            MODULE,
            '#include <stdint.h>\n#include "core.h"\n',
            sources=[str(core / "core.c")],
            include_dirs=[build, str(core)],
            extra_compile_args=list(FLAGS),
        )
        built = Path(ffi.compile(tmpdir=build))
        # Rename into place: a process that has the old one mapped keeps it.
        staged = core / f".{built.name}.{os.getpid()}"
        staged.write_bytes(built.read_bytes())
        staged.chmod(0o755)
        return staged.replace(core / built.name)


if __name__ == "__main__":
    compile_core(HERE.parent.parent)
