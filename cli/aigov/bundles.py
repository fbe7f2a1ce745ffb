"""Opening bundles for the verbs that decide or look inside."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from aigov.exits import Code, Failure
from aigov.output import note
from aigov_runtime import UNVERIFIED, Engine, Trust
from aigov_runtime.errors import BundleError, NoTrustError


def open_bundle(path: Path, trust: Path | None, monitor: bool | Collection[str] = ()) -> Engine:
    """The engine of a bundle file. Without `trust` the installed keys are asked; with none installed the
    bundle is loaded unverified, and a note says so.

    Fails with exit code 7 when the bundle is refused.
    """
    try:
        if trust is not None:
            return Engine.load(path, Trust.from_path(trust), monitor)
        try:
            installed = Trust.default()
        except NoTrustError:
            note(f"{path}: the signature is not checked: no trusted key is installed (give --trust PUB)")
            return Engine.load(path, UNVERIFIED, monitor)
        return Engine.load(path, installed, monitor)
    except BundleError as error:
        raise Failure(f"{path}: {error}", Code.TRUST) from error


def standard_engine() -> Engine:
    """The standard detectors, compiled in memory from the language's own library."""
    import aigov_dsl
    from aigov_compiler import compile_program

    library = Path(aigov_dsl.__file__).parent / "std" / "scan.gov"
    compiled = compile_program(aigov_dsl.load([library], require_default=False), name="standard")
    return Engine.load(compiled.envelope, UNVERIFIED)
