"""Ollama chat and generate: one response per line.

Source: https://github.com/ollama/ollama/blob/main/docs/api.md
"""

from __future__ import annotations

from aigov_enforcers.wire.streams.events.event import Event, Node, inner, word
from aigov_runtime.model import Kind


def read(_name: str, tree: Node, event: Event) -> None:
    """One line. There is one answer, with its thoughts apart."""
    message = inner(tree, "message")
    event.take(message, "content", "/message", ("content",))
    event.take(message, "thinking", "/message", ("thinking",), Kind.REASONING)
    event.take(tree, "response", "", ("content",))
    event.take(tree, "thinking", "", ("thinking",), Kind.REASONING)
    if tree.get("done") is True:
        event.ends.append(())
        event.used = tree
        event.finish = word(tree, "done_reason")
