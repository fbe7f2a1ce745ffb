"""Values from the `example` clauses of the library: breadth over all detectors, beside the independent values."""

from __future__ import annotations

from collections.abc import Callable

from aigov_dsl.examples import accepted
from corpora.accuracy.draw import Draw
from corpora.accuracy.library import Library
from corpora.accuracy.scan import Found, scan_text
from corpora.accuracy.score import REGION_CLASSES
from corpora.accuracy.values import Family, Value


def values(library: Library) -> tuple[tuple[Value, ...], tuple[str, ...]]:
    """A value for each detector that finds its own example, its span being what it found there; and the names of
    those that do not."""
    found, silent = [], []
    for name, detector in sorted(library.detectors.items()):
        if not detector.example:
            continue
        make = _maker(library, name, detector.example)
        try:
            sample = make(Draw(name))
        except ValueError:
            silent.append(name)
            continue
        family = _family(detector.cls)
        judged = (detector.cls,) if family is Family.PASSAGE else ()
        called = (detector.name.replace("_", " "),)
        found.append(Value(name, called, make, family, block="\n" in sample, judged=judged))
    return tuple(found), tuple(silent)


def _family(cls: str) -> Family:
    if cls in REGION_CLASSES:
        return Family.PASSAGE
    return Family.SECRET if cls == "credential" else Family.RECORD


def _maker(library: Library, name: str, template: str) -> Callable[[Draw], str]:
    def find(text: str) -> Found | None:
        return next((found for found in scan_text(library.engine, text) if found.detector == name), None)

    def make(draw: Draw) -> str:
        text = accepted(template, draw, lambda text: find(text) is not None)
        found = find(text)
        assert found
        return f"{text[: found.start]}\0{text[found.start : found.end]}\0{text[found.end :]}"

    return make
