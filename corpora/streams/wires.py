"""How each format streams: a text and the arguments of a tool call in given pieces, and what a client reads of them.

The events have the shapes of the vendors' documentation. `reads` is the least that a client does: it parses the frames
and joins the pieces of each text; whole texts that come again are read as texts of their own.
"""

from __future__ import annotations

import base64
import struct
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import orjson
from botocore.eventstream import EventStreamBuffer

Pieces = Sequence[str]
Event = dict[str, Any]


class Wire(NamedTuple):
    """One format. `stream(text, arguments)` are its frames, `reads(bytes)` the texts in them by name; `arguments` tells
    whether they come as a JSON text in pieces."""

    name: str
    host: str
    path: str
    content_type: str
    stream: Callable[[Pieces, Pieces], list[bytes]]
    reads: Callable[[bytes], dict[str, str]]
    arguments: bool = True


def dumps(value: object) -> str:
    return orjson.dumps(value).decode()


# Framings


def sse(data: object, event: str = "") -> bytes:
    text = data if isinstance(data, str) else dumps(data)
    return (f"event: {event}\n" if event else "").encode() + f"data: {text}\n\n".encode()


def line(data: object) -> bytes:
    return dumps(data).encode() + b"\n"


def message(event: str, payload: object, kind: str = "event") -> bytes:
    """An AWS event stream message, built from the layout alone."""
    body = orjson.dumps(payload)
    named = ((f":{kind}-type", event), (":content-type", "application/json"), (":message-type", kind))
    headers = b"".join(
        bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
        for name, value in named
    )
    prelude = struct.pack(">II", len(headers) + len(body) + 16, len(headers))
    whole = prelude + struct.pack(">I", zlib.crc32(prelude)) + headers + body
    return whole + struct.pack(">I", zlib.crc32(whole))


def chunk(event: object) -> bytes:
    return message("chunk", {"bytes": base64.b64encode(orjson.dumps(event)).decode(), "p": "abcdef"})


def frame(event: object) -> bytes:
    """A WebSocket text frame of a server."""
    payload = orjson.dumps(event)
    size = len(payload)
    return b"\x81" + (bytes([size]) if size < 126 else b"\x7e" + struct.pack(">H", size)) + payload


def array(items: Sequence[object]) -> list[bytes]:
    texts = [dumps(item).encode() for item in items]
    return [b"[" + texts[0], *(b",\r\n" + text for text in texts[1:]), b"]"]


def sse_events(data: bytes) -> Iterator[Event]:
    for block in data.decode().split("\n\n"):
        text = "".join(each[6:] for each in block.split("\n") if each.startswith("data: "))
        if text and text != "[DONE]":
            yield orjson.loads(text)


def line_events(data: bytes) -> Iterator[Event]:
    yield from map(orjson.loads, data.splitlines())


def messages(data: bytes) -> Iterator[Event]:
    buffer = EventStreamBuffer()
    buffer.add_data(data)
    for each in buffer:
        event = orjson.loads(each.payload)
        name = each.headers.get(":event-type") or each.headers[":exception-type"]
        yield orjson.loads(base64.b64decode(event["bytes"])) if name == "chunk" else {name: event}


def frames(data: bytes) -> Iterator[Event]:
    at = 0
    while at < len(data):
        size, head = data[at + 1], 2
        if size == 126:
            size, head = int.from_bytes(data[at + 2 : at + 4]), 4
        if data[at] == 0x81:
            yield orjson.loads(data[at + head : at + head + size])
        at += head + size


def items(data: bytes) -> Iterator[Event]:
    yield from orjson.loads(data)


# Formats


def chat(text: Pieces, arguments: Pieces) -> list[bytes]:
    def made(delta: Event, finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return sse(
            {
                "id": "chatcmpl-AbC123",
                "object": "chat.completion.chunk",
                "created": 1700000000,
                "model": "gpt-4o",
                "system_fingerprint": "fp_0123",
                "choices": [choice],
            }
        )

    call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "mail", "arguments": ""}}
    used = {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12}
    return [
        made({"role": "assistant", "content": ""}),
        *(made({"content": piece}) for piece in text),
        *([made({"tool_calls": [call]})] if arguments else ()),
        *(made({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}) for piece in arguments),
        made({}, "stop"),
        sse({"id": "chatcmpl-AbC123", "object": "chat.completion.chunk", "choices": [], "usage": used}),
        sse("[DONE]"),
    ]


