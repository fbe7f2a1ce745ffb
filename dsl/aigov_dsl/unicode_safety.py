"""Characters that make a policy read differently from what it says.

Text: bidirectional controls (Trojan Source, CVE-2021-42574), control characters and line breaks that
editors show but the grammar does not see. Names: ASCII only; a name outside ASCII is told apart
by what is wrong with it (look-alike letters, mixed writing systems as in UTS #39, anything else).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from aigov_dsl.diagnostics import Diagnostic
from aigov_dsl.errors import Error
from aigov_dsl.source import Source

_UNSAFE = re.compile(
    "(?P<bidi>[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069])"
    "|(?P<surrogate>[\ud800-\udfff])"
    "|(?P<control>[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff]|\r(?!\n))"
)

# Letters that common fonts draw like an ASCII letter and that NFKC does not map to it.
_LOOKALIKES = dict(
    zip(
        "АВЕЗКМНОРСТУХѕіјԁԛԝаеорсухһӏνοαρτυικΑΒΕΖΗΙΚΜΝΟΡΤΥΧɑɡıւոօսցհՏՕ",
        "ABE3KMHOPCTYXsijdqwaeopcyxhlvoaptuikABEZHIKMNOPTYXagiLnoughSO",
        strict=True,
    )
)


def unsafe_characters(source: Source) -> Iterator[Diagnostic]:
    """One error for each unsafe character, wherever it stands."""
    for match in _UNSAFE.finditer(source.text):
        span = source.span(match.start(), match.end())
        name = describe(match.group())
        if match.lastgroup == "bidi":
            yield Error.BIDI.at(
                span, f"bidirectional control character {name}", help="remove it, or write it as `\\u{…}` in a string"
            )
        elif match.lastgroup == "surrogate":
            yield Error.ENCODING.at(span, f"lone surrogate {name}")
        else:
            yield Error.CONTROL.at(
                span, f"control character {name}", help="remove it, or write it as `\\u{…}` in a string"
            )


def unsafe_name(source: Source, start: int, end: int) -> Diagnostic | None:
    """What is wrong with the name at `start`..`end` of the text, if it is not ASCII."""
    name = source.text[start:end]
    if name.isascii():
        return None
    span = source.span(start, end)
    skeleton = "".join(_LOOKALIKES.get(c, unicodedata.normalize("NFKC", c)) for c in name)
    foreign = next(c for c in name if not c.isascii())
    scripts = sorted({_script(c) for c in name if c.isalpha()})
    if len(scripts) > 1:
        return Error.MIXED_SCRIPT.at(
            span,
            f"`{name}` mixes {' and '.join(scripts)} letters: {describe(foreign)}",
            help=f"did you mean `{skeleton}`?" if skeleton.isascii() else "names are written in ASCII letters",
        )
    if skeleton.isascii():
        return Error.CONFUSABLE.at(
            span,
            f"`{name}` looks like `{skeleton}` but is not: {describe(foreign)}",
            help=f"did you mean `{skeleton}`?",
        )
    return Error.NON_ASCII.at(
        span, f"`{name}` holds {describe(foreign)}", help="names are written in ASCII letters, digits and `_`"
    )


def describe(character: str) -> str:
    """`U+202E RIGHT-TO-LEFT OVERRIDE`."""
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()


def _script(letter: str) -> str:
    """The writing system of a letter: the first word of its Unicode name (`Latin`, `Cyrillic`, …)."""
    return unicodedata.name(letter, "unknown").split(" ", 1)[0].capitalize()


def escape_unsafe(text: str) -> str:
    r"""The text with its unsafe characters written as `\u{…}`, as a string literal may hold them."""
    return _UNSAFE.sub(lambda match: f"\\u{{{ord(match.group()):X}}}", text)
