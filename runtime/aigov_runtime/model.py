"""The values that walk through the engine: segments in, findings, a decision with edits out.

All immutable; those made for every request are named tuples, which cost least. Offsets are bytes of the UTF-8
encoding of one segment's text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import NamedTuple

Value = bool | int | str | frozenset[str]
"""An attribute's value. A missing or unresolvable attribute has no entry at all."""


class Direction(StrEnum):
    """Which half of an interaction is decided."""

    PROMPT = "prompt"
    RESPONSE = "response"


class Kind(StrEnum):
    """What a segment is; `tool_call` and `tool_result` are scopes of the language."""

    TEXT = "text"
    TOOL_DEFINITION = "tool_definition"
    TOOL_CALL = "tool_call"
    TOOL_RESULT = "tool_result"
    REASONING = "reasoning"
    FILE = "file"
    METADATA = "metadata"


class Segment(NamedTuple):
    """A run of text in a request or response.

    `path` is an RFC 6901 JSON pointer into the body; text inside a JSON string that itself holds
    JSON is addressed by a second pointer after `#`, text in a file held by a string by its place in the file after `@`.
    Text around the body is at `header/NAME` and `query/NAME`, that of uploads at `part/N`, of JSON lines at `/line/N`.
    `name` is that of the JSON member whose value the text is, where
    it tells what the text is (`password`); detectors read it in front of the text.
    """

    role: str
    path: str
    text: str
    kind: Kind
    name: str = ""


class Confidence(IntEnum):
    """How sure a finding is."""

    POSSIBLE = 0
    LIKELY = 1
    CERTAIN = 2


class Reading(IntEnum):
    """What shows a finding: the text as written, a view, or a view that joins two of its bytes by a guess."""

    WRITTEN = 0
    DECODED = 1
    GUESSED = 2


class Finding(NamedTuple):
    """One confirmed match: `segment` indexes the interaction's segments, `start`/`end` are its bytes."""

    detector: str
    cls: str
    severity: str
    confidence: Confidence
    segment: int
    path: str
    start: int
    end: int
    reasons: tuple[str, ...]
    reading: Reading = Reading.WRITTEN


class Scan(NamedTuple):
    """What a scan found, and which detectors (ids) could not finish, with the reason."""

    findings: tuple[Finding, ...]
    incomplete: Mapping[str, str]


class Attachment(NamedTuple):
    """A file inside a request or response: where it is, its media type by its bytes, its size in bytes and its SHA-256
    in hexadecimal. One that was not `read` is a picture, a recording or unknown: nobody looked for text in it, beyond
    strings that stand there in the open."""

    path: str
    type: str
    size: int
    sha256: str
    read: bool


class Interaction(NamedTuple):
    """One request or response to decide.

    `attributes` holds the `request.*` values that are fixed by the kind of request (provider,
    host, model, operation, endpoint, stream, tools, sanctioned); `measures` the integers that change with every call
    (`request.tokens`, `request.bytes`, `session.turn`, …). `unparsed` is set, with a reason, when the body could not be
    read: payload conditions are then unknown. `attachments` are for the record.
    """

    direction: Direction
    segments: tuple[Segment, ...]
    attributes: Mapping[str, Value] = MappingProxyType({})
    measures: Mapping[str, int] = MappingProxyType({})
    unparsed: str = ""
    attachments: tuple[Attachment, ...] = ()


class Outcome(StrEnum):
    """What to do with the interaction, weakest first."""

    ALLOW = "allow"
    REDACT = "redact"
    REROUTE = "reroute"
    BLOCK = "block"


class Truth(StrEnum):
    """Strong Kleene truth."""

    FALSE = "false"
    TRUE = "true"
    UNKNOWN = "unknown"


class Location(NamedTuple):
    """Where a rule is written, line and column from 1."""

    path: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


class Reason(NamedTuple):
    """One predicate of a rule and its truth: (`request.provider == "openai"`, true, where it is written)."""

    text: str
    truth: Truth
    location: Location


@dataclass(frozen=True, slots=True)
class RuleHit:
    """A rule that matched. `effect` is allow, block, reroute, redact or "" (obligations only);
    `unknown` when it counts as matched because it could not be decided; `enforced` false in monitor mode."""

    id: str
    effect: str
    location: Location
    reasons: tuple[Reason, ...]
    unknown: bool
    enforced: bool
    owner: str
    controls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace bytes `start`..`end` of a segment's text; `detector` and `rule` name what asked for it."""

    segment: int
    path: str
    start: int
    end: int
    replacement: str
    detector: str
    rule: str


@dataclass(frozen=True, slots=True)
class Obligations:
    """What must be done besides: the highest log level asked for ("" if none), alerts as
    (channel, severity), labels."""

    log: str = ""
    alerts: tuple[tuple[str, str], ...] = ()
    labels: tuple[str, ...] = ()


class Decision(NamedTuple):
    """The answer. `edits` apply to redact and reroute; `target` is set for reroute; `message` for block.
    `unknown` names the attributes and detectors whose evidence was missing, sorted."""

    outcome: Outcome
    message: str
    target: str
    edits: tuple[Edit, ...]
    rules: tuple[RuleHit, ...]
    findings: tuple[Finding, ...]
    unknown: tuple[str, ...]
    obligations: Obligations
    revision: str
