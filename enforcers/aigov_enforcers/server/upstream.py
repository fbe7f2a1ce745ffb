"""Connections to providers, kept and used again.

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

from aigov_enforcers.server.addresses import addresses
from aigov_enforcers.server.bounds import Bounds
from aigov_enforcers.server.breaker import Breaker
from aigov_enforcers.server.connection import Connection, Failure, Sent
from aigov_enforcers.server.sweeper import Sweeper
from aigov_enforcers.server.targets import Origin

_log = logging.getLogger("aigov.server")

_RESOLVED = 5.0
"""Seconds for which the addresses of a name hold."""


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
        self._addresses: list[str] = []
        self._resolved = 0.0

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
        if self._resolved < self.sweeper.now():
            async with asyncio.timeout(self.bounds.connect):
                self._addresses = await addresses(loop, origin)
            self._resolved = self.sweeper.now() + _RESOLVED
        for address in self._addresses:
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
