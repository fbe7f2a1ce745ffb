"""Says in words what the parser expected and what it found instead."""

from __future__ import annotations

import difflib
from typing import cast

from lark import Lark, Token, UnexpectedCharacters, UnexpectedInput, UnexpectedToken
from lark.lexer import PatternStr

from aigov_dsl.diagnostics import Diagnostic
from aigov_dsl.errors import Error
from aigov_dsl.scanner import KEYWORDS, Chunk
from aigov_dsl.source import Source
from aigov_dsl.unicode_safety import describe

_MAX_EXPECTED = 8

# What a terminal stands for: its words, or a description.
_WORDS = {
    "BOOL": ("true", "false"),
    "KIND": ("bool", "int", "string"),
    "SOURCE": ("claim", "header"),
    "SEVERITY": ("low", "medium", "high", "critical"),
    "CONFIDENCE": ("possible", "likely", "certain"),
    "STYLE": ("label", "mask", "hash", "token", "remove"),
    "SCOPE": ("prompt", "response", "tool_call", "tool_result", "any"),
    "LOG_LEVEL": ("metadata", "redacted", "full"),
    "OUTCOME": ("allow", "redact", "reroute", "block"),
    "AFFIX": ("starts with", "ends with"),
    "SIDE": ("before", "after"),
    "CHANGE": ("extend", "override"),
    "OPERATOR": ("==", "!=", "<", "<=", ">"),
}
_KINDS = {
    "NAME": "a name",
    "STRING": "a string in double quotes",
    "INT": "a whole number",
    "NUMBER": "a number",
    "DATE": "a date like 2027-03-31",
    "REGEX": "a pattern between slashes",
    "DOC": "a `///` comment",
    "$END": "the end of the declaration",
}
_HABITS = {
    "&": "write `and`",
    "|": "write `or`",
    "!": "write `not`, or `!=` between two values",
    "=": "write `==` to compare",
    "==": "write `=` to give a value",
    "'": "strings are written in double quotes",
    "“": "use straight quotes",
    "”": "use straight quotes",
    "#": "comments start with `//`",
    "contains": "write `has` for a set, `like` for a string; `payload contains` asks for findings",
    "deny": "write `block`",
    "if": "write `when`",
    "matches": "conditions use `like` with a glob; patterns belong into detectors",
}


def describe_syntax_error(lark: Lark, error: UnexpectedInput, source: Source, chunk: Chunk) -> Diagnostic:
    """The diagnostic for what stopped the parser in `chunk`."""
    if isinstance(error, UnexpectedCharacters):
        start = chunk.start + cast("int", error.pos_in_stream)
        character = source.text[start]
        found = f"`{character}`" if character.isascii() and character.isprintable() else describe(character)
        return Error.SYNTAX.at(
            source.span(start, start + 1), f"unexpected character {found}", help=_HABITS.get(character, "")
        )
    assert isinstance(error, UnexpectedToken)
    token = error.token
    if token.type == "$END":
        if chunk.unclosed is not None:
            at, bracket = chunk.unclosed
            return Error.UNCLOSED.at(source.span(at, at + 1), f"`{bracket}` is never closed")
        span, found = source.span(max(chunk.start, chunk.end - 1), chunk.end), "the end of the declaration"
    else:
        start = chunk.start + (token.start_pos or 0)
        span, found = source.span(start, start + len(token)), f"`{_shorten(token)}`"
    accepted = error.accepts or error.expected
    return Error.SYNTAX.at(
        span, f"expected {_expected(lark, accepted)}, found {found}", help=_suggest(lark, accepted, token)
    )


def describe_stray(source: Source, chunk: Chunk) -> Diagnostic:
    """The diagnostic for text that starts no declaration."""
    first = source.text[chunk.start : chunk.end].split(maxsplit=1)[0]
    close = difflib.get_close_matches(first, KEYWORDS, n=1)
    span = source.span(chunk.start, chunk.start + len(first))
    advice = f"did you mean `{close[0]}`?" if close else f"declarations start with {_or([f'`{k}`' for k in KEYWORDS])}"
    return Error.SYNTAX.at(span, f"expected a declaration, found `{_shorten(first)}`", help=advice)


def _words(lark: Lark, terminal: str) -> tuple[str, ...]:
    """The words that a terminal accepts; none for open-ended ones."""
    if terminal in _KINDS:
        return ()
    if terminal in _WORDS:
        return _WORDS[terminal]
    pattern = lark.get_terminal(terminal).pattern
    return (pattern.value,) if isinstance(pattern, PatternStr) else ()


def _expected(lark: Lark, terminals: set[str]) -> str:
    kinds = sorted(_KINDS[t] for t in terminals if t in _KINDS)
    words = sorted({f"`{word}`" for t in terminals for word in _words(lark, t)})
    everything = kinds + words
    if len(everything) > _MAX_EXPECTED:
        everything = [*everything[: _MAX_EXPECTED - 1], "something else that may stand here"]
    return _or(everything)


def _suggest(lark: Lark, terminals: set[str], token: Token) -> str:
    if terminals == {"KNOWN"}:
        return "write `not NAME is known` for the opposite, and `==` to compare"
    found = str(token)
    words = [word for t in sorted(terminals) for word in _words(lark, t)]
    close = difflib.get_close_matches(found.lower(), words, n=1, cutoff=0.7)
    if close and token.type != "$END":
        return f"did you mean `{close[0]}`?"
    if found in KEYWORDS:
        return f"`{found}` is a keyword"
    return _HABITS.get(found, "")


def _or(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} or {items[-1]}"


def _shorten(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
