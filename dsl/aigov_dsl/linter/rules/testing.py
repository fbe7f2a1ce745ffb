"""Rules that no test holds to anything, and tests that are easily mixed up."""

from __future__ import annotations

from collections.abc import Iterator

from aigov_dsl import ast, typed
from aigov_dsl.linter.context import Context
from aigov_dsl.linter.registry import Finding, rule


@rule("W160", "untested-rule", "a rule that no test expects to match")
def untested_rule(context: Context) -> Iterator[Finding]:
    """A rule with obligations only is tested through them."""
    expected = [e for test in context.program.tests for e in test.expectations]
    rules = {e.rule for e in expected if isinstance(e, typed.ExpectEffect) and not e.negated}
    obligations = {(e.kind, e.value) for e in expected if isinstance(e, typed.ExpectObligation) and not e.negated}
    for pair in context.rules:
        by_name = pair.checked.effect is not None and pair.checked.id in rules
        if not by_name and (pair.checked.effect is not None or obligations.isdisjoint(_obligations(pair.checked))):
            advice = f"add a test with `expect … by {pair.checked.id}`" if pair.checked.effect else "add a test"
            yield Finding(pair.source.name.span, f"no test expects `{pair.checked.id}` to match", advice)


def _obligations(checked: typed.Rule) -> Iterator[tuple[str, str]]:
    for obligation in checked.obligations:
        match obligation:
            case typed.Log(level=level):
                yield "log", str(level)
            case typed.Alert(channel=channel):
                yield "alert", channel
            case typed.Label(text=text):
                yield "label", text


@rule("W161", "duplicate-test", "two tests of one name")
def duplicate_test(context: Context) -> Iterator[Finding]:
    """Reports tell tests apart by name."""
    seen: dict[str, ast.TestDecl] = {}
    for node in context.declarations(ast.TestDecl):
        first = seen.setdefault(node.name.value, node)
        if first is not node:
            yield Finding(
                node.name.span,
                f"there is another test `{node.name.value}`",
                "give it a name of its own",
                related=((first.name.span, "the other test"),),
            )
