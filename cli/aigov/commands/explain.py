"""`aigov explain`: why a request is decided as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson

from aigov.commands.verb import Bundle, Format, Output, Trust, verb
from aigov.output import print_json
from aigov.requests import Answer, Monitor, RequestFile, decide

app, command = verb("aigov explain policy.govb --request request.json")

_NAME = re.compile(r"^[a-z_]\w*(?:\.\w+)+")


@command
def run(
    bundle: Bundle,
    request: RequestFile,
    trust: Trust = None,
    monitor: Monitor = None,
    output: Output = Format.TEXT,
) -> None:
    """Say why a request is decided as it is.

    Every rule that matched, clause by clause, with the values it saw.
    """
    answer = decide(bundle, trust, request, monitor)
    _add_values(answer)
    if output is Format.JSON:
        print_json(answer.json)
    else:
        _print(answer.json)


def _add_values(answer: Answer) -> None:
    """Give each reason its `value`: that of its attribute, or the findings of its payload condition."""
    identity = orjson.loads(answer.document).get("identity", {})
    interaction = answer.governed.interaction
    request = {**interaction.attributes, **interaction.measures}
    for rule in answer.json["rules"]:
        for reason in rule["reasons"]:
            reason["value"] = _value(reason["text"], identity, request)


def _value(text: str, identity: Mapping[str, Any], request: Mapping[str, Any]) -> Any:
    name = _NAME.match(text)
    if name is None:
        return None
    group, _, field = name[0].partition(".")
    if name[0] in request:
        value = request[name[0]]
        return sorted(value) if isinstance(value, frozenset) else value
    return identity.get(group, {}).get(field)


def _print(answer: dict[str, Any]) -> None:
    reason = answer["message"] or answer["target"]
    print(f"{answer['outcome']}{f': {reason}' if reason else ''}")
    if not answer["rules"]:
        print("\nno rule matched; the default decides")
    for rule in answer["rules"]:
        verdict = "could not be decided, which counts as a match" if rule["unknown"] else "matched"
        monitored = "" if rule["enforced"] else ", monitored only"
        print(f"\nrule {rule['id']} ({rule['effect'] or 'obligations'}) {verdict}{monitored}  {rule['location']}")
        for clause in rule["reasons"]:
            shown = "" if clause["value"] is None else f"    value {orjson.dumps(clause['value']).decode()}"
            print(f"  {clause['truth']:<8} {clause['text']}{shown}")
    for finding in answer["findings"]:
        where = f"{finding['path']} {finding['start']}..{finding['end']}"
        print(f"\nfound {finding['detector']} ({finding['class']}, {finding['confidence']}) at {where}")
    if answer["unknown"]:
        print(f"\nnot known: {', '.join(answer['unknown'])}")
