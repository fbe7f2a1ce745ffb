"""The numbered tables that the binary sections refer to: attributes, strings, detectors, selectors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aigov_compiler.ir import Predicate
from aigov_compiler.lower import attributes
from aigov_dsl import typed

Selector = tuple[int, ...]
"""Detector numbers, ascending."""


@dataclass(frozen=True, slots=True)
class Pools:
    """Name → number, each in the order of its table."""

    attributes: Mapping[str, int]
    strings: Mapping[str, int]
    detectors: Mapping[str, int]
    selectors: Mapping[Selector, int]

    @classmethod
    def of(cls, program: typed.Program, predicates: Iterable[Predicate]) -> Pools:
        """Number everything that the program's predicates and redactions name."""
        detectors = {detector.id: number for number, detector in enumerate(program.detectors)}
        strings: set[str] = set()
        selected: set[tuple[str, ...]] = set()
        for predicate in predicates:
            strings.update(predicate.strings)
            if not predicate.attribute:
                selected.add(predicate.detectors)
        for rule in program.rules:
            if isinstance(rule.effect, typed.Redact):
                selected.update(target.detectors for target in rule.effect.targets)
        selectors = sorted({_numbers(ids, detectors) for ids in selected})
        return cls(
            attributes={attribute.name: number for number, attribute in enumerate(attributes(program))},
            strings={text: number for number, text in enumerate(sorted(strings))},
            detectors=detectors,
            selectors={selector: number for number, selector in enumerate(selectors)},
        )

    def selector(self, ids: Iterable[str]) -> int:
        """The number of a selector, given as detector ids."""
        return self.selectors[_numbers(ids, self.detectors)]


def _numbers(ids: Iterable[str], detectors: Mapping[str, int]) -> Selector:
    return tuple(sorted({detectors[name] for name in ids}))
