"""`botocore`, and so `boto3`: a request is decided before it is signed, its response where it comes in.

`make_request` has what is to be signed; it signs (once per attempt) and calls `_send`, which has the
response before it is parsed. The second finds the first's decision in a context variable.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from aigov_enforcers.governing.decider import LENGTH, Decider, Headers, Passage, Request, Response, Stream, without
from aigov_enforcers.sdk.exchange import incoming, is_within, outgoing, pieces, run
from aigov_enforcers.sdk.transports import InForce, Patch
from aigov_enforcers.sdk.transports.urllib3 import Body, arriving, flowing_class, pairs, read, response_class
from aigov_enforcers.wire import Operation, Refusal


class _Decided(NamedTuple):
    """What was decided of the request that is being made."""

    decider: Decider
    operation: Operation
    verdict: Passage | Refusal | None
    body: bytes


_decided: ContextVar[_Decided | None] = ContextVar("aigov_botocore", default=None)


def patches(library: Any) -> Iterable[Patch]:
    """The patches of `botocore.endpoint`."""
    yield Patch(library.Endpoint, "make_request", _make_request)
    yield Patch(library.Endpoint, "_send", _send)


def _make_request(original: Any, in_force: InForce) -> Any:
    @functools.wraps(original)
    def make_request(endpoint: Any, model: Any, asked: Any) -> Any:
        decider = in_force()
        if decider is None:
            return original(endpoint, model, asked)
        parts = urlsplit(asked["url"])
        host, path = parts.hostname or "", parts.path or "/"
        operation = decider.recognise(asked["method"], host, parts.port, path)
        if operation is None and asked["method"] == "POST" and isinstance(asked["body"], str | bytes):
            operation = decider.unlisted(host, path, read(asked["body"]))
        if operation is None or is_within(host, path):
            return original(endpoint, model, asked)
        call = _Request(asked)
        verdict, body = run(outgoing(call, decider, operation))
        changed = call.changed(verdict, body)
        before = _decided.get()
        _decided.set(_Decided(decider, operation, verdict, body))
        try:
            return original(endpoint, model, changed)
        finally:
            _decided.set(before)

    return make_request


def _send(original: Any, in_force: InForce) -> Any:  # noqa: ARG001 - the decider of the request is asked
    @functools.wraps(original)
    def send(endpoint: Any, prepared: Any) -> Any:
        decided = _decided.get()
        if decided is None:
            return original(endpoint, prepared)
        call = _Call(endpoint, original, prepared)
        if isinstance(decided.verdict, Refusal):
            return call.refused(decided.verdict)
        return run(incoming(call, decided.decider, decided.operation, decided.verdict, decided.body))

    return send


class _Request:
    """What `make_request` is asked for; a mapping with `url`, `method`, `headers` and `body`."""

    def __init__(self, asked: Any) -> None:
        self.asked = asked

    def request(self) -> Request:
        return Request(self.asked["method"], self.asked["url"], tuple(pairs(self.asked["headers"])))

    def body(self) -> bytes:
        return read(self.asked["body"] or None)

    def changed(self, verdict: Passage | Refusal | None, body: bytes) -> Any:
        """What to make instead."""
        changed = {**self.asked, "body": body}
        if isinstance(verdict, Passage):
            request = verdict.request
            if verdict.changed:
                changed |= {"url": request.url, "headers": dict(request.headers), "body": request.body}
            if verdict.rerouted:
                changed["context"] = {**self.asked["context"], "auth_type": "none"}
        return changed


class _Call:
    decodes = True

    def __init__(self, endpoint: Any, original: Any, prepared: Any) -> None:
        self.endpoint, self.original, self.prepared = endpoint, original, prepared

    def send(self, request: Request | None, body: bytes) -> Any:  # noqa: ARG002 - it was changed before it was signed
        return self.original(self.endpoint, self.prepared)

    def head(self, answer: Any) -> Response:
        return Response(answer.status_code, tuple(pairs(answer.headers)))

    def content(self, answer: Any) -> bytes:
        return bytes(answer.content)

    def whole(self, answer: Any, response: Response, *, changed: bool) -> Any:  # noqa: ARG002 - read is read
        headers = (*without(response.headers, LENGTH), ("content-length", str(len(response.body))))
        return self._made(response.status, headers, response_class(), io.BytesIO(response.body))

    def flowing(self, answer: Any, headers: Headers, stream: Stream) -> Any:
        body = Body(pieces(arriving(answer.raw), stream), answer.raw, stream)
        return self._made(answer.status_code, without(headers, LENGTH), flowing_class(), body)

    def drop(self, answer: Any) -> None:
        answer.raw.close()

    def refused(self, refusal: Refusal) -> Any:
        return self._made(refusal.status, refusal.headers, response_class(), io.BytesIO(refusal.body))

    def _made(self, status: int, headers: Headers, kind: Any, body: Any) -> Any:
        from botocore.awsrequest import AWSResponse

        raw = kind(body=body, headers=dict(headers), status=status, preload_content=False)
        return AWSResponse(self.prepared.url, status, dict(headers), raw)
