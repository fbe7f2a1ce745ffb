"""What the processes of a server have in common: signals, the board, and the policy that is in force.

fork → `live(part, …)` → begin → every second: is the bundle still the one? what does the board say? → SIGTERM → end
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import time
from typing import Protocol

import uvloop

from aigov_enforcers.server.board import Board, State
from aigov_enforcers.server.bundles import Stale
from aigov_enforcers.server.setup import Ready

_log = logging.getLogger("aigov.server")

TICK = 1.0
"""Seconds between two looks at the bundle's file, and two notes on the board."""


class Part(Protocol):
    """The work of one process. It is made inside the event loop."""

    async def begin(self) -> None:
        """Start; raises OSError and others when that cannot be."""

    def reload(self) -> None:
        """Read certificates again. Raises nothing; what is bad is logged, and the old stays."""

    def told(self) -> tuple[dict[str, int], dict[str, int]]:
        """Totals since this process began, and levels, for the board."""

    async def end(self) -> None:
        """Let end what is under way."""


class Note:
    """One process's page of the board. What a process before it had counted is where it begins."""

    def __init__(self, ready: Ready, board: Board, page: int, stale: Stale) -> None:
        self._ready, self._board, self._page, self._stale = ready, board, page, stale
        before = board.read(page)
        self._base = before.totals if before is not None else {}
        self._begun = time.time()

    def write(self, part: Part, *, ready: bool) -> None:
        """Say how things are."""
        totals, levels = part.told()
        sums = {name: self._base.get(name, 0) + totals.get(name, 0) for name in self._base.keys() | totals.keys()}
        engine, file = self._ready.engine, self._ready.file
        state = State(
            pid=os.getpid(),
            started=self._begun,
            seen=time.time(),
            ready=ready,
            revision=engine.revision,
            digest=file.digest,
            refused=file.refused,
            closed=self._stale(),
            totals=sums,
            levels=levels,
        )
        self._board.write(self._page, state)


def live(part: Part, note: Note, ready: Ready, life: int) -> None:
    """Run a part until SIGTERM, or until the supervisor is gone (`life` closes)."""
    uvloop.run(_live(part, note, ready, life))


async def _live(part: Part, note: Note, ready: Ready, life: int) -> None:
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, over.set)
    loop.add_signal_handler(signal.SIGHUP, part.reload)
    loop.add_reader(life, over.set)
    await part.begin()
    note.write(part, ready=True)
    try:
        while not over.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), TICK)
            ready.file.check()
            note.write(part, ready=not over.is_set())
    finally:
        loop.remove_reader(life)
        await part.end()
        note.write(part, ready=False)
