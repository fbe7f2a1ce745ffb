"""Gemini `streamGenerateContent`: every event is a piece of a response.

Source: https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse
"""

from __future__ import annotations

from aigov_enforcers.wire.streams.events.event import Event, Key, Node, Offset, inner, number, objects, word
from aigov_runtime.model import Kind


def read(_name: str, tree: Node, event: Event) -> None:
    """One event. A text is keyed by its candidate, thoughts apart: a part's place says nothing between events. It ends
    with the stream: some models give a reason to finish with every event."""
    for at, candidate in objects(tree.get("candidates")):
        key = ("candidate", number(candidate, "index", at))
        here = f"/candidates/{at}"
        for place, part in objects(inner(candidate, "content").get("parts")):
            _part(part, f"{here}/content/parts/{place}", key, event)
        _sources(candidate, here, (*key, "text"), event)
        event.finish = word(candidate, "finishReason") or event.finish
    if type(tree.get("usageMetadata")) is dict:
        event.used = tree


def _part(part: Node, at: str, key: Key, event: Event) -> None:
    if part.get("thought") is True:
        event.take(part, "text", at, (*key, "thought"), Kind.REASONING)
    else:
        event.take(part, "text", at, (*key, "text"))
    for place, argument in objects(inner(part, "functionCall").get("partialArgs")):
        channel = (*key, "argument", word(argument, "jsonPath"))
        event.take(argument, "stringValue", f"{at}/functionCall/partialArgs/{place}", channel, Kind.TOOL_CALL)


def _sources(candidate: Node, at: str, key: Key, event: Event) -> None:
    """Numbers that count bytes of the text."""
    supports = inner(candidate, "groundingMetadata").get("groundingSupports")
    segments = [
        (f"{at}/groundingMetadata/groundingSupports/{place}/segment", inner(support, "segment"))
        for place, support in objects(supports)
    ]
    sources = inner(candidate, "citationMetadata").get("citationSources")
    segments += [(f"{at}/citationMetadata/citationSources/{place}", source) for place, source in objects(sources)]
    for pointer, segment in segments:
        for name in ("startIndex", "endIndex"):
            value = segment.get(name)
            if type(value) is int:
                event.offsets.append(Offset(key, f"{pointer}/{name}", value, in_bytes=True))
