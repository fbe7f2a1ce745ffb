"""Say before signing what the runtime would refuse after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aigov_compiler.assemble import RuleCode
from aigov_compiler.errors import Error
from aigov_compiler.ir import Rule, leaves
from aigov_dsl import typed
from aigov_dsl.diagnostics import Diagnostic
from aigov_runtime import limits
from aigov_runtime.core.isa import Predicate as Kind

MAX_COUNT = (1 << 31) - 1
"""`count >= N` is one 32-bit operand."""


def over_limits(rules: Sequence[Rule], codes: Sequence[RuleCode]) -> Iterator[Diagnostic]:
    """One diagnostic per rule and limit."""
    for rule, code in zip(rules, codes, strict=True):
        if len(code.leaves) > limits.MAX_RULE_LEAVES or len(code.code) > limits.MAX_RULE_CODE_BYTES:
            yield Error.LIMIT.at(
                rule.source.span,
                f"`{rule.source.id}` has {len(code.leaves):,} comparisons, more than {limits.MAX_RULE_LEAVES:,}",
                help="use a list (`in`, `like any`, `has any`) instead of many comparisons",
            )
        for part, text in (("message", _message(rule)), ("doc comment", rule.source.doc)):
            if len(text) > limits.MAX_TEXT_CHARS:
                yield Error.LIMIT.at(
                    rule.source.span,
                    f"the {part} of `{rule.source.id}` has {len(text):,} characters; {limits.MAX_TEXT_CHARS:,} fit",
                    help="shorten it",
                )
        for leaf in leaves(rule.condition):
            if leaf.predicate.kind is Kind.PAYLOAD and leaf.predicate.integer > MAX_COUNT:
                yield Error.LIMIT.at(
                    leaf.span,
                    f"the count {leaf.predicate.integer:,} is more than {MAX_COUNT:,}",
                    help=f"a scan keeps {limits.MAX_FINDINGS:,} findings at most",
                )
    if len(rules) > limits.MAX_RULES:
        yield Error.LIMIT.at(
            rules[limits.MAX_RULES].source.span,
            f"the policy has {len(rules):,} rules, more than {limits.MAX_RULES:,}",
            help="split it into several bundles",
        )


def _message(rule: Rule) -> str:
    return rule.source.effect.message if isinstance(rule.source.effect, typed.Block) else ""