def read_chat(data: bytes) -> dict[str, str]:
    texts: dict[str, str] = defaultdict(str)
    for event in sse_events(data):
        for choice in event.get("choices", ()):
            delta = choice["delta"]
            content = delta.get("content") or ""
            for each in content if isinstance(content, list) else [{"text": content}]:
                texts["text"] += each["text"]
            for call in delta.get("tool_calls") or ():
                texts["arguments"] += call["function"].get("arguments", "")
    return dict(texts)


def completions(text: Pieces, _arguments: Pieces) -> list[bytes]:
    def made(piece: str, finish: str | None = None) -> bytes:
        choice = {"index": 0, "text": piece, "logprobs": None, "finish_reason": finish}
        return sse({"id": "cmpl-1", "object": "text_completion", "model": "m", "choices": [choice]})

    return [*(made(piece) for piece in text), made("", "stop"), sse("[DONE]")]


def read_completions(data: bytes) -> dict[str, str]:
    return {"text": "".join(choice["text"] for event in sse_events(data) for choice in event.get("choices", ()))}


def _responses(text: Pieces, arguments: Pieces) -> list[Event]:
    said, asked = "".join(text), "".join(arguments)
    where = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    called = {"item_id": "fc_1", "output_index": 1}
    part = {"type": "output_text", "text": said, "annotations": [], "logprobs": []}
    item = {"id": "msg_1", "type": "message", "status": "completed", "role": "assistant", "content": [part]}
    call = {"id": "fc_1", "type": "function_call", "call_id": "call_1", "name": "mail", "arguments": asked}
    empty = {**part, "text": ""}
    base = {"id": "resp_1", "object": "response", "model": "gpt-4o", "created_at": 1700000000}
    output = [item, call] if arguments else [item]
    events: list[Event] = [
        {"type": "response.created", "response": {**base, "status": "in_progress", "output": []}},
        {"type": "response.output_item.added", "output_index": 0, "item": {**item, "content": []}},
        {"type": "response.content_part.added", **where, "part": empty},
        *({"type": "response.output_text.delta", **where, "delta": piece, "logprobs": []} for piece in text),
        {"type": "response.output_text.done", **where, "text": said, "logprobs": []},
        {"type": "response.content_part.done", **where, "part": part},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
    ]
    if arguments:
        events += [
            {"type": "response.output_item.added", "output_index": 1, "item": {**call, "arguments": ""}},
            *({"type": "response.function_call_arguments.delta", **called, "delta": each} for each in arguments),
            {"type": "response.function_call_arguments.done", **called, "arguments": asked},
            {"type": "response.output_item.done", "output_index": 1, "item": call},
        ]
    used = {"input_tokens": 5, "output_tokens": 7, "total_tokens": 12}
    done = {**base, "status": "completed", "output": output, "usage": used}
    events.append({"type": "response.completed", "response": done})
    return [{**event, "sequence_number": number} for number, event in enumerate(events)]


def responses(text: Pieces, arguments: Pieces) -> list[bytes]:
    return [sse(event, event["type"]) for event in _responses(text, arguments)]


def responses_ws(text: Pieces, arguments: Pieces) -> list[bytes]:
    return [frame(event) for event in _responses(text, arguments)]


def _read_responses(events: Iterator[Event]) -> dict[str, str]:
    texts: dict[str, str] = defaultdict(str)
    for event in events:
        kind = event["type"]
        if kind == "response.output_text.delta":
            texts["text"] += event["delta"]
        elif kind == "response.function_call_arguments.delta":
            texts["arguments"] += event["delta"]
        elif kind == "response.output_text.done":
            texts["text again"] = event["text"]
        elif kind == "response.content_part.done":
            texts["part"] = event["part"]["text"]
        elif kind == "response.function_call_arguments.done":
            texts["arguments again"] = event["arguments"]
        elif kind == "response.output_item.done":
            _read_item(event["item"], "item", texts)
        elif kind == "response.completed":
            for item in event["response"]["output"]:
                _read_item(item, "response", texts)
    return dict(texts)


