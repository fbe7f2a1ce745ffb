"""A client's connection in HTTP/1.1 (RFC 9112): bytes → `Arrived`, answers → bytes.

One request at a time: what comes meanwhile waits, unread. What two servers could read in two ways is answered with 400
and the connection ends; the parser is llhttp in its strict mode, and what it lets pass is checked here.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

import httptools

from aigov_enforcers.governing.decider import Headers
from aigov_enforcers.governing.governor import new_event
from aigov_enforcers.server.client import Arrived, Client, Talk, Work
from aigov_enforcers.server.errors import error
from aigov_enforcers.server.head import written
from aigov_enforcers.server.incoming import BadError, Incoming
from aigov_enforcers.server.sweeper import NEVER, Sweeper

if TYPE_CHECKING:
    from aigov_enforcers.server.bounds import Bounds

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    408: "Request Timeout",
    413: "Content Too Large",
    417: "Expectation Failed",
    429: "Too Many Requests",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
    505: "HTTP Version Not Supported",
}
_BODILESS = frozenset({204, 304})
_LINGER = 1.0  # seconds that a client has to read a last answer


class Http1(asyncio.Protocol):
    """One connection. `take` is given each request, and returns the work on it; `over` is told when it has ended;
    `peer` is what is kept of whom it is of."""

    def __init__(
        self,
        take: Callable[[Arrived, Client], Work],
        over: Callable[[Http1], None],
        bounds: Bounds,
        sweeper: Sweeper,
        peer: object,
    ) -> None:
        self._take, self._over, self.peer = take, over, peer
        self._bounds, self._sweeper = bounds, sweeper
        self.deadline = NEVER
        self.draining = False
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpRequestParser(self)
        self._work: Work | None = None
        self._busy = False  # from a request's end to its answer's end
        self._waiting: deque[Incoming] = deque()
        self._unread: deque[bytes] = deque()
        self._bad: BadError | None = None
        self._lingering = False
        self._talk: Talk | None = None
        self._request = Incoming()
        self._in_head = self._in_body = False
        self._head = 0
        self._begun = self._chunked = self._last = self._bare = False

    # the transport's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has connected, and the handshake, if there is one, is over."""
        self._transport = cast("asyncio.Transport", transport)
        self.deadline = self._sweeper.now() + self._bounds.head_time
        self._sweeper.watch(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - gone is gone
        """The client has gone."""
        self._sweeper.forget(self)
        self._transport = self._talk = None
        work, self._work = self._work, None
        self._waiting.clear()
        if work is not None:
            work.gone()
        self._over(self)

    def eof_received(self) -> bool:
        """A client that says no more is taken as gone: nothing else tells that it does not wait any more."""
        return False

    def pause_writing(self) -> None:
        """The client does not read what it is sent."""
        self.deadline = self._sweeper.now() + self._bounds.stall
        if self._work is not None:
            self._work.pause()

    def resume_writing(self) -> None:
        """It does again."""
        self.deadline = NEVER if self._busy else self._sweeper.now() + self._bounds.idle
        if self._work is not None:
            self._work.resume()

    def data_received(self, data: bytes) -> None:
        """Bytes from the client."""
        if self._talk is not None:
            self._talk.said(data)
            return
        if self._lingering:
            return
        if self._busy:
            self._unread.append(data)
            if self._transport is not None:
                self._transport.pause_reading()
            return
        self._feed(data)

    def expire(self) -> None:
        """It took too long."""
        transport = self._transport
        if transport is None:
            return
        if self._in_head or self._in_body:
            self._refuse(BadError(408, "The request took too long to come."))
        elif self._lingering or self._busy:
            transport.abort()
        else:
            transport.close()

    def drain(self) -> None:
        """No further request: close now, or when the one that is being answered is over."""
        self.draining = True
        if self._transport is not None and not (self._busy or self._in_head or self._in_body):
            self._transport.close()

    def cut(self) -> None:
        """Close at once, whatever is going on."""
        if self._transport is not None:
            self._transport.abort()

    # reading

    def _feed(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
            if self._in_head:
                self._head += len(data)
                if self._head > self._bounds.head:
                    raise BadError(431, "The headers are too large.")  # noqa: TRY301 - one place answers
        except BadError as bad:
            self._refuse(bad)
        except httptools.HttpParserCallbackError as failure:
            inner = failure.__context__
            self._refuse(inner if isinstance(inner, BadError) else BadError(400, "The request cannot be read."))
        except httptools.HttpParserUpgrade as upgrade:
            if rest := data[upgrade.args[0] :]:
                self._unread.append(rest)
        except httptools.HttpParserError:
            self._refuse(BadError(400, "The request is malformed."))

    def on_message_begin(self) -> None:
        """A request begins."""
        self._request = Incoming()
        self._in_head = True
        self._head = 0
        self.deadline = self._sweeper.now() + self._bounds.head_time

    def on_url(self, url: bytes) -> None:
        """A piece of its target."""
        self._request.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header line, or a trailer, which nobody needs."""
        request = self._request
        if not self._in_head:
            request.trailers += 1
            self._head += len(name) + len(value)
            if self._head > self._bounds.head or request.trailers > self._bounds.lines:
                raise BadError(431, "The trailers are too large.")
            return
        request.size += len(name) + len(value)
        request.headers.append((name.decode("latin-1").lower(), value.decode("latin-1")))
        if request.size > self._bounds.head or len(request.headers) > self._bounds.lines:
            raise BadError(431, "The headers are too large.")

    def on_headers_complete(self) -> None:
        """All that can be wrong with a head is found here."""
        request, parser = self._request, self._parser
        self._in_head, self._in_body = False, True
        self._head = 0
        self.deadline = self._sweeper.now() + self._bounds.body_time
        request.method = parser.get_method().decode("latin-1")
        version = parser.get_http_version()
        if version not in {"1.1", "1.0"}:
            raise BadError(505, "HTTP/1.1 is spoken here.")
        request.old = version == "1.0"
        request.upgrades = parser.should_upgrade()
        request.last = request.upgrades or not parser.should_keep_alive()
        if len(request.url) + request.size > self._bounds.head:
            raise BadError(431, "The headers are too large.")
        length = request.check()
        if length > self._bounds.body:
            raise BadError(413, "The body is too large.")
        if request.expects and self._transport is not None and not self._busy:
            self._transport.write(_CONTINUE)

    def on_body(self, piece: bytes) -> None:
        """A piece of the body."""
        request = self._request
        request.body.append(piece)
        request.length += len(piece)
        if request.length > self._bounds.body:
            raise BadError(413, "The body is too large.")

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._in_body = False
        if self._busy:
            self._waiting.append(self._request)
        else:
            self._handle(self._request)

    def _handle(self, request: Incoming) -> None:
        self._busy = True
        self.deadline = NEVER
        self._begun = False
        self._last, self._chunked = request.last, not request.old
        self._bare = request.method == "HEAD"
        body = request.body[0] if len(request.body) == 1 else b"".join(request.body)
        arrived = Arrived(request.method, request.path, tuple(request.headers), body, self.peer, request.upgrades)
        work = self._take(arrived, self)
        if self._busy:
            self._work = work

    def _refuse(self, bad: BadError) -> None:
        """Answer and close; after the answers to earlier requests, if there are any to come."""
        self._in_head = self._in_body = False
        if self._busy:
            self._bad = bad
            if self._transport is not None:
                self._transport.pause_reading()
            return
        self._busy, self._last, self._bare, self._begun = True, True, False, False
        refusal = error(bad.status, str(bad), new_event())
        self.whole(refusal.status, refusal.headers[:1] + refusal.headers[2:], refusal.body)

    # answering

    def whole(self, status: int, headers: Headers, body: bytes) -> None:
        """As `Client` says."""
        transport = self._transport
        if transport is None:
            return
        lines = [*headers]
        if status not in _BODILESS and not self._bare:
            lines.append(("content-length", str(len(body))))
        self._begun = True
        head = self._written(status, lines)
        transport.write(head if self._bare or not body else head + body)
        self._finished()

    def begin(self, status: int, headers: Headers) -> None:
        """As `Client` says."""
        if self._transport is None:
            return
        lines = [*headers]
        if self._chunked:
            lines.append(("transfer-encoding", "chunked"))
        else:
            self._last = True  # HTTP/1.0 has no other end than the connection's
        self._begun = True
        self._transport.write(self._written(status, lines))

    def write(self, piece: bytes) -> None:
        """As `Client` says."""
        if self._transport is not None and piece:
            self._transport.write(b"%x\r\n%b\r\n" % (len(piece), piece) if self._chunked else piece)

    def end(self) -> None:
        """As `Client` says."""
        if self._transport is None:
            return
        if self._chunked:
            self._transport.write(b"0\r\n\r\n")
        self._finished()

    def abort(self) -> None:
        """As `Client` says."""
        if self._transport is not None:
            self._work = None
            self._transport.abort()

    def switch(self, headers: Headers, talk: Talk) -> None:
        """As `Client` says."""
        if self._transport is None:
            return
        self._work = self._talk = talk
        self._chunked, self._begun = False, True
        lines = [("connection", "upgrade"), ("upgrade", "websocket"), *headers]
        self._transport.write(written("HTTP/1.1 101 Switching Protocols", lines))
        self.release()
        while self._unread:
            talk.said(self._unread.popleft())

    def hold(self) -> None:
        """As `Client` says."""
        if self._transport is not None:
            self._transport.pause_reading()

    def release(self) -> None:
        """As `Client` says."""
        if self._transport is not None:
            self._transport.resume_reading()

    def _written(self, status: int, lines: list[tuple[str, str]]) -> bytes:
        self._last = self._last or self.draining
        if self._last:
            lines.append(("connection", "close"))
        elif not self._chunked:
            lines.append(("connection", "keep-alive"))
        return written(f"HTTP/1.1 {status} {_REASONS.get(status, '')}", lines)

    def _finished(self) -> None:
        """The answer is out: take the next request, or close."""
        transport = self._transport
        self._work = None
        if transport is None:
            return
        if self._last:
            self._linger(transport)
            return
        self._busy = False
        coming = self._in_head or self._in_body
        self.deadline = self._sweeper.now() + (self._bounds.head_time if coming else self._bounds.idle)
        if self._waiting or self._bad is not None or self._unread:
            asyncio.get_running_loop().call_soon(self._go_on)

    def _go_on(self) -> None:
        """What came meanwhile."""
        if self._transport is None or self._busy:
            return
        if self._waiting:
            self._handle(self._waiting.popleft())
            if self._waiting or self._bad is not None or self._unread:
                return
        elif self._bad is not None:
            self._refuse(self._bad)
            return
        self._transport.resume_reading()
        while self._unread and self._free():
            self._feed(self._unread.popleft())
        if self._unread and self._transport is not None:
            self._transport.pause_reading()

    def _free(self) -> bool:
        return not self._busy

    def _linger(self, transport: asyncio.Transport) -> None:
        """Close so that the client can still read the last answer: a reset would take it away."""
        self._lingering, self._talk = True, None
        self.deadline = self._sweeper.now() + _LINGER
        self._unread.clear()
        transport.resume_reading()
        if transport.can_write_eof():
            transport.write_eof()
