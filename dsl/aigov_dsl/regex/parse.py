"""Reads a pattern of the common subset of Hyperscan, RE2 and Python's `re` (`docs/semantics.md`).

Recursive descent; nesting is bounded. What is outside the subset is refused by name and place.
"""

from __future__ import annotations

import re

from aigov_dsl.errors import Error
from aigov_dsl.regex import tree
from aigov_dsl.regex.tree import Alternation, Assertion, Bytes, Concat, Group, Repeat, Tree

MAX_DEPTH = 50
MAX_COUNT = 16_384

_CLASSES = {
    "d": tree.DIGIT,
    "w": tree.WORD,
    "s": tree.SPACE,
    "D": tree.ALL & ~tree.DIGIT,
    "W": tree.ALL & ~tree.WORD,
    "S": tree.ALL & ~tree.SPACE,
}
_CONTROLS = {"t": b"\t", "n": b"\n", "r": b"\r", "f": b"\f", "v": b"\v"}
_REFUSED_ESCAPES = {
    "A": "the anchor `\\A` (use `^`)",
    "z": "the anchor `\\z` (use `$`)",
    "Z": "the anchor `\\Z` (use `$`)",
    "G": "the anchor `\\G`",
    "p": "the Unicode property `\\p`",
    "P": "the Unicode property `\\P`",
    "C": "the byte escape `\\C`",
    "K": "the match reset `\\K`",
    "R": "the line break `\\R`",
    "X": "the grapheme `\\X`",
    "Q": "the quote `\\Q`",
    "E": "the quote `\\E`",
    "N": "the escape `\\N`",
    "k": "a back-reference",
    "g": "a back-reference",
    "u": "the escape `\\u` (write the character itself, or `\\xHH`)",
}
_REFUSED_GROUPS = (
    ("(?=", "look-ahead `(?=`"),
    ("(?!", "look-ahead `(?!`"),
    ("(?<=", "look-behind `(?<=`"),
    ("(?<!", "look-behind `(?<!`"),
    ("(?>", "the atomic group `(?>`"),
    ("(?P=", "a back-reference"),
    ("(?P>", "recursion"),
    ("(?P<", "a named group (use `( )` and `group N`)"),
    ("(?<", "a named group (use `( )` and `group N`)"),
    ("(?'", "a named group (use `( )` and `group N`)"),
    ("(?#", "a comment group"),
    ("(?|", "the branch reset `(?|`"),
    ("(?(", "a conditional group"),
    ("(?R", "recursion"),
    ("(?&", "recursion"),
    ("(*", "a control verb"),
)
_FLAGS = re.compile(r"\(\?([A-Za-z]*(?:-[A-Za-z]*)?)([:)])")
_COUNTS = re.compile(r"\{([0-9]{1,9})(?:(,)([0-9]{1,9})?)?\}")


