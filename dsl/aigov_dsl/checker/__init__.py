"""Checks a program: files → names → types → `typed.Program`.

    Library     reads and parses files
    Names       tables of what is declared
    Lists, Selectors, Patterns, Conditions, Detectors, Annotations, Rules, TestBlocks
                one kind of thing each

All of them report into `Library.diagnostics` and go on, so that one run finds many errors.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aigov_dsl import ast, typed
from aigov_dsl.checker.annotations import Annotations
from aigov_dsl.checker.conditions import Conditions
from aigov_dsl.checker.detectors import Detectors
from aigov_dsl.checker.files import Library
from aigov_dsl.checker.names import Names, collect, declarations
from aigov_dsl.checker.plugins import check_deferred
from aigov_dsl.checker.rules import Rules, check_default
from aigov_dsl.checker.selectors import Selectors
from aigov_dsl.checker.test_blocks import TestBlocks
from aigov_dsl.checker.values import Lists
from aigov_dsl.diagnostics import Diagnostic, PolicyError

__all__ = ["Checked", "check", "load"]

Paths = Iterable[str | os.PathLike[str]]


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of a check. `program` is None when there is any error. `modules` are the syntax
    trees by path; `sources` all bytes that were read, by path."""

    program: typed.Program | None
    modules: Mapping[str, ast.Module]
    sources: Mapping[str, bytes]
    diagnostics: tuple[Diagnostic, ...]


def check(paths: Paths, *, require_default: bool = True) -> Checked:
    """Checks files and directories (`**/*.gov`) as one program. Never raises for bad policy text."""
    library = Library()
    library.load(paths)
    program = _program(library, require_default=require_default)
    diagnostics = tuple(sorted(dict.fromkeys(library.diagnostics), key=lambda d: (d.span.path, d.span.start, d.code)))
    return Checked(
        program=None if diagnostics else program,
        modules={file.path: file.module for file in library.files},
        sources=dict(sorted(library.sources.items())),
        diagnostics=diagnostics,
    )


def load(paths: Paths, *, require_default: bool = True) -> typed.Program:
    """The checked program. Raises `PolicyError` with all diagnostics when there is any error."""
    checked = check(paths, require_default=require_default)
    if checked.program is None:
        raise PolicyError(checked.diagnostics)
    return checked.program


def _program(library: Library, *, require_default: bool) -> typed.Program:
    names = collect(library)
    lists, selectors, annotations = Lists(names), Selectors(names), Annotations(names)
    conditions = Conditions(names, lists, selectors)
    rules = Rules(names, conditions, selectors, annotations)
    exempts = rules.exempts()
    checked_rules = [
        rules.check(file, node, exempts.get(node.name.text, ())) for file, node in declarations(library, ast.RuleDecl)
    ]
    detectors = _detectors(names, lists, annotations, selectors)
    check_deferred(names, checked_rules, detectors)
    blocks = TestBlocks(names, annotations)
    for _, node in declarations(library, ast.ListDecl):
        annotations.of(node)
    for _, attribute in declarations(library, ast.AttributeDecl):
        annotations.of(attribute)
    for package in names.lists.values():
        for declared in package.values():
            lists.read(declared)
    return typed.Program(
        packages=tuple(sorted(library.packages)),
        attributes=tuple(names.attributes[name] for name in sorted(names.attributes)),
        detectors=detectors,
        rules=tuple(sorted(checked_rules, key=lambda rule: rule.id)),
        default=check_default(library, annotations, required=require_default),
        tests=tuple(blocks.check(file, node) for file, node in declarations(library, ast.TestDecl)),
        sources=dict(sorted(library.sources.items())),
    )


def _detectors(
    names: Names, lists: Lists, annotations: Annotations, selectors: Selectors
) -> tuple[typed.Detector, ...]:
    """All detectors are checked; those of used files are kept only when a rule or a kept detector refers to them."""
    checker = Detectors(names, lists)
    known: dict[str, typed.Detector] = {}
    waiting = set(selectors.used)
    for file, node in declarations(names.library, ast.DetectorDecl):
        annotations.of(node)
        detector = checker.check(file, node)
        known[detector.id] = detector
        if file.root:
            waiting.add(detector.id)
    kept: set[str] = set()
    while waiting:
        kept |= waiting
        waiting = {other for name in waiting if name in known for other in _named_by(known[name])} - kept
    return tuple(known[name] for name in sorted(kept & known.keys()))


def _named_by(detector: typed.Detector) -> set[str]:
    """The detectors that the confidence of this one looks for."""
    checks = (check for raised in detector.raised for check in raised.checks)
    return {check.detector for check in checks if isinstance(check, typed.NearDetector)}