def _read_item(item: Event, name: str, texts: dict[str, str]) -> None:
    if item["type"] == "message":
        texts[f"{name}: text"] = item["content"][0]["text"]
    else:
        texts[f"{name}: arguments"] = item["arguments"]


def realtime(text: Pieces, arguments: Pieces) -> list[bytes]:
    said, asked = "".join(text), "".join(arguments)
    base = {"response_id": "resp_1", "item_id": "msg_1", "output_index": 0}
    where = {**base, "content_index": 0}
    called = {**base, "item_id": "fc_1", "output_index": 1, "call_id": "call_1"}
    item = {"id": "msg_1", "type": "message", "role": "assistant", "content": [{"type": "text", "text": said}]}
    spoken = "response.output_audio_transcript"
    events: list[Event] = [
        {"type": "response.created", "response": {"id": "resp_1", "object": "realtime.response", "output": []}},
        *({"type": "response.output_text.delta", **where, "delta": piece} for piece in text),
        {"type": "response.output_text.done", **where, "text": said},
        *({"type": f"{spoken}.delta", **where, "content_index": 1, "delta": piece} for piece in text),
        {"type": f"{spoken}.done", **where, "content_index": 1, "transcript": said},
        *({"type": "response.function_call_arguments.delta", **called, "delta": piece} for piece in arguments),
        {"type": "response.function_call_arguments.done", **called, "arguments": asked},
        {"type": "response.done", "response": {"id": "resp_1", "status": "completed", "output": [item]}},
    ]
    return [frame({"event_id": f"event_{number:08d}", **event}) for number, event in enumerate(events)]


def read_realtime(data: bytes) -> dict[str, str]:
    texts: dict[str, str] = defaultdict(str)
    for event in frames(data):
        kind, value = event["type"], event.get("delta")
        if value is not None:
            texts["arguments" if "arguments" in kind else kind] += value
        elif kind == "response.done":
            texts["response"] = event["response"]["output"][0]["content"][0]["text"]
        elif kind.endswith(".done"):
            name = next(each for each in ("text", "transcript", "arguments") if each in event)
            texts["arguments again" if name == "arguments" else f"{name} again"] = event[name]
    return dict(texts)


def _anthropic(text: Pieces, arguments: Pieces) -> list[Event]:
    start = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude", "content": []}
    used = {"input_tokens": 5, "output_tokens": 1}
    call = {"type": "tool_use", "id": "toolu_1", "name": "mail", "input": {}}

    def delta(index: int, kind: str, name: str, value: str) -> Event:
        return {"type": "content_block_delta", "index": index, "delta": {"type": kind, name: value}}

    events: list[Event] = [
        {"type": "message_start", "message": {**start, "stop_reason": None, "usage": used}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": ""}},
        *(delta(0, "thinking_delta", "thinking", piece) for piece in text),
        delta(0, "signature_delta", "signature", "Eq" * 60),
        {"type": "content_block_stop", "index": 0},
        {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}},
        {"type": "ping"},
        *(delta(1, "text_delta", "text", piece) for piece in text),
        {"type": "content_block_stop", "index": 1},
    ]
    if arguments:
        events += [
            {"type": "content_block_start", "index": 2, "content_block": call},
            *(delta(2, "input_json_delta", "partial_json", piece) for piece in arguments),
            {"type": "content_block_stop", "index": 2},
        ]
    return [
        *events,
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 7}},
        {"type": "message_stop"},
    ]


def anthropic(text: Pieces, arguments: Pieces) -> list[bytes]:
    return [sse(event, event["type"]) for event in _anthropic(text, arguments)]


def anthropic_invoked(text: Pieces, arguments: Pieces) -> list[bytes]:
    return [chunk(event) for event in _anthropic(text, arguments)]


def _read_anthropic(events: Iterator[Event]) -> dict[str, str]:
    texts: dict[str, str] = defaultdict(str)
    names = {"text": "text", "thinking": "thinking", "partial_json": "arguments", "signature": "signature"}
    for event in events:
        if event["type"] == "content_block_delta":
            for member, name in names.items():
                texts[name] += event["delta"].get(member, "")
    assert texts.pop("signature") == "Eq" * 60
    return dict(texts)


