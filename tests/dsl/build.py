"""Typed values for tests, built by hand: what the checker would make."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from aigov_dsl.ast import Confidence, Scope, Severity, Span
from aigov_dsl.reference.model import View
from aigov_dsl.typed import (
    Allow,
    Attribute,
    Block,
    Condition,
    Default,
    Detector,
    IsTrue,
    Pattern,
    Payload,
    Program,
    Rule,
    Source,
    Words,
)

AT = Span("test.gov", 0, 0, 1, 1, 1, 1)


class Text(NamedTuple):
    """A segment."""

    text: str
    kind: str = "text"
    name: str = ""


class Primitives:
    """Stand-ins for what the runtime provides, so that this room is tested without it."""

    validators: Mapping[str, Callable[[bytes, float | None], bool]] = {
        "even": lambda value, _: int(value) % 2 == 0,
        "at_least": lambda value, minimum: minimum is not None and int(value) >= minimum,
    }

    def replacement(self, style: str, detector_id: str, detector_name: str, value: bytes) -> str:
        """Shows what was asked for."""
        return f"<{style} {detector_id} {detector_name} {value.decode()}>"

    def code_spans(self, text: bytes, languages: tuple[str, ...]) -> list[tuple[int, int]]:
        """Code is what stands between backticks."""
        parts = text.split(b"`")
        return [(len(parts[0]) + 1, len(parts[0]) + 1 + len(parts[1]))] if len(parts) == 3 else []

    def plugin_spans(self, text: bytes, engine: str, model: str, labels: tuple[str, ...]) -> list[tuple[int, int]]:
        """What a model finds is what it is called, or a label."""
        found = (re.finditer(name.encode(), text) for name in (engine, model, *labels))
        return [match.span() for matches in found for match in matches]

    def views(self, text: bytes) -> list[View]:
        """Nothing is encoded."""
        return []


def pattern(regex: str, group: int = 0, width: int = 100) -> Pattern:
    return Pattern(regex=regex, group=group, max_width=width, span=AT)


def detector(name: str, *sources: Source, **fields: Any) -> Detector:
    settings: dict[str, Any] = {
        "near": (),
        "validators": (),
        "ignore": (),
        "cls": "secret",
        "family": "",
        "generic": False,
        "raised": (),
        "source": "",
        "remedy": "",
        "example": "",
        "severity": Severity.HIGH,
        "confidence": Confidence.LIKELY,
        "style": None,
        "doc": "",
    }
    return Detector(id=f"t.{name}", package="t", name=name, sources=sources, span=AT, **(settings | fields))


def words(name: str, *entries: str, **fields: Any) -> Detector:
    return detector(name, Words(words=entries), **fields)


def is_true(name: str) -> IsTrue:
    return IsTrue(attribute=Attribute(name=name, kind="bool", optional=False, phase="session"), text=name, span=AT)


def contains(*ids: str, confidence: Confidence = Confidence.POSSIBLE, count: int = 1) -> Payload:
    return Payload(detectors=ids, confidence=confidence, count=count, text=f"payload contains {ids}", span=AT)


def rule(id: str, when: Condition, effect: Any, **fields: Any) -> Rule:
    settings: dict[str, Any] = {
        "scope": Scope.PROMPT,
        "unless": None,
        "exempts": (),
        "obligations": (),
        "unknown_skip": False,
        "owner": "",
        "tickets": (),
        "controls": (),
        "severity": None,
        "doc": "",
    }
    return Rule(id=id, package="t", when=when, effect=effect, span=AT, **(settings | fields))


def program(*parts: Detector | Rule, default: Allow | Block = Allow(), tests: Any = ()) -> Program:  # noqa: B008
    return Program(
        packages=("t",),
        attributes=(),
        detectors=tuple(sorted((p for p in parts if isinstance(p, Detector)), key=lambda d: d.id)),
        rules=tuple(sorted((p for p in parts if isinstance(p, Rule)), key=lambda r: r.id)),
        default=Default(effect=default, span=None),
        tests=tests,
        sources={},
    )
