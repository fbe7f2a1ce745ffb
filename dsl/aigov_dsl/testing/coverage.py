"""What tests have shown about a program: each rule matched and not matched, each condition true and false."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from aigov_dsl.ast import Span
from aigov_dsl.reference import Truth, Verdict
from aigov_dsl.reference.conditions import atoms, whole_condition
from aigov_dsl.typed import Program


class Goal(NamedTuple):
    """One thing a set of tests should show.

    `text` is the condition, or "" for the rule itself; `wanted` is matched, not matched, true or false.
    """

    rule: str
    text: str
    span: Span
    wanted: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """All goals of a program, in rule order, and which of them the tests reached."""

    goals: tuple[Goal, ...]
    reached: frozenset[Goal]

    @property
    def percent(self) -> float:
        """Share of the goals that were reached, 0 to 100; 100 when there are none."""
        return 100.0 * len(self.reached) / len(self.goals) if self.goals else 100.0

    @property
    def missed(self) -> tuple[Goal, ...]:
        """Goals that no test reached, in rule order."""
        return tuple(goal for goal in self.goals if goal not in self.reached)

    @property
    def rules_covered(self) -> int:
        """How many rules have every goal reached."""
        return len({goal.rule for goal in self.goals}) - len({goal.rule for goal in self.missed})


def measure(program: Program, decisions: Iterable[Iterable[Verdict]]) -> Coverage:
    """Coverage of `program` by decisions, each given as its verdicts. A rule that does not apply shows nothing."""
    goals: dict[Goal, None] = {}
    for rule in program.rules:
        for wanted in ("matched", "not matched"):
            goals[Goal(rule.id, "", rule.span, wanted)] = None
        # The day only decides whether an exemption is in force; the atoms are the same on every day.
        for atom in atoms(whole_condition(rule, day=0)):
            for wanted in (Truth.TRUE, Truth.FALSE):
                goals[Goal(rule.id, atom.text, atom.span, wanted)] = None
    reached = {goal for verdicts in decisions for verdict in verdicts for goal in _shown(verdict)}
    return Coverage(tuple(goals), frozenset(reached & goals.keys()))


def _shown(verdict: Verdict) -> Iterable[Goal]:
    rule = verdict.rule
    yield Goal(rule.id, "", rule.span, "matched" if verdict.matched else "not matched")
    for atom, truth in verdict.atoms:
        yield Goal(rule.id, atom.text, atom.span, truth)
