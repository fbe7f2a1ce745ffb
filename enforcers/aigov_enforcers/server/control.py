"""The control process: certificates for devices over TLS, health on a plain listener, and the bundle kept current."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl

from aiohttp import web

from aigov_enforcers.server.board import Board
from aigov_enforcers.server.health import Health
from aigov_enforcers.server.metrics import Tally
from aigov_enforcers.server.setup import Ready

_log = logging.getLogger("aigov.server")


class Control:
    """A `Part` beside the workers. The sockets listen already."""

    def __init__(
        self, ready: Ready, health: socket.socket, board: Board, names: list[str], certifying: socket.socket
    ) -> None:
        self._ready, self._board, self._names = ready, board, names
        self._health, self._certifying = health, certifying
        self._tally = Tally()
        self._runners: list[web.AppRunner] = []
        self._tasks: list[asyncio.Task[None]] = []

    async def begin(self) -> None:
        """Listen, and ask for bundles."""
        await self._serve(Health(self._ready, self._board, self._names).application(), self._health, None)
        if self._ready.mirror is not None:
            self._tasks.append(asyncio.create_task(self._follow()))

    async def _serve(self, application: web.Application, sock: socket.socket, context: ssl.SSLContext | None) -> None:
        runner = web.AppRunner(application, access_log=None, handle_signals=False)
        await runner.setup()
        await web.SockSite(runner, sock, ssl_context=context).start()
        self._runners.append(runner)

    async def _follow(self) -> None:
        """Ask the URL of the bundle every so often."""
        assert self._ready.mirror is not None
        while True:
            await asyncio.sleep(self._ready.config.bundle.every)
            await asyncio.to_thread(self._ready.mirror.update, self._ready.engine.replace)

    def reload(self) -> None:
        """Certificates as the files are now."""

    def told(self) -> tuple[dict[str, int], dict[str, int]]:
        """For the board."""
        return dict(self._tally.totals), {}

    async def end(self) -> None:
        """Close the listeners."""
        for task in self._tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        for runner in self._runners:
            await runner.cleanup()
