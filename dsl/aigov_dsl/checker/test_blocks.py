"""`test` blocks: values fit their attributes, parts belong together, expectations can come true."""

from __future__ import annotations

from aigov_dsl import ast, typed
from aigov_dsl.checker.annotations import Annotations
from aigov_dsl.checker.conditions import INT64, unknown_enum_value
from aigov_dsl.checker.files import File
from aigov_dsl.checker.names import Names, detector_id
from aigov_dsl.errors import Error

BODY = "body"
"""Named among the unknowns when a body could not be parsed."""

_VERBS = {ast.Allow: "allow", ast.Block: "block", ast.Reroute: "reroute", ast.Redact: "redact"}
_WANTED = {
    "bool": "`true` or `false`",
    "int": "a whole number",
    "string": "a string in quotes",
    "enum": "one of its values",
    "set": 'a set of strings: `{"a", "b"}`',
}


class TestBlocks:
    """Checks the tests of all files."""

    __test__ = False  # not a pytest class

    def __init__(self, names: Names, annotations: Annotations) -> None:
        self._names, self._annotations = names, annotations

    def check(self, file: File, node: ast.TestDecl) -> typed.Test:
        """The typed form of a test."""
        self._annotations.of(node)
        self._check_parts(node)
        if not node.expectations:
            message = "the test expects nothing, so it cannot fail"
            self._names.report(Error.TEST_EXPECTS.at(node.name.span, message, help="add `expect …`"))
        expectations = [self._expectation(file, node, expected) for expected in node.expectations]
        return typed.Test(
            name=node.name.value,
            given=self._given(node),
            parts=tuple((part.part, part.text.value) for part in node.parts),
            expectations=tuple(expected for expected in expectations if expected is not None),
            span=node.span,
        )

    def _check_parts(self, node: ast.TestDecl) -> None:
        """A response cannot stand beside what goes out: one test is one decision."""
        response = next((part for part in node.parts if part.part == ast.Scope.RESPONSE), None)
        outgoing = next((p for p in node.parts if p.part in (ast.Scope.PROMPT, ast.Scope.TOOL_RESULT)), None)
        if response and outgoing:
            self._names.report(
                Error.TEST_PARTS.at(
                    response.span,
                    f"`response` and `{outgoing.part}` are two interactions",
                    help="write two tests",
                    related=((outgoing.span, "the other part"),),
                )
            )

    # Given ------------------------------------------------------------------------------------

    def _given(self, node: ast.TestDecl) -> dict[str, typed.Value | typed.UnknownValue]:
        values: dict[str, typed.Value | typed.UnknownValue] = {}
        seen: set[str] = set()
        for given in node.given:
            attribute = self._names.attribute(given.attribute)
            if attribute is None:
                continue
            if attribute.name in seen:
                message = f"`{attribute.name}` is given twice"
                self._names.report(Error.DUPLICATE.at(given.attribute.span, message))
            seen.add(attribute.name)
            value = self._value(attribute, given.value)
            if value is not None:
                values[attribute.name] = value
        return values

    def _value(
        self, attribute: typed.Attribute, value: ast.Literal | ast.StringSet | ast.Unknown
    ) -> typed.Value | typed.UnknownValue | None:
        match attribute.kind, value:
            case _, ast.Unknown():
                return typed.UnknownValue()
            case "bool", ast.Bool(value=truth):
                return truth
            case "int", ast.Int(value=number):
                if number not in INT64:
                    self._names.report(Error.INTEGER.at(value.span, "the integer is outside the signed 64-bit range"))
                return number
            case "set", ast.StringSet(items=items):
                return frozenset(item.value for item in items)
            case "enum", ast.String(value=text):
                if text not in attribute.values:
                    self._names.report(unknown_enum_value(attribute, text, value.span))
                return text
            case "string", ast.String(value=text) if value.span.end - value.span.start > len(text):
                return text
            case _:
                self._names.report(Error.TYPE.at(value.span, f"`{attribute.name}` takes {_WANTED[attribute.kind]}"))
                return None

    # Expect -----------------------------------------------------------------------------------

    def _expectation(self, file: File, node: ast.TestDecl, expected: ast.Expectation) -> typed.Expectation | None:
        match expected:
            case ast.ExpectEffect(negated=negated, effect=effect, rule=rule):
                if rule is not None and not self._can_have(rule, effect):
                    return None
                return typed.ExpectEffect(
                    negated=negated, effect=effect, rule=rule.text if rule else None, span=expected.span
                )
            case ast.ExpectObligation(negated=negated, kind=kind, value=value):
                return typed.ExpectObligation(negated=negated, kind=kind, value=value, span=expected.span)
            case ast.ExpectText(part=part, text=text):
                if all(given.part != part for given in node.parts):
                    self._names.report(Error.TEST_EXPECTS.at(expected.span, f"the test has no `{part}`"))
                return typed.ExpectText(part=part, text=text.value, span=expected.span)
            case ast.ExpectUnknown(negated=negated, name=name):
                identifier = self._evidence(file, name)
                if identifier is None:
                    return None
                return typed.ExpectUnknown(negated=negated, name=identifier, span=expected.span)

    def _can_have(self, rule: ast.Name, effect: str) -> bool:
        """Whether the rule is there and has the effect; a wrong effect would never, or always, be met."""
        declared = self._names.rule(rule)
        if declared is None:
            return False
        verbs = [_VERBS[type(e)] for e in declared.node.effects if type(e) in _VERBS]
        if effect not in verbs:
            has = f"it says `{verbs[0]}`" if verbs else "it has none of these effects"
            message = f"`{rule.text}` never says `{effect}`: {has}"
            self._names.report(Error.TEST_EXPECTS.at(rule.span, message))
        return effect in verbs

    def _evidence(self, file: File, name: ast.Name) -> str | None:
        """An attribute's name, a detector's id, or `body`."""
        if name.text in self._names.attributes or name.text == BODY:
            return name.text
        binding = name.text.rpartition(".")[0]
        if binding and binding not in file.bindings:
            return None if self._names.attribute(name) is None else name.text
        declared = self._names.detector(file, name)
        return detector_id(declared.file, declared.node) if declared else None
