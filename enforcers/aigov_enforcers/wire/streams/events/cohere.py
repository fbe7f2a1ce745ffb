"""Cohere chat, version 2.

Source: https://docs.cohere.com/reference/chat-stream
"""

from __future__ import annotations

from aigov_enforcers.wire.streams.events.event import Event, Node, Offset, inner, number, objects, word
from aigov_runtime.model import Kind

_AT = "/delta/message"


def read(_name: str, tree: Node, event: Event) -> None:
    """One event. Texts are keyed by the index of their content or call."""
    index = number(tree, "index")
    message = inner(inner(tree, "delta"), "message")
    match word(tree, "type"):
        case "content-start" | "content-delta":
            content = inner(message, "content")
            event.take(content, "text", f"{_AT}/content", ("content", index, "text"))
            event.take(content, "thinking", f"{_AT}/content", ("content", index, "thinking"), Kind.REASONING)
        case "content-end":
            event.ends.append(("content", index))
        case "tool-plan-delta":
            event.take(message, "tool_plan", _AT, ("plan",), Kind.REASONING)
        case "tool-call-start" | "tool-call-delta":
            event.ends.append(("plan",))
            function = inner(inner(message, "tool_calls"), "function")
            at = f"{_AT}/tool_calls/function"
            event.take(function, "arguments", at, ("call", index), Kind.TOOL_CALL, json=True)
        case "tool-call-end":
            event.ends.append(("call", index))
        case "citation-start":
            _citation(message, event)
        case "message-end":
            event.ends.append(())
            event.used = inner(tree, "delta")
            event.finish = word(inner(tree, "delta"), "finish_reason")


def _citation(message: Node, event: Event) -> None:
    """A citation counts characters of its content's text."""
    cited = message.get("citations")
    places = [(f"{_AT}/citations", cited)] if type(cited) is dict else []
    places += [(f"{_AT}/citations/{place}", each) for place, each in objects(cited)]
    for at, citation in places:
        channel = ("content", number(citation, "content_index"), "text")
        for name in ("start", "end"):
            value = citation.get(name)
            if type(value) is int:
                event.offsets.append(Offset(channel, f"{at}/{name}", value))
