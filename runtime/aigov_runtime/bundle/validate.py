"""The document's schema and everything that its parts say about each other (`docs/bundle.md`).

A signature says who wrote a bundle, not that it is sound, so nothing is taken on trust. What is inside
the binary `core` sections is checked by the decision core itself, once, when it copies them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aigov_runtime import limits
from aigov_runtime.bundle.format import FORMAT, PREDICATE_WORDS, RULE_WORDS
from aigov_runtime.bundle.shape import (
    blob,
    boolean,
    choice,
    conform,
    integer,
    key,
    mapping,
    number,
    optional,
    record,
    row,
    sequence,
    text,
)
from aigov_runtime.core.isa import Flag, Phase, Scope
from aigov_runtime.errors import FormatError

_NAME = text(512)
_TEXT = text(limits.MAX_TEXT_CHARS)
_NAMES = sequence(_TEXT, limits.MAX_STRINGS)
_COUNT = integer(0, 2**63 - 1)
_INDEX = integer(0, 2**31 - 1)
_LENGTH = integer(0, limits.MAX_BUNDLE_BYTES)
_CONFIDENCE = integer(0, 2)
_SEVERITIES = ("low", "medium", "high", "critical")
_STYLE = choice("", "label", "mask", "hash", "remove", "token")
_SCOPES = tuple(scope.name.lower() for scope in Scope)
EFFECTS = ("block", "reroute", "redact", "allow", "")
"""Effects of rules, strongest first; "" has obligations only."""

_MANIFEST = record(
    {
        "name": _NAME,
        "revision": _NAME,
        "inputs": _NAME,
        "packages": _NAMES,
        "capabilities": _NAMES,
        "counter": _COUNT,
        "not_before": _COUNT,
        "expires": _COUNT,
        "cost": record({"bundle": _COUNT, "rules": mapping(_COUNT, limits.MAX_RULES)}),
        "tests": record({"count": _COUNT, "rules_covered": _COUNT}),
    }
)
_ATTRIBUTE = record(
    {
        "name": _NAME,
        "kind": choice("bool", "int", "string", "set", "enum"),
        "optional": boolean,
        "phase": choice(*(phase.name.lower() for phase in Phase)),
        "values": sequence(_NAME, 4096),
        "source": row(choice("builtin", "claim", "header"), _NAME),
    }
)
_SIDE = choice("", "before", "after")
_NEAR = sequence(record({"words": _INDEX, "within": _INDEX, "side": _SIDE, "negated": boolean}), 64)
_RAISED = record(
    {
        "confidence": _CONFIDENCE,
        "near": _NEAR,
        "detectors": sequence(record({"detector": _INDEX, "within": _INDEX, "side": _SIDE, "negated": boolean}), 64),
        "validate": sequence(record({"name": _NAME, "minimum": optional(number), "negated": boolean}), 64),
    }
)
_DETECTOR = record(
    {
        "id": _NAME,
        "name": _NAME,
        "package": _NAME,
        "class": _NAME,
        "severity": choice(*_SEVERITIES),
        "confidence": _CONFIDENCE,
        "style": _STYLE,
        "doc": _TEXT,
        "family": _NAME,
        "generic": boolean,
        "source": _TEXT,
        "remedy": _TEXT,
        "near": _NEAR,
        "validate": sequence(record({"name": _NAME, "minimum": optional(number)}), 64),
        "ignore": sequence(_INDEX, 64),
        "raised": sequence(_RAISED, 64),
        "table": optional(record({"count": integer(1, 4096), "within": _INDEX})),
        "languages": optional(_NAMES),
    }
)
_RULE = record(
    {
        "id": _NAME,
        "effect": choice(*EFFECTS),
        "message": _TEXT,
        "target": _TEXT,
        "style": _STYLE,
        "targets": sequence(row(_INDEX, _CONFIDENCE), 4096),
        "obligations": record(
            {
                "log": choice("", "metadata", "redacted", "full"),
                "alerts": sequence(row(_TEXT, choice(*_SEVERITIES)), 256),
                "labels": sequence(_TEXT, 256),
            }
        ),
        "scope": choice(*_SCOPES),
        "owner": _TEXT,
        "tickets": sequence(_TEXT, 256),
        "controls": sequence(_TEXT, 256),
        "severity": choice("", *_SEVERITIES),
        "doc": _TEXT,
        "location": row(_TEXT, _INDEX, _INDEX),
        "leaves": sequence(row(_INDEX, _TEXT, _INDEX, _INDEX), limits.MAX_RULE_LEAVES),
    }
)
_CLUES = 4
"""The gate of patterns that only see the places of clues."""

_SCAN = record(
    {
        "patterns": sequence(
            record(
                {
                    "detector": _INDEX,
                    "regex": blob,
                    "cue": _LENGTH,
                    "group": integer(0, 1000),
                    "width": integer(1, 16_384),
                    "program": _LENGTH,
                    "gate": integer(0, 4),
                }
            ),
            limits.MAX_STRINGS,
        ),
        "cues": optional(_INDEX),
        "programs": optional(_INDEX),
        "clues": optional(_INDEX),
        "databases": mapping(_INDEX, 64),
        "contexts": sequence(sequence(blob, limits.MAX_STRINGS), limits.MAX_STRINGS),
        "ignored": sequence(
            record({"values": sequence(blob, limits.MAX_STRINGS), "patterns": sequence(blob, limits.MAX_STRINGS)}),
            limits.MAX_STRINGS,
        ),
        "words": sequence(record({"detector": _INDEX, "words": _NAMES}), limits.MAX_DETECTORS),
        "tables": sequence(
            record(
                {
                    "detector": _INDEX,
                    "key": key,
                    "columns": _NAMES,
                    "index": _INDEX,
                }
            ),
            limits.MAX_DETECTORS,
        ),
        "plugins": sequence(
            record(
                {
                    "detector": _INDEX,
                    "engine": _NAME,
                    "model": _NAME,
                    "labels": _NAMES,
                    "milliseconds": integer(1, 10_000),
                    "inline": boolean,
                }
            ),
            limits.MAX_DETECTORS,
        ),
    }
)
_DOCUMENT = record(
    {
        "format": integer(FORMAT, FORMAT),
        "manifest": _MANIFEST,
        "sections": sequence(record({"sha256": key, "length": _LENGTH}), limits.MAX_SECTIONS),
        "attributes": sequence(_ATTRIBUTE, limits.MAX_ATTRIBUTES),
        "strings": _NAMES,
        "detectors": sequence(_DETECTOR, limits.MAX_DETECTORS),
        "selectors": sequence(sequence(_INDEX, limits.MAX_DETECTORS), limits.MAX_SELECTORS),
        "core": record(dict.fromkeys(("pool", "predicates", "code", "rules", "postings"), blob)),
        "predicates": sequence(record({"text": _TEXT}), limits.MAX_PREDICATES),
        "rules": sequence(_RULE, limits.MAX_RULES),
        "default": record({"effect": choice("allow", "block"), "message": _TEXT}),
        "scan": _SCAN,
    }
)


def validate(document: object) -> Mapping[str, Any]:
    """The document, once its shape and its cross-references hold. Raises FormatError."""
    if isinstance(document, dict) and document.get("format") != FORMAT:
        raise FormatError(f"the bundle has another format version; this runtime reads version {FORMAT}")
    conform(document, _DOCUMENT)
    assert isinstance(document, dict)
    _sorted_unique("attributes", [attribute["name"] for attribute in document["attributes"]], ordered=False)
    _sorted_unique("strings", document["strings"])
    _sorted_unique("detectors", [detector["id"] for detector in document["detectors"]])
    _sorted_unique("rules", [rule["id"] for rule in document["rules"]])
    _core_lengths(document)
    _rules(document)
    _detectors(document)
    _sections(document)
    return document


def _sorted_unique(section: str, names: Sequence[str], ordered: bool = True) -> None:
    unique = set(names)
    if len(unique) != len(names):
        raise FormatError(f"{section}: names are not unique")
    if ordered and sorted(unique) != list(names):
        raise FormatError(f"{section}: not sorted")


def _core_lengths(document: Mapping[str, Any]) -> None:
    core = document["core"]
    for section, word_bytes in (
        ("pool", 4),
        ("postings", 4),
        ("predicates", 4 * PREDICATE_WORDS),
        ("rules", 4 * RULE_WORDS),
    ):
        if len(core[section]) % word_bytes:
            raise FormatError(f"core.{section}: not a multiple of {word_bytes} bytes")
    for section in ("predicates", "rules"):
        if len(core[section]) // 32 != len(document[section]):
            raise FormatError(f"core.{section}: not as many entries as in {section}")


def _rules(document: Mapping[str, Any]) -> None:
    selectors = len(document["selectors"])
    rows = memoryview(document["core"]["rules"]).cast("i")
    for index, rule in enumerate(document["rules"]):
        place, effect = f"rules[{index}]", rule["effect"]
        if any(selector >= selectors for selector, _ in rule["targets"]):
            raise FormatError(f"{place}.targets: no such selector")
        if bool(rule["targets"]) != (effect == "redact") or (rule["style"] and effect != "redact"):
            raise FormatError(f"{place}: targets and style belong to redact rules, which need targets")
        if bool(rule["target"]) != (effect == "reroute"):
            raise FormatError(f"{place}: a target belongs to a reroute rule, which needs one")
        scope, flags = rows[index * RULE_WORDS + 2], rows[index * RULE_WORDS + 3]
        if _SCOPES.index(rule["scope"]) != scope:
            raise FormatError(f"{place}.scope: differs from the core's")
        if bool(flags & Flag.ALLOWS) != (effect == "allow"):
            raise FormatError(f"{place}.effect: differs from the core's flags")


def _detectors(document: Mapping[str, Any]) -> None:
    detectors, scan = document["detectors"], document["scan"]
    for index, detector in enumerate(detectors):
        gates = (detector, *detector["raised"])
        if any(near["words"] >= len(scan["contexts"]) for gate in gates for near in gate["near"]):
            raise FormatError(f"detectors[{index}].near: no such words")
        if any(number >= len(scan["ignored"]) for number in detector["ignore"]):
            raise FormatError(f"detectors[{index}].ignore: no such values")
        if any(other["detector"] >= len(detectors) for raised in detector["raised"] for other in raised["detectors"]):
            raise FormatError(f"detectors[{index}].raised: no such detector")
    for part in ("patterns", "words", "tables", "plugins"):
        for index, entry in enumerate(scan[part]):
            if entry["detector"] >= len(detectors):
                raise FormatError(f"scan.{part}[{index}].detector: no such detector")
    for index, table in enumerate(scan["tables"]):
        if detectors[table["detector"]]["table"] is None:
            raise FormatError(f"scan.tables[{index}].detector: is not a table detector")


def _sections(document: Mapping[str, Any]) -> None:
    sections, scan = document["sections"], document["scan"]
    named = [(f"scan.tables[{index}].index", table["index"]) for index, table in enumerate(scan["tables"])]
    named += [(f"scan.databases.{name}", number) for name, number in scan["databases"].items()]
    named += [(f"scan.{part}", scan[part]) for part in ("cues", "programs", "clues") if scan[part] is not None]
    for place, section in named:
        if section >= len(sections):
            raise FormatError(f"{place}: no such section")
    for part, one in (("cues", "cue"), ("programs", "program")):
        length = 0 if scan[part] is None else sections[scan[part]]["length"]
        if sum(pattern[one] for pattern in scan["patterns"]) != length:
            raise FormatError(f"scan.{part}: not as long as those of the patterns together")
    if any(pattern["gate"] == _CLUES for pattern in scan["patterns"]) and scan["clues"] is None:
        raise FormatError("scan.clues: patterns see nothing without them")
