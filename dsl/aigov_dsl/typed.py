"""The checked program: names resolved, types known, lists and files read. Input of the reference
evaluator and of the compiler; made by `aigov_dsl.load`, and only when no error was found.

Data only. What a program *means* is written in `docs/semantics.md` and executed by
`aigov_dsl.reference`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from aigov_dsl.ast import Confidence, LogLevel, Scope, Severity, Span, Style


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One attribute of the vocabulary, built in or declared.

    `kind` is bool, int, string, set or enum; `phase` says when its value is known: `session`
    (the identity decides), `profile` (fixed by the kind of request: provider, model, …) or `call`
    (changes with every request: sizes, counters, time).
    `source` is ("builtin", ""), ("claim", key) or ("header", key).
    """

    name: str
    kind: str
    optional: bool
    phase: str
    values: tuple[str, ...] = ()
    source: tuple[str, str] = ("builtin", "")
    doc: str = ""
    span: Span | None = field(default=None, compare=False)


# Conditions ---------------------------------------------------------------------------------
# And/Or/Not/Constant are the connectives; the rest are the atoms ("predicates"). `text` is the
# canonical source text of the atom, used in reasons.


@dataclass(frozen=True, slots=True, kw_only=True)
class And:
    """Kleene conjunction."""

    terms: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Or:
    """Kleene disjunction."""

    terms: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """Kleene negation."""

    term: Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """A truth value."""

    value: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Atom:
    """Base of predicates."""

    text: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class IsTrue(Atom):
    """A bool attribute is true. `x == false` and `x != true` are Not(IsTrue)."""

    attribute: Attribute


@dataclass(frozen=True, slots=True, kw_only=True)
class IntCompare(Atom):
    """`operator` is one of == != < <= > >=; value is a signed 64-bit integer."""

    attribute: Attribute
    operator: str
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StringIn(Atom):
    """The string or enum value is one of `values` (sorted, unique). `==` has one; `!=` is Not of it."""

    attribute: Attribute
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StringLike(Atom):
    """The value matches one of `globs` as a whole; `*` is any run of characters, the rest literal."""

    attribute: Attribute
    globs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StringAffix(Atom):
    """The value starts (or, with `end`, ends) with `affix`."""

    attribute: Attribute
    affix: str
    end: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SetHas(Atom):
    """The set holds any (or, with `all`, all) of `values` (sorted, unique)."""

    attribute: Attribute
    values: tuple[str, ...]
    all: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Known(Atom):
    """The attribute has a value. Never unknown itself."""

    attribute: Attribute


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload(Atom):
    """At least `count` findings of `detectors` (ids, sorted) at `confidence` or better, in the rule's scope."""

    detectors: tuple[str, ...]
    confidence: Confidence
    count: int


Condition = (
    And | Or | Not | Constant | IsTrue | IntCompare | StringIn | StringLike | StringAffix | SetHas | Known | Payload
)


# Detectors ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A byte regex in the common subset of `docs/semantics.md`. `group` 0 is the whole match.

    `max_width` is the longest match in bytes.
    """

    regex: str
    group: int
    max_width: int
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Whole words or phrases, any case."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of a CSV file (selected columns, clear text: the compiler hashes them). `count` distinct
    columns of one row within `within` bytes make a finding; (1, 0) when no `match` clause is given."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    count: int
    within: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """Source code in one of `languages` (empty: any)."""

    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """What a model of an installed library calls one of `labels`, within a budget of `milliseconds` for each scan.
    Unless it is `inline`, it looks after the decision."""

    engine: str
    model: str
    labels: tuple[str, ...]
    milliseconds: int
    inline: bool


Source = Pattern | Words | Table | Code | Plugin


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """One of `words` lies within `within` bytes before or after the span; `side` is before, after or "" (either)."""

    words: tuple[str, ...]
    within: int
    side: str = ""
    negated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NearDetector:
    """A kept candidate of the detector with id `detector` lies within `within` bytes; `side` as in `Near`."""

    detector: str
    within: int
    side: str = ""
    negated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Validate:
    """A validator of the catalogue, with its minimum if it takes one. Negated only as a check."""

    name: str
    minimum: float | None
    negated: bool = False


Check = Validate | Near | NearDetector
"""What `confidence … when` asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidences:
    """`confidence C when CHECK and …`: a finding has confidence `confidence` if all `checks` hold."""

    confidence: Confidence
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignore:
    """Values that are never findings: one of `values` (in any ASCII case, as a whole; `*` is any run of bytes) or
    matched somewhere by one of `patterns`."""

    values: tuple[str, ...]
    patterns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Detector:
    """One detector; `id` is the last part of its package, a dot, and its name.

    The first of `raised` that holds decides a finding's confidence, else it is `confidence`. `family` is the class of a
    detector whose overlapping findings are one token, which those of standard and of generic ones are, else ""; a
    `generic` one gives way to others of its family. `example` is a template of `aigov_dsl.examples`.
    """

    id: str
    package: str
    name: str
    sources: tuple[Source, ...]
    near: tuple[Near, ...]
    validators: tuple[Validate, ...]
    ignore: tuple[Ignore, ...]
    cls: str
    family: str
    generic: bool
    severity: Severity
    confidence: Confidence
    raised: tuple[Confidences, ...]
    style: Style | None
    doc: str
    source: str
    remedy: str
    example: str
    span: Span = field(compare=False, repr=False)

    @property
    def deferred(self) -> bool:
        """It looks after the decision: no rule may decide by it."""
        return any(isinstance(source, Plugin) and not source.inline for source in self.sources)


