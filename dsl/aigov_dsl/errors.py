"""The catalogue of error codes. A code never changes its meaning and is never used again.

`docs/errors.md` is `page()`; a test holds it to this table and `pytest --bless` writes it.
"""

from __future__ import annotations

from enum import Enum

from aigov_dsl.ast import Span
from aigov_dsl.diagnostics import Diagnostic, Level


class ErrorKind(Enum):
    """Base of catalogues: each member is a stable code and what it means, in a few words."""

    def __init__(self, code: str, title: str) -> None:
        self.code = code
        self.title = title

    def at(self, span: Span, message: str, *, help: str = "", related: tuple[tuple[Span, str], ...] = ()) -> Diagnostic:
        """A diagnostic of this kind."""
        return Diagnostic(code=self.code, level=Level.ERROR, message=message, span=span, help=help, related=related)


class Error(ErrorKind):
    """The errors of the language."""

    # Text
    SYNTAX = ("E001", "the text does not follow the grammar")
    STRING = ("E002", "a string or pattern is not closed, or holds an unknown escape")
    UNCLOSED = ("E003", "a bracket is never closed")
    ENCODING = ("E004", "the file is not UTF-8 text without a byte-order mark")
    CONTROL = ("E005", "a control character or an invisible line break")
    BIDI = ("E006", "a bidirectional control character, which shows text in another order than it is read")
    CONFUSABLE = ("E007", "a letter in a name that looks like another letter")
    MIXED_SCRIPT = ("E008", "a name that mixes writing systems")
    NON_ASCII = ("E009", "a name with a letter outside ASCII")
    TOO_LARGE = ("E010", "the file is too large")
    TOO_DEEP = ("E011", "brackets or negations are nested too deeply")
    INTEGER = ("E012", "an integer outside the signed 64-bit range")
    DATE = ("E013", "a date that does not exist")
    ORDER = ("E014", "`package` or `use` in the wrong place")
    DUPLICATE_CLAUSE = ("E015", "a clause that may be given only once")
    DOTTED = ("E016", "a dotted name where one word is wanted, or a reserved word")
    TOO_MANY = ("E017", "too many errors in one file")

    # Files and names
    FILE = ("E020", "a file is missing or cannot be read")
    CIRCLE = ("E021", "files that use each other in a circle")
    UNKNOWN_PACKAGE = ("E022", "a package that is not there")
    UNKNOWN_NAME = ("E023", "a name that is not declared")
    UNKNOWN_ATTRIBUTE = ("E024", "an attribute that is not declared")
    DUPLICATE = ("E025", "a name that is declared twice")
    ATTRIBUTE_CONFLICT = ("E026", "attribute declarations that disagree or hide a built-in attribute")
    BINDING = ("E027", "two packages bound to one name")
    NO_DEFAULT = ("E028", "no `default` in the compiled set")
    TWO_DEFAULTS = ("E029", "more than one `default`")
    DATA_FILE = ("E030", "a list or table file with invalid content")
    ANNOTATION = ("E031", "an unknown or misused annotation")
    RESERVED_PACKAGE = ("E032", "a package name that belongs to the standard library")

    # Types and meaning
    TYPE = ("E040", "an operator or value that does not fit the attribute's type")
    UNGUARDED = ("E041", "an optional attribute read without `is known`")
    ENUM_VALUE = ("E042", "a value outside the attribute's values")
    GLOB = ("E043", "a glob where only whole values are compared")
    EFFECTS = ("E044", "more than one of allow, redact, reroute and block in one rule")
    NO_TARGET = ("E045", "a redaction that names nothing to redact")
    EXEMPT_ALLOW = ("E046", "an exemption from a rule that allows")
    COUNT = ("E047", "a count or distance that makes no sense")
    EMPTY = ("E048", "an empty list, set or string where something is needed")

    # Detectors
    PATTERN_SYNTAX = ("E050", "a pattern that is not well formed")
    PATTERN_CONSTRUCT = ("E051", "a construct that patterns may not use")
    PATTERN_WIDTH = ("E052", "a pattern whose longest match has no bound, or too wide a one")
    PATTERN_EMPTY = ("E053", "a pattern, or what it repeats, that can be empty")
    PATTERN_EXPLOSION = ("E054", "nested repeats that multiply")
    GROUP = ("E055", "a group that the pattern does not have")
    VALIDATOR = ("E056", "an unknown validator, or a minimum it does not take or needs")
    LANGUAGE = ("E057", "a programming language that is not known")
    DETECTOR = ("E058", "a detector whose clauses do not fit together")
    EXAMPLE = ("E059", "an example that is no template")
    PLUGIN = ("E060", "a plug-in that is not known, or a time budget that makes no sense")
    DEFERRED = ("E061", "a decision that rests on a plug-in which is not `inline`, and looks after it")

    # Tests
    TEST_PARTS = ("E070", "a test whose parts do not belong to one direction")
    TEST_EXPECTS = ("E071", "a test that expects nothing, or something that cannot be")


def titles() -> dict[str, str]:
    """Code → title, over every catalogue there is; the compiler adds its own."""
    return {error.code: error.title for catalogue in ErrorKind.__subclasses__() for error in catalogue}


_SECTIONS = {"E00": "Text", "E02": "Files and names", "E04": "Types and meaning", "E05": "Detectors", "E07": "Tests"}


def page() -> str:
    """The catalogue as Markdown."""
    lines = [
        "# Errors of the .gov language",
        "",
        "A code never changes its meaning. Each is shown on an example in `tests/dsl/golden`.",
    ]
    for error in Error:
        section = _SECTIONS.get(error.code[:3])
        if section and f"## {section}" not in lines:
            lines += ["", f"## {section}", "", "| code | means |", "|---|---|"]
        lines.append(f"| {error.code} | {error.title} |")
    return "\n".join(lines) + "\n"
