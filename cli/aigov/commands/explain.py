"""`aigov explain`: why a request is decided as it is."""

from __future__ import annotations

from datetime import date
from typing import Any

from aigov.commands.verb import Bundle, Format, Output, Trust, verb
from aigov.output import count, json_text, print_json
from aigov.requests import Monitor, RequestFile, decide
from aigov_runtime.explain import Clause, RuleExplanation

app, command = verb("aigov explain policy.govb --request request.json")

_DAY, _EPOCH = "time.day", date(1970, 1, 1).toordinal()
_WIDTH = 60
"""Values line up in this column, unless a longer clause pushes its own out."""


@command
def run(
    bundle: Bundle,
    request: RequestFile,
    trust: Trust = None,
    monitor: Monitor = None,
    output: Output = Format.TEXT,
) -> None:
    """Say why a request is decided as it is.

    Every rule for requests of its direction, matched or not, clause by clause, with the values it saw.
    """
    answer = decide(bundle, trust, request, monitor)
    rules = answer.session.explain(answer.governed.interaction)
    if output is Format.JSON:
        print_json({**answer.json, "rules": [_rule(rule) for rule in rules]})
    else:
        _print(answer.json, rules)


def _rule(rule: RuleExplanation) -> dict[str, Any]:
    return {
        "id": rule.id,
        "effect": rule.effect,
        "location": str(rule.location),
        "truth": rule.truth.value,
        "matched": rule.matched,
        "enforced": rule.enforced,
        "doubtful": rule.doubtful,
        "reasons": [_reason(clause) for clause in rule.clauses],
    }


def _reason(clause: Clause) -> dict[str, Any]:
    seen = {"attribute": clause.attribute, "value": _plain(clause)} if clause.attribute else {"found": clause.found}
    return {
        "text": clause.text,
        "truth": clause.truth.value,
        "location": str(clause.location),
        "decides": clause.decides,
        "missing": list(clause.missing),
        **seen,
    }


def _plain(clause: Clause) -> Any:
    """The value in JSON's types."""
    return sorted(clause.value) if isinstance(clause.value, frozenset) else clause.value


def _print(answer: dict[str, Any], rules: tuple[RuleExplanation, ...]) -> None:
    reason = answer["message"] or answer["target"]
    print(f"{answer['outcome']}{f': {reason}' if reason else ''}")
    if not any(rule.matched for rule in rules):
        print("\nno rule matched")
    for rule in rules:
        print(f"\nrule {rule.id} ({rule.effect or 'obligations'}) {_ending(rule)}  {rule.location}")
        width = min(_WIDTH, max((len(clause.text) for clause in rule.clauses), default=0))
        for clause in rule.clauses:
            mark = "*" if clause.decides else " "
            print(f" {mark} {clause.truth:<8} {clause.text:<{width}}  {_seen(clause)}")
    if rules:
        print("\n* decides the rule")
    for finding in answer["findings"]:
        where = f"{finding['path']} {finding['start']}..{finding['end']}"
        print(f"\nfound {finding['detector']} ({finding['class']}, {finding['confidence']}) at {where}")
    if answer["unknown"]:
        print(f"\nnot known: {', '.join(answer['unknown'])}")


def _ending(rule: RuleExplanation) -> str:
    match rule.truth:
        case "true":
            ending = "matched"
        case "false":
            ending = "did not match"
        case _:
            why = "may not apply, since the body could not be read" if rule.doubtful else "could not be decided"
            ending = f"{why}, which {'counts' if rule.matched else 'does not count'} as a match"
    return ending if rule.enforced else f"{ending}, monitored only"


def _seen(clause: Clause) -> str:
    if not clause.attribute:
        found = count(clause.found, "finding")
        return f"{found}, not all seen: {', '.join(clause.missing)}" if clause.missing else found
    if clause.value is None:
        return f"{clause.attribute} is not known"
    if clause.attribute == _DAY and isinstance(clause.value, int):
        return f"the day is {date.fromordinal(_EPOCH + clause.value)}"
    return f"{clause.attribute} = {json_text(_plain(clause))}"
