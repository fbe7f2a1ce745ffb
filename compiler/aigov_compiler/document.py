"""The bundle's document: one map of plain values, as `docs/bundle.md` describes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from aigov_compiler import detectors, lower, patterns, plugins, tables, words
from aigov_compiler.assemble import Core, RuleCode
from aigov_compiler.cost import Cost
from aigov_compiler.ir import Predicate
from aigov_compiler.pools import Pools
from aigov_compiler.sections import Sections
from aigov_dsl import typed
from aigov_dsl.ast import LogLevel, Span
from aigov_runtime.bundle.format import FORMAT, required_capabilities

_LOG_LEVELS = tuple(LogLevel)

MAX_PREDICATE_TEXT = 1_000
"""Characters of a predicate's text that a bundle keeps."""


class Release(NamedTuple):
    """What the caller says of the bundle; times are unix seconds, 0 for none."""

    name: str
    revision: str
    counter: int
    not_before: int
    expires: int


def document(
    program: typed.Program,
    release: Release,
    *,
    inputs: str,
    secret: bytes,
    predicates: Mapping[Predicate, int],
    codes: Sequence[RuleCode],
    core: Core,
    pools: Pools,
    cost: Cost,
    sections: Sections,
) -> dict[str, Any]:
    """Put everything together; what is large goes into `sections`. `inputs` is the digest of the sources (hex); table
    keys are derived from `secret`."""
    shared = detectors.Shared.of(program.detectors)
    body: dict[str, Any] = {
        "format": FORMAT,
        "attributes": [_attribute(attribute) for attribute in lower.attributes(program)],
        "strings": list(pools.strings),
        "detectors": [detectors.entry(each, shared, pools.detectors) for each in program.detectors],
        "selectors": [list(selector) for selector in pools.selectors],
        "core": core._asdict(),
        "predicates": [{"text": _shorten(predicate.text)} for predicate in predicates],
        "rules": [_rule(rule, code, predicates, pools) for rule, code in zip(program.rules, codes, strict=True)],
        "default": _default(program.default),
        "scan": _scan(program.detectors, shared, secret, sections),
    }
    return body | {
        "sections": sections.entries(),
        "manifest": _manifest(program, release, inputs, required_capabilities(body), cost),
    }


def _shorten(text: str) -> str:
    """A predicate over a long list is shown in reasons; its beginning is enough."""
    return text if len(text) <= MAX_PREDICATE_TEXT else text[: MAX_PREDICATE_TEXT - 1] + "…"


def _manifest(
    program: typed.Program, release: Release, inputs: str, capabilities: list[str], cost: Cost
) -> dict[str, Any]:
    """`rules_covered` counts the rules that some test names (`expect … by RULE`)."""
    named = {
        expectation.rule
        for test in program.tests
        for expectation in test.expectations
        if isinstance(expectation, typed.ExpectEffect)
    }
    return {
        **release._asdict(),
        "inputs": inputs,
        "packages": list(program.packages),
        "capabilities": capabilities,
        "cost": {"bundle": cost.bundle, "rules": cost.rules},
        "tests": {"count": len(program.tests), "rules_covered": sum(rule.id in named for rule in program.rules)},
    }


def _attribute(attribute: typed.Attribute) -> dict[str, Any]:
    return {
        "name": attribute.name,
        "kind": attribute.kind,
        "optional": attribute.optional,
        "phase": attribute.phase,
        "values": list(attribute.values),
        "source": list(attribute.source),
    }


def _rule(rule: typed.Rule, code: RuleCode, predicates: Mapping[Predicate, int], pools: Pools) -> dict[str, Any]:
    effect = rule.effect
    return {
        "id": rule.id,
        "effect": "" if effect is None else type(effect).__name__.lower(),
        "message": effect.message if isinstance(effect, typed.Block) else "",
        "target": effect.target if isinstance(effect, typed.Reroute) else "",
        "style": str(effect.style or "") if isinstance(effect, typed.Redact) else "",
        "targets": [
            [pools.selector(target.detectors), lower.CONFIDENCES.index(target.confidence)]
            for target in (effect.targets if isinstance(effect, typed.Redact) else ())
        ],
        "obligations": _obligations(rule.obligations),
        "scope": str(rule.scope),
        "owner": rule.owner,
        "tickets": list(rule.tickets),
        "controls": list(rule.controls),
        "severity": str(rule.severity or ""),
        "doc": rule.doc,
        "location": _location(rule.span),
        "leaves": [[predicates[leaf.predicate], *_location(leaf.span)] for leaf in code.leaves],
    }


def _obligations(obligations: Sequence[typed.Obligation]) -> dict[str, Any]:
    """The highest log level; alerts and labels sorted, without duplicates."""
    asked = [_LOG_LEVELS.index(item.level) for item in obligations if isinstance(item, typed.Log)]
    return {
        "log": str(_LOG_LEVELS[max(asked)]) if asked else "",
        "alerts": [
            list(alert)
            for alert in sorted({(a.channel, str(a.severity)) for a in obligations if isinstance(a, typed.Alert)})
        ],
        "labels": sorted({item.text for item in obligations if isinstance(item, typed.Label)}),
    }


def _location(span: Span) -> list[Any]:
    return [span.path, span.line, span.column]


def _default(default: typed.Default | None) -> dict[str, str]:
    """A program without a default admits nothing by default."""
    if default is None:
        return {"effect": "block", "message": ""}
    if isinstance(default.effect, typed.Block):
        return {"effect": "block", "message": default.effect.message}
    return {"effect": "allow", "message": ""}


def _scan(
    found_by: Sequence[typed.Detector], shared: detectors.Shared, secret: bytes, sections: Sections
) -> dict[str, Any]:
    return {
        **patterns.plan(found_by, sections)._asdict(),
        **shared.sections(),
        "words": words.plan(found_by),
        "tables": tables.plan(found_by, secret, sections),
        "plugins": plugins.plan(found_by),
    }
