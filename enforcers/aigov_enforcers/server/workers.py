"""The processes of a server: a supervisor that does nothing else, one for control, and workers that decide.

What is loaded is loaded before the fork, so it is in memory once. Each worker has a listening socket of its own
(`SO_REUSEPORT`), and the kernel spreads connections. A process that dies is started again, with a pause that doubles;
the others see nothing of it. SIGTERM drains, SIGHUP has certificates read again.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from aigov_enforcers.server.board import Board
from aigov_enforcers.server.config import Address
from aigov_enforcers.server.notify import notify

_log = logging.getLogger("aigov.server")

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 10.0
"""Seconds before a process that died is started again, the first time and at most."""

STEADY = 30.0
"""A process that lived so long is started again at once."""

GRACE = 5.0
"""Seconds beyond the time for draining, after which a process is killed."""

_SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD}
_TICK = 0.1


def bound(address: Address, *, shared: bool) -> socket.socket:
    """A socket bound to an address: one that is `shared` with the processes that bind it too, or one that listens.
    Raises OSError."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind(address)
        if not shared:
            sock.listen(socket.SOMAXCONN)
    except OSError as error:
        sock.close()
        raise OSError(error.errno, f"cannot listen on {address}: {error.strerror}") from None
    sock.setblocking(False)
    return sock


def address_of(sock: socket.socket) -> Address:
    """Where a socket is bound."""
    return Address(*sock.getsockname()[:2])


Job = Callable[[int], None]
"""What a process does, given its page of the board, until it is asked to end."""


@dataclass
class _Process:
    """One place among the processes, and who has it. `pid` 0 is nobody, until `due` (monotonic seconds)."""

    name: str
    page: int
    job: Job
    pid: int = 0
    begun: float = 0.0
    due: float = 0.0
    pause: float = field(default=FIRST_PAUSE)


class Supervisor:
    """Runs jobs, each in a process of its own. `refresh` is called before a process is started again."""

    def __init__(
        self, jobs: Sequence[tuple[str, Job]], board: Board, drain: float, refresh: Callable[[], object]
    ) -> None:
        self._processes = [_Process(name, page, job) for page, (name, job) in enumerate(jobs)]
        self._board, self._drain, self._refresh = board, drain, refresh
        self._life, self._end = os.pipe()

    def run(self) -> None:
        """Until SIGTERM or SIGINT, and everything has ended."""
        gc.collect()
        gc.freeze()  # so that the collector writes to no page that is shared
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        for process in self._processes:
            self._start(process)
        told = False
        while True:
            caught = signal.sigtimedwait(_SIGNALS, _TICK)
            number = caught.si_signo if caught is not None else 0
            if number in {signal.SIGTERM, signal.SIGINT}:
                break
            if number == signal.SIGHUP:
                self._tell(signal.SIGHUP)
            self._bury()
            for process in self._processes:
                if not process.pid and time.monotonic() >= process.due:
                    self._refresh()
                    self._start(process)
            if not told and self._ready():
                told = True
                notify("READY=1")
        notify("STOPPING=1")
        self._stop()

    def _ready(self) -> bool:
        states = [self._board.read(process.page) for process in self._processes]
        return all(state is not None and state.ready for state in states)

    def _start(self, process: _Process) -> None:
        pid = os.fork()
        if not pid:
            code = 1
            try:
                os.close(self._end)
                signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
                process.job(process.page)
                code = 0
            except BaseException:  # noqa: BLE001 - this process ends here, whatever it was
                _log.exception("%s failed", process.name)
            finally:
                sys.stderr.flush()
                os._exit(code)
        process.pid, process.begun = pid, time.monotonic()

    def _bury(self) -> None:
        """Take note of who died, and when another one is due."""
        for process in self._processes:
            if not process.pid:
                continue
            pid, status = os.waitpid(process.pid, os.WNOHANG)
            if not pid:
                continue
            now = time.monotonic()
            process.pause = FIRST_PAUSE if now - process.begun > STEADY else process.pause
            process.pid, process.due = 0, now + process.pause
            why = os.waitstatus_to_exitcode(status)
            _log.error("%s ended (%d) and starts again in %.1f s", process.name, why, process.pause)
            process.pause = min(2 * process.pause, LONGEST_PAUSE)

    def _tell(self, number: signal.Signals) -> None:
        for process in self._processes:
            if process.pid:
                os.kill(process.pid, number)

    def _stop(self) -> None:
        """Ask all to end what is under way; then end them."""
        self._tell(signal.SIGTERM)
        limit = time.monotonic() + self._drain + GRACE
        while any(process.pid for process in self._processes):
            caught = signal.sigtimedwait(_SIGNALS, _TICK)
            if time.monotonic() >= limit or (caught is not None and caught.si_signo in {signal.SIGTERM, signal.SIGINT}):
                self._tell(signal.SIGKILL)
            for process in self._processes:
                if process.pid and os.waitpid(process.pid, os.WNOHANG)[0]:
                    process.pid = 0

    @property
    def life(self) -> int:
        """A descriptor whose other end closes when the supervisor dies, so that nobody is left behind."""
        return self._life
