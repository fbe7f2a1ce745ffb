"""The standard detectors as an engine: compiled from the language's own library, once for each of its versions."""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path

from aigov import __version__
from aigov_runtime import UNVERIFIED, Engine, cache
from aigov_runtime.errors import BundleError


def standard_engine() -> Engine:
    """From the user's cache when it holds the bundle of exactly this library, else compiled and kept there."""
    library = _library()
    name = f"{_digest(library)}.govb"
    kept = cache.read(name)
    if kept is not None:
        try:
            return Engine.load(kept, UNVERIFIED)
        except BundleError:
            pass  # made by another build of the same version
    made = _compile(library)
    cache.write(name, made)
    return Engine.load(made, UNVERIFIED)


def _library() -> Path:
    """Where the library is, without importing the language: a cached bundle needs none of it."""
    spec = find_spec("aigov_dsl")
    assert spec
    assert spec.origin
    return Path(spec.origin).parent / "std"


def _digest(library: Path) -> str:
    digest = hashlib.sha256(__version__.encode())
    for path in sorted(library.rglob("*.gov")):
        content = path.read_bytes()
        digest.update(b"%b:%d:%b" % (path.relative_to(library).as_posix().encode(), len(content), content))
    return digest.hexdigest()


def _compile(library: Path) -> bytes:
    import aigov_dsl
    from aigov_compiler import compile_program

    program = aigov_dsl.load([library / "scan.gov"], require_default=False)
    return compile_program(program, name="standard").envelope
