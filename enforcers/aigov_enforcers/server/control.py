"""The control process: certificates and decisions over TLS, health on a plain listener, the bundle kept current."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import Coroutine
from dataclasses import replace

from aiohttp import web

from aigov_enforcers.governing.governor import Governor
from aigov_enforcers.governing.record import Log
from aigov_enforcers.governing.reviews import Reviews
from aigov_enforcers.server.account import Account
from aigov_enforcers.server.board import Board
from aigov_enforcers.server.bundles import Stale
from aigov_enforcers.server.callers import Callers
from aigov_enforcers.server.certifying import Certifying
from aigov_enforcers.server.deciding import Deciding
from aigov_enforcers.server.door import refusals
from aigov_enforcers.server.exchanging import Exchanging
from aigov_enforcers.server.health import Health
from aigov_enforcers.server.limits import Meter, Shared
from aigov_enforcers.server.metrics import Tally
from aigov_enforcers.server.setup import Ready, front
from aigov_enforcers.server.sink import Recording
from aigov_enforcers.server.who import Caller
from aigov_enforcers.transport.errors import TransportError
from aigov_enforcers.transport.registry import Registry
from aigov_enforcers.transport.store import Store

_log = logging.getLogger("aigov.server")


class Control:
    """A `Part` beside the workers. The sockets listen already."""

    def __init__(
        self,
        ready: Ready,
        stale: Stale,
        sockets: tuple[socket.socket, socket.socket],
        board: Board,
        names: list[str],
        *,
        counters: Shared,
    ) -> None:
        self._ready = ready
        self._control, self._health = sockets
        self._board, self._names = board, names
        self._tally, self._counters = Tally(), counters
        self._registry = Registry(ready.registry)
        self._sink = Recording(ready.config.data / "events.db", str(ready.id), ready.config.audit.waiting)
        self._who = ready.enrolled(self._registry, [stale, self._sink.full], self._tally)
        self._decisions = Log(logging.getLogger("aigov.decisions"))
        self._reviews = Reviews(_log)
        # a client of /decide sends its requests itself, so it gets none of the server's keys
        self._routes = {name: replace(route, headers={}) for name, route in ready.routes.items()}
        self._runners: list[web.AppRunner] = []
        self._site: web.SockSite | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def begin(self) -> None:
        """Listen, and ask for bundles."""
        self._sink.digest = self._ready.file.digest
        self._sink.start()
        health = await self._runner(Health(self._ready, self._board, self._names).application())
        await web.SockSite(health, self._health).start()
        self._main = await self._runner(self._application())
        await self._listen(optional(front(self._ready.config.certificates)))
        if self._ready.mirror is not None:
            self._do(self._follow())

    def _application(self) -> web.Application:
        ready = self._ready
        application = web.Application(
            middlewares=[refusals], client_max_size=2 * int(ready.config.limits.bounds.body) + 65536
        )
        store = Store(ready.config.authority)
        Certifying(self._registry, store, self._who, str(ready.id), self._tally).add_to(application.router)
        exchange = ready.exchange()
        if exchange is not None:
            Exchanging(self._who, exchange, self._registry).add_to(application.router)
        governors = Callers(self._governor)
        Deciding(self._who, governors, ready.catalogue, lambda: ready.engine.revision).add_to(application.router)
        return application

    def _governor(self, caller: Caller) -> Governor:
        account = Account(caller.identity, self._decisions, self._tally, self._sink)
        return Governor(
            self._ready.engine,
            caller.identity,
            self._ready.catalogue,
            self._routes,
            on_failure=self._ready.config.on_failure,
            recorder=account,
            reviews=self._reviews,
            meter=Meter(self._counters, caller.identity),
        )

    async def _runner(self, application: web.Application) -> web.AppRunner:
        runner = web.AppRunner(application, access_log=None, handle_signals=False)
        await runner.setup()
        self._runners.append(runner)
        return runner

    async def _listen(self, context: ssl.SSLContext) -> None:
        """On a copy of the socket, so that the listener can be swapped; connections that are open stay."""
        old, self._site = self._site, web.SockSite(self._main, self._control.dup(), ssl_context=context)
        await self._site.start()
        if old is not None:
            await old.stop()

    async def _follow(self) -> None:
        """Ask the URL of the bundle every so often."""
        assert self._ready.mirror is not None
        while True:
            await asyncio.sleep(self._ready.config.bundle.every)
            await asyncio.to_thread(self._ready.mirror.update, self._ready.engine.replace)

    def reload(self) -> None:
        """New connections meet the certificates as the files are now."""
        try:
            context = optional(front(self._ready.config.certificates))
        except (OSError, TransportError) as error:
            _log.error("certificates are refused, the old ones stay: %s", error)
            return
        self._do(self._listen(context))

    def _do(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def told(self) -> tuple[dict[str, int], dict[str, int]]:
        """For the board."""
        self._sink.digest = self._ready.file.digest
        return {**self._tally.totals, "recorded": self._sink.written}, {"waiting": self._sink.waiting}

    async def end(self) -> None:
        """Close the listeners, and write what waits."""
        for task in list(self._tasks):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        for runner in self._runners:
            await runner.cleanup()
        self._sink.close(self._ready.config.drain)
        self._registry.close()
        self._counters.close()


def optional(context: ssl.SSLContext) -> ssl.SSLContext:
    """A context for clients that may have no certificate yet; one that they show must be good."""
    context.verify_mode = ssl.CERT_OPTIONAL
    return context