def _gemini(text: Pieces, arguments: Pieces) -> list[Event]:
    def made(part: Event, **more: Any) -> Event:
        candidate = {"content": {"parts": [part], "role": "model"}, "index": 0, **more}
        return {"candidates": [candidate], "modelVersion": "gemini-2.5-flash", "responseId": "r1"}

    call = {"functionCall": {"name": "mail", "args": orjson.loads("".join(arguments) or "{}")}}
    used = {"promptTokenCount": 5, "candidatesTokenCount": 7, "totalTokenCount": 12}
    return [
        *(made({"text": piece, "thought": True}) for piece in text),
        *(made({"text": piece}) for piece in text),
        *([made(call)] if arguments else ()),
        {**made({"text": ""}, finishReason="STOP"), "usageMetadata": used},
    ]


def _read_gemini(events: Iterator[Event]) -> dict[str, str]:
    texts: dict[str, str] = defaultdict(str)
    for event in events:
        for part in event["candidates"][0]["content"]["parts"]:
            texts["thought" if part.get("thought") else "text"] += part.get("text", "")
            if "functionCall" in part:
                texts["arguments"] = dumps(part["functionCall"]["args"])
    return dict(texts)


def _converse(text: Pieces, arguments: Pieces) -> list[tuple[str, Event]]:
    def delta(index: int, value: Event) -> tuple[str, Event]:
        return "contentBlockDelta", {"contentBlockIndex": index, "delta": value, "p": "abcdefgh"}

    start = {"toolUse": {"toolUseId": "tooluse_1", "name": "mail"}}
    called: list[tuple[str, Event]] = [
        ("contentBlockStart", {"contentBlockIndex": 2, "start": start}),
        *(delta(2, {"toolUse": {"input": piece}}) for piece in arguments),
        ("contentBlockStop", {"contentBlockIndex": 2}),
    ]
    return [
        ("messageStart", {"role": "assistant"}),
        *(delta(0, {"reasoningContent": {"text": piece}}) for piece in text),
        ("contentBlockStop", {"contentBlockIndex": 0}),
        *(delta(1, {"text": piece}) for piece in text),
        ("contentBlockStop", {"contentBlockIndex": 1}),
        *(called if arguments else ()),
        ("messageStop", {"stopReason": "end_turn"}),
        ("metadata", {"usage": {"inputTokens": 5, "outputTokens": 7, "totalTokens": 12}, "metrics": {"latencyMs": 9}}),
    ]


def converse(text: Pieces, arguments: Pieces) -> list[bytes]:
    return [message(name, event) for name, event in _converse(text, arguments)]


def nova_invoked(text: Pieces, arguments: Pieces) -> list[bytes]:
    return [chunk({name: event}) for name, event in _converse(text, arguments)]


def read_converse(data: bytes) -> dict[str, str]:
    texts: dict[str, str] = defaultdict(str)
    for event in messages(data):
        delta = event.get("contentBlockDelta", {}).get("delta", {})
        texts["text"] += delta.get("text", "")
        texts["thinking"] += delta.get("reasoningContent", {}).get("text", "")
        texts["arguments"] += delta.get("toolUse", {}).get("input", "")
    return dict(texts)


def llama_invoked(text: Pieces, _arguments: Pieces) -> list[bytes]:
    stop = {"generation": "", "generation_token_count": 7, "prompt_token_count": None, "stop_reason": "stop"}
    return [*(chunk({**stop, "generation": piece, "stop_reason": None}) for piece in text), chunk(stop)]


