"""Connections to providers in HTTP/1.1, kept and used again, and the answers that come on them.

**A body is sent once.** A request is sent again only when it has no body, its method is safe (RFC 9110 section 9.2.1),
the connection had been used before, and not one byte of an answer has come: then the provider closed it in that very
moment. Whatever has a body may have been acted on; its client is told with 502, and decides. A kept connection is
dropped long before providers do (`Bounds.keep`), so that this is rare.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections import deque
from enum import Enum
from typing import Protocol, cast

import httptools

from aigov_enforcers.governing.decider import Headers
from aigov_enforcers.server.addresses import addresses
from aigov_enforcers.server.bounds import Bounds
from aigov_enforcers.server.breaker import Breaker
from aigov_enforcers.server.sweeper import NEVER, Sweeper
from aigov_enforcers.server.targets import Origin

_log = logging.getLogger("aigov.server")

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Failure(Enum):
    """Why there is no answer, or no rest of one."""

    RESTING = "The provider does not answer, and is left alone for a moment."
    FULL = "Too many requests are waiting for the provider."
    CONNECT = "The provider cannot be reached."
    BROKEN = "The provider closed the connection before its answer was complete."
    MALFORMED = "The provider's answer is malformed."
    LATE = "The provider took too long to answer."
    LARGE = "The provider's answer is too large."


class Answered(Protocol):
    """Who waits for an answer. After `done` or `failed` nothing more comes."""

    def head(self, status: int, headers: Headers) -> None:
        """Status and headers (names in lower case)."""

    def piece(self, data: bytes) -> None:
        """A piece of the body."""

    def done(self) -> None:
        """It is complete."""

    def failed(self, failure: Failure) -> None:
        """It never will be."""


class Sent:
    """A request on its way. `cancel` when nobody waits any more; `pause` and `resume` hold the provider back."""

    __slots__ = ("answered", "bare", "connection", "data", "over", "paused", "safe")

    def __init__(self, method: str, data: bytes, answered: Answered, *, body: bool) -> None:
        self.data, self.answered = data, answered
        self.bare = method == "HEAD"
        self.safe = method in _SAFE and not body
        self.connection: Connection | None = None
        self.over = self.paused = False

    def cancel(self) -> None:
        """Nobody waits."""
        self.over = True
        if self.connection is not None:
            self.connection.drop()

    def pause(self) -> None:
        """No more for now."""
        self.paused = True
        if self.connection is not None:
            self.connection.pause()

    def resume(self) -> None:
        """Go on."""
        self.paused = False
        if self.connection is not None:
            self.connection.resume()


class Pool:
    """The connections to one origin."""

    def __init__(self, origin: Origin, context: ssl.SSLContext | None, bounds: Bounds, sweeper: Sweeper) -> None:
        self.origin, self.bounds, self.sweeper = origin, bounds, sweeper
        self._context = context
        self._breaker = Breaker(bounds.failures, bounds.rest, sweeper.now)
        self._idle: list[Connection] = []
        self._open: set[Connection] = set()
        self._connecting: set[asyncio.Task[None]] = set()
        self._waiting: deque[_Waiting] = deque()

    def send(self, sent: Sent) -> None:
        """Send a request on a connection that is free, or a new one, or when one is."""
        while self._idle:
            connection = self._idle.pop()
            if connection.usable:
                connection.send(sent)
                return
        if not self._breaker.closed():
            self._fail(sent, Failure.RESTING)
        elif len(self._open) + len(self._connecting) < self.bounds.connections:
            self._connect(sent)
        else:
            self._waiting.append(_Waiting(sent, self))

    def close(self) -> None:
        """Close what is idle, and let no request wait."""
        for connection in self._idle:
            connection.drop()
        self._idle.clear()
        while self._waiting:
            self._waiting[0].expire()

    def abort(self) -> None:
        """Close everything."""
        self.close()
        for task in list(self._connecting):
            task.cancel()
        for connection in list(self._open):
            connection.drop()

    # for connections

    def good(self) -> None:
        """The head of an answer has come."""
        self._breaker.good()

    def bad(self) -> None:
        """No answer came."""
        self._breaker.bad()

    def free(self, connection: Connection) -> None:
        """Its answer is complete, and it may be used again."""
        while self._waiting:
            waiting = self._waiting.popleft()
            self.sweeper.forget(waiting)
            if not waiting.sent.over:
                connection.send(waiting.sent)
                return
        self._idle.append(connection)

    def lost(self, connection: Connection) -> None:
        """It is closed."""
        self._open.discard(connection)
        if connection in self._idle:
            self._idle.remove(connection)
        self._next()

    def again(self, sent: Sent) -> None:
        """Send what may be sent again, on a new connection."""
        sent.connection = None
        if not sent.over:
            self._connect(sent)

    def give_up(self, waiting: _Waiting) -> None:
        """It has waited too long."""
        if waiting in self._waiting:
            self._waiting.remove(waiting)
            self.sweeper.forget(waiting)
            self._fail(waiting.sent, Failure.FULL)

    def _next(self) -> None:
        while self._waiting and len(self._open) + len(self._connecting) < self.bounds.connections:
            waiting = self._waiting.popleft()
            self.sweeper.forget(waiting)
            if not waiting.sent.over:
                self._connect(waiting.sent)

    def _connect(self, sent: Sent) -> None:
        task = asyncio.get_running_loop().create_task(self._connected(sent))
        self._connecting.add(task)
        task.add_done_callback(self._connecting.discard)

    async def _connected(self, sent: Sent) -> None:
        try:
            connection = await self._dialled()
        except (OSError, TimeoutError, UnicodeError) as error:
            _log.warning("%s cannot be reached: %s", self.origin.authority, str(error) or type(error).__name__)
            self._breaker.bad()
            self._fail(sent, Failure.CONNECT)
            return
        self._open.add(connection)
        if sent.over:
            self.free(connection)
        else:
            connection.send(sent)

    async def _dialled(self) -> Connection:
        """A connection to the first address that takes one."""
        loop, origin = asyncio.get_running_loop(), self.origin
        name = None if self._context is None else origin.host
        last: Exception = OSError("no address")
        async with asyncio.timeout(self.bounds.connect):
            found = await addresses(loop, origin)
        for address in found:
            try:
                async with asyncio.timeout(self.bounds.connect):
                    _, connection = await loop.create_connection(
                        lambda: Connection(self),
                        address,
                        origin.port,
                        ssl=self._context,
                        server_hostname=name,
                    )
            except (OSError, TimeoutError) as error:
                last = error
            else:
                return connection
        raise last

    @staticmethod
    def _fail(sent: Sent, failure: Failure) -> None:
        if not sent.over:
            sent.over = True
            sent.answered.failed(failure)


class _Waiting:
    """A request that waits for a connection."""

    def __init__(self, sent: Sent, pool: Pool) -> None:
        self.sent, self._pool = sent, pool
        self.deadline = pool.sweeper.now() + pool.bounds.wait
        pool.sweeper.watch(self)

    def expire(self) -> None:
        """It has waited long enough."""
        self._pool.give_up(self)


class Connection(asyncio.Protocol):
    """One connection: a request, its answer, the next request."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._bounds, self._now = pool.bounds, pool.sweeper.now
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._sent: Sent | None = None
        self._headers: list[tuple[str, str]] = []
        self._size = 0
        self._used = 0
        self._status = 0
        self._touched = self._framed = self._headed = self._rests = False
        self.deadline = NEVER

    @property
    def usable(self) -> bool:
        """Whether a request can be sent."""
        return self._transport is not None and not self._transport.is_closing()

    def send(self, sent: Sent) -> None:
        """Send a request. Nothing else is under way."""
        if self._transport is None:  # closed between two steps
            self._pool.again(sent)
            return
        self._sent, sent.connection = sent, self
        self._used += 1
        self._touched = self._headed = False
        self.deadline = self._now() + self._bounds.first_byte
        self._transport.write(sent.data)
        if not sent.safe:
            sent.data = b""
        if sent.paused:
            self.pause()

    def drop(self) -> None:
        """Close it; whoever waits is not told."""
        self._sent = None
        if self._transport is not None:
            self._transport.abort()

    def pause(self) -> None:
        """Read no more for now: the client is slow, not the provider."""
        self.deadline = NEVER
        if self._transport is not None:
            self._transport.pause_reading()

    def resume(self) -> None:
        """Read on."""
        self.deadline = self._now() + self._bounds.silence
        if self._transport is not None:
            self._transport.resume_reading()

    def expire(self) -> None:
        """Nothing came for too long, or nobody needed it."""
        if self._sent is None:
            self.drop()
        else:
            self._fail(Failure.LATE)

    # the transport's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        self._transport = cast("asyncio.Transport", transport)
        self._pool.sweeper.watch(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is closed: good, if that is how the answer ends."""
        self._transport = None
        self._pool.sweeper.forget(self)
        sent = self._sent
        if sent is not None:
            if self._headed and not self._framed and exc is None:
                self._complete(last=True)
            elif sent.safe and self._used > 1 and not self._touched:
                self._sent = None
                self._pool.again(sent)
            else:
                self._fail(Failure.BROKEN)
        self._pool.lost(self)

    def data_received(self, data: bytes) -> None:
        """Bytes from the provider."""
        if self._sent is None:  # an answer that nobody asked for
            self.drop()
            return
        self._touched = True
        self.deadline = self._now() + (self._bounds.silence if self._headed else self._bounds.first_byte)
        try:
            self._parser.feed_data(data)
            if not self._headed:
                self._grown(len(data))
            if self._rests:  # not before all that came with the end of the answer is read
                self._rests = False
                if self.usable:
                    self._pool.free(self)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade, _LargeError) as error:
            inner = error.__context__ if isinstance(error, httptools.HttpParserCallbackError) else error
            if isinstance(inner, _LargeError):
                self._fail(Failure.LARGE)
            elif isinstance(inner, httptools.HttpParserError | httptools.HttpParserUpgrade):
                self._fail(Failure.MALFORMED)
            else:
                _log.error("an answer of %s could not be handled", self._pool.origin.authority, exc_info=inner)
                self._fail(Failure.BROKEN)
            self.drop()

    def eof_received(self) -> bool:
        """The provider says no more."""
        return False

    # the parser's side

    def on_message_begin(self) -> None:
        """An answer begins: the one that is waited for."""
        self._headers, self._size, self._framed, self._headed = [], 0, False, False
        if self._sent is None:
            self.drop()

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header line, or a trailer."""
        if self._headed:
            self._grown(len(name) + len(value))
            return
        lower = name.decode("latin-1").lower()
        self._framed = self._framed or lower in {"content-length", "transfer-encoding"}
        self._headers.append((lower, value.decode("latin-1")))
        self._grown(len(name) + len(value))

    def on_headers_complete(self) -> None:
        """The head is there; one of status 1xx is followed by another."""
        self._status = self._parser.get_status_code()
        sent = self._sent
        if sent is None or self._status < 200:
            return
        self._size, self._headed = 0, True
        self.deadline = self._now() + self._bounds.silence
        self._pool.good()
        self._framed = self._framed or self._status in {204, 304}
        sent.answered.head(self._status, tuple(self._headers))
        if sent.bare and self._sent is sent:
            self._complete(last=True)

    def on_body(self, piece: bytes) -> None:
        """A piece of the body."""
        if self._sent is not None:
            self._sent.answered.piece(piece)

    def on_message_complete(self) -> None:
        """The answer is complete."""
        if self._status >= 200 and self._sent is not None:
            self._complete(last=not self._parser.should_keep_alive())

    def _grown(self, size: int) -> None:
        self._size += size
        if self._size > self._bounds.head or len(self._headers) > self._bounds.lines:
            raise _LargeError

    def _complete(self, *, last: bool) -> None:
        sent, self._sent = self._sent, None
        if sent is None:
            return
        sent.over, sent.connection = True, None
        if last:
            if self._transport is not None:
                self._transport.abort()
        else:
            self.deadline = self._now() + self._bounds.keep
            self._rests = True
        sent.answered.done()

    def _fail(self, failure: Failure) -> None:
        sent, self._sent = self._sent, None
        if self._transport is not None:
            self._transport.abort()
        if sent is None or sent.over:
            return
        if not self._headed and failure is not Failure.LARGE:
            self._pool.bad()
        sent.over, sent.connection = True, None
        sent.answered.failed(failure)


class _LargeError(Exception):
    """More headers than an answer may have."""
