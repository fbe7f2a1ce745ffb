"""One worker: the data plane behind mutual TLS, with what the other modules make around it."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import sys

from aigov_enforcers.governing.record import Log
from aigov_enforcers.server.account import Account
from aigov_enforcers.server.bundles import Stale
from aigov_enforcers.server.config import ConfigError
from aigov_enforcers.server.front import ALPN
from aigov_enforcers.server.limits import Meter, Shared
from aigov_enforcers.server.metrics import Tally
from aigov_enforcers.server.proxy import Plane
from aigov_enforcers.server.setup import Ready, front, providers
from aigov_enforcers.server.sink import Recording
from aigov_enforcers.server.who import Caller
from aigov_enforcers.transport.errors import TransportError
from aigov_enforcers.transport.registry import Registry

_log = logging.getLogger("aigov.server")

HANDSHAKE = 10.0
"""Seconds that a TLS handshake may take."""

SWITCH = 0.0005
"""Seconds after which a thread lets another one run: a writer of events must not hold up the event loop for long."""


class Worker:
    """A `Part` that decides. `sock` is bound to the address of requests."""

    def __init__(self, ready: Ready, sock: socket.socket, stale: Stale, counters: Shared) -> None:
        self._ready, self._sock, self._stale = ready, sock, stale
        self._tally, self._counters = Tally(), counters
        self._registry = Registry(ready.registry)
        self._sink = Recording(ready.config.data / "events.db", str(ready.id), ready.config.audit.waiting)
        self._decisions = Log(logging.getLogger("aigov.decisions"))
        self._plane: Plane | None = None
        self._server: asyncio.Server | None = None

    async def begin(self) -> None:
        """Listen."""
        sys.setswitchinterval(SWITCH)
        self._sink.digest = self._ready.file.digest
        self._sink.start()
        who = self._ready.enrolled(self._registry, [self._stale, self._sink.full], self._tally)
        self._plane = Plane(
            self._ready.engine,
            providers(self._ready.config, self._ready.routes),
            who,
            routes=self._ready.routes,
            on_failure=self._ready.config.on_failure,
            recorder=self._account,
            meter=lambda caller: Meter(self._counters, caller.identity),
            bounds=self._ready.config.limits.bounds,
        )
        self._server = await self._listen(self._plane, self._sock, front(self._ready.config.certificates))

    async def _listen(self, plane: Plane, sock: socket.socket, context: ssl.SSLContext) -> asyncio.Server:
        context.set_alpn_protocols(ALPN)
        return await asyncio.get_running_loop().create_server(
            plane.door, sock=sock, ssl=context, ssl_handshake_timeout=HANDSHAKE, backlog=socket.SOMAXCONN
        )

    def _account(self, caller: Caller) -> Account:
        return Account(caller.identity, self._decisions, self._tally, self._sink)

    def reload(self) -> None:
        """New connections meet the certificates as the files are now, on a copy of the socket; those that are open stay
        as they are. A context that lives is never changed: OpenSSL may ignore a CRL that is loaded into one."""
        try:
            context = front(self._ready.config.certificates)
        except (OSError, TransportError, ConfigError) as error:
            _log.error("certificates are refused, the old ones stay: %s", error)
            return
        self._swapping = asyncio.get_running_loop().create_task(self._swap(context))

    async def _swap(self, context: ssl.SSLContext) -> None:
        if self._plane is None or self._server is None:
            return
        old, again = self._server, self._sock.dup()
        self._server = await self._listen(self._plane, again, context)
        self._sock = again
        old.close()
        _log.info("certificates were read again")

    def told(self) -> tuple[dict[str, int], dict[str, int]]:
        """For the board."""
        self._sink.digest = self._ready.file.digest
        open_ = self._plane.open if self._plane is not None else 0
        totals = {**self._tally.totals, "recorded": self._sink.written}
        return totals, {"connections": open_, "waiting": self._sink.waiting}

    async def end(self) -> None:
        """No more connections; requests under way end, and their events are written."""
        if self._server is not None:
            self._server.close()
        if self._plane is not None:
            await self._plane.drain(self._ready.config.drain)
        self._sink.close(self._ready.config.drain)
        self._registry.close()
        self._counters.close()
