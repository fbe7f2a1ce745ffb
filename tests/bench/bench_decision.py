"""A decision on given findings: one call from Python, full reasons, beside other policy engines on the same rules.

Every rule has the same shape: this provider, a finding of this class, this group → a label. Eight of
them match the request that is decided.
"""

from __future__ import annotations

import gc
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, product
from pathlib import Path
from typing import Any, NamedTuple

import cedarpy
from regopy import Interpreter

import aigov_dsl
from aigov_compiler import compile_program
from aigov_runtime import UNVERIFIED, Engine
from aigov_runtime.model import Direction, Interaction, Kind, Segment

MATCHING = 8
PROVIDERS, CLASSES, GROUPS = (tuple(f"{name}{n}" for n in range(40)) for name in ("provider", "class", "group"))
CALLS, SLOW_CALLS = 50_000, 50


class Rule(NamedTuple):
    """Three equalities; `id` sorts in the order of making."""

    id: str
    provider: str
    cls: str
    group: str


def run() -> Iterator[dict[str, Any]]:
    few, some, many = (_aigov(_rules(count)) for count in (38, 1_000, 10_000))
    anew = _aigov(_rules(1_000), anew=True)
    peers = {"Python closures, dict index": _closures, "cedarpy, prepared": _cedar, "regopy, prepared": _rego}
    calls = {name: make(_rules(1_000)) for name, make in peers.items()}
    # In turns, so that a busy moment of the machine meets all of them.
    times = _interleave(
        {"38": few, "1,000": some, "10,000": many, "anew": anew, "closures": calls["Python closures, dict index"]}
    )
    slow = {name: _times(call, SLOW_CALLS) for name, call in calls.items() if name != "Python closures, dict index"}
    middle = _percentile(times["1,000"], 50)
    for name, samples in {"Python closures, dict index": times["closures"], **slow}.items():
        theirs = _percentile(samples, 50)
        yield _row("decision, 1,000 rules, p50", middle, f"{name} ({theirs:,.1f} µs)", middle / theirs)
    yield _row("decision, 1,000 rules, p99", _percentile(times["1,000"], 99))
    fresh = _percentile(times["anew"], 50)
    yield _row(
        "decision, 1,000 rules, other rules than ever before, p50", fresh, f"seen ({middle:.1f} µs)", fresh / middle
    )
    base = _percentile(times["38"], 50)
    large = _percentile(times["10,000"], 50)
    yield _row("decision, 10,000 rules, p50", large, f"38 rules ({base:,.1f} µs)", large / base)


def _row(name: str, value: float, peer: str = "", ratio: float | None = None) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": "µs", "peer": peer, "ratio": ratio}


def _rules(count: int) -> list[Rule]:
    """The first few match provider0, class0 and group0; each other rule differs from that somewhere."""
    target = (PROVIDERS[0], CLASSES[0], GROUPS[0])
    others = (keys for keys in product(PROVIDERS, CLASSES, GROUPS) if keys != target)
    spread = islice(others, 0, None, 3)  # so that also few rules use many keys
    chosen = [target] * MATCHING + list(islice(spread, count - MATCHING))
    return [Rule(f"r{number:05}", *keys) for number, keys in enumerate(chosen)]


# The engines: each gives a call that decides, after one that proves the answer -----------------------------------


def _aigov(rules: Sequence[Rule], *, anew: bool = False) -> Callable[[], object]:
    """With `anew`, every call forgets the verdict before it: the eight rules never matched together until now."""
    lines = ["package bench", "default allow"]
    lines += [f"detector d_{cls} {{ pattern /\\b{cls}-[0-9]{{6}}\\b/ class {cls} }}" for cls in CLASSES]
    lines += [
        f'rule {rule.id} {{ when request.provider == "{rule.provider}" and payload contains class {rule.cls} '
        f'and user.groups has "{rule.group}" then label "{rule.id}" }}'
        for rule in rules
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "bench.gov")
        path.write_text("\n".join(lines))
        engine = Engine.load(compile_program(aigov_dsl.load([path])).envelope, UNVERIFIED)
    session = engine.session({"user.groups": frozenset({GROUPS[0], "staff"})})
    segments = (Segment("user", "/messages/0/content", "please check class0-123456", Kind.TEXT),)
    attributes = {"request.provider": PROVIDERS[0], "request.model": "m"}
    interaction = Interaction(Direction.PROMPT, segments, attributes, {"request.bytes": 60})
    scan = engine.scan(segments)
    hits = session.judge(interaction, scan).rules
    assert [hit.id for hit in hits] == [rule.id for rule in rules[:MATCHING]]
    assert all(len(hit.reasons) == 3 for hit in hits)
    made = engine.policy.verdicts._made

    def call() -> object:
        if anew:
            made.clear()
        return session.judge(interaction, scan)

    return call


