"""What the server says itself, in the form of the provider that was meant, so that its client understands.

A refusal by policy is `wire.refuse`; these are faults: of the request, of the way to the provider, of ourselves.
"""

from __future__ import annotations

from http import HTTPStatus

import orjson

from aigov_enforcers.wire import Operation, Refusal
from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.forms import FORMS

_ANTHROPIC = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    503: "overloaded_error",
    504: "timeout_error",
}
_GEMINI = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
_JSON_RPC = frozenset({"mcp", "a2a"})


def error(
    status: int,
    message: str,
    event: str,
    operation: Operation | None = None,
    request: bytes = b"",
    *,
    again: bool = False,
) -> Refusal:
    """An answer of this status. `again`: whether the client should try again, which official clients then do."""
    form = "openai" if operation is None else operation.errors
    body = orjson.dumps(_body(form, status, message, event, request))
    headers = [
        ("content-type", "application/json"),
        ("content-length", str(len(body))),
        ("request-id", event),
        ("x-request-id", event),
        ("x-should-retry", "true" if again else "false"),
    ]
    if again:
        headers.append(("retry-after", "1"))
    return Refusal(status, tuple(headers), body, message)


def _body(form: str, status: int, message: str, event: str, request: bytes) -> dict[str, Json]:
    code = HTTPStatus(status).phrase.lower().replace(" ", "_")
    if form == "anthropic":
        return {
            "type": "error",
            "error": {"type": _ANTHROPIC.get(status, "api_error"), "message": message},
            "request_id": event,
        }
    if form == "gemini":
        return {"error": {"code": status, "message": message, "status": _GEMINI.get(status, "INTERNAL")}}
    if form in {"openai", "azure"}:
        kind = "invalid_request_error" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "server_error"
        return {"error": {"message": message, "type": kind, "param": None, "code": code}}
    return FORMS[form].body(message, event, request)
