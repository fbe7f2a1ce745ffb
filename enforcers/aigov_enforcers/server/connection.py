"""One connection to a provider in HTTP/1.1: a request, its answer, the next request."""

from __future__ import annotations

import asyncio
import logging
from enum import Enum
from typing import TYPE_CHECKING, Protocol, cast

import httptools

from aigov_enforcers.governing.decider import Headers
from aigov_enforcers.server.sweeper import NEVER

if TYPE_CHECKING:
    from aigov_enforcers.server.upstream import Pool

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

    def switched(self, headers: Headers) -> None:
        """The provider agrees to the other protocol: from now on the pieces are its bytes, until it is `done`."""

    def hold(self) -> None:
        """The provider reads slower than it is written to."""

    def release(self) -> None:
        """It has caught up."""


class Sent:
    """A request on its way. `cancel` when nobody waits any more; `pause` and `resume` hold the provider back."""

    __slots__ = ("answered", "bare", "connection", "data", "over", "paused", "safe", "upgrades")

    def __init__(self, method: str, data: bytes, answered: Answered, *, body: bool, upgrades: bool = False) -> None:
        self.data, self.answered, self.upgrades = data, answered, upgrades
        self.bare = method == "HEAD"
        self.safe = method in _SAFE and not body and not upgrades
        self.connection: Connection | None = None
        self.over = self.paused = False

    def cancel(self) -> None:
        """Nobody waits."""
        self.over = True
        if self.connection is not None:
            self.connection.drop()

    def write(self, data: bytes) -> None:
        """More bytes to the provider, once it has switched."""
        if self.connection is not None:
            self.connection.write(data)

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


class Connection(asyncio.Protocol):
    """One connection: a request, its answer, the next request."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._bounds, self._now = pool.bounds, pool.sweeper.now
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._sent: Sent | None = None
        self._headers: list[tuple[str, str]] = []
        self._pieces: list[bytes] = []
        self._size = 0
        self._used = 0
        self._status = 0
        self._touched = self._framed = self._headed = self._rests = self._raw = False
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

    def write(self, data: bytes) -> None:
        """Bytes of another protocol."""
        if self._transport is not None:
            self.deadline = self._now() + self._bounds.silence
            self._transport.write(data)

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
            if self._raw or (self._headed and not self._framed and exc is None):
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
        if self._raw:
            self.deadline = self._now() + self._bounds.silence
            self._sent.answered.piece(data)
            return
        self._touched = True
        self.deadline = self._now() + (self._bounds.silence if self._headed else self._bounds.first_byte)
        try:
            self._parser.feed_data(data)
            self._flush()
            if not self._headed:
                self._grown(len(data))
            if self._rests:  # not before all that came with the end of the answer is read
                self._rests = False
                if self.usable:
                    self._pool.free(self)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade, _LargeError) as error:
            if isinstance(error, httptools.HttpParserUpgrade) and self._switched(data[error.args[0] :]):
                return
            inner = error.__context__ if isinstance(error, httptools.HttpParserCallbackError) else error
            if isinstance(inner, _LargeError):
                self._fail(Failure.LARGE)
            elif isinstance(inner, httptools.HttpParserError | httptools.HttpParserUpgrade):
                self._fail(Failure.MALFORMED)
            else:
                _log.error("an answer of %s could not be handled", self._pool.origin.authority, exc_info=inner)
                self._fail(Failure.BROKEN)
            self.drop()

    def pause_writing(self) -> None:
        """The provider reads slower than it is written to."""
        if self._raw and self._sent is not None:
            self._sent.answered.hold()

    def resume_writing(self) -> None:
        """It has caught up."""
        if self._raw and self._sent is not None:
            self._sent.answered.release()

    def _switched(self, rest: bytes) -> bool:
        """Whether the provider has switched to the protocol that was asked for."""
        sent = self._sent
        if sent is None or not sent.upgrades or self._status != 101:
            return False
        self._raw = True
        self._pool.good()
        sent.answered.switched(tuple(self._headers))
        if rest and self._sent is not None:
            self._sent.answered.piece(rest)
        return True

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
            self._pieces.append(piece)

    def _flush(self) -> None:
        """Hand on what one read brought, as one: many small chunks are many small decisions otherwise."""
        if self._pieces:
            pieces, self._pieces = self._pieces, []
            if self._sent is not None:
                self._sent.answered.piece(pieces[0] if len(pieces) == 1 else b"".join(pieces))

    def on_message_complete(self) -> None:
        """The answer is complete."""
        self._flush()
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
