"""Plan the patterns of detectors for the wide pass, and compile them for this machine.

Patterns go to Hyperscan as bytes with line anchors only: no start of match, no UTF-8 mode. Both make databases large
and slow, and the confirm step finds the starts.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import hyperscan

from aigov_compiler.clues import clues
from aigov_compiler.cues import cue
from aigov_compiler.errors import CompileError, Error
from aigov_compiler.gates import margin_of, numbered
from aigov_compiler.matchers import program
from aigov_compiler.sections import Sections
from aigov_dsl import typed
from aigov_dsl.diagnostics import Diagnostic
from aigov_dsl.regex import measure
from aigov_runtime.scan.clues import Rule, section
from aigov_runtime.scan.database import compile_database, database_key, open_database
from aigov_runtime.scan.triggers import Gate


class PatternPlan(NamedTuple):
    """What a document's `scan` says of patterns."""

    patterns: list[dict[str, Any]]
    cues: int | None
    programs: int | None
    clues: int | None
    databases: dict[str, int]


def plan(detectors: Sequence[typed.Detector], sections: Sections) -> PatternPlan:
    """Every pattern with its detector's number; their cues, programs and databases become sections.

    Raises CompileError naming each pattern that Hyperscan refuses.
    """
    sources = [
        (number, source)
        for number, detector in enumerate(detectors)
        for source in detector.sources
        if isinstance(source, typed.Pattern)
    ]
    programs = [program(source.regex, source.group) for _, source in sources]
    views = [view_of(source.regex) for _, source in sources]
    cues = [view.cue for view in views]
    patterns: list[dict[str, Any]] = [
        {
            "detector": number,
            "regex": source.regex.encode(),
            "cue": len(seen),
            "group": source.group,
            "width": source.max_width,
            "program": len(compiled),
            "gate": int(view.gate),
        }
        for (number, source), seen, compiled, view in zip(sources, cues, programs, views, strict=True)
    ]
    databases: dict[str, int] = {}
    try:
        for each in Gate:
            numbers = [number for number, pattern in enumerate(patterns) if pattern["gate"] == each]
            if numbers:
                database = open_database([cues[number] for number in numbers], numbers)
                databases[database_key(each)] = sections.add(hyperscan.dumpb(database))
    except hyperscan.error as error:
        refused = [diagnostic for _, source in sources if (diagnostic := _refusal(source)) is not None]
        raise CompileError(tuple(refused) or (_together(sources[0][1], error),)) from None
    rules = [view.rule for view in views if view.rule is not None]
    return PatternPlan(
        patterns,
        _joined(cues, sections),
        _joined(programs, sections),
        sections.add(section(rules)) if rules else None,
        databases,
    )


def _joined(parts: Sequence[bytes], sections: Sections) -> int | None:
    return sections.add(b"".join(parts)) if any(parts) else None


class View(NamedTuple):
    """What Hyperscan looks for in a pattern's stead, and where: for the gate of clues, at these."""

    cue: bytes
    gate: Gate
    rule: Rule | None = None


@cache
def view_of(regex: str) -> View:
    """The view of a pattern."""
    pattern, tree = cue(regex)
    width = None if tree is None else measure(tree).high
    if tree is None or width is None:
        return View(pattern, Gate.OPEN)
    triggered = numbered(tree)
    margin = margin_of(width) if triggered else Gate.OPEN
    if margin not in (Gate.NARROW, Gate.WIDE) and (parts := clues(tree, width, numbered=triggered)):
        return View(pattern, Gate.CLUES, Rule(width, parts, triggered))
    return View(pattern, margin)


def _refusal(pattern: typed.Pattern) -> Diagnostic | None:
    """Hyperscan does not say which of many patterns it refuses, so each is tried alone."""
    try:
        compile_database([pattern.regex.encode()])
    except hyperscan.error as error:
        return Error.PATTERN.at(
            pattern.span, f"the scanner refuses this pattern: {_reason(error)}", help=_advice(_reason(error))
        )
    return None


def _together(first: typed.Pattern, error: hyperscan.error) -> Diagnostic:
    return Error.PATTERN.at(
        first.span,
        f"the scanner takes every pattern alone but not all together: {_reason(error)}",
        help="shorten bounded repeats of wide classes, or split the policy into two bundles",
    )


_ADVICE = (
    ("too large", "lower the bounds of repeats, or start the pattern with a literal"),
    ("never match", "something in it contradicts what stands beside it; remove one of the two"),
    ("empty", "require at least one character"),
    ("anchor", r"match the line break itself, `\n`, where the pattern goes on"),
)


def _advice(reason: str) -> str:
    return next((advice for words, advice in _ADVICE if words in reason.lower()), "write it without this construct")


def _reason(error: hyperscan.error) -> str:
    """Hyperscan's sentence, in the form of a diagnostic: lower case, no period."""
    sentence = str(error).rstrip(".")
    return sentence[:1].lower() + sentence[1:]
