"""Streams of unknown servers and of the models behind Bedrock's `invoke`: each event is read as what it looks like."""

from __future__ import annotations

from aigov_enforcers.wire.streams.events import anthropic, bedrock, chat, cohere, gemini, ollama, typed
from aigov_enforcers.wire.streams.events.event import Event, Node, inner, objects, word

_TEXTS = (
    *("text", "content", "delta", "token", "response", "completion", "generation", "generated_text", "outputText"),
    *("message", "answer", "output", "chunk"),
)
_REASONS = ("completionReason", "stop_reason", "finish_reason")


def read(name: str, tree: Node, event: Event) -> None:
    """One event."""
    kind = word(tree, "type")
    if kind.startswith(("content_block_", "message_")):
        anthropic.read(name, tree, event)
    elif "choices" in tree:
        chat.read(name, tree, event)
    elif kind.startswith("response.") or kind.endswith(".delta"):
        typed.read(name, tree, event)
    elif kind.startswith(("content-", "tool-", "message-", "citation-")):
        cohere.read(name, tree, event)
    elif "candidates" in tree:
        gemini.read(name, tree, event)
    elif type(tree.get("done")) is bool:
        ollama.read(name, tree, event)
    elif name in bedrock.EVENTS or bedrock.EVENTS & tree.keys():
        bedrock.read(name, tree, event)
    else:
        _plain(tree, event)


def _plain(tree: Node, event: Event) -> None:
    """A text in one of the usual members, each a text of its own: Titan, Llama, Mistral on Bedrock, servers of
    Hugging Face."""
    for member in _TEXTS:
        event.take(tree, member, "", (member,))
    for member in ("token", "delta", "message", "data"):
        for name in ("text", "content"):
            event.take(inner(tree, member), name, f"/{member}", (member, name))
    for place, output in objects(tree.get("outputs")):
        event.take(output, "text", f"/outputs/{place}", ("outputs", place))
    event.finish = next((word(tree, reason) for reason in _REASONS if word(tree, reason)), "")
    if event.finish or "usage" in tree:
        event.used = tree
    if tree.get("is_finished") is True:
        event.ends.append(())
