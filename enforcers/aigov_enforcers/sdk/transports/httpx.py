"""`httpx2` and `httpx`: one request and its response, below redirects and authentication, so each hop is seen.

The two libraries have one interface. Custom transports (`google-genai`, `litellm`) are below this.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import timedelta
from typing import Any

from aigov_enforcers.governing.decider import LENGTH, Headers, Request, Response, Stream, without
from aigov_enforcers.sdk.exchange import JSON, apieces, arun, flow, is_within, pieces, run
from aigov_enforcers.sdk.transports import InForce, Patch
from aigov_enforcers.wire import Refusal


def patches(library: Any) -> Iterable[Patch]:
    """The patches of `httpx2` or `httpx`."""
    yield Patch(library.Client, "_send_single_request", functools.partial(_sync, library))
    yield Patch(library.AsyncClient, "_send_single_request", functools.partial(_async, library))


def _sync(library: Any, original: Any, in_force: InForce) -> Any:
    @functools.wraps(original)
    def send(client: Any, request: Any) -> Any:
        decider = in_force()
        if decider is None:
            return original(client, request)
        operation = _operation(decider, request)
        if operation is None and _may_ask(library, request):
            operation = decider.unlisted(request.url.host, request.url.path, request.read())
        if operation is None or is_within(request.url.host, request.url.path):
            return original(client, request)
        return run(flow(_Call(library, client, original, request), decider, operation))

    return send


def _async(library: Any, original: Any, in_force: InForce) -> Any:
    @functools.wraps(original)
    async def send(client: Any, request: Any) -> Any:
        decider = in_force()
        if decider is None:
            return await original(client, request)
        operation = _operation(decider, request)
        if operation is None and _may_ask(library, request):
            operation = decider.unlisted(request.url.host, request.url.path, await request.aread())
        if operation is None or is_within(request.url.host, request.url.path):
            return await original(client, request)
        return await arun(flow(_AsyncCall(library, client, original, request), decider, operation))

    return send


def _operation(decider: Any, request: Any) -> Any:
    url = request.url
    return decider.recognise(request.method, url.host, url.port, url.path)


def _may_ask(library: Any, request: Any) -> bool:
    """Whether the body may tell that a model is asked: what is in memory, and what is declared as JSON."""
    if request.method != "POST":
        return False
    return isinstance(request.stream, library.ByteStream) or request.headers.get("content-type", "").startswith(JSON)


class _Call:
    decodes = True

    def __init__(self, library: Any, client: Any, original: Any, request: Any) -> None:
        self.library, self.client, self.original, self.sent = library, client, original, request

    def request(self) -> Request:
        request = self.sent
        return Request(request.method, str(request.url), tuple(request.headers.multi_items()))

    def body(self) -> Any:
        return self.sent.read()

    def send(self, request: Request | None, body: bytes) -> Any:  # noqa: ARG002 - the request holds the body it read
        if request is None:
            return self.original(self.client, self.sent)
        changed = self.library.Request(
            request.method,
            request.url,
            headers=list(request.headers),
            content=request.body,
            extensions=self.sent.extensions,
        )
        return self.original(self.client, changed)

    def head(self, answer: Any) -> Response:
        return Response(answer.status_code, tuple(answer.headers.multi_items()))

    def content(self, answer: Any) -> Any:
        return answer.read()

    def whole(self, answer: Any, response: Response, *, changed: bool) -> Any:
        if not changed:
            return answer
        made = self._made(answer, response.headers, content=response.body)
        with contextlib.suppress(RuntimeError):  # a transport that hands out whole responses has measured nothing
            made.elapsed = answer.elapsed
        return made

    def flowing(self, answer: Any, headers: Headers, stream: Stream) -> Any:
        body = _body(self.library.SyncByteStream, answer, stream)
        made = self._made(answer, headers, stream=body)
        body.made = made
        return made

    def drop(self, answer: Any) -> Any:
        return answer.close()

    def refused(self, refusal: Refusal) -> Any:
        made = self.library.Response(
            refusal.status, headers=list(refusal.headers), content=refusal.body, request=self.sent
        )
        made.elapsed = timedelta(0)
        return made

    def _made(self, answer: Any, headers: Headers, **body: Any) -> Any:
        return self.library.Response(
            answer.status_code,
            headers=list(without(headers, LENGTH)),
            request=answer.request,
            extensions=answer.extensions,
            default_encoding=answer.default_encoding,
            **body,
        )


class _AsyncCall(_Call):
    def body(self) -> Any:
        return self.sent.aread()

    def content(self, answer: Any) -> Any:
        return answer.aread()

    def drop(self, answer: Any) -> Any:
        return answer.aclose()

    def flowing(self, answer: Any, headers: Headers, stream: Stream) -> Any:
        body = _async_body(self.library.AsyncByteStream, answer, stream)
        made = self._made(answer, headers, stream=body)
        body.made = made
        return made


def _body(base: Any, answer: Any, stream: Stream) -> Any:
    """A body as the library wants it; `base` is its class of streams."""

    class Body(base):  # type: ignore[misc]
        made: Any = None

        def __iter__(self) -> Iterator[bytes]:
            return pieces(answer.iter_bytes(), stream)

        def close(self) -> None:
            stream.close()
            answer.close()
            _measured(self.made, answer)

    return Body()


def _async_body(base: Any, answer: Any, stream: Stream) -> Any:
    class Body(base):  # type: ignore[misc]
        made: Any = None

        def __aiter__(self) -> AsyncIterator[bytes]:
            return apieces(answer.aiter_bytes(), stream)

        async def aclose(self) -> None:
            stream.close()
            await answer.aclose()
            _measured(self.made, answer)

    return Body()


def _measured(made: Any, answer: Any) -> None:
    with contextlib.suppress(RuntimeError):
        made.elapsed = answer.elapsed
