"""The board as Prometheus metrics: totals and levels that the processes of a server said.

A total's name on the board is that of its metric with its labels behind it:
`decisions|direction=prompt|outcome=block`.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from aigov_enforcers.server.board import Board, State

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

TOTALS = {
    "decisions": "Decisions by direction and outcome",
    "failures": "Decisions that could not be made",
    "refusals": "Requests that were refused before a decision, by reason",
    "certificates": "Requests for certificates by kind and outcome",
    "recorded": "Decisions put on record",
}
LEVELS = {"connections": "Connections of clients that are open", "waiting": "Decisions that wait to be put on record"}
BUCKETS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
"""Upper bounds in seconds of the time that deciding took."""


class Tally:
    """The totals of one process."""

    def __init__(self) -> None:
        self.totals: dict[str, int] = defaultdict(int)

    def count(self, name: str, amount: int = 1, **labels: str) -> None:
        """Add to a total."""
        self.totals["|".join((name, *(f"{key}={value}" for key, value in labels.items())))] += amount

    def took(self, nanoseconds: int) -> None:
        """One decision took so long."""
        seconds = nanoseconds / 1e9
        place = next((number for number, bound in enumerate(BUCKETS) if seconds <= bound), len(BUCKETS))
        self.totals[f"took|bucket={place}"] += 1
        self.totals["took_nanoseconds"] += nanoseconds


class _Board(Collector):
    def __init__(self, board: Board, names: list[str]) -> None:
        self._board, self._names = board, names

    def collect(self) -> Iterable[Metric]:
        states = self._board.states()
        sums: dict[str, int] = defaultdict(int)
        for state in states:
            for name, value in state.totals.items():
                sums[name] += value
        for metric, text in TOTALS.items():
            yield _family(CounterMetricFamily, metric, text, sums)
        for level, text in LEVELS.items():
            yield GaugeMetricFamily(f"aigov_{level}", text, value=sum(state.levels.get(level, 0) for state in states))
        yield _took(sums)
        yield from _processes(self._board, self._names)


def _family(kind: type[CounterMetricFamily], metric: str, text: str, sums: dict[str, int]) -> Metric:
    found = [(name.split("|")[1:], value) for name, value in sums.items() if name.split("|")[0] == metric]
    labels = [part.partition("=")[0] for part in found[0][0]] if found else []
    family = kind(f"aigov_{metric}", text, labels=labels)
    for parts, value in sorted(found):
        family.add_metric([part.partition("=")[2] for part in parts], value)
    if not found:
        family.add_metric([], 0)
    return family


def _took(sums: dict[str, int]) -> Metric:
    family = HistogramMetricFamily("aigov_decision_seconds", "Time that deciding took", labels=[])
    total, buckets = 0, []
    for place, bound in enumerate((*BUCKETS, float("inf"))):
        total += sums.get(f"took|bucket={place}", 0)
        buckets.append(("+Inf" if bound == float("inf") else str(bound), total))
    family.add_metric([], buckets, sum_value=sums.get("took_nanoseconds", 0) / 1e9)
    return family


def _processes(board: Board, names: list[str]) -> Iterable[Metric]:
    up = GaugeMetricFamily("aigov_process_up", "Whether a process works", labels=["process"])
    policy = GaugeMetricFamily(
        "aigov_policy_info", "The policy that decides, for each process", labels=["process", "revision", "digest"]
    )
    refused = GaugeMetricFamily("aigov_policy_refused", "The bundle that lies there is refused", labels=["process"])
    closed = GaugeMetricFamily("aigov_policy_stale", "Nothing is decided: the policy is stale", labels=["process"])
    for page, name in enumerate(names):
        state = board.read(page)
        up.add_metric([name], float(state is not None and lives(state)))
        if state is not None:
            policy.add_metric([name, state.revision, state.digest], 1)
            refused.add_metric([name], float(bool(state.refused)))
            closed.add_metric([name], float(bool(state.closed)))
    return up, policy, refused, closed


def lives(state: State) -> bool:
    """Whether a process works, and said so not long ago."""
    return state.ready and time.time() - state.seen < 10


def render(board: Board, names: list[str]) -> bytes:
    """What a scrape gets."""
    registry = CollectorRegistry()
    registry.register(_Board(board, names))
    return generate_latest(registry)
