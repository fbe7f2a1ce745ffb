"""The compiler: checked program in, signed bundle out.

    typed program → lower → IR → guards, code, cost, conflicts → document → msgpack → DSSE envelope

Public API: `compile_program`, `disassemble`, and `keys`. The same inputs, key included, give the same bytes on the
same platform.
"""

from __future__ import annotations

from aigov_compiler import keys
from aigov_compiler.disassemble import disassemble
from aigov_compiler.errors import CompileError, KeyFileError
from aigov_compiler.pipeline import Compiled, Summary, compile_program

__all__ = ["CompileError", "Compiled", "KeyFileError", "Summary", "compile_program", "disassemble", "keys"]
