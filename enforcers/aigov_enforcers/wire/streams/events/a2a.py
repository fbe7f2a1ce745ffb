"""A2A task updates: parts of an artifact may be sent in pieces (`append`).

Source: https://a2a-protocol.org/latest/specification/ (1.0, and 0.3 with its `kind`)
"""

from __future__ import annotations

from aigov_enforcers.wire.streams.events.event import Event, Node, inner, objects, word


def read(_name: str, tree: Node, event: Event) -> None:
    """One JSON-RPC message. A text is keyed by its artifact: pieces are appended to the parts before."""
    result = inner(tree, "result")
    for update, at in ((inner(result, "artifactUpdate"), "/result/artifactUpdate"), (result, "/result")):
        artifact = inner(update, "artifact")
        key = ("artifact", word(update, "taskId"), word(artifact, "artifactId"))
        for place, part in objects(artifact.get("parts")):
            event.take(part, "text", f"{at}/artifact/parts/{place}", key)
        if artifact and update.get("lastChunk") is True:
            event.ends.append(key)