# Rules --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Allow:
    """Admit the request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Refuse, with a message for the caller ("" if none was given)."""

    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reroute:
    """Send elsewhere."""

    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RedactTarget:
    """Findings to replace: of `detectors`, at `confidence` or better."""

    detectors: tuple[str, ...]
    confidence: Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Redact:
    """Replace findings. Without a selector in the source, the targets are the positive `payload
    contains` terms of the rule's `when`. Style None: each detector's own, else label."""

    targets: tuple[RedactTarget, ...]
    style: Style | None


Effect = Allow | Block | Reroute | Redact


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """Keep this much in the trail."""

    level: LogLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Tell a channel."""

    channel: str
    severity: Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Mark the interaction."""

    text: str


Obligation = Log | Alert | Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Exempt:
    """While the day (UTC) is not after `until` and `when` is true, its rule does not match."""

    when: Condition
    until: date | None
    owner: str
    reason: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule; `id` is its bare name, unique in a program. `effect` None: obligations only."""

    id: str
    package: str
    scope: Scope
    when: Condition
    unless: Condition | None
    exempts: tuple[Exempt, ...]
    effect: Effect | None
    obligations: tuple[Obligation, ...]
    unknown_skip: bool
    owner: str
    tickets: tuple[str, ...]
    controls: tuple[str, ...]
    severity: Severity | None
    doc: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Default:
    """What happens to a request that no rule admits."""

    effect: Allow | Block
    span: Span | None = field(compare=False, repr=False)


# Tests --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownValue:
    """`given x = unknown`."""


Value = bool | int | str | frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectEffect:
    """See `ast.ExpectEffect`; `rule` is a rule id."""

    negated: bool
    effect: str
    rule: str | None
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectObligation:
    """See `ast.ExpectObligation`."""

    negated: bool
    kind: str
    value: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectText:
    """See `ast.ExpectText`."""

    part: Scope
    text: str
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectUnknown:
    """See `ast.ExpectUnknown`; `name` is an attribute name or a detector id."""

    negated: bool
    name: str
    span: Span = field(compare=False, repr=False)


Expectation = ExpectEffect | ExpectObligation | ExpectText | ExpectUnknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """One test. Attributes that are not given have no value. All parts belong to one direction."""

    __test__ = False  # not a pytest class

    name: str
    given: Mapping[str, Value | UnknownValue]
    parts: tuple[tuple[Scope, str], ...]
    expectations: tuple[Expectation, ...]
    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """Everything a set of files says. Tuples are sorted: attributes and detectors by name or id, rules by id.

    `detectors` holds those that a rule refers to, those declared in the root files, and those that the checks of
    these name; `sources`
    maps every path read (`.gov`, lists, tables; standard library as `<aigov>/PACKAGE/NAME.gov`) to its bytes.
    """

    packages: tuple[str, ...]
    attributes: tuple[Attribute, ...]
    detectors: tuple[Detector, ...]
    rules: tuple[Rule, ...]
    default: Default | None
    tests: tuple[Test, ...]
    sources: Mapping[str, bytes]
