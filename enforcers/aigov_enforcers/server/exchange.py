"""One request's life: who asks → which provider → the decision → the provider → the answer, decided → the client.

Nothing here waits: each step is called by the connection that has something. Nothing here raises either: a fault of
ours is an answer too.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING

from aigov_enforcers.governing.decider import Headers, Passage, Request, Response, Stream, Way
from aigov_enforcers.governing.governor import Governor, new_event
from aigov_enforcers.governing.routes import without_keys
from aigov_enforcers.server.client import Arrived, Client
from aigov_enforcers.server.connection import Failure, Sent
from aigov_enforcers.server.errors import error
from aigov_enforcers.server.head import back, onward, upgrading, written
from aigov_enforcers.server.targets import Target, TargetError
from aigov_enforcers.server.websocket import Socket
from aigov_enforcers.server.who import Refused
from aigov_enforcers.wire import Operation, Refusal

if TYPE_CHECKING:
    from aigov_enforcers.server.proxy import Plane

_log = logging.getLogger("aigov.server")

LARGE = 128 * 1024
"""A body of so many bytes is decided in a thread: it takes milliseconds, in which others would wait."""

_STATUS = {
    Failure.RESTING: 503,
    Failure.FULL: 503,
    Failure.CONNECT: 502,
    Failure.BROKEN: 502,
    Failure.MALFORMED: 502,
    Failure.LATE: 504,
    Failure.LARGE: 502,
}
_AGAIN = frozenset({Failure.RESTING, Failure.FULL, Failure.CONNECT})
"""Nothing was sent, so the client may try again."""
_SOCKET = (("content-type", "websocket"),)
_FAULT = "The server could not handle this request, so it was stopped."


class Exchange:
    """The work on one request."""

    __slots__ = (
        "_arrived",
        "_begun",
        "_client",
        "_event",
        "_governor",
        "_head",
        "_operation",
        "_over",
        "_parts",
        "_passage",
        "_plane",
        "_sent",
        "_size",
        "_stream",
        "_target",
        "_way",
    )

    def __init__(self, plane: Plane, arrived: Arrived, client: Client) -> None:
        self._plane, self._arrived, self._client = plane, arrived, client
        self._event = new_event()
        self._begun = self._over = False
        self._operation: Operation | None = None
        self._target: Target | None = None
        self._governor: Governor | None = None
        self._passage: Passage | None = None
        self._sent: Sent | None = None
        self._head: Response | None = None
        self._way = Way.WHOLE
        self._stream: Stream | None = None
        self._parts: list[bytes] = []
        self._size = 0

    def start(self) -> None:
        """Take it up."""
        self._step(self._start)

    # the client's side

    def gone(self) -> None:
        """The client has gone: the provider may stop, and what was decided is recorded."""
        self._over = True
        if self._sent is not None:
            self._sent.cancel()
        if self._stream is not None:
            self._stream.close()

    def pause(self) -> None:
        """The client is slow."""
        if self._sent is not None:
            self._sent.pause()

    def resume(self) -> None:
        """It has caught up."""
        if self._sent is not None:
            self._sent.resume()

    # the request

    def _start(self) -> None:
        arrived, plane = self._arrived, self._plane
        caller = plane.who.caller(arrived.peer, arrived.headers)
        try:
            target = self._target = plane.targets.find(arrived.headers, arrived.path)
        except TargetError as why:
            self._fail(HTTPStatus.NOT_FOUND, str(why))
            return
        origin = target.origin
        path, mark, query = target.path.partition("?")
        operation = self._operation = plane.recognise(arrived.method, origin.host, origin.port, path)
        if isinstance(caller, Refused):
            self._fail(caller.status, caller.message)
            return
        if operation is None:
            self._fail(HTTPStatus.NOT_FOUND, "This is no request to a model.")
            return
        governor = self._governor = plane.callers.of(caller)
        url = f"{origin.scheme}://{origin.authority}{path}"
        if mark:
            url = without_keys(f"{url}?{query}", operation.credentials)
        headers = onward(arrived.headers, operation.credentials)
        request = Request(arrived.method, url, headers, arrived.body)
        if len(arrived.body) < LARGE:
            self._decided(self._asked(governor, operation, request))
        else:
            self._aside(lambda: self._asked(governor, operation, request), self._decided)

    def _asked(self, governor: Governor, operation: Operation, request: Request) -> Passage | Refusal | None:
        """The decision; what `on_failure` says when there is none."""
        try:
            return governor.request(operation, request, self._event)
        except Exception:  # noqa: BLE001 - whatever it is, nothing may leave undecided
            refusal = governor.failed(operation, request.body, self._event)
        if refusal is not None:
            return refusal._replace(status=HTTPStatus.SERVICE_UNAVAILABLE)
        return Passage(operation, request, {}, {}, event=self._event)

    def _decided(self, verdict: Passage | Refusal | None) -> None:
        """The request may leave, or not."""
        target = self._target
        if self._over or target is None or verdict is None:
            return
        if isinstance(verdict, Refusal):
            self._answer(verdict.status, verdict.headers, verdict.body)
            return
        self._passage = verdict
        request = verdict.request
        origin, credentials = target.origin, target.provider.headers
        if verdict.rerouted:
            origin, credentials = self._plane.route(request.url), ()
        path = "/" + request.url.partition("://")[2].partition("/")[2]
        upgrades = self._arrived.upgrades
        headers = upgrading(request.headers) if upgrades else request.headers
        set_ = {name.lower() for name, _ in credentials}
        lines = [
            ("host", origin.authority),
            *[pair for pair in headers if pair[0] not in set_],
            *credentials,
            ("accept-encoding", "identity"),
        ]
        body = request.body
        if body or request.method not in {"GET", "HEAD", "DELETE", "OPTIONS"}:
            lines.append(("content-length", str(len(body))))
        head = written(f"{request.method} {path} HTTP/1.1", lines)
        sent = self._sent = Sent(request.method, head + body, self, body=bool(body), upgrades=upgrades)
        self._plane.pool(origin).send(sent)

    # the answer, as it comes

    def head(self, status: int, headers: Headers) -> None:
        """The provider begins to answer."""
        self._step(lambda: self._headed(status, headers))

    def piece(self, data: bytes) -> None:
        """A piece of the answer."""
        if self._over:
            return
        if self._stream is None and self._way is Way.WHOLE:
            self._parts.append(data)
            self._size += len(data)
            if self._size > self._plane.bounds.answer:
                self._lost(Failure.LARGE)
            return
        self._step(lambda: self._flowed(data))

    def done(self) -> None:
        """The answer is complete."""
        self._step(self._done)

    def failed(self, failure: Failure) -> None:
        """There is none, or no rest."""
        self._step(lambda: self._lost(failure))

    def switched(self, headers: Headers) -> None:
        """The provider speaks WebSocket with us now."""
        self._step(lambda: self._talked(headers))

    def hold(self) -> None:
        """The provider is slow; only a connection that has switched is written to for long."""

    def release(self) -> None:
        """It has caught up."""

    def _talked(self, headers: Headers) -> None:
        passage, governor, sent = self._passage, self._governor, self._sent
        if passage is None or governor is None or sent is None:
            return
        stream = governor.stream(passage, Response(HTTPStatus.SWITCHING_PROTOCOLS, _SOCKET))
        if isinstance(stream, Refusal):
            self._cancel()
            self._answer(stream.status, stream.headers, stream.body)
            return
        socket = Socket(governor, passage, stream, self._client, sent)
        sent.answered = socket
        self._over = True
        kept = [pair for pair in headers if pair[0] in {"sec-websocket-accept", "sec-websocket-protocol"}]
        self._client.switch((*kept, ("x-gov-event-id", self._event)), socket)

    def _headed(self, status: int, headers: Headers) -> None:
        passage, governor = self._passage, self._governor
        if passage is None or governor is None:
            return
        head = self._head = governor.head(passage, Response(status, back(headers)))
        if not passage.attributes:  # deciding failed and it may pass, so its answer may
            self._way = Way.PASS
        else:
            self._way = governor.way(passage, head)
        if passage.request.method == "HEAD":
            self._way = Way.WHOLE
        if self._way is Way.STREAM:
            stream = governor.stream(passage, head)
            if isinstance(stream, Refusal):
                self._cancel()
                self._answer(stream.status, stream.headers, stream.body)
            else:
                self._stream = stream
        elif self._way is Way.PASS:
            self._begin(head)

    def _flowed(self, data: bytes) -> None:
        stream, head = self._stream, self._head
        if stream is None:
            self._client.write(data)
            return
        out = stream.feed(data)
        if out and head is not None:
            self._begin(head)
            self._client.write(out)
        if stream.blocked:
            self._cancel()
            stream.close()
            self._over = True
            self._client.end()

    def _done(self) -> None:
        head, passage, governor = self._head, self._passage, self._governor
        if head is None or passage is None or governor is None:
            return
        if self._way is Way.WHOLE and self._stream is None:
            body = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
            whole = Response(head.status, head.headers, body)
            self._parts = []
            if len(whole.body) < LARGE:
                self._judged(self._heard(governor, passage, whole))
            else:
                self._aside(lambda: self._heard(governor, passage, whole), self._judged)
            return
        if self._stream is not None:
            out = self._stream.close()
            self._begin(head)
            self._client.write(out)
        self._over = True
        self._client.end()

    def _heard(self, governor: Governor, passage: Passage, whole: Response) -> Response | Refusal:
        try:
            return governor.response(passage, whole)
        except Exception:  # noqa: BLE001 - as above
            refusal = governor.failed(passage.operation, passage.request.body, self._event)
        return whole if refusal is None else refusal._replace(status=HTTPStatus.SERVICE_UNAVAILABLE)

    def _judged(self, verdict: Response | Refusal) -> None:
        if not self._over:
            self._answer(verdict.status, verdict.headers, verdict.body)

    def _lost(self, failure: Failure) -> None:
        if self._stream is not None:
            self._stream.close()
        self._cancel()
        if self._begun:
            self._over = True
            self._client.abort()
        else:
            self._fail(_STATUS[failure], failure.value, again=failure in _AGAIN)

    # ends

    def _begin(self, head: Response) -> None:
        if not self._begun:
            self._begun = True
            self._client.begin(head.status, (*head.headers, ("x-gov-event-id", self._event)))

    def _answer(self, status: int, headers: Headers, body: bytes) -> None:
        self._over = self._begun = True
        self._client.whole(status, tuple(pair for pair in headers if pair[0] != "content-length"), body)

    def _fail(self, status: int, message: str, *, again: bool = False) -> None:
        refusal = error(status, message, self._event, self._operation, self._arrived.body, again=again)
        self._answer(refusal.status, refusal.headers, refusal.body)

    def _cancel(self) -> None:
        if self._sent is not None:
            self._sent.cancel()

    def _aside(self, work: Callable[[], object], then: Callable[..., None]) -> None:
        """Do what takes long in a thread, and go on here."""
        future = self._plane.loop.run_in_executor(self._plane.threads, work)
        future.add_done_callback(lambda done: self._step(lambda: then(done.result())))

    def _step(self, step: Callable[[], None]) -> None:
        """A step that may fail, which must not leave the client without an answer."""
        if self._over:
            return
        try:
            step()
        except Exception:  # noqa: BLE001 - on the log, and answered
            _log.exception("a request could not be handled [event %s]", self._event)
            self._cancel()
            if self._begun:
                self._over = True
                self._client.abort()
            else:
                self._fail(HTTPStatus.INTERNAL_SERVER_ERROR, _FAULT)
