"""Layout of conditions, selectors, lists and literals."""

from __future__ import annotations

from collections.abc import Sequence

from aigov_dsl import ast
from aigov_dsl.format.comments import Comments
from aigov_dsl.format.doc import HARD, SOFT, SPACE, Doc, Fill, IfBroken, Indent, group
from aigov_dsl.unicode_safety import escape_unsafe

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\u{D}"}


def quote(value: str) -> str:
    """A string literal; characters that a source text may not hold are escaped."""
    escaped = "".join(_ESCAPES.get(char, char) for char in value)
    return '"' + escape_unsafe(escaped) + '"'


def integer(value: int) -> str:
    """Five digits and more in groups of three: `9999`, `10_000`."""
    return str(value) if -10_000 < value < 10_000 else f"{value:_}"


def literal(node: ast.Literal | ast.Regex | ast.Unknown) -> str:
    """One value as written in a condition, a list or a test."""
    match node:
        case ast.String(value=value):
            return quote(value)
        case ast.Int(value=value):
            return integer(value)
        case ast.Bool(value=value):
            return "true" if value else "false"
        case ast.Regex(pattern=pattern):
            return "/" + pattern.replace("/", r"\/") + "/"
        case ast.Unknown():
            return "unknown"


def brackets(comments: Comments, owner: ast.Node, items: Sequence[ast.Node], docs: Sequence[Doc], pair: str) -> Doc:
    """`[a, b]`, filled over several lines where one is too short. `pair` is `[]` or `{}`; `owner` has the
    comments before the closing one.
    """
    after = comments.closing(owner)
    if not items and not after:
        return pair
    wrapped = [comments.wrap(item, doc) for item, doc in zip(items, docs, strict=True)]
    content: Doc = (SOFT, fill(comments, items, wrapped), IfBroken(",")) if items else ()
    return group(pair[0], Indent((content, after)), SOFT, pair[1])


def fill(comments: Comments, items: Sequence[ast.Node], docs: Sequence[Doc]) -> Fill:
    """`a, b, c` with as many to a line as fit; a comment ends its line or has lines of its own."""
    parts: list[Doc] = []
    for index, (item, doc) in enumerate(zip(items, docs, strict=True)):
        if index:
            apart = comments.of(items[index - 1]).trailing or comments.of(item).leading
            parts.append((",", HARD if apart else SPACE))
        parts.append(doc)
    return Fill(tuple(parts))


def strings(comments: Comments, owner: ast.Node, values: ast.Name | Sequence[ast.String | ast.Regex]) -> Doc:
    """The name of a list, or a bracketed one."""
    if isinstance(values, ast.Name):
        return values.text
    return brackets(comments, owner, values, [literal(value) for value in values], "[]")


def selector(comments: Comments, node: ast.Selector) -> Doc:
    """Which detectors are meant."""
    match node:
        case ast.DetectorSelector(name=name):
            return name.text
        case ast.PackageSelector(package=package):
            return f"{package.text}.*"
        case ast.ClassSelector(name=name):
            return f"class {name}"
        case ast.UnionSelector(items=items):
            return brackets(comments, node, items, [selector(comments, item) for item in items], "[]")


def condition(comments: Comments, node: ast.Condition) -> Doc:
    """A condition; where it is too long, each further term leads a line with its `and` or `or`."""
    match node:
        case ast.And() | ast.Or():
            return group(Indent(_terms(comments, node)))
        case ast.Not(term=term):
            return ("not ", _operand(comments, term, ast.Not))
        case ast.Constant(value=value):
            return "true" if value else "false"
        case _:
            return _atom(comments, node)


def _terms(comments: Comments, node: ast.And | ast.Or) -> Doc:
    word = "and " if isinstance(node, ast.And) else "or "
    return chain(comments, word, node.terms, [_operand(comments, term, type(node)) for term in node.terms])


def chain(comments: Comments, word: str, terms: Sequence[ast.Node], docs: Sequence[Doc]) -> Doc:
    """`a and b and c`; a break may stand before each `word`."""
    parts: list[Doc] = []
    for index, (term, doc) in enumerate(zip(terms, docs, strict=True)):
        last = index == len(terms) - 1
        parts.append(((SPACE, comments.above(term), word) if index else (), doc, () if last else comments.after(term)))
    return tuple(parts)


_STRENGTH = {ast.Or: 1, ast.And: 2, ast.Not: 3}


def _operand(comments: Comments, node: ast.Condition, parent: type[ast.And | ast.Or | ast.Not]) -> Doc:
    """A term, in parentheses where the tree would otherwise be read differently."""
    if isinstance(node, ast.And | ast.Or) and _STRENGTH[type(node)] <= _STRENGTH[parent]:
        return group("(", Indent((SOFT, _terms(comments, node))), SOFT, ")")
    return condition(comments, node)


def _atom(comments: Comments, node: ast.Condition) -> Doc:
    match node:
        case ast.Truth(attribute=attribute):
            return attribute.text
        case ast.Compare(attribute=attribute, operator=operator, value=value):
            return f"{attribute.text} {operator} {literal(value)}"
        case ast.InList(attribute=attribute, values=values):
            return (f"{attribute.text} in ", strings(comments, node, values))
        case ast.Like(attribute=attribute, globs=(ast.String() as glob,), any=False):
            return f"{attribute.text} like {literal(glob)}"
        case ast.Like(attribute=attribute, globs=globs):
            return (f"{attribute.text} like any ", strings(comments, node, globs))
        case ast.Affix(attribute=attribute, text=text, end=end):
            return f"{attribute.text} {'ends' if end else 'starts'} with {literal(text)}"
        case ast.Has(attribute=attribute, mode="one", values=(ast.String() as value,)):
            return f"{attribute.text} has {literal(value)}"
        case ast.Has(attribute=attribute, mode=mode, values=values):
            return (f"{attribute.text} has {mode} ", strings(comments, node, values))
        case ast.IsKnown(attribute=attribute):
            return f"{attribute.text} is known"
        case ast.Contains():
            confidence = f" confidence {node.confidence}" if node.confidence else ""
            count = f" count >= {literal(node.count)}" if node.count else ""
            return ("payload contains ", selector(comments, node.selector), confidence + count)
        case _:
            raise TypeError(node)
