"""Bedrock `converse-stream`, and the same events as Nova's models give to `invoke-with-response-stream`.

Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
"""

from __future__ import annotations

from aigov_enforcers.wire.streams.events.event import Event, Node, inner, number, objects, word
from aigov_runtime.model import Kind

EVENTS = frozenset(
    """
    messageStart contentBlockStart contentBlockDelta contentBlockStop messageStop metadata
    """.split()  # noqa: SIM905 - a table of words, readable as it stands
)


def read(name: str, tree: Node, event: Event) -> None:
    """One event, named by its message or by the one member of the tree. A text is keyed by its block's index."""
    if name in EVENTS:
        _read(name, tree, "", event)
    else:
        for member in EVENTS & tree.keys():
            _read(member, inner(tree, member), f"/{member}", event)


def _read(name: str, tree: Node, at: str, event: Event) -> None:
    block = number(tree, "contentBlockIndex")
    match name:
        case "contentBlockDelta":
            _delta(inner(tree, "delta"), f"{at}/delta", block, event)
        case "contentBlockStop":
            event.ends.append((block,))
        case "messageStop":
            event.ends.append(())
            event.finish = word(tree, "stopReason")
        case "metadata":
            event.used = tree


def _delta(delta: Node, at: str, block: int, event: Event) -> None:
    event.take(delta, "text", at, (block, "text"))
    use = inner(delta, "toolUse")
    event.take(use, "input", f"{at}/toolUse", (block, "input"), Kind.TOOL_CALL, json=True)
    thought = inner(delta, "reasoningContent")
    event.take(thought, "text", f"{at}/reasoningContent", (block, "reasoning"), Kind.REASONING)
    for place, result in objects(delta.get("toolResult")):
        channel = (block, "result", place)
        event.take(result, "text", f"{at}/toolResult/{place}", channel, Kind.TOOL_RESULT, role="tool")
