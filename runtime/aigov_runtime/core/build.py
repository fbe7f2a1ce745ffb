"""Compile the decision core: `python -m aigov_runtime.core.build` in a checkout, the build hook in a wheel.

Knows the instruction set table and the C sources, so that it runs before anything is installed.
"""

from __future__ import annotations

from pathlib import Path

from aigov_runtime import limits
from aigov_runtime.core import isa
from aigov_runtime.extension import compile_extension

HERE = Path(__file__).parent
MODULE = "aigov_runtime.core._core"


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
    return compile_extension(MODULE, core, [core / "core.h"], [core / "core.c"], {"isa.h": isa_header()})


if __name__ == "__main__":
    compile_core(HERE.parent.parent)
