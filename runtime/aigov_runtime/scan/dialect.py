r"""A pattern of the common subset (`docs/semantics.md`) written for RE2, so that it means what it means to
Hyperscan and to Python's `re` on bytes.

Three things differ. RE2's `\s` lacks the vertical tab; under `(?i)` it folds Latin-1 letters such as
the bytes of `é`; and it refuses repeats whose nested counts multiply to more than 1,000, so those are
unrolled: `x{0,2500}` becomes `x{0,1000}x{0,1000}x{0,500}`, which prefers the same match.
"""

from __future__ import annotations

import re
from typing import NamedTuple

MAX_REPEAT = 1_000
"""RE2's kMaxRepeat."""

_TOKEN = re.compile(
    rb"""\\x[0-9A-Fa-f]{2} | \\. | \[\^?\]?(?:\\.|[^\]\\])*\] | \(\?[a-z]*[:)] | [()|]
       | (?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})\?? | .""",
    re.DOTALL | re.VERBOSE,
)
_CLASS_ITEM = re.compile(rb"\\.|.", re.DOTALL)
_COUNTS = re.compile(rb"\{([0-9]+)(,?)([0-9]*)\}(\??)")
_SPACE = {rb"\s": rb"[\t-\r ]", rb"\S": rb"[^\t-\r ]"}
_SPACE_IN_CLASS = {rb"\s": rb"\t-\r ", rb"\S": rb"\x00-\x08\x0e-\x1f!-\xff"}


class _Piece(NamedTuple):
    """Translated text; `repeats` is the largest product of nested counts in it."""

    text: bytes
    repeats: int
    captures: bool


def to_re2(pattern: bytes) -> bytes:
    """The pattern for RE2 in Latin-1 mode, line anchors on. Raises ValueError when it cannot be written."""
    translator = _Translator(_TOKEN.findall(pattern))
    try:
        piece = translator.alternatives()
    except RecursionError:
        raise ValueError("groups are nested too deep") from None
    if translator.tokens:
        raise ValueError("unbalanced `)`")
    return b"(?m)" + piece.text


def groups(pattern: bytes) -> int:
    """How many groups the pattern captures."""
    return _TOKEN.findall(pattern).count(b"(")


class _Translator:
    def __init__(self, tokens: list[bytes]) -> None:
        self.tokens = tokens[::-1]

    def alternatives(self) -> _Piece:
        """Everything up to the closing parenthesis or the end."""
        text, repeats, captures = b"", 1, False
        while self.tokens and self.tokens[-1] != b")":
            piece = self._piece(self.tokens.pop())
            text += piece.text
            repeats = max(repeats, piece.repeats)
            captures |= piece.captures
        return _Piece(text, repeats, captures)

    def _piece(self, token: bytes) -> _Piece:
        atom = self._atom(token)
        counts = _COUNTS.fullmatch(self.tokens[-1]) if self.tokens else None
        if counts is None:
            return atom
        self.tokens.pop()
        return _repeat(atom, int(counts[1]), int(counts[3] or counts[1]), counts[4])

    def _atom(self, token: bytes) -> _Piece:
        if token == b"(" or (token.startswith(b"(?") and token.endswith(b":")):
            if self.tokens and self.tokens[-1].startswith((b"?", b"*", b"+")):
                raise ValueError("a group starts with a repeat, or is of a kind that is not supported")
            inner = self.alternatives()
            if not self.tokens:
                raise ValueError("unbalanced `(`")
            return inner._replace(text=token + inner.text + self.tokens.pop(), captures=inner.captures or token == b"(")
        return _Piece(_leaf(token), 1, False)


def _leaf(token: bytes) -> bytes:
    if token.startswith(b"[") and len(token) > 1:
        return b"".join(_SPACE_IN_CLASS.get(item, item) for item in _CLASS_ITEM.findall(token))
    if token[0] >= 0x80:
        return rb"(?-i:\x%02x)" % token[0]
    if token.startswith(rb"\x"):
        return rb"(?-i:%b)" % token if token[2] in b"89abcdefABCDEF" else token
    return _SPACE.get(token, token)


def _repeat(atom: _Piece, least: int, most: int, lazy: bytes) -> _Piece:
    if atom.repeats * most <= MAX_REPEAT:
        return atom._replace(text=atom.text + b"{%d,%d}%b" % (least, most, lazy), repeats=max(1, atom.repeats * most))
    if atom.captures:
        raise ValueError(f"a capturing group cannot be repeated more than {MAX_REPEAT} times in all")
    chunk = MAX_REPEAT // atom.repeats
    text = (atom.text + b"{%d}" % chunk) * (least // chunk) + atom.text + b"{%d}" % (least % chunk)
    optional = most - least
    text += (atom.text + b"{0,%d}%b" % (chunk, lazy)) * (optional // chunk)
    text += atom.text + b"{0,%d}%b" % (optional % chunk, lazy)
    return _Piece(b"(?:" + text + b")", MAX_REPEAT, False)
