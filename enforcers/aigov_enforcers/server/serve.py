"""The whole server: sockets, the board, and a job for each process."""

from __future__ import annotations

import logging

from aigov_enforcers.server import logs
from aigov_enforcers.server.board import Board
from aigov_enforcers.server.control import Control
from aigov_enforcers.server.limits import Shared
from aigov_enforcers.server.process import Note, live
from aigov_enforcers.server.setup import Ready
from aigov_enforcers.server.worker import Worker
from aigov_enforcers.server.workers import Supervisor, address_of, bound

_log = logging.getLogger("aigov.server")


def serve(ready: Ready) -> None:
    """Serve until SIGTERM. Raises OSError when an address cannot be listened on."""
    config = ready.config
    logs.setup(config.log.level, ready.secrets, ready.engine)
    requests = bound(config.listen, shared=True)  # never listens: it keeps the port for the workers
    control, health = bound(config.control, shared=False), bound(config.health, shared=False)
    address = address_of(requests)
    names = ["control", *(f"worker {number + 1}" for number in range(config.workers))]
    board = Board(len(names))

    def controlling(page: int) -> None:
        stale = ready.stale
        counters = Shared(config.data, page, len(names))
        part = Control(ready, stale, (control, health), board, names, counters=counters)
        live(part, Note(ready, board, page, stale), ready, supervisor.life)

    def working(page: int) -> None:
        control.close()
        health.close()
        stale = ready.stale
        worker = Worker(ready, bound(address, shared=True), stale, Shared(config.data, page, len(names)))
        live(worker, Note(ready, board, page, stale), ready, supervisor.life)

    jobs = [("control", controlling), *((name, working) for name in names[1:])]
    supervisor = Supervisor(jobs, board, config.drain, ready.file.look)
    where = {"listen": str(address), "control": str(address_of(control)), "health": str(address_of(health))}
    _log.info("%s begins with %d workers", ready.id, config.workers, extra=where)
    supervisor.run()
    _log.info("%s has ended", ready.id)
