"""The data plane: what all connections share, and the door for new ones."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

from aigov_enforcers.governing.governor import Governor, Meter, OnFailure
from aigov_enforcers.governing.record import Log, Recorder
from aigov_enforcers.governing.reviews import Reviews
from aigov_enforcers.governing.routes import Route
from aigov_enforcers.server.bounds import Bounds
from aigov_enforcers.server.callers import Callers
from aigov_enforcers.server.client import Arrived, Client
from aigov_enforcers.server.exchange import Exchange
from aigov_enforcers.server.front import Door, Front
from aigov_enforcers.server.http1 import Http1
from aigov_enforcers.server.http2 import Http2
from aigov_enforcers.server.sweeper import Sweeper
from aigov_enforcers.server.targets import Origin, Provider, Targets, origin_of
from aigov_enforcers.server.upstream import Pool
from aigov_enforcers.server.who import Caller, Who
from aigov_enforcers.wire import Catalogue
from aigov_runtime import Engine

_log = logging.getLogger("aigov.server")


class Plane:
    """Made inside a running event loop; `door` is a protocol factory for its `create_server`.

    `routes` are the targets of `reroute`. `recorder` says where the decisions on a caller go; the log when None.
    `meter` counts what a caller uses.
    `context` is what providers' certificates are verified with, the system's authorities when None. Raises ValueError
    for a wrong provider or route.
    """

    def __init__(
        self,
        engine: Engine,
        providers: Iterable[Provider],
        who: Who,
        *,
        routes: Mapping[str, Route] | None = None,
        catalogue: Callable[[Mapping[str, str]], Catalogue] = Catalogue,
        on_failure: OnFailure = OnFailure.CLOSED,
        recorder: Callable[[Caller], Recorder] | None = None,
        meter: Callable[[Caller], Meter] | None = None,
        bounds: Bounds | None = None,
        context: ssl.SSLContext | None = None,
    ) -> None:
        loop = asyncio.get_running_loop()
        self.loop, self.who, self.bounds = loop, who, bounds or Bounds()
        self.targets = Targets(providers)
        self._catalogue = catalogue(self.targets.hosts)
        self.recognise = self._catalogue.recognise
        self.threads = ThreadPoolExecutor(2, "aigov-large")
        self._routes = dict(routes or {})
        self._engine, self._on_failure = engine, on_failure
        self._log, self._recorder, self._meter = Log(_log), recorder, meter
        self._reviews = Reviews(_log)
        self._context = context
        self.callers = Callers(self._governor)
        self._sweeper = Sweeper(loop, self._held)
        self._origins = {route.url: origin_of(route.url, private=True) for route in self._routes.values()}
        self._pools: dict[Origin, Pool] = {}
        self._connections: set[Front] = set()
        self._draining = False
        self._empty = asyncio.Event()
        self._sweeper.start()

    def door(self) -> Door:
        """The protocol of a new connection. HTTP/2 is spoken where the TLS context offers it (ALPN `h2`)."""
        return Door(self._made)

    @property
    def open(self) -> int:
        """How many clients are connected."""
        return len(self._connections)

    async def drain(self, patience: float) -> None:
        """Let requests under way end, for at most so many seconds, and take no more."""
        self._draining = True
        for connection in list(self._connections):
            connection.drain()
        if self._connections:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._empty.wait(), patience)
        self.close()

    def close(self) -> None:
        """End everything now."""
        for connection in list(self._connections):
            connection.cut()
        for pool in self._pools.values():
            pool.abort()
        self._sweeper.stop()
        self.threads.shutdown(wait=False)

    def pool(self, origin: Origin) -> Pool:
        """The connections to an origin."""
        pool = self._pools.get(origin)
        if pool is None:
            context = self._tls() if origin.scheme == "https" else None
            pool = self._pools[origin] = Pool(origin, context, self.bounds, self._sweeper)
        return pool

    def route(self, url: str) -> Origin:
        """The origin that a rerouted request goes to: one of those that are configured. Raises ValueError."""
        origin = origin_of(url)
        for each in self._origins.values():
            if each[:3] == origin[:3]:
                return each
        raise ValueError(f"no route leads to {origin.authority}")

    def _tls(self) -> ssl.SSLContext:
        if self._context is None:
            self._context = ssl.create_default_context()
        return self._context

    def _take(self, arrived: Arrived, client: Client) -> Exchange:
        exchange = Exchange(self, arrived, client)
        exchange.start()
        return exchange

    def _made(self, certificate: bytes | None, version: str) -> Http1 | Http2:
        if self._draining or len(self._connections) >= self.bounds.clients:
            raise ValueError("no more connections")
        kind = Http2 if version == "h2" else Http1
        connection = kind(self._take, self._over, self.bounds, self._sweeper, self.who.peer(certificate))
        self._connections.add(connection)
        return connection

    def _over(self, connection: Front) -> None:
        self._connections.discard(connection)
        if self._draining and not self._connections:
            self._empty.set()

    def _held(self) -> None:
        """Cut the connections whose peer may not go on, also in the middle of an answer."""
        for connection in [each for each in self._connections if not self.who.holds(each.peer)]:
            connection.cut()

    def _governor(self, caller: Caller) -> Governor:
        return Governor(
            self._engine,
            caller.identity,
            self._catalogue,
            self._routes,
            on_failure=self._on_failure,
            recorder=self._log if self._recorder is None else self._recorder(caller),
            reviews=self._reviews,
            meter=None if self._meter is None else self._meter(caller),
        )
