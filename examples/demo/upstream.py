"""A stand-in for OpenAI and Anthropic on this machine: it answers in their form and records what reached it.

Loopback only, for demonstrations and tests.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NamedTuple, Self


class Received(NamedTuple):
    """One request as it came in; header names are lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)


class Reply(NamedTuple):
    """What to answer with."""

    body: bytes
    status: int = 200
    content_type: str = "application/json"


class Upstream:
    """The server, running while it is used as a context manager.

    `text` is what the model says; it may be a function of the request. `reply`, when set, answers whole.
    """

    def __init__(self, text: str | Callable[[Received], str] = "Hello from the model.") -> None:
        self.text = text
        self.reply: Callable[[Received], Reply] | None = None
        self.received: list[Received] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def host(self) -> str:
        """`127.0.0.1:PORT`."""
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        """Where it listens, without a path."""
        return f"http://{self.host}"

    def _answer(self, request: Received) -> Reply:
        self.received.append(request)
        if self.reply is not None:
            return self.reply(request)
        text = self.text if isinstance(self.text, str) else self.text(request)
        asked = json.loads(request.body) if request.body else {}
        make = next((form for end, form in _FORMS.items() if request.path.split("?")[0].endswith(end)), None)
        if make is None:
            return Reply(json.dumps({"object": "list", "data": [], "text": text}).encode())
        if asked.get("stream"):
            return Reply(b"".join(_stream(request.path, text)), content_type="text/event-stream")
        return Reply(json.dumps(make(text)).encode())

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                size = int(self.headers.get("content-length", 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                reply = upstream._answer(Received(self.command, self.path, headers, self.rfile.read(size)))
                self.send_response(reply.status)
                self.send_header("content-type", reply.content_type)
                self.send_header("content-length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            do_GET = do_POST = answer  # noqa: N815 - names of the library

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        return Handler


def _chat(text: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": "gpt-4o",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }


def _responses(text: str) -> dict[str, Any]:
    content = [{"type": "output_text", "text": text, "annotations": []}]
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 0,
        "status": "completed",
        "model": "gpt-4o",
        "output": [{"type": "message", "id": "msg_1", "status": "completed", "role": "assistant", "content": content}],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
    }


def _messages(text: str) -> dict[str, Any]:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-5",
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 1, "output_tokens": 1},
    }


_FORMS = {"/chat/completions": _chat, "/responses": _responses, "/messages": _messages}


def _stream(path: str, text: str) -> Iterator[bytes]:
    """A chat or messages stream that says the text word by word."""
    pieces = text.split(" ")
    words = [piece + " " for piece in pieces[:-1]] + pieces[-1:]
    if path.endswith("/messages"):
        start = {**_messages(""), "content": []}
        yield _event({"type": "message_start", "message": start})
        yield _event({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}})
        for word in words:
            delta = {"type": "text_delta", "text": word}
            yield _event({"type": "content_block_delta", "index": 0, "delta": delta})
        yield _event({"type": "content_block_stop", "index": 0})
        yield _event({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 1}})
        yield _event({"type": "message_stop"})
        return
    chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 0, "model": "gpt-4o"}
    for word in words:
        yield _data({**chunk, "choices": [{"index": 0, "delta": {"role": "assistant", "content": word}}]})
    yield _data({**chunk, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    yield b"data: [DONE]\n\n"


def _data(event: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(event)}\n\n".encode()


def _event(event: dict[str, Any]) -> bytes:
    return f"event: {event['type']}\n".encode() + _data(event)