def cohere(text: Pieces, arguments: Pieces) -> list[bytes]:
    def made(kind: str, message: Event | None = None, index: int = 0) -> Event:
        return {"type": kind, "index": index, **({"delta": {"message": message}} if message is not None else {})}

    call = {"id": "mail_1", "type": "function", "function": {"name": "mail", "arguments": ""}}
    events: list[Event] = [
        {"type": "message-start", "id": "m1", "delta": {"message": {"role": "assistant", "content": []}}},
        *({"type": "tool-plan-delta", "delta": {"message": {"tool_plan": piece}}} for piece in text),
    ]
    if arguments:
        asked = ({"tool_calls": {"function": {"arguments": piece}}} for piece in arguments)
        events += [
            made("tool-call-start", {"tool_calls": call}),
            *(made("tool-call-delta", each) for each in asked),
            made("tool-call-end"),
        ]
    used = {"billed_units": {"input_tokens": 5, "output_tokens": 7}, "tokens": {"input_tokens": 5, "output_tokens": 7}}
    events += [
        made("content-start", {"content": {"type": "text", "text": ""}}),
        *(made("content-delta", {"content": {"text": piece}}) for piece in text),
        made("content-end"),
        {"type": "message-end", "delta": {"finish_reason": "COMPLETE", "usage": used}},
    ]
    return [*(sse(event, event["type"]) for event in events), sse("[DONE]")]


def read_cohere(data: bytes) -> dict[str, str]:
    texts: dict[str, str] = defaultdict(str)
    for event in sse_events(data):
        message = event.get("delta", {}).get("message", {})
        texts["plan"] += message.get("tool_plan", "")
        if event["type"] == "content-delta":
            texts["text"] += message["content"]["text"]
        if event["type"] == "tool-call-delta":
            texts["arguments"] += message["tool_calls"]["function"]["arguments"]
    return dict(texts)


def mistral(text: Pieces, arguments: Pieces) -> list[bytes]:
    def made(delta: Event, finish: str | None = None, **more: Any) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return sse(
            {
                "id": "0a1b2c3d",
                "object": "chat.completion.chunk",
                "created": 1700000000,
                "model": "mistral-small",
                "choices": [choice],
                **more,
            }
        )

    half = len(text) // 2
    call = {"id": "x1", "index": 0, "function": {"name": "mail", "arguments": "".join(arguments)}}
    used = {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12}
    return [
        made({"role": "assistant", "content": ""}),
        *(made({"content": piece}) for piece in text[:half]),
        *(made({"content": [{"type": "text", "text": piece}]}) for piece in text[half:]),
        *([made({"content": "", "tool_calls": [call]})] if arguments else ()),
        made({"content": ""}, "stop", usage=used),
        sse("[DONE]"),
    ]


def ollama_chat(text: Pieces, arguments: Pieces) -> list[bytes]:
    def made(message: Event, number: int, **more: Any) -> bytes:
        at = f"2026-01-01T00:00:00.{number:09d}Z"
        return line(
            {"model": "llama3", "created_at": at, "message": {"role": "assistant", **message}, "done": False} | more
        )

    asked = [{"function": {"name": "mail", "arguments": orjson.loads("".join(arguments) or "{}")}}]
    return [
        *(made({"content": "", "thinking": piece}, number) for number, piece in enumerate(text)),
        *(made({"content": piece}, number) for number, piece in enumerate(text)),
        *([made({"content": "", "tool_calls": asked}, 0)] if arguments else ()),
        made({"content": ""}, 1, done=True, done_reason="stop", prompt_eval_count=5, eval_count=7),
    ]


def read_ollama_chat(data: bytes) -> dict[str, str]:
    texts: dict[str, str] = defaultdict(str)
    for event in line_events(data):
        texts["text"] += event["message"]["content"]
        texts["thinking"] += event["message"].get("thinking", "")
        for call in event["message"].get("tool_calls", ()):
            texts["arguments"] = dumps(call["function"]["arguments"])
    return dict(texts)


def ollama_generate(text: Pieces, _arguments: Pieces) -> list[bytes]:
    base = {"model": "llama3", "created_at": "2026-01-01T00:00:00Z"}
    end = {**base, "response": "", "done": True, "done_reason": "stop", "prompt_eval_count": 5, "eval_count": 7}
    return [*(line({**base, "response": piece, "done": False}) for piece in text), line(end)]


def transcript(text: Pieces, _arguments: Pieces) -> list[bytes]:
    events: list[Event] = [
        *({"type": "transcript.text.delta", "delta": piece} for piece in text),
        {"type": "transcript.text.done", "text": "".join(text)},
    ]
    return [sse(event, event["type"]) for event in events]


