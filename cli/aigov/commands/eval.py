"""`aigov eval`: the decision on one request, made as an enforcer makes it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from aigov.commands.verb import Bundle, Format, Output, Trust, verb
from aigov.exits import Code, Failure
from aigov.output import json_text, print_json
from aigov.requests import Monitor, RequestFile, decide

app, command = verb("aigov eval policy.govb --request request.json --format json")


class Outcome(StrEnum):
    """What a decision can come to."""

    ALLOW = "allow"
    REDACT = "redact"
    REROUTE = "reroute"
    BLOCK = "block"


@command
def run(
    bundle: Bundle,
    request: RequestFile,
    trust: Trust = None,
    monitor: Monitor = None,
    expect: Annotated[Outcome | None, typer.Option(help="Exit code 8 when the outcome is another.")] = None,
    output: Output = Format.TEXT,
) -> None:
    """Decide one request as an enforcer does.

    Shows the outcome, the rules behind it, and the body that would be sent on.
    """
    answer = decide(bundle, trust, request, monitor).json
    if output is Format.JSON:
        print_json(answer)
    else:
        _print(answer)
    if expect is not None and answer["outcome"] != expect:
        raise Failure(f"expected {expect}, decided {answer['outcome']}", Code.DIFFERS)


def _print(answer: dict[str, Any]) -> None:
    message = answer["message"] or answer["target"]
    print(f"{answer['outcome']}{f': {message}' if message else ''}")
    for rule in answer["rules"]:
        marks = [mark for mark, holds in (("unknown", rule["unknown"]), ("monitored", not rule["enforced"])) if holds]
        print("  " + "  ".join([f"{rule['effect'] or 'note':<8}", rule["id"], rule["location"], *marks]))
    for finding in answer["findings"]:
        where = f"{finding['path']} {finding['start']}..{finding['end']}"
        print(f"  found     {finding['detector']} ({finding['class']}, {finding['confidence']}) at {where}")
    for obligation in _obligations(answer["obligations"]):
        print(f"  also      {obligation}")
    if answer["unknown"]:
        print(f"  unknown   {', '.join(answer['unknown'])}")
    if answer["body"] is not None:
        print(f"  body      {json_text(answer['body'])}")


def _obligations(asked: dict[str, Any]) -> list[str]:
    """What is to be done besides, as a policy writes it."""
    return [
        *([f"log {asked['log']}"] if asked["log"] else []),
        *(f'alert "{alert["channel"]}" severity {alert["severity"]}' for alert in asked["alerts"]),
        *(f'label "{label}"' for label in asked["labels"]),
    ]
