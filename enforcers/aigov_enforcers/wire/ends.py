"""How a stream ends when it is blocked in the middle: the provider's own error event, and its end marker.

The status line has gone out, so the error must be one that the official client raises for in the middle of a stream
(each is run against its client in the tests). A stream that is only cut off looks complete to most of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import orjson

from aigov_enforcers.wire.forms import FORMS

Event = tuple[str | None, str]
"""The event's name (of the `event:` line of SSE, of the exception in an AWS event stream; None where the framing or the
format has none) and its data: JSON, or an end marker such as `[DONE]`."""

End = Callable[[str, str, bytes], list[Event]]
"""(message, id of the decision, the request's body) → the events to send. JSON-RPC reads the request, for its id."""


def ends(format: str) -> End:
    """The end of a blocked stream of a format, by the format's name (`openai.chat`).

    A format without one of its own (unknown servers) ends as OpenAI's chat completions do, the form that most of them
    speak. What AWS frames, whatever its format, ends as `ends("bedrock")` says. The caller frames the events: SSE,
    NDJSON, an AWS event stream (message type `exception`), a WebSocket's text frames before its close, or items of a
    JSON array.
    """
    return _ENDS.get(format) or _BY_OWNER.get(format.partition(".")[0], _chat)


def _data(form: str, message: str, event: str, request: bytes) -> str:
    return orjson.dumps(FORMS[form].body(message, event, request)).decode()


def _chat(message: str, event: str, request: bytes) -> list[Event]:
    return [(None, _data("openai", message, event, request)), (None, "[DONE]")]


def _typed(message: str, event: str, _request: bytes) -> list[Event]:
    # A flat error event is only yielded by the clients; one with `error` inside is raised.
    error = {
        "type": "invalid_request_error",
        "code": "content_policy_violation",
        "message": message,
        "param": None,
        "event_id": event,
    }
    return [("error", orjson.dumps({"type": "error", "error": error}).decode())]


def _interaction(message: str, event: str, _request: bytes) -> list[Event]:
    error = {"code": "content_policy_violation", "message": f"{message} [event {event}]"}
    return [("error", orjson.dumps({"event_type": "error", "error": error}).decode())]


def _anthropic(message: str, event: str, request: bytes) -> list[Event]:
    return [("error", _data("anthropic", message, event, request))]


def _gemini(message: str, event: str, request: bytes) -> list[Event]:
    return [(None, _data("gemini", message, event, request))]


def _bedrock(message: str, _event: str, _request: bytes) -> list[Event]:
    # One of the exceptions that the service model has for streams; AccessDenied is not among them.
    return [("validationException", orjson.dumps({"message": message}).decode())]


def _mistral(message: str, event: str, request: bytes) -> list[Event]:
    return [(None, _data("mistral", message, event, request)), (None, "[DONE]")]


def _cohere(message: str, _event: str, _request: bytes) -> list[Event]:
    # The client swallows every other error event.
    delta = {"finish_reason": "ERROR", "error": message}
    return [("message-end", orjson.dumps({"type": "message-end", "delta": delta}).decode()), (None, "[DONE]")]


def _ollama(message: str, event: str, request: bytes) -> list[Event]:
    return [(None, _data("ollama", message, event, request))]


def _mcp(message: str, event: str, request: bytes) -> list[Event]:
    return [("message", _data("mcp", message, event, request))]


def _a2a(message: str, event: str, request: bytes) -> list[Event]:
    return [(None, _data("a2a", message, event, request))]


_ENDS: Mapping[str, End] = {
    "openai.responses": _typed,
    "openai.realtime": _typed,
    "openai.images": _typed,
    "openai.audio": _typed,
    "gemini.interactions": _interaction,
}
_BY_OWNER: Mapping[str, End] = {
    "openai": _chat,
    "anthropic": _anthropic,
    "gemini": _gemini,
    "bedrock": _bedrock,
    "mistral": _mistral,
    "cohere": _cohere,
    "ollama": _ollama,
    "mcp": _mcp,
    "a2a": _a2a,
}
