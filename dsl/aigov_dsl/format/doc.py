"""Layout documents: text with places where a line may break, and the printer that decides which do.

The algebra of Wadler's "A prettier printer" with two additions of Prettier's: a fill, which breaks
only where the next item does not fit, and a suffix, which waits for the end of its line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

WIDTH = 100
"""Columns of a line, comments at its end not counted."""

INDENT = 2


@dataclass(frozen=True, slots=True)
class Line:
    """A place to break; `flat` is what stands there otherwise. None: the line always breaks."""

    flat: str | None


SPACE = Line(" ")
SOFT = Line("")
HARD = Line(None)


@dataclass(frozen=True, slots=True)
class Indent:
    """Lines that start inside are one step further in."""

    doc: Doc


@dataclass(frozen=True, slots=True)
class Group:
    """On one line if it fits and nothing inside forces a break; else all its own breaks are taken."""

    doc: Doc
    broken: bool


@dataclass(frozen=True, slots=True)
class Fill:
    """Content and separator in turn, starting with content; each separator breaks only if it must.

    `start` is the part to go on with while a fill is being printed.
    """

    parts: tuple[Doc, ...]
    start: int = 0


@dataclass(frozen=True, slots=True)
class IfBroken:
    """Text that stands only where the group around it is broken."""

    text: str


@dataclass(frozen=True, slots=True)
class Suffix:
    """Text (a comment) put at the end of the line that is being written; breaks the groups around it."""

    text: str


Doc = str | Line | Indent | Group | Fill | IfBroken | Suffix | tuple["Doc", ...]


def group(*docs: Doc) -> Group:
    """A group of `docs`, broken from the start if one of them forces it."""
    return Group(docs, forces_break(docs))


def join(separator: Doc, docs: Sequence[Doc]) -> tuple[Doc, ...]:
    """`docs` with `separator` between them."""
    return tuple(part for index, doc in enumerate(docs) for part in ((separator, doc) if index else (doc,)))


def forces_break(doc: Doc) -> bool:
    """Whether `doc` cannot stand on one line."""
    match doc:
        case Line(flat):
            return flat is None
        case Suffix():
            return True
        case Group(_, broken):
            return broken
        case Indent(inner):
            return forces_break(inner)
        case Fill(parts):
            return any(forces_break(part) for part in parts)
        case tuple():
            return any(forces_break(part) for part in doc)
        case _:
            return False


class _Mode(Enum):
    FLAT = 0
    BREAK = 1


_Command = tuple[int, _Mode, Doc]


def render(doc: Doc, width: float = WIDTH) -> str:
    """The text of `doc` in lines of at most `width` columns where that is possible, without spaces at their ends."""
    out: list[str] = []
    suffixes: list[str] = []
    column = 0
    stack: list[_Command] = [(0, _Mode.BREAK, doc)]
    while stack:
        indent, mode, current = stack.pop()
        match current:
            case str():
                out.append(current)
                column += len(current)
            case Line(flat):
                if mode is _Mode.FLAT and flat is not None:
                    out.append(flat)
                    column += len(flat)
                else:
                    out.extend((*suffixes, "\n", " " * indent))
                    suffixes.clear()
                    column = indent
            case Indent(inner):
                stack.append((indent + INDENT, mode, inner))
            case Group(inner, broken):
                flat_command = (indent, _Mode.FLAT, inner)
                fits = not broken and _fits(width - column, flat_command, stack)
                stack.append(flat_command if fits else (indent, _Mode.BREAK, inner))
            case Fill():
                stack.extend(reversed(list(_fill(indent, width - column, current, stack))))
            case IfBroken(text):
                if mode is _Mode.BREAK:
                    out.append(text)
                    column += len(text)
            case Suffix(text):
                suffixes.append(text)
            case tuple():
                stack.extend((indent, mode, part) for part in reversed(current))
    out.extend(suffixes)
    return "\n".join(line.rstrip(" ") for line in "".join(out).split("\n"))


def _fill(indent: int, room: float, fill: Fill, rest: list[_Command]) -> Iterator[_Command]:
    """The next content, the separator after it in the mode that suits the content beyond, and the remaining fill."""
    parts, start = fill.parts, fill.start
    left = len(parts) - start

    def mode(doc: Doc, *, last: bool) -> _Mode:
        after: list[_Command] = rest if last else [(indent, _Mode.FLAT, ",")]
        fits = not forces_break(doc) and _fits(room, (indent, _Mode.FLAT, doc), after)
        return _Mode.FLAT if fits else _Mode.BREAK

    yield (indent, mode(parts[start], last=left == 1), parts[start])
    if left > 1:
        yield (indent, mode(parts[start : start + 3], last=left == 3), parts[start + 1])
        yield (indent, _Mode.BREAK, Fill(parts, start + 2))


def _fits(room: float, command: _Command, rest: list[_Command]) -> bool:
    """Whether `command` and what follows it up to the next break of `rest` take at most `room` columns."""
    stack = [command]
    below = len(rest)
    while room >= 0:
        if not stack:
            if not below:
                return True
            below -= 1
            stack.append(rest[below])
        indent, mode, current = stack.pop()
        match current:
            case str():
                room -= len(current)
            case Line(flat):
                if mode is _Mode.BREAK or flat is None:
                    return True
                room -= len(flat)
            case Indent(inner):
                stack.append((indent, mode, inner))
            case Group(inner, broken):
                stack.append((indent, _Mode.BREAK if broken else mode, inner))
            case Fill(parts, start):
                # A broken fill may break at its first separator, so nothing beyond that matters.
                end = len(parts) if mode is _Mode.FLAT else start + 2
                stack.extend((indent, mode, part) for part in reversed(parts[start:end]))
            case IfBroken(text):
                room -= len(text) if mode is _Mode.BREAK else 0
            case Suffix():
                pass
            case tuple():
                stack.extend((indent, mode, part) for part in reversed(current))
    return False
