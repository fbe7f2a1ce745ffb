"""One request and its response under governance, for every transport, sync and async.

The flow is a generator. It yields what is to be done (read, send) as calls, and `run` or `arun` makes
them, the latter awaiting what can be awaited. So both worlds are governed by the same lines.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from aigov_enforcers.governing.decider import LENGTH, Decider, Headers, Passage, Request, Response, Stream, Way, without
from aigov_enforcers.wire import Operation, Refusal

Flow = Generator[Callable[[], Any], Any, Any]

JSON = "application/json"
"""What says of a body in pieces that it is worth reading whole, to see whether it asks a model."""

_DECODED = LENGTH | {"content-encoding"}
"""Headers that describe bytes which are no longer the body's."""


class Asking(Protocol):
    """A request that a client library is about to send."""

    def request(self) -> Request:
        """The request, without its body."""

    def body(self) -> bytes | Awaitable[bytes]:
        """The request's whole body, which a stream is read for."""


class Sending(Protocol):
    """The sending of a request, and what comes back. `answer` is the library's own response."""

    decodes: bool
    """Whether the library undoes the content encoding."""

    def send(self, request: Request | None, body: bytes) -> Any:
        """Send the call's own request, whose body has been read, or another one; the answer is not read."""

    def head(self, answer: Any) -> Response:
        """Status and headers of an answer."""

    def content(self, answer: Any) -> bytes | Awaitable[bytes]:
        """The whole body of an answer."""

    def whole(self, answer: Any, response: Response, *, changed: bool) -> Any:
        """The answer whose body was read: as it came, or with another body."""

    def flowing(self, answer: Any, headers: Headers, stream: Stream) -> Any:
        """The answer with its body governed while it flows."""

    def drop(self, answer: Any) -> Any:
        """Close an answer that nobody will read."""

    def refused(self, refusal: Refusal) -> Any:
        """An answer that nobody sent."""


class Call(Asking, Sending, Protocol):
    """One call of a client library, as its transport module presents it."""


def flow(call: Call, decider: Decider, operation: Operation) -> Flow:
    """Govern a call. What the network raises goes through; what deciding raises follows `on_failure`."""
    passage, body = yield from outgoing(call, decider, operation)
    if isinstance(passage, Refusal):
        return call.refused(passage)
    return (yield from incoming(call, decider, operation, passage, body))


def outgoing(
    call: Asking, decider: Decider, operation: Operation
) -> Generator[Callable[[], Any], Any, tuple[Passage | Refusal | None, bytes]]:
    """Decide the request. None: deciding failed, and it may pass."""
    body = yield call.body
    try:
        return decider.request(operation, call.request()._replace(body=body)), body
    except Exception:  # noqa: BLE001 - whatever it is, nothing may leave undecided
        return decider.failed(operation, body), body


def incoming(call: Sending, decider: Decider, operation: Operation, passage: Passage | None, body: bytes) -> Flow:
    """Send the request and decide the response."""
    if passage is None:
        return (yield partial(call.send, None, body))
    request = passage.request if passage.changed else None
    with within(passage.request.url):
        answer = yield partial(call.send, request, body)
    try:
        head = call.head(answer)
        head = head._replace(headers=without(head.headers, _DECODED if call.decodes else LENGTH))
        head = decider.head(passage, head)
        way = decider.way(passage, head)
        if way is Way.PASS:
            return answer
        stream = decider.stream(passage, head) if way is Way.STREAM else None
        if stream is not None and not isinstance(stream, Refusal):
            return call.flowing(answer, head.headers, stream)
    except Exception:  # noqa: BLE001 - as above
        stream = decider.failed(operation, body)
        if stream is None:
            return answer
    if stream is not None:
        yield partial(call.drop, answer)
        return call.refused(stream)
    whole = head._replace(body=(yield partial(call.content, answer)))
    verdict: Response | Refusal | None
    try:
        verdict = decider.response(passage, whole)
    except Exception:  # noqa: BLE001 - as above
        verdict = decider.failed(operation, body) or whole
    if isinstance(verdict, Refusal):
        return call.refused(verdict)
    return call.whole(answer, verdict, changed=verdict is not whole)


def run(steps: Flow) -> Any:
    """Drive a flow in a thread."""
    try:
        step = next(steps)
        while True:
            try:
                result = step()
            except BaseException as error:  # noqa: BLE001 - the flow lets it out
                step = steps.throw(error)
            else:
                step = steps.send(result)
    except StopIteration as end:
        return end.value


async def arun(steps: Flow) -> Any:
    """Drive a flow in a task."""
    try:
        step = next(steps)
        while True:
            try:
                result = step()
                if inspect.isawaitable(result):
                    result = await result
            except BaseException as error:  # noqa: BLE001 - the flow lets it out
                step = steps.throw(error)
            else:
                step = steps.send(result)
    except StopIteration as end:
        return end.value


def pieces(source: Iterable[bytes], stream: Stream) -> Iterator[bytes]:
    """What a client gets of a stream: as it comes, and no more than it asks for."""
    try:
        for piece in source:
            if out := stream.feed(piece):
                yield out
            if stream.blocked:
                return
        if out := stream.close():
            yield out
    finally:
        stream.close()


async def apieces(source: AsyncIterable[bytes], stream: Stream) -> AsyncIterator[bytes]:
    """The same in a task."""
    try:
        async for piece in source:
            if out := stream.feed(piece):
                yield out
            if stream.blocked:
                return
        if out := stream.close():
            yield out
    finally:
        stream.close()


class _Place:
    """A request that is being sent, as long as it is: what a task that began meanwhile sends later is its own."""

    def __init__(self, url: str) -> None:
        self.url, self.open = url, True


_sending: ContextVar[_Place | None] = ContextVar("aigov_sending", default=None)


@contextmanager
def within(url: str) -> Iterator[None]:
    """While a decided request is sent, a transport below (urllib3 under botocore) may send it undecided."""
    place, before = _Place(url), _sending.get()
    _sending.set(place)
    try:
        yield
    finally:
        place.open = False
        _sending.set(before)


def is_within(host: str, path: str) -> bool:
    """Whether a request is one that a transport above has decided. Another one, sent meanwhile, is not."""
    place = _sending.get()
    if place is None or not place.open:
        return False
    parts = urlsplit(place.url)
    return parts.hostname == host and (unquote(parts.path) or "/") == (unquote(path) or "/")