class PatternError(Exception):
    """The pattern is not of the subset: what, and where in its text."""

    def __init__(self, error: Error, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.error, self.message, self.start, self.end = error, message, start, end


def parse(pattern: str) -> tuple[Tree, int]:
    """The tree of a pattern and how many groups it has. Raises `PatternError`."""
    reader = _Reader(pattern)
    body = reader.alternation()
    if reader.position < len(pattern):
        raise reader.syntax("`)` without `(`")
    return body, reader.groups


class _Reader:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.groups = 0
        self.position = 0
        self._depth = 0
        self._any_case = pattern.startswith("(?i)")
        if self._any_case:
            self.position = 4

    def syntax(self, message: str, length: int = 1) -> PatternError:
        return PatternError(Error.PATTERN_SYNTAX, message, self.position, self.position + length)

    def refuse(self, construct: str, length: int) -> PatternError:
        message = f"patterns may not use {construct}"
        return PatternError(Error.PATTERN_CONSTRUCT, message, self.position, self.position + length)

    def peek(self) -> str:
        return self.pattern[self.position : self.position + 1]

    def alternation(self) -> Tree:
        branches = [self._concat()]
        while self.peek() == "|":
            self.position += 1
            branches.append(self._concat())
        return branches[0] if len(branches) == 1 else Alternation(branches=tuple(branches))

    def _concat(self) -> Tree:
        items: list[Tree] = []
        while self.peek() not in ("", "|", ")"):
            items.append(self._quantified())
        return items[0] if len(items) == 1 else Concat(items=tuple(items))

    def _quantified(self) -> Tree:
        start = self.position
        atom = self._atom()
        counts = self._counts()
        if counts is None:
            return atom
        low, high = counts
        quantifier = self.pattern[start : self.position]
        if isinstance(atom, Assertion):
            self.position = start
            raise self.syntax("a repeat needs something to repeat", len(quantifier))
        if isinstance(atom, Concat):
            self.position = start
            raise self.syntax(f"put `{self.peek()}` in a group to repeat it: outside ASCII it is several bytes")
        if lazy := self.peek() == "?":
            self.position += 1
        elif self.peek() == "+":
            raise self.refuse("a possessive repeat", 1)
        if self.peek() in ("*", "+", "?") or _COUNTS.match(self.pattern, self.position):
            raise self.syntax("a repeat of a repeat: put the inner one in a group")
        return Repeat(body=atom, low=low, high=high, lazy=lazy, start=start, end=self.position)

    def _counts(self) -> tuple[int, int | None] | None:
        """The bounds of the quantifier that stands here, if one does."""
        simple: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        if self.peek() in simple:
            self.position += 1
            return simple[self.pattern[self.position - 1]]
        if self.peek() != "{":
            return None
        match = _COUNTS.match(self.pattern, self.position)
        if match is None:
            raise self.syntax("`{` starts no count like `{2}` or `{2,5}`; write `\\{` for the character")
        low = int(match[1])
        high = low if match[2] is None else int(match[3]) if match[3] else None
        if high is not None and high < low:
            raise self.syntax(f"the count {match[0]} is upside down", len(match[0]))
        if max(low, high or 0) > MAX_COUNT:
            message = f"the count {match[0]} is over {MAX_COUNT:,}"
            raise PatternError(Error.PATTERN_WIDTH, message, match.start(), match.end())
        if high == 0:
            raise self.syntax(f"the count {match[0]} matches nothing", len(match[0]))
        self.position = match.end()
        return low, high

    def _atom(self) -> Tree:
        character = self.peek()
        if character in ("*", "+", "?"):
            raise self.syntax("a repeat needs something to repeat")
        if character == "{":
            raise self.syntax("write `\\{` for the character `{`")
        if character == "(":
            return self._group()
        if character == "[":
            return self._class()
        if character == "\\":
            return self._escape()
        self.position += 1
        if character in ("^", "$"):
            return Assertion(text=character)
        if character == ".":
            return Bytes(mask=tree.ALL & ~tree.NEWLINE)
        return self._literal(character)

    def _literal(self, character: str) -> Tree:
        encoded = [self._bytes(1 << byte) for byte in character.encode("utf-8", "surrogatepass")]
        return encoded[0] if len(encoded) == 1 else Concat(items=tuple(encoded))

    def _bytes(self, value: int) -> Bytes:
        return Bytes(mask=tree.any_case(value) if self._any_case else value)

    def _group(self) -> Tree:
        start, number, before = self.position, None, self._any_case
        for opening, construct in _REFUSED_GROUPS:
            if self.pattern.startswith(opening, start):
                raise self.refuse(construct, len(opening))
        if flags := _FLAGS.match(self.pattern, start):
            if flags[1] not in ("", "i") or (flags[2] == ")"):
                hint = "; `(?i)` stands at the very start" if flags[1] == "i" else ""
                raise self.refuse(f"the flags `{flags[0]}`{hint}", len(flags[0]))
            self._any_case = self._any_case or flags[1] == "i"
            self.position = flags.end()
        elif self.pattern.startswith("(?", start):
            raise self.refuse(f"the group `{self.pattern[start : start + 3]}`", 3)
        else:
            self.groups += 1
            number = self.groups
            self.position += 1
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise PatternError(Error.TOO_DEEP, f"groups are nested more than {MAX_DEPTH} deep", start, start + 1)
        body = self.alternation()
        self._depth -= 1
        if self.peek() != ")":
            self.position = start
            raise self.syntax("`(` is never closed")
        self.position += 1
        self._any_case = before
        return Group(number=number, body=body)

    def _escape(self) -> Tree:
        character = self.pattern[self.position + 1 : self.position + 2]
        if character in ("b", "B") and character:
            self.position += 2
            return Assertion(text="\\" + character)
        return self._bytes(self._escaped_set())

    def _escaped_set(self) -> int:
        """The byte set of the escape that stands here, inside or outside a class."""
        character = self.pattern[self.position + 1 : self.position + 2]
        if not character:
            raise self.syntax("`\\` at the end")
        value: int
        if character in _CLASSES:
            value = _CLASSES[character]
        elif character in _CONTROLS:
            value = tree.mask(_CONTROLS[character])
        elif character == "x":
            digits = self.pattern[self.position + 2 : self.position + 4]
            if not re.fullmatch("[0-9A-Fa-f]{2}", digits):
                raise self.syntax("`\\x` takes two hexadecimal digits", 2)
            self.position += 4
            return 1 << int(digits, 16)
        elif character.isascii() and not character.isalnum() and character.isprintable():
            value = 1 << ord(character)
        elif character.isdigit() and character != "0":
            raise self.refuse("a back-reference", 2)
        else:
            raise self.refuse(_REFUSED_ESCAPES.get(character, f"the escape `\\{character}`"), 2)
        self.position += 2
        return value

    def _class(self) -> Tree:
        start = self.position
        self.position += 1
        negated = self.peek() == "^"
        self.position += negated
        members, first = 0, True
        while first or self.peek() != "]":
            if not self.peek():
                self.position = start
                raise self.syntax("`[` is never closed")
            members |= self._range()
            first = False
        self.position += 1
        if self._any_case:
            members = tree.any_case(members)
        return Bytes(mask=tree.ALL & ~members if negated else members)

    def _range(self) -> int:
        """One member of a class, or a range of them."""
        start = self.position
        low = self._member()
        if self.peek() != "-" or self.pattern[self.position + 1 : self.position + 2] in ("]", ""):
            return low
        self.position += 1
        high = self._member()
        text = self.pattern[start : self.position]
        if low.bit_count() != 1 or high.bit_count() != 1 or high < low:
            self.position = start
            raise self.syntax(f"`{text}` is no range; write `\\-` for the character `-`", len(text))
        return (high << 1) - low

    def _member(self) -> int:
        character = self.peek()
        if character == "\\":
            if self.pattern[self.position + 1 : self.position + 2] in ("b", "B"):
                raise self.refuse("`\\b` inside a class", 2)
            return self._escaped_set()
        if character == "[":
            raise self.refuse("a set inside a set; write `\\[` for the character `[`", 1)
        if self.pattern[self.position : self.position + 2] in ("&&", "~~", "||", "--"):
            raise self.refuse(f"the set operator `{self.pattern[self.position : self.position + 2]}`", 2)
        if not character.isascii():
            raise self.refuse(f"`{character}` in a class: outside ASCII it is several bytes", 1)
        self.position += 1
        return 1 << ord(character)
