"""What a model says, in the words of each provider, whole and as a stream: written from the providers' pages, not with
the code under test."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

Event = dict[str, Any] | str


class Said(NamedTuple):
    """`calls` are (id, name, arguments). `reason` is stop, length or filter; calls end an answer by themselves."""

    text: str = ""
    calls: tuple[tuple[str, str, dict[str, Any]], ...] = ()
    thought: str = ""
    reason: str = "stop"
    input: int = 7
    output: int = 5


class Spoken(NamedTuple):
    """A body and its media type."""

    body: bytes
    media: str


def pieces(text: str) -> list[str]:
    return [text[at : at + 3] for at in range(0, len(text), 3)]


def speak(format: str, said: Said, *, stream: bool) -> Spoken:
    """An answer in a format."""
    whole, events = _WAYS[format]
    if not stream:
        return Spoken(json.dumps(whole(said)).encode(), "application/json")
    if format == "ollama.chat":
        return Spoken("".join(f"{json.dumps(each)}\n" for each in events(said)).encode(), "application/x-ndjson")
    out = ""
    for event in events(said):
        data = event if isinstance(event, str) else json.dumps(event)
        name = f"event: {event['type']}\n" if format == "anthropic.messages" and isinstance(event, dict) else ""
        out += f"{name}data: {data}\n\n"
    return Spoken(out.encode(), "text/event-stream")


def fail(format: str, status: int, message: str) -> dict[str, Any]:
    """An error in a format."""
    match format:
        case "openai.chat":
            return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None}}
        case "anthropic.messages":
            names = {400: "invalid_request_error", 429: "rate_limit_error", 529: "overloaded_error"}
            return {"type": "error", "error": {"type": names[status], "message": message}, "request_id": "req_1"}
        case "gemini.generate":
            return {"error": {"code": status, "message": message, "status": "INVALID_ARGUMENT"}}
    return {"error": message}


# OpenAI


def _usage(said: Said) -> dict[str, Any]:
    details = {"prompt_tokens_details": {"cached_tokens": 2}}
    total = said.input + said.output
    return {"prompt_tokens": said.input, "completion_tokens": said.output, "total_tokens": total, **details}


def _ends(said: Said) -> str:
    reasons = {"stop": "stop", "length": "length", "filter": "content_filter"}
    return "tool_calls" if said.calls else reasons[said.reason]


def _chat(said: Said) -> dict[str, Any]:
    calls = [
        {"id": known, "type": "function", "function": {"name": name, "arguments": json.dumps(given)}}
        for known, name, given in said.calls
    ]
    message: dict[str, Any] = {"role": "assistant", "content": said.text or None, "refusal": None}
    if calls:
        message["tool_calls"] = calls
    if said.thought:
        message["reasoning_content"] = said.thought
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _ends(said)}
    head = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "there-1"}
    return {**head, "choices": [choice], "usage": _usage(said)}


def _chat_events(said: Said) -> Iterator[Event]:
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "there-1", "usage": None}

    def chunk(delta: dict[str, Any], end: str | None = None) -> Event:
        return {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": end}]}

    yield chunk({"role": "assistant", "content": ""})
    yield from (chunk({"reasoning_content": piece}) for piece in pieces(said.thought))
    yield from (chunk({"content": piece}) for piece in pieces(said.text))
    for index, (known, name, given) in enumerate(said.calls):
        begun = {"index": index, "id": known, "type": "function", "function": {"name": name, "arguments": ""}}
        yield chunk({"tool_calls": [begun]})
        for piece in pieces(json.dumps(given)):
            yield chunk({"tool_calls": [{"index": index, "function": {"arguments": piece}}]})
    yield chunk({}, _ends(said))
    yield {**head, "choices": [], "usage": _usage(said)}
    yield "[DONE]"


# Anthropic


def _blocks(said: Said) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = []
    if said.thought:
        blocks.append({"type": "thinking", "thinking": said.thought, "signature": "c2ln"})
    if said.text:
        blocks.append({"type": "text", "text": said.text})
    calls = [{"type": "tool_use", "id": known, "name": name, "input": given} for known, name, given in said.calls]
    return blocks + calls


def _message(said: Said) -> dict[str, Any]:
    reasons = {"stop": "end_turn", "length": "max_tokens", "filter": "refusal"}
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "there-1",
        "content": _blocks(said),
        "stop_reason": "tool_use" if said.calls else reasons[said.reason],
        "stop_sequence": None,
        "usage": {"input_tokens": said.input - 2, "cache_read_input_tokens": 2, "output_tokens": said.output},
    }


def _message_events(said: Said) -> Iterator[Event]:
    whole = _message(said)
    usage = {**whole["usage"], "output_tokens": 1}
    yield {"type": "message_start", "message": {**whole, "content": [], "stop_reason": None, "usage": usage}}
    yield {"type": "ping"}
    for index, block in enumerate(_blocks(said)):
        kinds = {"text": "text_delta", "thinking": "thinking_delta", "tool_use": "input_json_delta"}
        empty = {"text": "", "thinking": "", "signature": "", "input": {}}
        begun = {key: empty.get(key, value) for key, value in block.items()}
        yield {"type": "content_block_start", "index": index, "content_block": begun | {"type": block["type"]}}
        key, text = "partial_json", json.dumps(block.get("input"))
        if block["type"] != "tool_use":
            key, text = block["type"], block[block["type"]]
        for piece in pieces(text):
            delta = {"type": kinds[block["type"]], key: piece}
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    delta = {"stop_reason": whole["stop_reason"], "stop_sequence": None}
    yield {"type": "message_delta", "delta": delta, "usage": {"output_tokens": said.output}}
    yield {"type": "message_stop"}


# Gemini


def _parts(said: Said) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = [{"text": said.thought, "thought": True}] if said.thought else []
    parts += [{"text": piece} for piece in ([said.text] if said.text else [])]
    calls = [{"functionCall": {"name": name, "args": given}} for _, name, given in said.calls]
    return parts + [{**call, "thoughtSignature": "c2ln"} for call in calls]


def _gemini(said: Said, parts: list[dict[str, Any]] | None = None, *, end: bool = True) -> dict[str, Any]:
    reasons = {"stop": "STOP", "length": "MAX_TOKENS", "filter": "SAFETY"}
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": _parts(said) if parts is None else parts}}
    if end:
        candidate["finishReason"] = reasons[said.reason]
    usage = {"promptTokenCount": said.input, "cachedContentTokenCount": 2, "totalTokenCount": said.input + said.output}
    usage |= {"candidatesTokenCount": said.output - 1, "thoughtsTokenCount": 1}
    head = {"modelVersion": "there-1", "responseId": "r1"}
    return {"candidates": [{**candidate, "index": 0}], "usageMetadata": usage, **head}


def _gemini_events(said: Said) -> Iterator[Event]:
    for part in _parts(said):
        if "text" not in part:
            yield _gemini(said, [part], end=False)
        else:
            yield from (_gemini(said, [{**part, "text": piece}], end=False) for piece in pieces(part["text"]))
    yield _gemini(said, [{"text": ""}])


# Ollama


def _ollama(said: Said) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": said.text}
    if said.thought:
        message["thinking"] = said.thought
    if said.calls:
        message["tool_calls"] = [{"function": {"name": name, "arguments": given}} for _, name, given in said.calls]
    return {**_line(message), **_last(said)}


def _line(message: dict[str, Any]) -> dict[str, Any]:
    return {"model": "there-1", "created_at": "2026-01-01T00:00:00Z", "message": message, "done": False}


def _last(said: Said) -> dict[str, Any]:
    reason = "length" if said.reason == "length" else "stop"
    counts = {"prompt_eval_count": said.input, "eval_count": said.output}
    return {"done": True, "done_reason": reason, "total_duration": 5, **counts}


def _ollama_events(said: Said) -> Iterator[Event]:
    said_: dict[str, Any] = {"role": "assistant", "content": ""}
    yield from (_line({**said_, "thinking": piece}) for piece in pieces(said.thought))
    yield from (_line({**said_, "content": piece}) for piece in pieces(said.text))
    for _, name, given in said.calls:
        yield _line({**said_, "tool_calls": [{"function": {"name": name, "arguments": given}}]})
    yield {**_line(said_), **_last(said)}


_WAYS: dict[str, tuple[Callable[[Said], dict[str, Any]], Callable[[Said], Iterator[Event]]]] = {
    "openai.chat": (_chat, _chat_events),
    "anthropic.messages": (_message, _message_events),
    "gemini.generate": (_gemini, _gemini_events),
    "ollama.chat": (_ollama, _ollama_events),
}
