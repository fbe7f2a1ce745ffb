"""The standard library as it is: every package in one engine, and what its detectors say of themselves."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import aigov_dsl
from aigov_compiler import compile_program
from aigov_dsl.typed import Detector
from aigov_runtime import UNVERIFIED, Engine

_STD = Path(aigov_dsl.__file__).parent / "std"
_PURPOSES = frozenset({"scan"})
"""Files of the library that hold a policy and not detectors."""


@dataclass(frozen=True, slots=True)
class Library:
    """`detectors` by id; `seconds` to compile them."""

    engine: Engine
    detectors: dict[str, Detector]
    seconds: float

    def cls(self, detector: str) -> str:
        """The class of a detector; of one that does not exist, that of most detectors of its package."""
        if detector in self.detectors:
            return self.detectors[detector].cls
        package = detector.partition(".")[0]
        classes = [other.cls for name, other in self.detectors.items() if name.startswith(package + ".")]
        return max(sorted(set(classes)), key=classes.count) if classes else package


def packages() -> list[str]:
    """The names of the standard packages."""
    names = {path.stem for path in _STD.iterdir() if path.suffix == ".gov" or any(path.glob("*.gov"))}
    return sorted(names - _PURPOSES)


def load() -> Library:
    """Compile all of it. Raises the language's own errors when it does not check."""
    names = packages()
    uses = "".join(f"use aigov.{name}\n" for name in names)
    selectors = ", ".join(f"{name}.*" for name in names)
    policy = (
        f"package accuracy\n{uses}default allow\n"
        f'@owner("aigov")\nrule all on any {{\n  when payload contains [{selectors}]\n  then log metadata\n}}\n'
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "accuracy.gov"
        path.write_text(policy)
        program = aigov_dsl.load([path])
    begin = time.perf_counter()
    envelope = compile_program(program, name="accuracy").envelope
    seconds = time.perf_counter() - begin
    return Library(
        Engine.load(envelope, UNVERIFIED), {detector.id: detector for detector in program.detectors}, seconds
    )