def read_transcript(data: bytes) -> dict[str, str]:
    events = list(sse_events(data))
    return {
        "text": "".join(event["delta"] for event in events if "delta" in event),
        "again": "".join(event["text"] for event in events if "text" in event),
    }


def mcp(text: Pieces, arguments: Pieces) -> list[bytes]:
    """Its messages are whole: there are no pieces."""
    result = {"content": [{"type": "text", "text": "".join(text)}], "structuredContent": {"all": "".join(arguments)}}
    return [
        b": ping\n\n",
        sse({"jsonrpc": "2.0", "method": "notifications/message", "params": {"data": "".join(text)}}, "message"),
        sse({"jsonrpc": "2.0", "id": 1, "result": result}, "message"),
    ]


def read_mcp(data: bytes) -> dict[str, str]:
    note, answer = sse_events(data)
    result = answer["result"]
    return {
        "note": note["params"]["data"],
        "text": result["content"][0]["text"],
        "arguments": result["structuredContent"]["all"],
    }


def a2a(text: Pieces, _arguments: Pieces) -> list[bytes]:
    def made(piece: str, last: bool) -> bytes:
        artifact = {"artifactId": "a1", "parts": [{"text": piece}]}
        update = {"taskId": "t1", "contextId": "c1", "artifact": artifact, "append": True, "lastChunk": last}
        return sse({"jsonrpc": "2.0", "id": 1, "result": {"artifactUpdate": update}})

    return [*(made(piece, last=False) for piece in text), made("", last=True)]


def read_a2a(data: bytes) -> dict[str, str]:
    updates = (event["result"]["artifactUpdate"]["artifact"] for event in sse_events(data))
    return {"text": "".join(artifact["parts"][0]["text"] for artifact in updates)}


def plain(text: Pieces, _arguments: Pieces) -> list[bytes]:
    """Text generation of an unknown server, as Hugging Face's does it."""
    return [sse({"index": number, "token": {"id": 7, "text": piece}}) for number, piece in enumerate(text)]


_SSE, _AWS = "text/event-stream; charset=utf-8", "application/vnd.amazon.eventstream"
_BEDROCK, _GEMINI = "bedrock-runtime.us-east-1.amazonaws.com", "generativelanguage.googleapis.com"
_INVOKE = "/model/{}/invoke-with-response-stream"
_NOVA, _LLAMA = _INVOKE.format("amazon.nova-lite-v1:0"), _INVOKE.format("meta.llama3-8b-instruct-v1:0")
_CLAUDE = _INVOKE.format("anthropic.claude-3-haiku-20240307-v1:0")
_STREAMED = "/v1beta/models/gemini-2.5-flash:streamGenerateContent"


def _generation(data: bytes) -> dict[str, str]:
    return {"text": "".join(event["generation"] for event in messages(data))}


def interactions(text: Pieces, arguments: Pieces) -> list[bytes]:
    def delta(index: int, value: Event) -> Event:
        return {"event_type": "step.delta", "index": index, "delta": value, "event_id": f"event{index}"}

    def thought(piece: str) -> Event:
        return delta(0, {"type": "thought_summary", "content": {"type": "text", "text": piece}})

    said = {"type": "model_output", "content": [{"type": "text", "text": "".join(text)}]}
    call = {"type": "function_call", "id": "call_1", "name": "mail", "arguments": {}}
    asked: list[Event] = [
        {"event_type": "step.start", "index": 2, "step": call},
        *(delta(2, {"type": "arguments_delta", "arguments": piece}) for piece in arguments),
        {"event_type": "step.stop", "index": 2},
    ]
    whole = {"id": "int_1", "object": "interaction", "model": "gemini-3-pro"}
    used = {"total_input_tokens": 5, "total_output_tokens": 7, "total_tokens": 12}
    over = {**whole, "status": "completed", "steps": [said], "usage": used}
    events: list[Event] = [
        {"event_type": "interaction.created", "interaction": {**whole, "status": "in_progress"}},
        {"event_type": "step.start", "index": 0, "step": {"type": "thought"}},
        *(thought(piece) for piece in text),
        {"event_type": "step.stop", "index": 0},
        {"event_type": "step.start", "index": 1, "step": {"type": "model_output"}},
        *(delta(1, {"type": "text", "text": piece}) for piece in text),
        {"event_type": "step.stop", "index": 1},
        *(asked if arguments else ()),
        {"event_type": "interaction.completed", "interaction": over},
    ]
    return [sse(event, event["event_type"]) for event in events]


