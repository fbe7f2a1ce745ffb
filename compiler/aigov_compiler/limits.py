"""Say before signing what the runtime would refuse after."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aigov_compiler.assemble import RuleCode
from aigov_compiler.errors import Error
from aigov_compiler.ir import Rule, leaves
from aigov_dsl.ast import Span
from aigov_dsl.diagnostics import Diagnostic
from aigov_dsl.typed import Program
from aigov_runtime import limits
from aigov_runtime.bundle.validate import validate
from aigov_runtime.core.isa import Predicate as Kind
from aigov_runtime.errors import FormatError

MAX_COUNT = (1 << 31) - 1
"""`count >= N` is one 32-bit operand."""

_ENTRY = re.compile(r"(rules|detectors)\[([0-9]+)\]")


def over_limits(rules: Sequence[Rule], codes: Sequence[RuleCode]) -> Iterator[Diagnostic]:
    """Rules that do not fit the decision core."""
    for rule, code in zip(rules, codes, strict=True):
        if len(code.leaves) > limits.MAX_RULE_LEAVES or len(code.code) > limits.MAX_RULE_CODE_BYTES:
            yield Error.LIMIT.at(
                rule.source.span,
                f"`{rule.source.id}` has {len(code.leaves):,} comparisons, more than {limits.MAX_RULE_LEAVES:,}",
                help="use a list (`in`, `like any`, `has any`) instead of many comparisons",
            )
        for leaf in leaves(rule.condition):
            if leaf.predicate.kind is Kind.PAYLOAD and leaf.predicate.integer > MAX_COUNT:
                yield Error.LIMIT.at(
                    leaf.span,
                    f"the count {leaf.predicate.integer:,} is more than {MAX_COUNT:,}",
                    help=f"a scan keeps {limits.MAX_FINDINGS:,} findings at most",
                )


def refusal(document: Mapping[str, Any], program: Program) -> Diagnostic | None:
    """What the loader's own check of the document says, at the rule or detector that it names."""
    try:
        validate(document)
    except FormatError as error:
        return Error.LIMIT.at(
            _place(str(error), program),
            f"the runtime would refuse this bundle: {error}",
            help="shorten what is too long, or split the policy into several bundles",
        )
    return None


def _place(message: str, program: Program) -> Span:
    if named := _ENTRY.match(message):
        entries: Sequence[Any] = {"rules": program.rules, "detectors": program.detectors}[named[1]]
        span: Span = entries[int(named[2])].span
        return span
    return Span(min(program.sources, default=""), 0, 0, 1, 1, 1, 1)
