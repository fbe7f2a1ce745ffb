"""Refusals in the provider's own form, so that the client raises its own exception and does not retry.

403 is "permission denied" to every official client: asked once, message kept. Azure says 400 for what its filter
stops. JSON-RPC has its errors in an answer of status 200. The message and the headers never repeat what was matched.
"""

from __future__ import annotations

from typing import NamedTuple

import orjson

from aigov_enforcers.wire.catalogue import Operation
from aigov_enforcers.wire.forms import FORMS
from aigov_runtime.model import Decision


class Refusal(NamedTuple):
    """A response: status, headers, body, and the message in it."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    message: str = ""


def refuse(operation: Operation, message: str, event: str, rule: str = "", request: bytes = b"") -> Refusal:
    """Refuse a request or its response. `event` is the id under which the decision is on record; `rule` the id of
    the rule that decided, "" for the default or a failure. `request` is the request's body, of which
    JSON-RPC takes the id."""
    form = FORMS[operation.errors]
    body = orjson.dumps(form.body(message, event, request))
    headers = {
        "content-type": "application/json",
        "content-length": str(len(body)),
        "request-id": event,
        "x-request-id": event,
        "x-should-retry": "false",
        "x-gov-decision": "block",
        "x-gov-event-id": event,
        **dict(form.headers),
    }
    if rule:
        headers["x-gov-rule"] = rule
    return Refusal(form.status, tuple(headers.items()), body, message)


def blocking_rule(decision: Decision) -> str:
    """The id of the rule that a block is due to, "" when no single rule is."""
    return next((hit.id for hit in decision.rules if hit.effect == "block" and hit.enforced), "")
