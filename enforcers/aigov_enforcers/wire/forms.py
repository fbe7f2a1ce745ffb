"""How each provider says no: the body, the status and the headers of an error that its official client knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import orjson

from aigov_enforcers.wire.body import Json


class Form(NamedTuple):
    """How a provider says no: `body(message, id of the decision, the request's body)`, and its own headers."""

    body: Callable[[str, str, bytes], dict[str, Json]]
    status: int = 403
    headers: tuple[tuple[str, str], ...] = ()


def _openai(message: str, _event: str, _request: bytes) -> dict[str, Json]:
    return {
        "error": {
            "message": message,
            "type": "invalid_request_error",
            "param": None,
            "code": "content_policy_violation",
        }
    }


def _azure(message: str, _event: str, _request: bytes) -> dict[str, Json]:
    return {
        "error": {
            "message": message,
            "type": None,
            "param": "prompt",
            "code": "content_filter",
            "status": 400,
            "innererror": {"code": "ResponsibleAIPolicyViolation", "content_filter_result": {}},
        }
    }


def _anthropic(message: str, event: str, _request: bytes) -> dict[str, Json]:
    return {"type": "error", "error": {"type": "permission_error", "message": message}, "request_id": event}


def _gemini(message: str, event: str, _request: bytes) -> dict[str, Json]:
    info: dict[str, Json] = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "BLOCKED_BY_POLICY",
        "domain": "aigov",
        "metadata": {"event": event},
    }
    return {"error": {"code": 403, "message": message, "status": "PERMISSION_DENIED", "details": [info]}}


def _bedrock(message: str, _event: str, _request: bytes) -> dict[str, Json]:
    return {"message": message}


def _mistral(message: str, _event: str, _request: bytes) -> dict[str, Json]:
    return {
        "object": "error",
        "message": message,
        "type": "invalid_request_error",
        "param": None,
        "code": "content_policy_violation",
    }


def _cohere(message: str, event: str, _request: bytes) -> dict[str, Json]:
    return {"id": event, "message": message}


def _ollama(message: str, _event: str, _request: bytes) -> dict[str, Json]:
    return {"error": message}


def _mcp(message: str, event: str, request: bytes) -> dict[str, Json]:
    return _rpc(-32000, message, event, request)


def _a2a(message: str, event: str, request: bytes) -> dict[str, Json]:
    return _rpc(-32603, message, event, request)


def _rpc(code: int, message: str, event: str, request: bytes) -> dict[str, Json]:
    """A JSON-RPC 2.0 error with the request's id: null when it has none or cannot be read, as the standard says."""
    try:
        asked: Json = orjson.loads(request)
    except orjson.JSONDecodeError:
        asked = None
    number = asked.get("id") if isinstance(asked, dict) else None
    return {
        "jsonrpc": "2.0",
        "id": number if isinstance(number, (str, int)) and not isinstance(number, bool) else None,
        "error": {"code": code, "message": message, "data": {"event": event}},
    }


FORMS: Mapping[str, Form] = {
    "openai": Form(_openai),
    "azure": Form(_azure, 400),
    "anthropic": Form(_anthropic),
    "gemini": Form(_gemini),
    "bedrock": Form(_bedrock, headers=(("x-amzn-errortype", "AccessDeniedException"),)),
    "mistral": Form(_mistral),
    "cohere": Form(_cohere),
    "ollama": Form(_ollama),
    "huggingface": Form(_ollama),
    "mcp": Form(_mcp, 200),
    "a2a": Form(_a2a, 200),
}
"""By the names that `providers.toml` and the formats use."""