def read_interactions(data: bytes) -> dict[str, str]:
    texts: dict[str, str] = defaultdict(str)
    for event in sse_events(data):
        delta = event.get("delta", {})
        texts["thought"] += delta.get("content", {}).get("text", "")
        texts["text"] += delta.get("text", "")
        texts["arguments"] += delta.get("arguments", "")
        for step in event.get("interaction", {}).get("steps", ()):
            texts["completed"] = step["content"][0]["text"]
    return {name: text for name, text in texts.items() if text}


WIRES = (
    Wire(
        "gemini.interactions",
        "generativelanguage.googleapis.com",
        "/v1beta/interactions",
        _SSE,
        interactions,
        read_interactions,
    ),
    Wire("openai.chat", "api.openai.com", "/v1/chat/completions", _SSE, chat, read_chat),
    Wire("openai.completions", "api.openai.com", "/v1/completions", _SSE, completions, read_completions, False),
    Wire(
        "openai.responses", "api.openai.com", "/v1/responses", _SSE, responses, lambda d: _read_responses(sse_events(d))
    ),
    Wire(
        "openai.responses_ws",
        "api.openai.com",
        "/v1/responses",
        "websocket",
        responses_ws,
        lambda d: _read_responses(frames(d)),
    ),
    Wire("openai.realtime", "api.openai.com", "/v1/realtime", "websocket", realtime, read_realtime),
    Wire("openai.audio", "api.openai.com", "/v1/audio/transcriptions", _SSE, transcript, read_transcript, False),
    Wire(
        "anthropic.messages",
        "api.anthropic.com",
        "/v1/messages",
        _SSE,
        anthropic,
        lambda d: _read_anthropic(sse_events(d)),
    ),
    Wire(
        "gemini.sse",
        _GEMINI,
        _STREAMED,
        _SSE,
        lambda t, a: list(map(sse, _gemini(t, a))),
        lambda d: _read_gemini(sse_events(d)),
    ),
    Wire(
        "gemini.array",
        _GEMINI,
        _STREAMED,
        "application/json",
        lambda t, a: array(_gemini(t, a)),
        lambda d: _read_gemini(items(d)),
    ),
    Wire("bedrock.converse", _BEDROCK, "/model/m/converse-stream", _AWS, converse, read_converse),
    Wire("bedrock.invoke nova", _BEDROCK, _NOVA, _AWS, nova_invoked, read_converse),
    Wire("bedrock.invoke claude", _BEDROCK, _CLAUDE, _AWS, anthropic_invoked, lambda d: _read_anthropic(messages(d))),
    Wire("bedrock.invoke llama", _BEDROCK, _LLAMA, _AWS, llama_invoked, _generation, False),
    Wire("mistral.chat", "api.mistral.ai", "/v1/chat/completions", _SSE, mistral, read_chat),
    Wire("cohere.chat", "api.cohere.com", "/v2/chat", _SSE, cohere, read_cohere),
    Wire("ollama.chat", "localhost", "/api/chat", "application/x-ndjson", ollama_chat, read_ollama_chat),
    Wire(
        "ollama.generate",
        "localhost",
        "/api/generate",
        "application/x-ndjson",
        ollama_generate,
        lambda d: {"text": "".join(event["response"] for event in line_events(d))},
        False,
    ),
    Wire("mcp", "localhost", "/mcp", _SSE, mcp, read_mcp),
    Wire("a2a", "localhost", "/a2a", _SSE, a2a, read_a2a, False),
    Wire(
        "generic",
        "api.unknown.example",
        "/generate_stream",
        _SSE,
        plain,
        lambda d: {"text": "".join(event["token"]["text"] for event in sse_events(d))},
        False,
    ),
)
