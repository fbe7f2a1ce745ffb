"""A model that speaks as every provider does, on loopback: what it says is told by the test, also as a tool call."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from tests.enforcers.origin import Answer, Origin, Received

SPOKEN = re.compile(rb"write to (\S+) now")
USAGE = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}


def echo(received: Received) -> str:
    """The place that a prompt says to write to, as it reached the model."""
    found = SPOKEN.search(received.body)
    assert found is not None
    return found[1].decode()


class Model(Origin):
    """`text` is what it says, word by word in a stream. `tool`: it calls the tool `send` with the text as `to`.
    `fails`: it answers with an error."""

    def __init__(self) -> None:
        super().__init__(self._answer)
        self.text: str | Callable[[Received], str] = "Hello from the model."
        self.tool = False
        self.fails = 0

    def _answer(self, received: Received) -> Answer:
        path = received.path.partition("?")[0]
        if self.fails:
            return Answer(json.dumps({"error": {"message": "busy", "type": "x"}}).encode(), status=self.fails)
        text = self.text if isinstance(self.text, str) else self.text(received)
        for end, speak in _FORMS.items():
            if path.endswith(end):
                return speak(received, text, self.tool)
        return Answer(b"{}", status=404)


def words(text: str) -> list[str]:
    """Pieces of three letters, so that whatever is looked for is split."""
    return [text[at : at + 3] for at in range(0, len(text), 3)]


def _json(value: Any) -> Answer:
    return Answer(json.dumps(value).encode())


def _sse(events: Iterable[dict[str, Any] | str], *, named: bool = False) -> Answer:
    def lines() -> Iterator[bytes]:
        for event in events:
            data = event if isinstance(event, str) else json.dumps(event)
            name = f"event: {event['type']}\n" if named and isinstance(event, dict) else ""
            yield f"{name}data: {data}\n\n".encode()

    return Answer(lines(), "text/event-stream")


def _arguments(text: str) -> str:
    return json.dumps({"to": text})


def _chat(received: Received, text: str, tool: bool) -> Answer:
    base = {"id": "c1", "created": 0, "model": "m", "object": "chat.completion"}
    call = {"id": "call_1", "type": "function", "function": {"name": "send", "arguments": _arguments(text)}}
    if not received.json.get("stream"):
        message = {"role": "assistant", "content": None if tool else text}
        if tool:
            message["tool_calls"] = [call]  # type: ignore[assignment]
        end = "tool_calls" if tool else "stop"
        return _json({**base, "usage": USAGE, "choices": [{"index": 0, "message": message, "finish_reason": end}]})

    def events() -> Iterator[dict[str, Any] | str]:
        chunk = {**base, "object": "chat.completion.chunk"}
        for number, piece in enumerate(words(_arguments(text) if tool else text)):
            delta: dict[str, Any] = {"role": "assistant"} if number == 0 else {}
            if tool:
                first = {"id": "call_1", "type": "function"} if number == 0 else {}
                named = {"name": "send"} if number == 0 else {}
                delta["tool_calls"] = [{"index": 0, **first, "function": {**named, "arguments": piece}}]
            else:
                delta["content"] = piece
            yield {**chunk, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
        yield {**chunk, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "usage": USAGE}
        yield "[DONE]"

    return _sse(events())


def _responses(received: Received, text: str, tool: bool) -> Answer:
    part = {"type": "output_text", "text": text, "annotations": []}
    item: dict[str, Any] = {
        "type": "message",
        "id": "i1",
        "status": "completed",
        "role": "assistant",
        "content": [part],
    }
    if tool:
        call = {"type": "function_call", "id": "i1", "call_id": "call_1", "name": "send", "status": "completed"}
        item = {**call, "arguments": _arguments(text)}
    whole = {
        "id": "r1",
        "object": "response",
        "created_at": 0,
        "status": "completed",
        "model": "m",
        "output": [item],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
    }
    if not received.json.get("stream"):
        return _json(whole)

    def events() -> Iterator[dict[str, Any] | str]:
        where = {"item_id": "i1", "output_index": 0, "content_index": 0}
        begun = {**whole, "status": "in_progress", "output": []}
        steps: list[dict[str, Any]] = [
            {"type": "response.created", "response": begun},
            {"type": "response.output_item.added", "output_index": 0, "item": {**item, "content": []}},
            {"type": "response.content_part.added", **where, "part": {**part, "text": ""}},
            *({"type": "response.output_text.delta", **where, "delta": piece, "logprobs": []} for piece in words(text)),
            {"type": "response.output_text.done", **where, "text": text, "logprobs": []},
            {"type": "response.content_part.done", **where, "part": part},
            {"type": "response.output_item.done", "output_index": 0, "item": item},
            {"type": "response.completed", "response": whole},
        ]
        yield from ({**step, "sequence_number": number} for number, step in enumerate(steps))

    return _sse(events(), named=True)


def _block(text: str, tool: bool) -> dict[str, Any]:
    if tool:
        return {"type": "tool_use", "id": "t1", "name": "send", "input": {"to": text}}
    return {"type": "text", "text": text}


def _message(text: str, tool: bool) -> dict[str, Any]:
    return {
        "id": "m1",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [_block(text, tool)],
        "stop_reason": "tool_use" if tool else "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 1, "output_tokens": 1},
    }


def _message_events(text: str, tool: bool) -> Iterator[dict[str, Any] | str]:
    yield {"type": "message_start", "message": {**_message(text, tool), "content": []}}
    empty = {**_block("", tool), **({"input": {}} if tool else {})}
    yield {"type": "content_block_start", "index": 0, "content_block": empty}
    for piece in words(_arguments(text) if tool else text):
        delta = {"type": "input_json_delta", "partial_json": piece} if tool else {"type": "text_delta", "text": piece}
        yield {"type": "content_block_delta", "index": 0, "delta": delta}
    yield {"type": "content_block_stop", "index": 0}
    yield {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 1}}
    yield {"type": "message_stop"}


def _messages(received: Received, text: str, tool: bool) -> Answer:
    if received.json.get("stream"):
        return _sse(_message_events(text, tool), named=True)
    return _json(_message(text, tool))


def _gemini_part(text: str, tool: bool) -> dict[str, Any]:
    part: dict[str, Any] = {"functionCall": {"name": "send", "args": {"to": text}}} if tool else {"text": text}
    return {"candidates": [{"content": {"role": "model", "parts": [part]}, "index": 0}], "modelVersion": "m"}


def _gemini(received: Received, text: str, tool: bool) -> Answer:
    return _json(_gemini_part(text, tool))


def _gemini_stream(received: Received, text: str, tool: bool) -> Answer:
    return _sse(_gemini_part(piece, tool) for piece in ([text] if tool else words(text)))


def _cohere(received: Received, text: str, tool: bool) -> Answer:
    call = {"id": "c1", "type": "function", "function": {"name": "send", "arguments": _arguments(text)}}
    message: dict[str, Any] = {"role": "assistant", "content": [{"type": "text", "text": text}]}
    if tool:
        message = {"role": "assistant", "tool_calls": [call], "tool_plan": "I send."}
    if not received.json.get("stream"):
        return _json({"id": "c1", "finish_reason": "COMPLETE", "message": message, "usage": {}})

    def events() -> Iterator[dict[str, Any] | str]:
        yield {"type": "message-start", "id": "c1", "delta": {"message": {"role": "assistant"}}}
        content = {"type": "text", "text": ""}
        yield {"type": "content-start", "index": 0, "delta": {"message": {"content": content}}}
        for piece in words(text):
            yield {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": piece}}}}
        yield {"type": "content-end", "index": 0}
        yield {"type": "message-end", "delta": {"finish_reason": "COMPLETE", "usage": {}}}

    return _sse(events(), named=True)


def _ollama(received: Received, text: str, tool: bool) -> Answer:
    call = {"function": {"name": "send", "arguments": {"to": text}}}
    base = {"model": "m", "created_at": "2026-01-01T00:00:00Z"}
    if received.json.get("stream") is False:
        message = {"role": "assistant", "content": "", "tool_calls": [call]} if tool else _said(text)
        return _json({**base, "message": message, "done": True, "done_reason": "stop"})
    lines = [json.dumps({**base, "message": _said(piece), "done": False}) for piece in words(text)]
    lines.append(json.dumps({**base, "message": _said(""), "done": True, "done_reason": "stop"}))
    return Answer([f"{line}\n".encode() for line in lines], "application/x-ndjson")


def _said(text: str) -> dict[str, Any]:
    return {"role": "assistant", "content": text}


def _converse(received: Received, text: str, tool: bool) -> Answer:
    block = {"toolUse": {"toolUseId": "t1", "name": "send", "input": {"to": text}}} if tool else {"text": text}
    usage = {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2}
    message = {"role": "assistant", "content": [block]}
    return _json(
        {"output": {"message": message}, "stopReason": "end_turn", "usage": usage, "metrics": {"latencyMs": 1}}
    )


def _converse_stream(received: Received, text: str, tool: bool) -> Answer:
    def events() -> Iterator[bytes]:
        yield _frame("messageStart", {"role": "assistant"})
        for piece in words(text):
            yield _frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": piece}})
        yield _frame("contentBlockStop", {"contentBlockIndex": 0})
        yield _frame("messageStop", {"stopReason": "end_turn"})

    return Answer(events(), "application/vnd.amazon.eventstream")


def _invoke(received: Received, text: str, tool: bool) -> Answer:
    return _json(_message(text, tool))


def _invoke_stream(received: Received, text: str, tool: bool) -> Answer:
    packed = (base64.b64encode(json.dumps(event).encode()).decode() for event in _message_events(text, tool))
    events = (_frame("chunk", {"bytes": piece}) for piece in packed)
    return Answer(events, "application/vnd.amazon.eventstream")


def _frame(kind: str, payload: dict[str, Any]) -> bytes:
    """A message of an AWS event stream."""
    data = json.dumps(payload).encode()
    named = {":message-type": "event", ":event-type": kind, ":content-type": "application/json"}
    head = b"".join(
        bytes([len(name)]) + name.encode() + b"\x07" + len(value).to_bytes(2, "big") + value.encode()
        for name, value in named.items()
    )
    prelude = (16 + len(head) + len(data)).to_bytes(4, "big") + len(head).to_bytes(4, "big")
    whole = prelude + zlib.crc32(prelude).to_bytes(4, "big") + head + data
    return whole + zlib.crc32(whole).to_bytes(4, "big")


_FORMS: dict[str, Callable[[Received, str, bool], Answer]] = {
    "/chat/completions": _chat,
    "/responses": _responses,
    "/v1/messages": _messages,
    ":generateContent": _gemini,
    ":streamGenerateContent": _gemini_stream,
    "/v2/chat": _cohere,
    "/api/chat": _ollama,
    "/converse": _converse,
    "/converse-stream": _converse_stream,
    "/invoke": _invoke,
    "/invoke-with-response-stream": _invoke_stream,
}