def _closures(rules: Sequence[Rule]) -> Callable[[], object]:
    """What one would write by hand for these very rules: a dict from all three keys to closures."""

    def closure(rule: Rule) -> Callable[[dict[str, Any]], tuple[str, list[tuple[str, bool]]] | None]:
        def decide(request: dict[str, Any]) -> tuple[str, list[tuple[str, bool]]] | None:
            reasons = [
                ("provider", request["provider"] == rule.provider),
                ("class", rule.cls in request["classes"]),
                ("group", rule.group in request["groups"]),
            ]
            return (rule.id, reasons) if all(truth for _, truth in reasons) else None

        return decide

    index = defaultdict(list)
    for rule in rules:
        index[rule.cls, rule.provider, rule.group].append(closure(rule))
    request = {"provider": PROVIDERS[0], "classes": {CLASSES[0]}, "groups": frozenset({GROUPS[0], "staff"})}

    def call() -> list[tuple[str, list[tuple[str, bool]]]]:
        keys = [(cls, request["provider"], group) for cls in request["classes"] for group in request["groups"]]
        found = [rule(request) for key in keys for rule in index.get(key, ())]
        return [hit for hit in found if hit]

    assert [hit[0] for hit in call()] == [rule.id for rule in rules[:MATCHING]]
    return call


def _cedar(rules: Sequence[Rule]) -> Callable[[], object]:
    policies = cedarpy.PolicySet.from_str(
        "\n".join(
            f'@id("{rule.id}") permit(principal, action, resource) when {{ context.provider == "{rule.provider}" && '
            f'context.classes.contains("{rule.cls}") && context.groups.contains("{rule.group}") }};'
            for rule in rules
        )
    )
    entities = cedarpy.Entities.from_json_str("[]")
    request = {
        "principal": 'User::"u"',
        "action": 'Action::"ask"',
        "resource": 'Model::"m"',
        "context": {"provider": PROVIDERS[0], "classes": [CLASSES[0]], "groups": [GROUPS[0], "staff"]},
    }
    assert len(cedarpy.is_authorized(request, policies, entities).diagnostics.reasons) == MATCHING
    return lambda: cedarpy.is_authorized(request, policies, entities)


def _rego(rules: Sequence[Rule]) -> Callable[[], object]:
    rego = Interpreter()
    module = ["package bench", "import rego.v1"]
    module += [
        f'hits contains "{rule.id}" if {{ input.provider == "{rule.provider}"; "{rule.cls}" in input.classes; '
        f'"{rule.group}" in input.groups }}'
        for rule in rules
    ]
    rego.add_module("bench", "\n".join(module))
    bundle = rego.build("data.bench.hits", ["bench/hits"])

    def call() -> object:
        rego.set_input({"provider": PROVIDERS[0], "classes": [CLASSES[0]], "groups": [GROUPS[0], "staff"]})
        return rego.query_bundle(bundle)

    assert str(call()).count('"r0') == MATCHING
    return call


# Measuring ------------------------------------------------------------------------------------------------------


def _interleave(calls: dict[str, Callable[[], object]], rounds: int = 20) -> dict[str, list[int]]:
    times: dict[str, list[int]] = defaultdict(list)
    for _ in range(rounds):
        for name, call in calls.items():
            times[name] += _times(call, CALLS // rounds)
    return times


def _times(call: Callable[[], object], count: int) -> list[int]:
    """Nanoseconds of each call, the collector off as timeit does."""
    clock, times = time.perf_counter_ns, []
    gc.collect()
    gc.disable()
    try:
        for _ in range(count):
            start = clock()
            call()
            times.append(clock() - start)
    finally:
        gc.enable()
    return times


def _percentile(times: list[int], percent: int) -> float:
    """In microseconds."""
    return sorted(times)[len(times) * percent // 100] / 1e3
