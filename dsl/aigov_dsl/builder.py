"""Grammar rules to tree nodes: one method per rule of `grammar.lark`, called bottom-up by the parser.

Children are tokens (punctuation included, which gives every node its span), nodes, and `_Piece`s:
parts of a rule that are no node of their own.
"""
# ruff: noqa: D102  (what a method builds is in its rule and its return type)

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from lark import Token, Transformer

from aigov_dsl import ast
from aigov_dsl.ast import Node, Span
from aigov_dsl.diagnostics import Diagnostic
from aigov_dsl.errors import Error
from aigov_dsl.source import Source

Child = Any  # Token | Node | _Piece
Children = Sequence[Child]
N = TypeVar("N", bound=Node)
D = TypeVar("D", bound=ast.Documented)

_ESCAPE = re.compile(r"\\(?:u\{([0-9A-Fa-f]{1,6})\}|(.))")
_ESCAPES = {'"': '"', "\\": "\\", "n": "\n", "t": "\t"}
_RESERVED = frozenset({"true", "false", "not", "payload", "unknown"})
_MAX_DIGITS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece(Node):
    """A part of a rule without a node of its own, named after its grammar rule."""

    rule: str
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses(Node):
    """One `use a, b` declaration."""

    items: tuple[ast.Use, ...]


