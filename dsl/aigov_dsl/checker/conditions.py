"""Types of conditions, and the flow of knowledge through them.

An optional attribute may be read only where it is known to have a value. `known` is what has been
established before a term is reached; each condition adds what it establishes when it is true and
when it is false, reading `and` and `or` from left to right.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from aigov_dsl import ast, typed
from aigov_dsl.checker.files import File
from aigov_dsl.checker.names import Names
from aigov_dsl.checker.selectors import Selectors
from aigov_dsl.checker.suggest import did_you_mean
from aigov_dsl.checker.values import Lists
from aigov_dsl.diagnostics import Diagnostic
from aigov_dsl.errors import Error
from aigov_dsl.format import condition_text

INT64 = range(-(2**63), 2**63)

_ORDER = frozenset({"<", "<=", ">", ">="})
_KIND_NAMES = {
    "bool": "a bool",
    "int": "an int",
    "string": "a string",
    "set": "a set of strings",
    "enum": "one of a few values",
}
Known = frozenset[str]
_NONE: Known = frozenset()


class Checked(NamedTuple):
    """A typed condition, and the optional attributes known to have a value when it is true, and when false."""

    condition: typed.Condition
    if_true: Known
    if_false: Known


class Conditions:
    """Checks the conditions of all files."""

    def __init__(self, names: Names, lists: Lists, selectors: Selectors) -> None:
        self._names, self._lists, self._selectors = names, lists, selectors

    def check(self, file: File, node: ast.Condition, known: Known = _NONE) -> Checked:
        """The typed form of `node`. After an error a constant stands in for the atom."""
        match node:
            case ast.And():
                return self._and(file, node, known)
            case ast.Or():
                return self._or(file, node, known)
            case ast.Not(term=term):
                inner = self.check(file, term, known)
                return Checked(typed.Not(term=inner.condition), inner.if_false, inner.if_true)
            case ast.Constant(value=value):
                return Checked(typed.Constant(value=value), _NONE, _NONE)
            case ast.IsKnown(attribute=name):
                attribute = self._names.attribute(name)
                if attribute is None:
                    return _FAILED
                atom = typed.Known(attribute=attribute, text=condition_text(node), span=node.span)
                return Checked(atom, frozenset({attribute.name}), _NONE)
            case ast.Contains():
                return Checked(self._contains(file, node), _NONE, _NONE)
            case _:
                return Checked(self._on_value(file, node, known), _NONE, _NONE)

    def _and(self, file: File, node: ast.And, known: Known) -> Checked:
        terms, if_true, if_false = [], _NONE, None
        for term in node.terms:
            checked = self.check(file, term, known | if_true)
            terms.append(checked.condition)
            here = if_true | checked.if_false
            if_false = here if if_false is None else if_false & here
            if_true |= checked.if_true
        return Checked(typed.And(terms=tuple(terms)), if_true, if_false or _NONE)

    def _or(self, file: File, node: ast.Or, known: Known) -> Checked:
        terms, if_false, if_true = [], _NONE, None
        for term in node.terms:
            checked = self.check(file, term, known | if_false)
            terms.append(checked.condition)
            here = if_false | checked.if_true
            if_true = here if if_true is None else if_true & here
            if_false |= checked.if_false
        return Checked(typed.Or(terms=tuple(terms)), if_true or _NONE, if_false)

    def _contains(self, file: File, node: ast.Contains) -> typed.Condition:
        count = node.count.value if node.count else 1
        if node.count and not 1 <= count <= INT64[-1]:
            message = "a count is at least 1" if count < 1 else "a count fits into 64 bits"
            self._names.report(Error.COUNT.at(node.count.span, message))
        return typed.Payload(
            detectors=self._selectors.resolve(file, node.selector),
            confidence=node.confidence or ast.Confidence.POSSIBLE,
            count=count,
            text=condition_text(node),
            span=node.span,
        )

    # Atoms on attributes ----------------------------------------------------------------------

    def _on_value(self, file: File, node: ast.Condition, known: Known) -> typed.Condition:
        assert isinstance(node, ast.Truth | ast.Compare | ast.InList | ast.Like | ast.Affix | ast.Has)
        attribute = self._names.attribute(node.attribute)
        if attribute is None:
            return _FAILED.condition
        if attribute.optional and attribute.name not in known:
            self._names.report(
                Error.UNGUARDED.at(
                    node.attribute.span,
                    f"`{attribute.name}` is optional and may have no value here",
                    help=f"guard it: `{attribute.name} is known and …`",
                )
            )
        text, span = condition_text(node), node.span
        match node:
            case ast.Truth():
                if attribute.kind != "bool":
                    return self._mismatch(node.attribute.span, attribute, "a bool is wanted", _truth_advice(attribute))
                return typed.IsTrue(attribute=attribute, text=text, span=span)
            case ast.Compare():
                return self._compare(node, attribute)
            case ast.InList(values=values):
                if attribute.kind not in ("string", "enum"):
                    advice = "use `has any`" if attribute.kind == "set" else ""
                    return self._mismatch(node.attribute.span, attribute, "`in` reads strings", advice)
                entries = self._lists.whole_values(file, values, span)
                self._check_values(attribute, [(entry, _item_span(values, entry, span)) for entry in entries])
                return typed.StringIn(attribute=attribute, values=_sorted(entries), text=text, span=span)
            case ast.Like(globs=globs):
                if attribute.kind != "string":
                    return self._mismatch(
                        node.attribute.span, attribute, "`like` reads strings", _like_advice(attribute)
                    )
                entries = self._lists.entries(file, globs, span)
                return typed.StringLike(attribute=attribute, globs=_sorted(entries), text=text, span=span)
            case ast.Affix(text=affix, end=end):
                if attribute.kind != "string":
                    word = "`ends with`" if end else "`starts with`"
                    return self._mismatch(node.attribute.span, attribute, f"{word} reads strings")
                return typed.StringAffix(attribute=attribute, affix=affix.value, end=end, text=text, span=span)
            case ast.Has(mode=mode, values=values):
                if attribute.kind != "set":
                    advice = "use `==` or `in`" if attribute.kind in ("string", "enum") else ""
                    return self._mismatch(node.attribute.span, attribute, "`has` reads sets", advice)
                entries = self._lists.whole_values(file, values, span)
                return typed.SetHas(
                    attribute=attribute, values=_sorted(entries), all=mode == "all", text=text, span=span
                )

    def _compare(self, node: ast.Compare, attribute: typed.Attribute) -> typed.Condition:
        operator, value, span = node.operator, node.value, node.span
        if operator in _ORDER and attribute.kind != "int":
            return self._mismatch(node.attribute.span, attribute, f"`{operator}` compares integers")
        # `!=` is the negation of `==`, in meaning and in text.
        text = condition_text(ast.Compare(attribute=node.attribute, operator="==", value=value, span=span))
        positive: typed.Condition
        match attribute.kind, value:
            case "set", _:
                return self._mismatch(
                    node.attribute.span, attribute, f"`{operator}` does not compare sets", "use `has`"
                )
            case "int", ast.Int(value=number):
                if number not in INT64:
                    self._names.report(Error.INTEGER.at(value.span, "the integer is outside the signed 64-bit range"))
                return typed.IntCompare(
                    attribute=attribute, operator=operator, value=number, text=condition_text(node), span=span
                )
            case "bool", ast.Bool(value=wanted):
                atom = typed.IsTrue(attribute=attribute, text=attribute.name, span=span)
                return atom if wanted == (operator == "==") else typed.Not(term=atom)
            case (("string" | "enum"), ast.String()):
                self._check_literal(attribute, value)
                positive = typed.StringIn(attribute=attribute, values=(value.value,), text=text, span=span)
                return positive if operator == "==" else typed.Not(term=positive)
            case _:
                return self._mismatch(value.span, attribute, f"it does not compare with {_describe(value)}")

    def _check_literal(self, attribute: typed.Attribute, value: ast.String) -> None:
        if attribute.kind == "string" and _is_bare(value):
            self._names.report(
                Error.TYPE.at(value.span, f"`{value.value}` is no string", help=f'write `"{value.value}"`')
            )
        self._check_values(attribute, [(value.value, value.span)])

    def _check_values(self, attribute: typed.Attribute, values: list[tuple[str, ast.Span]]) -> None:
        if attribute.kind != "enum":
            return
        for value, span in values:
            if value not in attribute.values:
                self._names.report(unknown_enum_value(attribute, value, span))

    def _mismatch(self, span: ast.Span, attribute: typed.Attribute, message: str, advice: str = "") -> typed.Condition:
        kind = _KIND_NAMES[attribute.kind]
        self._names.report(Error.TYPE.at(span, f"`{attribute.name}` is {kind}; {message}", help=advice))
        return _FAILED.condition


_FAILED = Checked(typed.Constant(value=False), _NONE, _NONE)


def unknown_enum_value(attribute: typed.Attribute, value: str, span: ast.Span) -> Diagnostic:
    """The error for a value that an enum attribute never has."""
    allowed = ", ".join(f"`{known}`" for known in attribute.values)
    return Error.ENUM_VALUE.at(
        span,
        f"`{attribute.name}` is never `{value}`; its values are {allowed}",
        help=did_you_mean(value, attribute.values),
    )


def payloads(condition: typed.Condition) -> Iterator[typed.Payload]:
    """All `payload contains` terms."""
    match condition:
        case typed.And(terms=terms) | typed.Or(terms=terms):
            for term in terms:
                yield from payloads(term)
        case typed.Not(term=term):
            yield from payloads(term)
        case typed.Payload():
            yield condition


def positive_payloads(condition: typed.Condition, *, negated: bool = False) -> list[typed.Payload]:
    """The `payload contains` terms that do not stand under a negation."""
    match condition:
        case typed.And(terms=terms) | typed.Or(terms=terms):
            return [found for term in terms for found in positive_payloads(term, negated=negated)]
        case typed.Not(term=term):
            return positive_payloads(term, negated=not negated)
        case typed.Payload() if not negated:
            return [condition]
        case _:
            return []


def _sorted(entries: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(entries)))


def _item_span(values: ast.Name | tuple[ast.String, ...], entry: str, span: ast.Span) -> ast.Span:
    if isinstance(values, ast.Name):
        return values.span
    return next((item.span for item in values if item.value == entry), span)


def _is_bare(value: ast.String) -> bool:
    """Whether the string was written as a bare word: without quotes it is as long as its value."""
    return value.span.end - value.span.start == len(value.value)


def _describe(value: ast.Literal) -> str:
    match value:
        case ast.Int(value=number):
            return f"the int {number}"
        case ast.Bool(value=truth):
            return f"the bool `{'true' if truth else 'false'}`"
        case ast.String(value=text):
            return f'the string `"{text}"`'


def _truth_advice(attribute: typed.Attribute) -> str:
    return "use `has`" if attribute.kind == "set" else "compare it with a value"


def _like_advice(attribute: typed.Attribute) -> str:
    return "use `in`" if attribute.kind == "enum" else ""
