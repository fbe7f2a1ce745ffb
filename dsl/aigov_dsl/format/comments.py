"""Which comment belongs to which node.

A comment is given to a node in one of three places: before it, on lines of their own (*leading*); after it,
on its last line (*trailing*, at most one); or before its closing bracket (*closing*). The places are
chosen so that the printed text, read again, gives every comment to the same place: so formatting twice
changes nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from aigov_dsl import ast
from aigov_dsl.format.doc import HARD, Doc, Suffix


@dataclass(slots=True)
class Places:
    """The comments of one node."""

    leading: list[ast.Comment] = field(default_factory=list)
    trailing: ast.Comment | None = None
    closing: list[ast.Comment] = field(default_factory=list)


_NONE = Places()


def comment_text(comment: ast.Comment) -> str:
    """The comment as printed. A `///` that documents nothing becomes `//`, or a move could make it document."""
    text = comment.text
    return text[1:] if text.startswith("///") and not text.startswith("////") else text


def first_offset(node: ast.Node) -> int:
    """Where `node` starts, annotations included."""
    annotations = node.annotations if isinstance(node, ast.Documented) else ()
    return min((node.span.start, *(annotation.span.start for annotation in annotations)))


class Comments:
    """The comments of a module by node. Nodes are told apart by identity: equal ones stand in many places."""

    def __init__(self, module: ast.Module | None = None) -> None:
        self._places: dict[int, Places] = {}
        self._nodes: dict[int, ast.Node] = {}
        self._children: dict[int, _Children] = {}
        if module:
            for comment in module.comments:
                self._attach(module, comment)

    def of(self, node: ast.Node) -> Places:
        """The comments given to `node`."""
        return self._places.get(id(node), _NONE)

    def node_of(self, comment: ast.Comment) -> ast.Node | None:
        """The node that a comment leads or trails; None for one before a closing bracket."""
        return self._nodes.get(id(comment))

    def wrap(self, node: ast.Node, doc: Doc) -> Doc:
        """`doc` with the leading comments of `node` above it and the trailing one after it."""
        return (self.above(node), doc, self.after(node))

    def above(self, node: ast.Node) -> Doc:
        """The leading comments, a line each."""
        return tuple((comment_text(comment), HARD) for comment in self.of(node).leading)

    def after(self, node: ast.Node) -> Doc:
        """The trailing comment, or nothing."""
        trailing = self.of(node).trailing
        return Suffix(f" {comment_text(trailing)}") if trailing else ""

    def closing(self, node: ast.Node) -> Doc:
        """The comments before the closing bracket, a line each, each after a break."""
        return tuple((HARD, comment_text(comment)) for comment in self.of(node).closing)

    def _place(self, node: ast.Node) -> Places:
        return self._places.setdefault(id(node), Places())

    def _lead(self, node: ast.Node, comment: ast.Comment) -> None:
        self._place(node).leading.append(comment)
        self._nodes[id(comment)] = node

    def _trail(self, node: ast.Node, comment: ast.Comment) -> None:
        self._place(node).trailing = comment
        self._nodes[id(comment)] = node

    def _children_of(self, node: ast.Node) -> _Children:
        if id(node) not in self._children:
            nodes = _children(node)
            self._children[id(node)] = _Children(nodes, [first_offset(child) for child in nodes])
        return self._children[id(node)]

    def _enclosing(self, module: ast.Module, comment: ast.Comment) -> list[ast.Node]:
        """The nodes around a comment, outermost (the module) first."""
        path: list[ast.Node] = [module]
        while (inner := self._children_of(path[-1]).before(comment)) and comment.span.start < inner.span.end:
            path.append(inner)
        return path

    def _attach(self, module: ast.Module, comment: ast.Comment) -> None:
        path = self._enclosing(module, comment)
        while True:
            node = path.pop()
            children = self._children_of(node)
            before, after = children.before(comment), children.after(comment)
            bracketed = _bracketed(node)
            if _in_header(node, comment) or (before is None and not bracketed):
                self._lead(self._outermost(path, node), comment)
            elif before and (after or bracketed) and _beside(before, comment) and not self.of(before).trailing:
                self._trail(before, comment)
            elif after:
                self._lead(after, comment)
            elif bracketed:
                self._place(node).closing.append(comment)
            else:
                continue  # after the last child of a node without brackets is after the node
            return

    def _outermost(self, path: list[ast.Node], node: ast.Node) -> ast.Node:
        """The widest node that starts with `node`: what leads the one leads the other."""
        while path and not _bracketed(path[-1]) and self._children_of(path[-1]).nodes[0] is node:
            node = path.pop()
        return node


@dataclass(frozen=True, slots=True)
class _Children:
    """The children of a node and where they start."""

    nodes: tuple[ast.Node, ...]
    starts: list[int]

    def before(self, comment: ast.Comment) -> ast.Node | None:
        """The last child that starts before the comment."""
        index = bisect_left(self.starts, comment.span.start)
        return self.nodes[index - 1] if index else None

    def after(self, comment: ast.Comment) -> ast.Node | None:
        """The first child that starts after it."""
        index = bisect_left(self.starts, comment.span.start)
        return self.nodes[index] if index < len(self.nodes) else None


def _beside(node: ast.Node, comment: ast.Comment) -> bool:
    """Whether the comment stands after `node` on its last line."""
    return not comment.own_line and node.span.end_line == comment.span.line


def _in_header(node: ast.Node, comment: ast.Comment) -> bool:
    """Whether the comment stands among the documentation, annotations and keyword of a declaration."""
    match node:
        case ast.ExemptDecl():
            return comment.span.start < node.rule.span.start
        case ast.DefaultDecl():
            return True
        case (
            ast.ListDecl()
            | ast.ListChangeDecl()
            | ast.AttributeDecl()
            | ast.DetectorDecl()
            | ast.RuleDecl()
            | ast.TestDecl()
        ):
            return comment.span.start < node.name.span.start
        case _:
            return False


def _bracketed(node: ast.Node) -> bool:
    """Whether the text of `node` ends with a bracket, so that a comment can stand alone before it."""
    match node:
        case ast.Module() | ast.DetectorDecl() | ast.RuleDecl() | ast.TestDecl():
            return True
        case ast.UnionSelector() | ast.StringSet():
            return True
        case _:
            return _bracket_list(node) is not None


def _children(node: ast.Node) -> tuple[ast.Node, ...]:
    """The parts of `node` that may have comments of their own, in source order."""
    match node:
        case ast.Module():
            return (*((node.package,) if node.package else ()), *node.uses, *node.declarations)
        case ast.DetectorDecl():
            return node.clauses
        case ast.RuleDecl():
            return (node.when, *((node.unless,) if node.unless else ()), *node.effects)
        case ast.ExemptDecl():
            parts = [part for part in (node.when, node.owner, node.reason) if part]
            return tuple(sorted(parts, key=first_offset))
        case ast.TestDecl():
            return tuple(sorted((*node.given, *node.parts, *node.expectations), key=first_offset))
        case ast.Given(value=ast.StringSet() as value):
            return (value,)
        case ast.ConfidenceClause(checks=checks):
            return checks
        case ast.And() | ast.Or():
            return node.terms
        case ast.Not():
            return (node.term,)
        case (
            ast.Contains(selector=ast.UnionSelector() as selector)
            | ast.Redact(selector=ast.UnionSelector() as selector)
        ):
            return (selector,)
        case ast.UnionSelector() | ast.StringSet():
            return node.items
        case _:
            return _bracket_list(node) or ()


def _bracket_list(node: ast.Node) -> tuple[ast.Node, ...] | None:
    """The items of the bracketed list that is part of `node`, if there is one."""
    match node:
        case ast.ListDecl(items=tuple() as items) | ast.ListChangeDecl(items=tuple() as items):
            return items
        case ast.Like(any=False) | ast.Has(mode="one"):
            return None
        case (
            ast.InList(values=tuple() as items)
            | ast.Like(globs=tuple() as items)
            | ast.Has(values=tuple() as items)
            | ast.WordsClause(values=tuple() as items)
            | ast.NearClause(values=tuple() as items)
            | ast.IgnoreClause(values=tuple() as items)
        ):
            return items
        case _:
            return None
