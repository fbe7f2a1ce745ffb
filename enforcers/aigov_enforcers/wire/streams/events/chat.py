"""OpenAI chat completions and completions, and all that speak them: Azure, Mistral, vLLM, OpenRouter and others.

Source: https://platform.openai.com/docs/api-reference/chat-streaming
"""

from __future__ import annotations

from aigov_enforcers.wire.streams.events.event import Event, Key, Node, inner, number, objects, word
from aigov_runtime.model import Kind

_TEXTS = (
    ("content", Kind.TEXT),
    ("refusal", Kind.TEXT),
    ("reasoning_content", Kind.REASONING),
    ("reasoning", Kind.REASONING),
)
_WHOLE = frozenset({"role", "name", "id", "type", "tool_call_id"})


def read(_name: str, tree: Node, event: Event) -> None:
    """One chunk. Texts are keyed by the choice's index; pieces of a call's arguments by the call's. They end with the
    stream: some servers give a reason to finish with every chunk."""
    for at, choice in objects(tree.get("choices")):
        _choice(choice, f"/choices/{at}", ("choice", number(choice, "index", at)), event)
    if type(tree.get("usage")) is dict:
        event.used = tree


def _choice(choice: Node, at: str, key: Key, event: Event) -> None:
    event.take(choice, "text", at, (*key, "text"))
    for name in ("delta", "message"):
        _delta(inner(choice, name), f"{at}/{name}", key, event)
    spelled = inner(choice, "logprobs")
    for name in ("content", "refusal", "tokens"):
        tokens = spelled.get(name)
        if type(tokens) is list:
            event.spelled(f"{at}/logprobs", (*key, "logprobs", name), tokens)
    event.finish = word(choice, "finish_reason") or event.finish


def _delta(delta: Node, at: str, key: Key, event: Event) -> None:
    for name, kind in _TEXTS:
        event.take(delta, name, at, (*key, name), kind)
    event.take_others(delta, at, key, _WHOLE)
    for place, chunk in objects(delta.get("content")):  # Mistral's chunks
        _chunk(chunk, f"{at}/content/{place}", key, event)
    for place, part in objects(delta.get("reasoning_details")):  # OpenRouter
        for name in ("text", "summary"):
            channel = (*key, "reasoning_details", number(part, "index"), name)
            event.take(part, name, f"{at}/reasoning_details/{place}", channel, Kind.REASONING)
    for place, call in objects(delta.get("tool_calls")):
        channel = (*key, "call", number(call, "index", place))
        here = f"{at}/tool_calls/{place}"
        event.take(inner(call, "function"), "arguments", here + "/function", channel, Kind.TOOL_CALL, json=True)
        event.take(inner(call, "custom"), "input", here + "/custom", (*channel, "input"), Kind.TOOL_CALL)
    call = inner(delta, "function_call")
    event.take(call, "arguments", at + "/function_call", (*key, "function_call"), Kind.TOOL_CALL, json=True)
    sound = inner(delta, "audio")
    event.take(sound, "transcript", at + "/audio", (*key, "transcript"))
    event.seal(sound, "data")


def _chunk(chunk: Node, at: str, key: Key, event: Event) -> None:
    event.take(chunk, "text", at, (*key, "content"))
    event.take(chunk, "thinking", at, (*key, "thinking"), Kind.REASONING)
    for place, part in objects(chunk.get("thinking")):
        event.take(part, "text", f"{at}/thinking/{place}", (*key, "thinking"), Kind.REASONING)
