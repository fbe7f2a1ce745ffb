"""Compile a C extension of the package with cffi (API mode) and put it into place.

Knows nothing else of the package, so that it runs before anything is installed.
"""

from __future__ import annotations

import ctypes
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from cffi import FFI

FLAGS = ("-std=c11", "-O2", "-Wall", "-Wextra", "-Wno-unused-parameter", "-fvisibility=hidden")


def compile_extension(
    module: str, folder: Path, headers: Sequence[Path], sources: Sequence[Path], generated: Mapping[str, str]
) -> Path:
    """Build extension `module` (dotted) into `folder` and return its path.

    `headers` are what Python sees, in order; `generated` are further headers, name to text, that the sources include.
    """
    ffi = FFI()
    ffi.cdef("\n".join(header.read_text() for header in headers))
    with tempfile.TemporaryDirectory(prefix="aigov-extension-") as build:
        for name, text in generated.items():
            Path(build, name).write_text(text)
        ffi.set_source(
            module,
            "#include <stdint.h>\n#include <stddef.h>\n" + "".join(f'#include "{header.name}"\n' for header in headers),
            sources=[str(source) for source in sources],
            include_dirs=[build, str(folder)],
            extra_compile_args=list(FLAGS),
        )
        built = Path(ffi.compile(tmpdir=build))
        ctypes.CDLL(str(built), os.RTLD_NOW)  # raises OSError when a function is declared and nowhere defined
        # Rename into place: a process that has the old one mapped keeps it.
        staged = folder / f".{built.name}.{os.getpid()}"
        staged.write_bytes(built.read_bytes())
        staged.chmod(0o755)
        return staged.replace(folder / built.name)
