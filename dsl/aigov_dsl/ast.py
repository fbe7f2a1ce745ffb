"""The syntax tree of a `.gov` file: what the author wrote, nothing resolved.

Every node is frozen and carries its span; spans take no part in equality, so
`parse(format(tree)) == tree` compares meaning alone. Resolved names and types live in
`aigov_dsl.typed`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of one source file: offsets in code points, lines and columns from 1."""

    path: str
    start: int
    end: int
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Base of all nodes."""

    span: Span = field(compare=False, repr=False)


# Vocabulary ---------------------------------------------------------------------------------


class Confidence(StrEnum):
    """How sure a finding is, weakest first."""

    POSSIBLE = "possible"
    LIKELY = "likely"
    CERTAIN = "certain"


class Severity(StrEnum):
    """How much a finding, an alert or a rule matters, weakest first."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Style(StrEnum):
    """What a redaction leaves in place of a span."""

    LABEL = "label"
    MASK = "mask"
    HASH = "hash"
    TOKEN = "token"
    REMOVE = "remove"


class Scope(StrEnum):
    """Which part of an interaction a rule governs (`on …`)."""

    PROMPT = "prompt"
    RESPONSE = "response"
    TOOL_CALL = "tool_call"
    TOOL_RESULT = "tool_result"
    ANY = "any"


class LogLevel(StrEnum):
    """How much of an interaction the trail keeps, least first."""

    METADATA = "metadata"
    REDACTED = "redacted"
    FULL = "full"


