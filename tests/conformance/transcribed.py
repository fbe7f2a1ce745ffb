"""The same conversation in every chat format: who says what, as each of them writes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

MODEL = "gpt-4o"


class Turn(NamedTuple):
    """What one of them says."""

    role: str
    text: str


class Written(NamedTuple):
    """A body, and the JSON pointer of each turn's text in it."""

    body: dict[str, Any]
    paths: list[str]


Transcribe = Callable[[Sequence[Turn]], Written]


def turns_of(body: Any) -> list[Turn] | None:
    """The turns of a plain chat body, None for any other."""
    if not isinstance(body, dict) or body.keys() - {"model", "messages"}:
        return None
    if not all(each.keys() == {"role", "content"} and isinstance(each["content"], str) for each in body["messages"]):
        return None
    return [Turn(each["role"], each["content"]) for each in body["messages"]]


def answer_of(body: Any) -> Turn | None:
    """What a plain answer says: one text and nothing else. None for any other."""
    if not isinstance(body, dict):
        return None
    if "choices" in body:
        said = [each["message"] for each in body["choices"]]
        plain = [each["content"] for each in said if not each.get("tool_calls") and not each.get("refusal")]
    else:
        blocks = body.get("content", [])
        said = [block for item in body.get("output", []) for block in item.get("content", [item])] + blocks
        plain = [each["text"] for each in said if each["type"] in {"text", "output_text"}]
    return Turn("assistant", plain[0]) if len(plain) == len(said) == 1 and isinstance(plain[0], str) else None


def _flat(turns: Sequence[Turn], member: str = "messages", **more: Any) -> Written:
    messages = [{"role": each.role, "content": each.text} for each in turns]
    return Written({**more, member: messages}, [f"/{member}/{number}/content" for number in range(len(turns))])


def _split(
    turns: Sequence[Turn],
    system: Callable[[list[str]], tuple[str, Any, list[str]]],
    messages: Callable[[Sequence[Turn]], Written],
) -> Written:
    """Formats that keep the system's words apart, in front."""
    first = next((number for number, each in enumerate(turns) if each.role not in {"system", "developer"}), len(turns))
    apart, rest = [each.text for each in turns[:first]], messages(turns[first:])
    if not apart:
        return rest
    member, value, paths = system(apart)
    return Written({member: value, **rest.body}, [*paths, *rest.paths])


def _anthropic(turns: Sequence[Turn]) -> Written:
    def system(texts: list[str]) -> tuple[str, Any, list[str]]:
        return "system", [{"type": "text", "text": text} for text in texts], _numbered("/system/{}/text", texts)

    return _split(turns, system, _flat)


def _converse(turns: Sequence[Turn]) -> Written:
    def messages(turns: Sequence[Turn]) -> Written:
        said = [{"role": each.role, "content": [{"text": each.text}]} for each in turns]
        return Written({"messages": said}, _numbered("/messages/{}/content/0/text", turns))

    def system(texts: list[str]) -> tuple[str, Any, list[str]]:
        return "system", [{"text": text} for text in texts], _numbered("/system/{}/text", texts)

    return _split(turns, system, messages)


def _gemini(turns: Sequence[Turn]) -> Written:
    def contents(turns: Sequence[Turn]) -> Written:
        roles = {"assistant": "model"}
        said = [{"role": roles.get(each.role, each.role), "parts": [{"text": each.text}]} for each in turns]
        return Written({"contents": said}, _numbered("/contents/{}/parts/0/text", turns))

    def system(texts: list[str]) -> tuple[str, Any, list[str]]:
        parts = [{"text": text} for text in texts]
        return "systemInstruction", {"parts": parts}, _numbered("/systemInstruction/parts/{}/text", texts)

    return _split(turns, system, contents)


def _numbered(path: str, items: Sequence[object]) -> list[str]:
    return [path.format(number) for number in range(len(items))]


PROMPTS: Mapping[str, Transcribe] = {
    "openai.chat": lambda turns: _flat(turns, model=MODEL),
    "openai.responses": lambda turns: _flat(turns, "input", model=MODEL),
    "anthropic.messages": _anthropic,
    "gemini.generate": _gemini,
    "bedrock.converse": _converse,
    "cohere.chat": lambda turns: _flat(turns, model=MODEL),
    "mistral.chat": lambda turns: _flat(turns, model=MODEL),
    "ollama.chat": lambda turns: _flat(turns, model=MODEL),
    "generic": lambda turns: _flat(turns, "conversation", model=MODEL),
}
"""By the name of the format."""

_SAID: Mapping[str, tuple[str, Callable[[str], dict[str, Any]]]] = {
    "openai.chat": (
        "/choices/0/message/content",
        lambda text: {"choices": [{"index": 0, "message": {"role": "assistant", "content": text}}]},
    ),
    "openai.responses": (
        "/output/0/content/0/text",
        lambda text: {
            "output": [{"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": text}]}]
        },
    ),
    "anthropic.messages": (
        "/content/0/text",
        lambda text: {"type": "message", "role": "assistant", "content": [{"type": "text", "text": text}]},
    ),
    "gemini.generate": (
        "/candidates/0/content/parts/0/text",
        lambda text: {"candidates": [{"content": {"role": "model", "parts": [{"text": text}]}}]},
    ),
    "bedrock.converse": (
        "/output/message/content/0/text",
        lambda text: {"output": {"message": {"role": "assistant", "content": [{"text": text}]}}},
    ),
    "cohere.chat": (
        "/message/content/0/text",
        lambda text: {"message": {"role": "assistant", "content": [{"type": "text", "text": text}]}},
    ),
    "mistral.chat": (
        "/choices/0/message/content",
        lambda text: {"choices": [{"index": 0, "message": {"role": "assistant", "content": text}}]},
    ),
    "ollama.chat": ("/message/content", lambda text: {"message": {"role": "assistant", "content": text}}),
    "generic": ("/answer", lambda text: {"answer": text}),
}


def answer(format: str, turn: Turn) -> Written:
    """An answer in a format."""
    path, write = _SAID[format]
    return Written(write(turn.text), [path])
