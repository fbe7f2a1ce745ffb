"""Refusals in the provider's own form, so that the client raises its own exception and does not retry.

403 is "permission denied" to every official client: asked once, message kept. The message and the
headers never repeat what was matched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import orjson

from aigov_enforcers.wire.catalogue import Operation
from aigov_runtime.model import Decision

STATUS = 403


class Refusal(NamedTuple):
    """A response: status, headers, body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def refuse(operation: Operation, message: str, event: str, rule: str = "") -> Refusal:
    """Refuse a request or its response. `event` is the id under which the decision is on record; `rule` the id of
    the rule that decided, "" for the default or a failure."""
    body = orjson.dumps(_FORMS[operation.errors](message, event))
    headers = {
        "content-type": "application/json",
        "content-length": str(len(body)),
        "request-id": event,
        "x-request-id": event,
        "x-should-retry": "false",
        "x-gov-decision": "block",
        "x-gov-event-id": event,
    }
    if rule:
        headers["x-gov-rule"] = rule
    return Refusal(STATUS, tuple(headers.items()), body)


def blocking_rule(decision: Decision) -> str:
    """The id of the rule that a block is due to, "" when no single rule is."""
    return next((hit.id for hit in decision.rules if hit.effect == "block" and hit.enforced), "")


def _openai(message: str, _event: str) -> dict[str, object]:
    return {
        "error": {
            "message": message,
            "type": "invalid_request_error",
            "param": None,
            "code": "content_policy_violation",
        }
    }


def _anthropic(message: str, event: str) -> dict[str, object]:
    return {"type": "error", "error": {"type": "permission_error", "message": message}, "request_id": event}


_FORMS: Mapping[str, Callable[[str, str], dict[str, object]]] = {"openai": _openai, "anthropic": _anthropic}
