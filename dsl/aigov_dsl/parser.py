"""Text to syntax tree. Every broken declaration gives its own error; the others are kept."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import islice
from threading import Lock
from typing import Any

from lark import Lark, UnexpectedInput

from aigov_dsl import ast
from aigov_dsl.builder import Builder, Uses
from aigov_dsl.diagnostics import Diagnostic
from aigov_dsl.errors import Error
from aigov_dsl.scanner import Chunk, scan
from aigov_dsl.source import MAX_BYTES, Source, whole
from aigov_dsl.syntax_errors import describe_stray, describe_syntax_error
from aigov_dsl.unicode_safety import unsafe_characters

MAX_ERRORS = 100
"""Errors of one file after which its rest is not read."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a text says, as far as it could be read, and what is wrong with it.

    `module` holds the declarations that parsed; it is None only when the text was not read at all.
    `broken` holds (keyword, name) of the declarations that did not, so that the checker does not
    complain about their names.
    """

    module: ast.Module | None
    diagnostics: tuple[Diagnostic, ...]
    broken: frozenset[tuple[str, str]] = frozenset()


class _Words:
    """Lets the contextual lexer see names everywhere, so that `allowed` is never read as `allow` + `ed`."""

    always_accept = ("NAME",)

    def process(self, stream: Any) -> Any:
        return stream


class _DeclarationParser:
    """The generated parser with its builder. Builders hold state, so one declaration is parsed at a time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._builder = Builder()
        self._lark = Lark(
            files("aigov_dsl").joinpath("grammar.lark").read_text("utf-8"),
            parser="lalr",
            lexer="contextual",
            start="declaration",
            keep_all_tokens=True,
            maybe_placeholders=False,
            postlex=_Words(),
            transformer=self._builder,
        )

    def parse(self, source: Source, chunk: Chunk) -> tuple[Any, list[Diagnostic]]:
        """The nodes of one chunk (None if it does not parse) and its errors."""
        with self._lock:
            self._builder.begin(source, chunk.start)
            try:
                node = self._lark.parse(source.text[chunk.start : chunk.end])
            except UnexpectedInput as error:
                if not chunk.keyword:
                    return None, [describe_stray(source, chunk)]
                return None, [describe_syntax_error(self._lark, error, source, chunk)]
            return node, self._builder.diagnostics


@cache
def _declaration_parser() -> _DeclarationParser:
    return _DeclarationParser()


def parse(text: str, path: str) -> Parsed:
    """Parses one file. Never raises for bad text; `path` only names the file in spans."""
    if len(text) > MAX_BYTES:
        return Parsed(None, (Error.TOO_LARGE.at(whole(path), f"the text has more than {MAX_BYTES:,} characters"),))
    source = Source(text, path)
    scanned = scan(source)
    diagnostics = [*islice(unsafe_characters(source), MAX_ERRORS), *scanned.diagnostics]
    bad = sorted(d.span.start for d in diagnostics)
    module = _Module(source)
    broken = set()
    for chunk in scanned.chunks:
        if len(diagnostics) >= MAX_ERRORS:
            diagnostics[MAX_ERRORS:] = [
                Error.TOO_MANY.at(source.span(chunk.start, chunk.start), "too many errors; the rest was not read")
            ]
            break
        damaged = _any_within(bad, chunk)
        node, problems = _declaration_parser().parse(source, chunk) if not damaged else (None, [])
        diagnostics += problems
        if node is None:
            broken.add((chunk.keyword, chunk.name))
        else:
            diagnostics += module.add(node)
    diagnostics.sort(key=lambda d: d.span.start)
    return Parsed(module.build(tuple(scanned.comments)), tuple(diagnostics), frozenset(broken))


def _any_within(offsets: list[int], chunk: Chunk) -> bool:
    index = bisect_left(offsets, chunk.start)
    return index < len(offsets) and offsets[index] < chunk.end


class _Module:
    """Collects the declarations of a file and holds them to their order: package, uses, the rest."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._package: ast.Package | None = None
        self._uses: list[ast.Use] = []
        self._declarations: list[ast.Declaration] = []

    def add(self, node: Any) -> list[Diagnostic]:
        """Takes one declaration; gives an error if it stands in the wrong place."""
        if isinstance(node, ast.Package):
            if self._package is not None or self._uses or self._declarations:
                return [Error.ORDER.at(node.span, "`package` must be the first declaration of a file, once")]
            self._package = node
        elif isinstance(node, Uses):
            self._uses += node.items  # out of order too, so that its names are not missed besides
            if self._declarations:
                return [Error.ORDER.at(node.span, "`use` must come before the other declarations")]
        else:
            self._declarations.append(node)
        return []

    def build(self, comments: tuple[ast.Comment, ...]) -> ast.Module:
        """The module."""
        return ast.Module(
            package=self._package,
            uses=tuple(self._uses),
            declarations=tuple(self._declarations),
            comments=comments,
            span=self._source.span(0, len(self._source.text)),
        )
