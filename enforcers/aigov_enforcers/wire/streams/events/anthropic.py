"""Anthropic messages.

Source: https://docs.anthropic.com/en/docs/build-with-claude/streaming
"""

from __future__ import annotations

from aigov_enforcers.wire.streams.events.event import Event, Node, inner, number, word
from aigov_runtime.model import Kind

_KINDS = {"thinking": Kind.REASONING, "partial_json": Kind.TOOL_CALL}
_SEALED = frozenset({"type", "signature", "data", "encrypted_content"})


def read(_name: str, tree: Node, event: Event) -> None:
    """One event. A text is keyed by its block's index and the member that its pieces come in."""
    index = number(tree, "index")
    match word(tree, "type"):
        case "content_block_delta":
            delta = inner(tree, "delta")
            for name in [each for each, value in delta.items() if type(value) is str and each not in _SEALED]:
                kind = _KINDS.get(name, Kind.TEXT)
                event.take(delta, name, "/delta", (index, name), kind, json=name == "partial_json")
        case "content_block_start":
            block = inner(tree, "content_block")
            if word(block, "type") in {"text", "thinking"}:
                for name in ("text", "thinking"):
                    event.take(block, name, "/content_block", (index, name), _KINDS.get(name, Kind.TEXT))
        case "content_block_stop":
            event.ends.append((index,))
        case "message_start":
            event.used = inner(tree, "message")
        case "message_delta":
            event.used = tree
            event.finish = word(inner(tree, "delta"), "stop_reason")
        case "message_stop":
            event.ends.append(())
