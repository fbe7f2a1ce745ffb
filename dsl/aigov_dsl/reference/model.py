"""What goes into the reference evaluator and what comes out. Offsets are bytes of a segment's UTF-8 form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from aigov_dsl.ast import Confidence
from aigov_dsl.reference.kleene import Truth
from aigov_dsl.typed import Atom, Rule


class Segment(Protocol):
    """A run of text; rules on tool calls and results see those of kind "tool_call" and "tool_result". `name` is that of
    the member it is the value of, or empty."""

    @property
    def text(self) -> str:
        """The text."""
        ...

    @property
    def kind(self) -> str:
        """What the segment is."""
        ...

    @property
    def name(self) -> str:
        """What the text stands under."""
        ...


class View(Protocol):
    """Text as it reads once what is encoded in it is decoded, as valid UTF-8 (lone surrogates aside)."""

    @property
    def text(self) -> bytes:
        """What is matched."""
        ...

    def source(self, start: int, end: int) -> tuple[int, int]:
        """The bytes of the original text that bytes `start` to `end` (at least one) come from."""
        ...

    def guessed(self, start: int, end: int) -> bool:
        """Whether two of these bytes stand together by a guess."""
        ...


class Primitives(Protocol):
    """What the caller provides: a catalogue of validators, keyed replacements, a recogniser of code, plug-ins,
    views."""

    @property
    def validators(self) -> Mapping[str, Callable[[bytes, float | None], bool]]:
        """By name: whether a value passes, given the minimum if the validator takes one."""
        ...

    def replacement(self, style: str, detector_id: str, detector_name: str, value: bytes) -> str:
        """What stands for `value`; asked for the styles `hash` and `token` only."""
        ...

    def code_spans(self, text: bytes, languages: tuple[str, ...]) -> list[tuple[int, int]]:
        """Spans that look like source code in one of `languages` (empty: any)."""
        ...

    def plugin_spans(self, text: bytes, engine: str, model: str, labels: tuple[str, ...]) -> list[tuple[int, int]]:
        """Spans that a model of an installed library calls one of `labels`, however long it takes."""
        ...

    def views(self, text: bytes) -> Sequence[View]:
        """The views of a text, and those of views."""
        ...


class Finding(NamedTuple):
    """One confirmed match of the detector with id `detector` in the segment with index `segment`."""

    detector: str
    segment: int
    start: int
    end: int
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Verdict:
    """How an applicable rule ended: its truth, the truth of each atom in source order, whether it counts
    as matched, and the names of the evidence without which it ended unknown."""

    rule: Rule
    truth: Truth
    atoms: tuple[tuple[Atom, Truth], ...]
    matched: bool
    missing: frozenset[str]


class Hit(NamedTuple):
    """A matched rule; `effect` is allow, redact, reroute, block or "" (obligations only)."""

    id: str
    effect: str
    unknown: bool


@dataclass(frozen=True, slots=True)
class Obligations:
    """Highest log level ("" if none), sorted alerts as (channel, severity), sorted labels."""

    log: str = ""
    alerts: tuple[tuple[str, str], ...] = ()
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReferenceDecision:
    """A whole decision. `texts` are the segments' texts after edits; `verdicts` cover every applicable rule."""

    outcome: str
    message: str
    target: str
    texts: tuple[str, ...]
    rules: tuple[Hit, ...]
    findings: tuple[Finding, ...]
    unknown: tuple[str, ...]
    obligations: Obligations
    verdicts: tuple[Verdict, ...]