class Builder(Transformer[Token, Node]):
    """Builds nodes for one declaration at a time: `begin`, then parse, then read `diagnostics`."""

    def __init__(self) -> None:
        super().__init__()
        self._source = Source("", "")
        self._base = 0
        self.diagnostics: list[Diagnostic] = []

    def begin(self, source: Source, base: int) -> None:
        """The next declaration starts at offset `base` of `source`."""
        self._source, self._base, self.diagnostics = source, base, []

    # Leaves -----------------------------------------------------------------------------------

    def _span(self, children: Children) -> Span:
        first, last = children[0], children[-1]
        start = self._base + (first.start_pos or 0) if isinstance(first, Token) else first.span.start
        end = self._base + (last.end_pos or 0) if isinstance(last, Token) else last.span.end
        return self._source.span(start, end)

    def _name(self, token: Token) -> ast.Name:
        return ast.Name(text=str(token), span=self._span((token,)))

    def _word(self, token: Token) -> ast.Name:
        """A name that is declared: one word, not reserved."""
        name = self._name(token)
        if "." in name.text:
            self._report(
                Error.DOTTED, name.span, f"`{name.text}` must be one word", "dots separate a package from a name"
            )
        elif name.text in _RESERVED:
            self._report(Error.DOTTED, name.span, f"`{name.text}` is a reserved word")
        return name

    def _string(self, token: Token) -> ast.String:
        """A quoted string, or a bare word that stands for one."""
        text, span = str(token), self._span((token,))
        if token.type != "STRING":
            return ast.String(value=text, span=span)
        body = text[1:-1]
        return ast.String(value=self._unescape(body, span.start + 1) if "\\" in body else body, span=span)

    def _unescape(self, body: str, offset: int) -> str:
        def replace(match: re.Match[str]) -> str:
            if match[1] is not None:
                number = int(match[1], 16)
                if number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF:
                    return chr(number)
                message = f"`{match[0]}` is not a Unicode character"
            elif match[2] in _ESCAPES:
                return _ESCAPES[match[2]]
            else:
                message = f"unknown escape `{match[0]}`"
            span = self._source.span(offset + match.start(), offset + match.end())
            self._report(Error.STRING, span, message, 'strings know `\\"`, `\\\\`, `\\n`, `\\t` and `\\u{1F600}`')
            return ""

        return _ESCAPE.sub(replace, body)

    def _int(self, token: Token) -> ast.Int:
        text, span = str(token), self._span((token,))
        if len(text) > _MAX_DIGITS:
            self._report(Error.INTEGER, span, "the integer is outside the signed 64-bit range")
            return ast.Int(value=0, span=span)
        return ast.Int(value=int(text), span=span)

    def _regex(self, token: Token) -> ast.Regex:
        return ast.Regex(pattern=str(token)[1:-1].replace("\\/", "/"), span=self._span((token,)))

    def _value(self, child: Child) -> Any:
        """A literal, a bare word, a set or `unknown`."""
        if not isinstance(child, Token):
            return child
        if child.type == "INT":
            return self._int(child)
        if child.type == "BOOL":
            return ast.Bool(value=child == "true", span=self._span((child,)))
        if child.type == "UNKNOWN":
            return ast.Unknown(span=self._span((child,)))
        return self._string(child)

    def _report(self, error: Error, span: Span, message: str, help: str = "") -> None:
        self.diagnostics.append(error.at(span, message, help=help))

    # Picking children -------------------------------------------------------------------------

    def _strings_of(self, children: Children) -> tuple[ast.String, ...]:
        return tuple(self._string(c) for c in _tokens(children, "STRING"))

    def _names_of(self, children: Children) -> tuple[ast.Name, ...]:
        return tuple(self._name(c) for c in _tokens(children, "NAME"))

    def _values(self, child: Child) -> Any:
        """A list reference: the name of a list, or the items of a bracketed one."""
        return self._name(child) if isinstance(child, Token) else child.value

    def _optional_string(self, children: Children) -> ast.String | None:
        return next(iter(self._strings_of(children)), None)

    def _piece(self, rule: str, children: Children, value: Any) -> _Piece:
        return _Piece(rule=rule, value=value, span=self._span(children))

    def string_list(self, c: Children) -> _Piece:
        return self._piece("string_list", c, self._strings_of(c))

    # Declarations -----------------------------------------------------------------------------

    def declaration(self, c: Children) -> Child:
        """The declaration with its `///` lines and annotations; its span starts at its keyword."""
        *prefix, node = c
        if not prefix:
            return node
        docs = [_doc_text(token) for token in _tokens(prefix, "DOC")]
        return replace(node, doc="\n".join(docs) if docs else None, annotations=_nodes(prefix, ast.Annotation))

    def _documented(self, build: type[D], c: Children, **fields: Any) -> D:
        return build(doc=None, annotations=(), span=self._span(c), **fields)

    def annotation(self, c: Children) -> ast.Annotation:
        name, *arguments = _tokens(c, "NAME", "STRING")
        return ast.Annotation(name=str(name), arguments=tuple(map(self._string, arguments)), span=self._span(c))

    def package(self, c: Children) -> ast.Package:
        return ast.Package(name=self._name(c[1]), span=self._span(c))

    def use(self, c: Children) -> Uses:
        return Uses(items=_nodes(c, ast.Use), span=self._span(c))

    def use_item(self, c: Children) -> ast.Use:
        target = self._string(c[0]) if c[0].type == "STRING" else self._name(c[0])
        return ast.Use(target=target, alias=self._word(c[2]) if len(c) > 1 else None, span=self._span(c))

    def list(self, c: Children) -> ast.ListDecl:
        items = None if isinstance(c[3], Token) else c[3].value
        file = self._string(c[3]) if isinstance(c[3], Token) else None
        return self._documented(ast.ListDecl, c, name=self._word(c[1]), items=items, file=file)

    def list_change(self, c: Children) -> ast.ListChangeDecl:
        items = None if isinstance(c[3], Token) else c[3].value
        file = self._string(c[3]) if isinstance(c[3], Token) else None
        override = c[0] == "override"
        return self._documented(ast.ListChangeDecl, c, name=self._name(c[1]), override=override, items=items, file=file)

    def attribute(self, c: Children) -> ast.AttributeDecl:
        name = self._name(c[1])
        if name.text in _RESERVED:
            self._report(Error.DOTTED, name.span, f"`{name.text}` is a reserved word")
        source = c[4].value if len(c) > 4 else None
        return self._documented(ast.AttributeDecl, c, name=name, type=c[3], source=source)

    def type(self, c: Children) -> ast.TypeExpr:
        words = [str(token) for token in c if token.type != "OPTIONAL"]
        kind = {"set": "set", "one": "enum"}.get(words[0], words[0])
        values = tuple(self._string(t).value for t in _tokens(c, "NAME", "STRING"))
        return ast.TypeExpr(kind=kind, optional=len(words) < len(c), values=values, span=self._span(c))

    def attribute_source(self, c: Children) -> _Piece:
        return self._piece("attribute_source", c, (str(c[1]), self._string(c[2])))

    def default(self, c: Children) -> ast.DefaultDecl:
        return self._documented(ast.DefaultDecl, c, effect=c[1])

    # Detectors --------------------------------------------------------------------------------

    def detector(self, c: Children) -> ast.DetectorDecl:
        clauses = tuple(child for child in c if not isinstance(child, Token))
        return self._documented(ast.DetectorDecl, c, name=self._word(c[1]), clauses=clauses)

    def pattern(self, c: Children) -> ast.PatternClause:
        group = self._int(c[3]) if len(c) > 2 else None
        return ast.PatternClause(regex=self._regex(c[1]), group=group, span=self._span(c))

    def words(self, c: Children) -> ast.WordsClause:
        return ast.WordsClause(values=self._values(c[1]), span=self._span(c))

    def table(self, c: Children) -> ast.TableClause:
        return ast.TableClause(file=self._string(c[1]), columns=self._names_of(c), span=self._span(c))

    def match(self, c: Children) -> ast.MatchClause:
        return ast.MatchClause(count=self._int(c[1]), within=self._int(c[3]), span=self._span(c))

    def code(self, c: Children) -> ast.CodeClause:
        return ast.CodeClause(languages=self._names_of(c), span=self._span(c))

    def using(self, c: Children) -> ast.UsingClause:
        return ast.UsingClause(
            plugin=self._string(c[1]),
            labels=c[3].value,
            within=self._int(c[5]),
            inline=bool(_tokens(c, "INLINE")),
            span=self._span(c),
        )

    def labels(self, c: Children) -> _Piece:
        return self._piece("labels", c, tuple(self._string(token) for token in _tokens(c, "NAME", "STRING")))

    def near(self, c: Children) -> ast.NearClause:
        negated, (_, values, _, within, *_) = _negated(c), c[1:] if _negated(c) else c
        side = next(iter(_tokens(c, "SIDE")), None)
        return ast.NearClause(
            negated=negated,
            values=self._values(values),
            within=self._int(within),
            side=str(side) if side else None,
            span=self._span(c),
        )

    def validate(self, c: Children) -> ast.ValidateClause:
        return self._validator(c)

    def ignore(self, c: Children) -> ast.IgnoreClause:
        return ast.IgnoreClause(values=self._values(c[1]), span=self._span(c))

    def ignore_list(self, c: Children) -> _Piece:
        tokens = _tokens(c, "REGEX", "STRING")
        return self._piece(
            "ignore_list", c, tuple(self._regex(t) if t.type == "REGEX" else self._string(t) for t in tokens)
        )

    def class_(self, c: Children) -> ast.ClassClause:
        return ast.ClassClause(name=self._word(c[1]), span=self._span(c))

    def severity(self, c: Children) -> ast.SeverityClause:
        return ast.SeverityClause(severity=ast.Severity(c[1]), span=self._span(c))

    def confidence(self, c: Children) -> ast.ConfidenceClause:
        checks: Any = _nodes(c, Node)
        return ast.ConfidenceClause(confidence=ast.Confidence(c[1]), checks=checks, span=self._span(c))

    def generic(self, c: Children) -> ast.GenericClause:
        return ast.GenericClause(span=self._span(c))

    def validator_check(self, c: Children) -> ast.ValidateClause:
        return self._validator(c)

    def _validator(self, c: Children) -> ast.ValidateClause:
        minimum = next((str(token) for token in _tokens(c, "NUMBER", "INT")), None)
        (name,) = self._names_of(c)
        return ast.ValidateClause(negated=_negated(c), name=name, minimum=minimum, span=self._span(c))

    def note(self, c: Children) -> ast.NoteClause:
        return ast.NoteClause(kind=str(c[0]), text=self._string(c[1]), span=self._span(c))

    def example(self, c: Children) -> ast.ExampleClause:
        return ast.ExampleClause(template=self._string(c[1]), span=self._span(c))

    def style(self, c: Children) -> ast.StyleClause:
        return ast.StyleClause(style=ast.Style(c[2]), span=self._span(c))

    # Rules ------------------------------------------------------------------------------------

    def rule(self, c: Children) -> ast.RuleDecl:
        pieces = _pieces(c)
        return self._documented(
            ast.RuleDecl,
            c,
            name=self._word(c[1]),
            scope=_enum(ast.Scope, c, "SCOPE"),
            when=pieces["when"],
            unless=pieces.get("unless"),
            effects=_nodes(c, Node, besides=_Piece),
            unknown_skip="skip" in pieces,
        )

    def when(self, c: Children) -> _Piece:
        return self._piece("when", c, c[1])

    def unless(self, c: Children) -> _Piece:
        return self._piece("unless", c, c[1])

    def skip(self, c: Children) -> _Piece:
        return self._piece("skip", c, True)

    def allow(self, c: Children) -> ast.Allow:
        return ast.Allow(span=self._span(c))

    def block(self, c: Children) -> ast.Block:
        return ast.Block(message=self._optional_string(c), span=self._span(c))

    def reroute(self, c: Children) -> ast.Reroute:
        return ast.Reroute(target=self._string(c[2]), span=self._span(c))

    def redact(self, c: Children) -> ast.Redact:
        selector = next((child for child in c if not isinstance(child, Token)), None)
        return ast.Redact(selector=selector, style=_enum(ast.Style, c, "STYLE"), span=self._span(c))

    def log(self, c: Children) -> ast.Log:
        return ast.Log(level=ast.LogLevel(c[1]), span=self._span(c))

    def alert(self, c: Children) -> ast.Alert:
        return ast.Alert(channel=self._string(c[1]), severity=_enum(ast.Severity, c, "SEVERITY"), span=self._span(c))

    def label(self, c: Children) -> ast.Label:
        return ast.Label(text=self._string(c[1]), span=self._span(c))

    def exempt(self, c: Children) -> ast.ExemptDecl:
        seen: dict[str, _Piece] = {}
        for piece in _nodes(c, _Piece):
            if piece.rule in seen:
                self._report(Error.DUPLICATE_CLAUSE, piece.span, f"`{piece.rule}` is given twice")
            seen[piece.rule] = piece
        until, owner, reason = (seen[key].value if key in seen else None for key in ("until", "owner", "reason"))
        return self._documented(
            ast.ExemptDecl,
            c,
            rule=self._name(c[1]),
            when=seen["when"].value,
            until=until,
            owner=owner,
            reason=reason,
        )

    def until(self, c: Children) -> _Piece:
        try:
            day = date.fromisoformat(c[1])
        except ValueError:
            self._report(Error.DATE, self._span((c[1],)), f"there is no day {c[1]}", "dates are written 2027-03-31")
            day = date.max
        return self._piece("until", c, day)

    def owner(self, c: Children) -> _Piece:
        return self._piece("owner", c, self._string(c[1]))

    def reason(self, c: Children) -> _Piece:
        return self._piece("reason", c, self._string(c[1]))

    # Conditions -------------------------------------------------------------------------------

    def or_(self, c: Children) -> ast.Or:
        return ast.Or(terms=tuple(c[::2]), span=self._span(c))

    def and_(self, c: Children) -> ast.And:
        return ast.And(terms=tuple(c[::2]), span=self._span(c))

    def not_(self, c: Children) -> ast.Not:
        return ast.Not(term=c[1], span=self._span(c))

    def parentheses(self, c: Children) -> Child:
        """The inner condition; its span takes in the parentheses."""
        object.__setattr__(c[1], "span", self._span(c))  # the node is new and not shared yet
        return c[1]

    def constant(self, c: Children) -> ast.Constant:
        return ast.Constant(value=c[0] == "true", span=self._span(c))

    def truth(self, c: Children) -> ast.Truth:
        return ast.Truth(attribute=self._name(c[0]), span=self._span(c))

    def compare(self, c: Children) -> ast.Compare:
        return ast.Compare(attribute=self._name(c[0]), operator=str(c[1]), value=self._value(c[2]), span=self._span(c))

    def in_list(self, c: Children) -> ast.InList:
        return ast.InList(attribute=self._name(c[0]), values=self._values(c[2]), span=self._span(c))

    def like(self, c: Children) -> ast.Like:
        many = c[2].type == "ANY"
        globs = self._values(c[3]) if many else (self._string(c[2]),)
        return ast.Like(attribute=self._name(c[0]), globs=globs, any=many, span=self._span(c))

    def affix(self, c: Children) -> ast.Affix:
        return ast.Affix(attribute=self._name(c[0]), text=self._string(c[3]), end=c[1] == "ends", span=self._span(c))

    def has(self, c: Children) -> ast.Has:
        mode = str(c[2]) if len(c) > 3 else "one"
        values = self._values(c[3]) if len(c) > 3 else (self._string(c[2]),)
        return ast.Has(attribute=self._name(c[0]), mode=mode, values=values, span=self._span(c))

    def is_known(self, c: Children) -> ast.IsKnown:
        return ast.IsKnown(attribute=self._name(c[0]), span=self._span(c))

    def contains(self, c: Children) -> ast.Contains:
        return ast.Contains(
            selector=c[2],
            confidence=_enum(ast.Confidence, c, "CONFIDENCE"),
            count=_pieces(c).get("count"),
            span=self._span(c),
        )

    def count(self, c: Children) -> _Piece:
        return self._piece("count", c, self._int(c[2]))

    def detector_selector(self, c: Children) -> ast.DetectorSelector:
        return ast.DetectorSelector(name=self._name(c[0]), span=self._span(c))

    def package_selector(self, c: Children) -> ast.PackageSelector:
        return ast.PackageSelector(package=self._name(c[0]), span=self._span(c))

    def class_selector(self, c: Children) -> ast.ClassSelector:
        return ast.ClassSelector(name=str(c[1]), span=self._span(c))

    def union_selector(self, c: Children) -> ast.UnionSelector:
        items = tuple(child for child in c if not isinstance(child, Token))
        return ast.UnionSelector(items=items, span=self._span(c))

    # Tests ------------------------------------------------------------------------------------

    def test(self, c: Children) -> ast.TestDecl:
        return self._documented(
            ast.TestDecl,
            c,
            name=self._string(c[1]),
            given=_nodes(c, ast.Given),
            parts=_nodes(c, ast.Part),
            expectations=_nodes(c, Node, besides=(ast.Given, ast.Part)),
        )

    def given(self, c: Children) -> ast.Given:
        return ast.Given(attribute=self._name(c[0]), value=self._value(c[2]), span=self._span(c))

    def string_set(self, c: Children) -> ast.StringSet:
        return ast.StringSet(items=self._strings_of(c), span=self._span(c))

    def part(self, c: Children) -> ast.Part:
        return ast.Part(part=self._side(c[0]), text=self._string(c[1]), span=self._span(c))

    def _side(self, token: Token) -> ast.Scope:
        if token == "any":
            self._report(
                Error.TEST_PARTS, self._span((token,)), "a test has no part `any`", "write `prompt` or `response`"
            )
        return ast.Scope(token)

    def expect_effect(self, c: Children) -> ast.ExpectEffect:
        rule = next(iter(self._names_of(c)), None)
        effect = str(_tokens(c, "OUTCOME")[0])
        return ast.ExpectEffect(negated=_negated(c), effect=effect, rule=rule, span=self._span(c))

    def expect_obligation(self, c: Children) -> ast.ExpectObligation:
        *_, kind, argument = c
        value = str(argument) if argument.type == "LOG_LEVEL" else self._string(argument).value
        return ast.ExpectObligation(negated=_negated(c), kind=str(kind), value=value, span=self._span(c))

    def expect_text(self, c: Children) -> ast.ExpectText:
        return ast.ExpectText(part=self._side(c[0]), text=self._string(c[1]), span=self._span(c))

    def expect_unknown(self, c: Children) -> ast.ExpectUnknown:
        return ast.ExpectUnknown(negated=_negated(c), name=self._name(c[-1]), span=self._span(c))


def _tokens(children: Children, *types: str) -> list[Token]:
    return [c for c in children if isinstance(c, Token) and c.type in types]


def _nodes(children: Children, kind: type[N], besides: type[Node] | tuple[type[Node], ...] = ()) -> tuple[N, ...]:
    return tuple(c for c in children if isinstance(c, kind) and not isinstance(c, besides))


def _pieces(children: Children) -> dict[str, Any]:
    return {piece.rule: piece.value for piece in _nodes(children, _Piece)}


def _enum(kind: Any, children: Children, type: str) -> Any:
    token = next(iter(_tokens(children, type)), None)
    return None if token is None else kind(token)


def _negated(children: Children) -> bool:
    return isinstance(children[0], Token) and children[0].type == "NOT"


def _doc_text(token: Token) -> str:
    return str(token)[3:].rstrip().removeprefix(" ")