# Pieces -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Name(Node):
    """A dotted name as written: `request.model`, `secrets.aws_access_key_id`, `codename`."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class String(Node):
    """A quoted string, escapes resolved."""

    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Int(Node):
    """A decimal integer, range not yet checked."""

    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bool(Node):
    """`true` or `false`."""

    value: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StringSet(Node):
    """`{"a", "b"}`, the value of a set attribute in a test."""

    items: tuple[String, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown(Node):
    """`unknown`, the value of an attribute in a test that the enforcer could not resolve."""


Literal = String | Int | Bool
"""A literal in a condition. A bare enum word (`compliant`) is parsed as the String it stands for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Regex(Node):
    r"""`/…/`: the text between the slashes, `\/` already turned into `/`, nothing else changed."""

    pattern: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation(Node):
    """`@owner("secops")`."""

    name: str
    arguments: tuple[String, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment(Node):
    """A `//` comment, text with its slashes; `own_line` when nothing precedes it on its line."""

    text: str
    own_line: bool


# Selectors ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorSelector(Node):
    """One detector by name."""

    name: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageSelector(Node):
    """`secrets.*`: every detector of a package; `package` is the part before `.*`."""

    package: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassSelector(Node):
    """`class NAME`: every detector of a class."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnionSelector(Node):
    """`[a, b.*, class c]`."""

    items: tuple[Selector, ...]


Selector = DetectorSelector | PackageSelector | ClassSelector | UnionSelector


# Conditions ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class And(Node):
    """Two or more terms, flattened: an And never holds an And that had no parentheses."""

    terms: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Or(Node):
    """Two or more terms."""

    terms: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not(Node):
    """`not TERM`."""

    term: Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant(Node):
    """`true` or `false` as a whole condition."""

    value: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth(Node):
    """A bool attribute on its own: `device.managed`."""

    attribute: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare(Node):
    """`ATTRIBUTE OP LITERAL`, OP one of `== != < <= > >=`."""

    attribute: Name
    operator: str
    value: Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class InList(Node):
    """`ATTRIBUTE in LIST`, LIST a name or a bracketed list."""

    attribute: Name
    values: Name | tuple[String, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Like(Node):
    """`ATTRIBUTE like "glob"` (a one-tuple, `any` false) or `like any LIST`."""

    attribute: Name
    globs: Name | tuple[String, ...]
    any: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Affix(Node):
    """`ATTRIBUTE starts with "x"` (`end` false) or `ends with "x"`."""

    attribute: Name
    text: String
    end: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Has(Node):
    """`ATTRIBUTE has "x"` (mode "one", a one-tuple), `has any LIST`, `has all LIST`."""

    attribute: Name
    mode: str
    values: Name | tuple[String, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IsKnown(Node):
    """`ATTRIBUTE is known`."""

    attribute: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Contains(Node):
    """`payload contains SELECTOR [confidence C] [count >= N]`."""

    selector: Selector
    confidence: Confidence | None
    count: Int | None


Condition = And | Or | Not | Constant | Truth | Compare | InList | Like | Affix | Has | IsKnown | Contains


# Effects ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Allow(Node):
    """`allow`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block(Node):
    """`block ["message"]`."""

    message: String | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reroute(Node):
    """`reroute to "target"`."""

    target: String


@dataclass(frozen=True, slots=True, kw_only=True)
class Redact(Node):
    """`redact [SELECTOR] [as STYLE]`."""

    selector: Selector | None
    style: Style | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Log(Node):
    """`log metadata|redacted|full`."""

    level: LogLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert(Node):
    """`alert "channel" [severity S]`."""

    channel: String
    severity: Severity | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Label(Node):
    """`label "x"`."""

    text: String


Effect = Allow | Block | Reroute | Redact | Log | Alert | Label


# Declarations -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Package(Node):
    """`package acme.egress`."""

    name: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Use(Node):
    """`use aigov.secrets [as NAME]` or `use "./shared.gov" [as NAME]`; `a, b` is read as two of them."""

    target: Name | String
    alias: Name | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Documented(Node):
    """A declaration that may carry `///` lines (joined by newlines) and annotations."""

    doc: str | None
    annotations: tuple[Annotation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDecl(Documented):
    """`list NAME = ["a", "b*"]` or `list NAME from "FILE"`."""

    name: Name
    items: tuple[String, ...] | None
    file: String | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListChangeDecl(Documented):
    """`extend LIST = […]` (entries added) or `override LIST = […]` (all replaced), also `from "FILE"`."""

    name: Name
    override: bool
    items: tuple[String, ...] | None
    file: String | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeExpr(Node):
    """`[optional] bool|int|string|set of string|one of {a, b}`; kind is bool, int, string, set or enum."""

    kind: str
    optional: bool
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeDecl(Documented):
    """`attribute NAME: TYPE [from claim "x" | from header "x"]`; source is (kind, key) or None."""

    name: Name
    type: TypeExpr
    source: tuple[str, String] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternClause(Node):
    """`pattern /…/ [group N]`."""

    regex: Regex
    group: Int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsClause(Node):
    """`words LIST` or `words ["a", "b"]`."""

    values: Name | tuple[String, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableClause(Node):
    """`table "FILE" columns a, b, c`."""

    file: String
    columns: tuple[Name, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchClause(Node):
    """`match K within N chars`: how many columns of one table row must be close together."""

    count: Int
    within: Int


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeClause(Node):
    """`code [languages a, b]`; no languages means any."""

    languages: tuple[Name, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UsingClause(Node):
    """`using "ENGINE:MODEL" labels [A, "b"] within N ms [inline]`; `plugin` is the first string."""

    plugin: String
    labels: tuple[String, ...]
    within: Int
    inline: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NearClause(Node):
    """`[not] near ["a", "b"] within N chars [before|after]`, as a clause or a check; values may also name a list, in a
    check also a detector. `side` is before, after or None (either)."""

    negated: bool
    values: Name | tuple[String, ...]
    within: Int
    side: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidateClause(Node):
    """`validate NAME [>= NUMBER]`, or `[not] NAME [>= NUMBER]` as a check; minimum is kept as written, e.g. "3.5"."""

    negated: bool
    name: Name
    minimum: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IgnoreClause(Node):
    """`ignore [/…/, "…"]`; values may also name a list."""

    values: Name | tuple[Regex | String, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassClause(Node):
    """`class NAME`."""

    name: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityClause(Node):
    """`severity S`."""

    severity: Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfidenceClause(Node):
    """`confidence C [when CHECK and …]`; without checks, what holds when no other does."""

    confidence: Confidence
    checks: tuple[NearClause | ValidateClause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteClause(Node):
    """`source "…"` (where the format is documented) or `remedy "…"` (what to do about a finding)."""

    kind: str
    text: String


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleClause(Node):
    """`example "…"`: a template of `aigov_dsl.examples`."""

    template: String


@dataclass(frozen=True, slots=True, kw_only=True)
class GenericClause(Node):
    """`generic`: gives way to any other detector of its class that finds the same bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StyleClause(Node):
    """`redact as STYLE`: the style when a rule names none."""

    style: Style


DetectorClause = (
    PatternClause
    | WordsClause
    | TableClause
    | MatchClause
    | CodeClause
    | UsingClause
    | NearClause
    | ValidateClause
    | IgnoreClause
    | ClassClause
    | SeverityClause
    | ConfidenceClause
    | StyleClause
    | NoteClause
    | ExampleClause
    | GenericClause
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorDecl(Documented):
    """`detector NAME { clauses }`, clauses in source order."""

    name: Name
    clauses: tuple[DetectorClause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultDecl(Documented):
    """`default allow` or `default block ["message"]`."""

    effect: Allow | Block


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDecl(Documented):
    """`rule NAME [on SCOPE] { when … [unless …] then … [on unknown skip] }`; scope None means prompt."""

    name: Name
    scope: Scope | None
    when: Condition
    unless: Condition | None
    effects: tuple[Effect, ...]
    unknown_skip: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExemptDecl(Documented):
    """`exempt RULE when … [until DATE] [owner "…"] [reason "…"]`; the linter wants all three."""

    rule: Name
    when: Condition
    until: date | None
    owner: String | None
    reason: String | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given(Node):
    """`NAME = VALUE` of a test."""

    attribute: Name
    value: Literal | StringSet | Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectEffect(Node):
    """`[not] allow|redact|reroute|block [by RULE]`: without `by`, the outcome of the decision."""

    negated: bool
    effect: str
    rule: Name | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectObligation(Node):
    """`[not] log LEVEL`, `alert "channel"`, `label "x"`; kind and its argument."""

    negated: bool
    kind: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectText(Node):
    """`prompt|response|tool_call|tool_result "…"`: the text after edits."""

    part: Scope
    text: String


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectUnknown(Node):
    """`[not] unknown NAME`: an attribute or a detector named among the unknowns."""

    negated: bool
    name: Name


Expectation = ExpectEffect | ExpectObligation | ExpectText | ExpectUnknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Node):
    """`prompt|response|tool_call|tool_result "text"` of a test."""

    part: Scope
    text: String


@dataclass(frozen=True, slots=True, kw_only=True)
class TestDecl(Documented):
    """`test "NAME" { given … ; prompt "…" ; expect … }`; repeated lines add up."""

    __test__ = False  # not a pytest class

    name: String
    given: tuple[Given, ...]
    parts: tuple[Part, ...]
    expectations: tuple[Expectation, ...]


Declaration = ListDecl | ListChangeDecl | AttributeDecl | DetectorDecl | DefaultDecl | RuleDecl | ExemptDecl | TestDecl


@dataclass(frozen=True, slots=True, kw_only=True)
class Module(Node):
    """One file. Comments are kept beside the tree, in source order, for the formatter."""

    package: Package | None
    uses: tuple[Use, ...]
    declarations: tuple[Declaration, ...]
    comments: tuple[Comment, ...] = field(compare=False)
