"""Events that have a `type`, and pieces in `delta`: OpenAI responses (SSE and WebSocket), realtime, transcriptions, and
Gemini's interactions.

Their texts come again: in `*.done`, in the parts and items that are done, and in the response that is completed.
Source: https://platform.openai.com/docs/api-reference/responses-streaming
"""

from __future__ import annotations

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.streams.events.event import Event, Key, Node, Offset, inner, objects, word
from aigov_runtime.model import Kind

_PLACES = ("content_index", "summary_index", "command_index")
_JSON = frozenset({"function_call_arguments", "mcp_call_arguments", "arguments_delta"})
_SOUND = frozenset(
    {"response.audio.delta", "response.output_audio.delta", "session.output_audio.delta", "speech.audio.delta"}
)
_SEALED = frozenset({"type", "signature", "mime_type", "data", "id", "call_id"})
_OVER = frozenset(
    {"response.completed", "response.incomplete", "response.failed", "response.done", "response.cancelled"}
    | {"transcript.text.done", "interaction.complete", "interaction.completed"}
)
_AGAIN = (".done", ".completed", ".complete", ".incomplete", ".failed", ".cancelled", ".segment")
_ADDED = ".annotation.added"
_PARTS = frozenset({"content_part", "reasoning_summary_part"})
_ITEMS = frozenset({"output_item", "conversation.item"})


def read(name: str, tree: Node, event: Event) -> None:
    """One event. A text is keyed by its response, its place in the output, and what it is."""
    kind = word(tree, "type") or word(tree, "event_type") or name
    stem, _, what = kind.removeprefix("response.").rpartition(".")
    if kind == "response.created":
        event.resets = True
    elif kind in _SOUND:
        event.seal(tree, "audio" if kind.startswith("speech.") else "delta")
    elif what == "delta":
        _delta(stem, tree, event)
    elif what == "partial_image":
        event.seal(tree, "b64_json")
        event.seal(tree, "partial_image_b64")
    elif kind.endswith(_ADDED):
        _annotation(stem.removesuffix(".annotation"), tree, event)
    elif kind.endswith(_AGAIN):
        event.repeats = True
        event.ends.append(() if kind in _OVER else _done(stem, tree))
        response = inner(tree, "response") or inner(tree, "interaction") or tree
        if type(response.get("usage")) is dict:
            event.used = response
        if kind in _OVER:
            event.finish = word(inner(response, "incomplete_details"), "reason") or word(response, "status") or kind


def _item(tree: Node) -> Key:
    index = tree.get("output_index", tree.get("index"))
    return word(tree, "response_id"), word(tree, "item_id") if index is None else index


def _place(tree: Node) -> Json:
    return next((tree[name] for name in _PLACES if name in tree), None)


def _delta(stem: str, tree: Node, event: Event) -> None:
    key = (*_item(tree), _place(tree), stem)
    kind = _kind(stem)
    role = "user" if "input" in stem and "transcript" in stem else "assistant"
    event.take(tree, "delta", "", key, kind, role=role, json=stem in _JSON)
    delta = inner(tree, "delta")
    sort = word(delta, "type")
    for name in [each for each, value in delta.items() if type(value) is str and each not in _SEALED]:
        arguments = sort in _JSON
        what = Kind.TOOL_CALL if arguments else Kind.REASONING if "thought" in sort else kind
        event.take(delta, name, "/delta", (*key, sort, name), what, role=role, json=arguments)
    event.take(inner(delta, "content"), "text", "/delta/content", (*key, sort, "content"), Kind.REASONING, role=role)
    for at, annotation in objects(delta.get("annotations")):  # Gemini's, which count bytes
        _counts(annotation, f"/delta/annotations/{at}", (*key, "text", "text"), event, in_bytes=True)
    tokens = tree.get("logprobs")
    if type(tokens) is list:
        event.spelled("/logprobs", (*key, "logprobs"), tokens)


def _kind(stem: str) -> Kind:
    if stem.startswith("reasoning"):
        return Kind.REASONING
    if "output_content" in stem:
        return Kind.TOOL_RESULT
    return Kind.TOOL_CALL if "call" in stem else Kind.TEXT


def _done(stem: str, tree: Node) -> Key:
    """The texts that are complete when this is done: those of an item, of a part, or one."""
    if stem in _ITEMS or stem == "step":
        return _item(tree)
    return (*_item(tree), _place(tree)) if stem in _PARTS else (*_item(tree), _place(tree), stem)


def _annotation(stem: str, tree: Node, event: Event) -> None:
    """A citation that points into a text that is still being built."""
    _counts(inner(tree, "annotation"), "/annotation", (*_item(tree), _place(tree), stem), event, in_bytes=False)


def _counts(annotation: Node, at: str, channel: Key, event: Event, *, in_bytes: bool) -> None:
    for name in ("start_index", "end_index"):
        value = annotation.get(name)
        if type(value) is int:
            event.offsets.append(Offset(channel, f"{at}/{name}", value, in_bytes=in_bytes))
