"""Spans point at what they say, in code points, lines and columns."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from aigov_dsl import ast, parse

TEXT = "// Ünïcode 日本 before\nrule r on response {\r\n"
TEXT += '\twhen (user.name == "日本") and device.managed\n  then block "x"\n}\n'


def nodes(value: Any) -> list[ast.Node]:
    if isinstance(value, tuple):
        return [node for item in value for node in nodes(item)]
    if not isinstance(value, ast.Node):
        return []
    return [value, *(node for field in fields(value) for node in nodes(getattr(value, field.name)))]


def test_lines_and_columns_agree_with_offsets() -> None:
    module = parse(TEXT, "a.gov").module
    lines = TEXT.split("\n")
    for node in nodes(module):
        span = node.span
        for offset, line, column in ((span.start, span.line, span.column), (span.end, span.end_line, span.end_column)):
            assert offset == sum(len(text) + 1 for text in lines[: line - 1]) + column - 1


def test_names_and_literals_span_their_text() -> None:
    module = parse(TEXT, "a.gov").module
    found = {TEXT[node.span.start : node.span.end] for node in nodes(module)}
    assert {'"日本"', "user.name", "device.managed", '(user.name == "日本")', 'block "x"', "r"} <= found


def test_a_declaration_starts_at_its_keyword() -> None:
    module = parse('/// doc\n@owner("x")\nrule r { when true then allow }', "a.gov").module
    assert module.declarations[0].span.line == 3
    assert module.declarations[0].doc == "doc"
