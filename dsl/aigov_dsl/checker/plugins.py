"""Plug-ins: the clause `using`, and that no decision rests on one which looks after it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from aigov_dsl import ast, typed
from aigov_dsl.catalogue import ENGINES
from aigov_dsl.checker.conditions import payloads
from aigov_dsl.checker.names import Names
from aigov_dsl.checker.suggest import did_you_mean
from aigov_dsl.errors import Error

MAX_MILLISECONDS = 10_000
_HELP = "say `inline`, or only log, alert and label; where it is one of a class or package, name the others instead"


def source(names: Names, node: ast.DetectorDecl, clause: ast.UsingClause) -> typed.Plugin | None:
    """The typed form of the clause; None after an error in what it names."""
    if not 1 <= clause.within.value <= MAX_MILLISECONDS:
        names.report(Error.PLUGIN.at(clause.within.span, f"a time budget is 1 to {MAX_MILLISECONDS:,} ms"))
    others = ast.PatternClause | ast.WordsClause | ast.TableClause | ast.CodeClause
    if any(isinstance(other, others) for other in node.clauses):
        message = "a plug-in is the only source of its detector"
        names.report(Error.DETECTOR.at(clause.span, message, help="write a second detector of the same class"))
    for label in clause.labels:
        if not label.value:
            names.report(Error.EMPTY.at(label.span, "a label needs a name"))
    engine, _, model = clause.plugin.value.partition(":")
    if engine not in ENGINES:
        advice = did_you_mean(engine, ENGINES) or f'known are {", ".join(ENGINES)}: `"spacy:en_core_web_sm"`'
        names.report(Error.PLUGIN.at(clause.plugin.span, f"unknown plug-in `{engine}`", help=advice))
        return None
    if not model or ("/" in model and not model.startswith("/")):
        message = f"`{model}` is neither a model's name nor an absolute path" if model else "a plug-in needs a model"
        names.report(Error.PLUGIN.at(clause.plugin.span, message, help='such as `"spacy:en_core_web_sm"`'))
        return None
    return typed.Plugin(
        engine=engine,
        model=model,
        labels=tuple(sorted({label.value for label in clause.labels})),
        milliseconds=clause.within.value,
        inline=clause.inline,
    )


def check_deferred(names: Names, rules: Iterable[typed.Rule], detectors: Iterable[typed.Detector]) -> None:
    """Report the rules that decide, and the confidence of detectors, by what is only known after the decision."""
    known = list(detectors)
    deferred = {detector.id for detector in known if detector.deferred}
    for rule in rules:
        for place, ids in _evidence(rule) if rule.effect is not None else ():
            for name in sorted(deferred.intersection(ids))[:1]:
                message = f"`{rule.id}` decides by `{name}`, which is a plug-in that looks after the decision"
                names.report(Error.DEFERRED.at(place, message, help=_HELP))
    for detector in known:
        looked_for = {c.detector for r in detector.raised for c in r.checks if isinstance(c, typed.NearDetector)}
        for name in () if detector.deferred else sorted(deferred & looked_for):
            message = f"the confidence of `{detector.id}` rests on `{name}`, which is a plug-in that looks later"
            names.report(Error.DEFERRED.at(detector.span, message, help="say `inline` there"))


def _evidence(rule: typed.Rule) -> Iterator[tuple[ast.Span, Sequence[str]]]:
    """The detectors that a rule asks or redacts, and where."""
    conditions = (rule.when, *(() if rule.unless is None else (rule.unless,)), *(e.when for e in rule.exempts))
    for condition in conditions:
        yield from ((payload.span, payload.detectors) for payload in payloads(condition))
    if isinstance(rule.effect, typed.Redact):
        asked = {payload.detectors for payload in payloads(rule.when)}
        yield from ((rule.span, target.detectors) for target in rule.effect.targets if target.detectors not in asked)
