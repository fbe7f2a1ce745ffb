"""The plain listener, for who runs the server: health, metrics, the status page. No prompt, no key."""

from __future__ import annotations

from aiohttp import web

from aigov_enforcers.server import metrics, status
from aigov_enforcers.server.board import Board
from aigov_enforcers.server.metrics import lives
from aigov_enforcers.server.setup import Ready


class Health:
    """The handlers. `names` are those of the processes, by page of the board."""

    def __init__(self, ready: Ready, board: Board, names: list[str]) -> None:
        self._ready, self._board, self._names = ready, board, names

    def application(self) -> web.Application:
        """GET / (for people), /health (this process works), /ready (requests are decided), /metrics."""
        application = web.Application()
        application.router.add_get("/", self._status)
        application.router.add_get("/health", self._health)
        application.router.add_get("/ready", self._readiness)
        application.router.add_get("/metrics", self._metrics)
        return application

    async def _status(self, _: web.Request) -> web.Response:
        page = status.page(self._ready, self._board, self._names)
        return web.Response(text=page, content_type="text/html", headers=status.HEADERS)

    async def _health(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def _readiness(self, _: web.Request) -> web.Response:
        """At least one worker decides."""
        states = [self._board.read(page) for page, name in enumerate(self._names) if name != "control"]
        working = [state for state in states if state is not None and lives(state)]
        deciding = [state for state in working if not state.closed]
        why = next((state.closed for state in working if state.closed), "" if deciding else "no worker is ready")
        body = {"status": "ok" if deciding else why, "revisions": sorted({state.revision for state in deciding})}
        return web.json_response(body, status=200 if deciding else 503)

    async def _metrics(self, _: web.Request) -> web.Response:
        content = metrics.render(self._board, self._names)
        return web.Response(body=content, headers={"Content-Type": metrics.CONTENT_TYPE})
