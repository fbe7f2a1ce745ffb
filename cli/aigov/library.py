"""The standard library as a checked program: every detector of every package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from random import Random

import aigov_dsl
from aigov.exits import Failure
from aigov_compiler import compile_program
from aigov_dsl import examples, typed
from aigov_runtime import UNVERIFIED, Engine
from aigov_runtime.model import Kind, Segment


def library() -> typed.Program:
    """All of it. A fault in it is a bug."""
    return aigov_dsl.load([Path(str(files("aigov_dsl").joinpath("std")))], require_default=False)


def package(detector: typed.Detector) -> str:
    """The name by which a policy uses the package: the last part."""
    return detector.package.rpartition(".")[2]


def select(program: typed.Program, names: Sequence[str]) -> list[typed.Detector]:
    """The detectors that are named, or whose package or class is; all without names. Raises Failure for a name that is
    none of these."""
    keys = [{detector.id, detector.name, package(detector), detector.cls} for detector in program.detectors]
    known = set().union(*keys)
    for name in names:
        if name not in known:
            close = get_close_matches(name, sorted(known), n=1)
            hint = f"did you mean `{close[0]}`?" if close else "`aigov detectors` lists all"
            raise Failure(f"there is no detector, package or class `{name}`: {hint}")
    return [d for d, own in zip(program.detectors, keys, strict=True) if not names or own & set(names)]


def example(program: typed.Program, detector: typed.Detector, seed: int) -> str:
    """A text that the detector finds, made up: the same for the same seed."""
    alone = replace(program, rules=(), detectors=_with_those_it_asks_for(program, detector))
    engine = Engine.load(compile_program(alone, name="example").envelope, UNVERIFIED)

    def found(text: str) -> bool:
        scan = engine.scan((Segment("user", "", text, Kind.TEXT),))
        return any(finding.detector == detector.id for finding in scan.findings)

    random = Random(f"{detector.id} {seed}")  # noqa: S311 - a sample, the same each time
    return examples.accepted(detector.example, random, found)


def _with_those_it_asks_for(program: typed.Program, detector: typed.Detector) -> tuple[typed.Detector, ...]:
    named = {
        check.detector for raised in detector.raised for check in raised.checks if isinstance(check, typed.NearDetector)
    }
    return tuple(
        replace(d, raised=()) if d is not detector else d for d in program.detectors if d.id in {*named, detector.id}
    )
