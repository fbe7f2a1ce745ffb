"""`urllib.request`: what an opener sends, each hop of a redirect."""

from __future__ import annotations

import functools
import io
from collections.abc import Iterable
from email.message import Message
from typing import Any
from urllib.parse import urlsplit

from aigov_enforcers.governing.decider import LENGTH, Headers, Request, Response, Stream, without
from aigov_enforcers.sdk.exchange import JSON, flow, is_within, pieces, run
from aigov_enforcers.sdk.transports import InForce, Patch
from aigov_enforcers.sdk.transports.urllib3 import Body, read
from aigov_enforcers.wire import Refusal


def patches(library: Any) -> Iterable[Patch]:
    """The patches of `urllib.request`."""
    yield Patch(library.OpenerDirector, "_open", functools.partial(_open, library))


def _open(library: Any, original: Any, in_force: InForce) -> Any:
    @functools.wraps(original)
    def open_(opener: Any, request: Any, data: Any = None) -> Any:
        decider = in_force()
        if decider is None or request.type not in {"http", "https"}:
            return original(opener, request, data)
        parts = urlsplit(request.full_url)
        host, path = parts.hostname or "", parts.path or "/"
        operation = decider.recognise(request.get_method(), host, parts.port, path)
        call = _Call(library, opener, original, request)
        if operation is None and request.get_method() == "POST" and _may_ask(request):
            operation = decider.unlisted(host, path, call.body())
        if operation is None or is_within(host, path):
            return original(opener, request, request.data)
        return run(flow(call, decider, operation))

    return open_


def _may_ask(request: Any) -> bool:
    """Whether the body may tell that a model is asked: what is in memory, and what is declared as JSON."""
    return isinstance(request.data, bytes) or request.get_header("Content-type", "").startswith(JSON)


class _Call:
    decodes = False

    def __init__(self, library: Any, opener: Any, original: Any, request: Any) -> None:
        self.library, self.opener, self.original, self.sent = library, opener, original, request

    def request(self) -> Request:
        return Request(self.sent.get_method(), self.sent.full_url, tuple(self.sent.header_items()))

    def body(self) -> bytes:
        sent = self.sent
        body = read(sent.data)
        if sent.data is not None and sent.data is not body:
            sent.data = body
            sent.remove_header("Transfer-encoding")
            sent.add_unredirected_header("Content-length", str(len(body)))
        return body

    def send(self, request: Request | None, body: bytes) -> Any:
        sent = self.sent
        if request is None:
            return self.original(self.opener, sent, body)
        changed = self.library.Request(
            request.url, request.body, dict(request.headers), method=request.method, unverifiable=sent.unverifiable
        )
        changed.timeout = sent.timeout
        changed.add_unredirected_header("Content-length", str(len(request.body)))
        changed.add_unredirected_header("Host", changed.host)
        return self.original(self.opener, changed, request.body)

    def head(self, answer: Any) -> Response:
        return Response(answer.status, tuple(answer.headers.items()))

    def content(self, answer: Any) -> bytes:
        return bytes(answer.read())

    def whole(self, answer: Any, response: Response, *, changed: bool) -> Any:  # noqa: ARG002 - read is read
        headers = (*without(response.headers, LENGTH), ("Content-Length", str(len(response.body))))
        return self._made(response.status, answer.msg, headers, io.BytesIO(response.body))

    def flowing(self, answer: Any, headers: Headers, stream: Stream) -> Any:
        arriving = iter(functools.partial(answer.read1, 2**16), b"")
        body = io.BufferedReader(Body(pieces(arriving, stream), answer, stream))
        return self._made(answer.status, answer.msg, without(headers, LENGTH), body)

    def drop(self, answer: Any) -> None:
        answer.close()

    def refused(self, refusal: Refusal) -> Any:
        return self._made(refusal.status, "Forbidden", refusal.headers, io.BytesIO(refusal.body))

    def _made(self, status: int, reason: Any, headers: Headers, body: Any) -> Any:
        named = Message()
        for name, value in headers:
            named[name] = value
        made = self.library.addinfourl(body, named, self.sent.full_url, status)
        made.msg = reason
        return made
