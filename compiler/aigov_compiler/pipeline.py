"""The pipeline: one pass over the program, every stage a function of the one before."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from aigov_compiler.assemble import assemble, rule_code
from aigov_compiler.conflicts import conflicts
from aigov_compiler.cost import Cost, cost
from aigov_compiler.document import Release, document
from aigov_compiler.errors import CompileError, Error
from aigov_compiler.guards import guards
from aigov_compiler.ir import Rule, predicate_table
from aigov_compiler.limits import over_limits, refusal
from aigov_compiler.lower import attributes, lower
from aigov_compiler.pools import Pools
from aigov_compiler.sections import Sections
from aigov_compiler.sign import envelope
from aigov_dsl import typed
from aigov_dsl.diagnostics import Diagnostic
from aigov_runtime.bundle.format import encode


@dataclass(frozen=True, slots=True)
class Summary:
    """What was compiled: counts, the file's `size` in bytes, worst-case costs in steps (`aigov_compiler.cost`)."""

    rules: int
    detectors: int
    patterns: int
    predicates: int
    size: int
    cost: int
    rule_costs: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A bundle: `envelope` is the file, `payload` what its signature is over, `document` the payload decoded,
    `sections` what it refers to by number."""

    payload: bytes
    envelope: bytes
    document: dict[str, Any]
    sections: tuple[bytes, ...]
    summary: Summary


def compile_program(
    program: typed.Program,
    *,
    name: str = "policy",
    revision: str = "",
    counter: int = 0,
    not_before: int = 0,
    expires: int = 0,
    max_cost: int | None = None,
    key: Ed25519PrivateKey | None = None,
) -> Compiled:
    """Compile and sign. Without a revision, it is the first 12 hex digits of the inputs' digest.

    Raises CompileError: conflicting reroutes, patterns that Hyperscan refuses, sizes beyond the runtime's limits, or a
    cost over `max_cost`.
    """
    rules = lower(program)
    predicates = predicate_table(rules)
    codes = [rule_code(rule, predicates) for rule in rules]
    costs = cost(rules)
    objections = [
        *over_limits(rules, codes),
        *conflicts(rules, attributes(program)),
        *_over_budget(rules, costs, max_cost),
    ]
    if objections:
        raise CompileError(tuple(objections))

    pools = Pools.of(program, predicates)
    inputs = inputs_digest(program.sources)
    sections = Sections()
    body = document(
        program,
        Release(name, revision or inputs[:12], counter, not_before, expires),
        inputs=inputs,
        secret=key.private_bytes_raw() if key else bytes.fromhex(inputs),
        predicates=predicates,
        codes=codes,
        core=assemble(rules, codes, guards(rules, predicates), predicates, pools),
        pools=pools,
        cost=costs,
        sections=sections,
    )
    if refused := refusal(body, program):
        raise CompileError((refused,))
    payload = encode(body)
    signed = envelope(payload, key, sections.contents)
    return Compiled(payload, signed, body, tuple(sections.contents), _summary(body, costs, len(signed)))


def inputs_digest(sources: Mapping[str, bytes]) -> str:
    """SHA-256 (hex) over the sorted paths, each followed by a zero byte and the SHA-256 of its content."""
    digest = hashlib.sha256()
    for path in sorted(sources):
        digest.update(path.encode() + b"\0" + hashlib.sha256(sources[path]).digest())
    return digest.hexdigest()


def _over_budget(rules: tuple[Rule, ...], costs: Cost, max_cost: int | None) -> list[Diagnostic]:
    if max_cost is None or costs.bundle <= max_cost or not rules:
        return []
    ranked = sorted(rules, key=lambda rule: (-costs.rules[rule.source.id], rule.source.id))
    dearest = ", ".join(f"`{rule.source.id}` {costs.rules[rule.source.id]:,}" for rule in ranked[:3])
    return [
        Error.COST.at(
            ranked[0].source.span,
            f"the policy costs {costs.bundle:,} steps in the worst case, over the limit of {max_cost:,}",
            help=f"raise the limit or simplify the dearest rules: {dearest}",
        )
    ]


def _summary(body: Mapping[str, Any], costs: Cost, size: int) -> Summary:
    return Summary(
        rules=len(body["rules"]),
        detectors=len(body["detectors"]),
        patterns=len(body["scan"]["patterns"]),
        predicates=len(body["predicates"]),
        size=size,
        cost=costs.bundle,
        rule_costs=costs.rules,
    )
