"""The formatter's laws, on generated trees and on texts with comments anywhere."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from aigov_dsl import ast, parse
from aigov_dsl.format import format_module, format_text
from aigov_dsl.format.doc import WIDTH
from tests.dsl.strategies import commented, comments_of, modules


def parsed(text: str) -> ast.Module:
    result = parse(text, "generated.gov")
    assert result.diagnostics == (), text
    assert result.module is not None
    return result.module


@given(modules)
@settings(deadline=None)
def test_the_printed_tree_is_read_as_the_same_tree(module: ast.Module) -> None:
    assert parsed(format_module(module)) == module


@given(modules)
@settings(deadline=None)
def test_formatting_twice_changes_nothing(module: ast.Module) -> None:
    text = format_module(module)
    assert format_text(text, "generated.gov") == text


@given(st.data())
@settings(deadline=None, max_examples=300)
def test_comments_are_kept_wherever_they_stand(data: st.DataObject) -> None:
    module = data.draw(modules)
    text, comments = data.draw(commented(format_module(module)))
    formatted = format_text(text, "generated.gov")

    assert sorted(comments_of(formatted)) == sorted(comments)
    assert parsed(formatted) == module
    assert format_text(formatted, "generated.gov") == formatted


@given(modules)
@settings(deadline=None)
def test_no_line_ends_with_a_space_and_none_is_long_without_need(module: ast.Module) -> None:
    for line in format_module(module).split("\n"):
        assert line == line.rstrip() or '"' in line
        assert len(line) <= WIDTH or not any(separator in line.lstrip() for separator in (" and ", " or "))
