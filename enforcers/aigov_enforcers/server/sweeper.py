"""Who is too late: one timer for all connections, because a timer for each request would cost more."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from typing import Protocol

NEVER = math.inf

_TICK = 0.2


class Watched(Protocol):
    """Something with a deadline in the time of the event loop."""

    deadline: float

    def expire(self) -> None:
        """It is past. Called once for each deadline that was set."""


class Sweeper:
    """Looks at all that is watched five times a second. `each` is called on every round besides."""

    def __init__(self, loop: asyncio.AbstractEventLoop, each: Callable[[], None] | None = None) -> None:
        self._loop, self._each = loop, each
        self._watched: set[Watched] = set()
        self._timer: asyncio.TimerHandle | None = None
        self.now: Callable[[], float] = loop.time

    def start(self) -> None:
        """From now on."""
        self._timer = self._loop.call_later(_TICK, self._sweep)

    def stop(self) -> None:
        """No more."""
        if self._timer is not None:
            self._timer.cancel()

    def watch(self, what: Watched) -> None:
        """Until it is forgotten."""
        self._watched.add(what)

    def forget(self, what: Watched) -> None:
        """It is over."""
        self._watched.discard(what)

    def _sweep(self) -> None:
        self._timer = self._loop.call_later(_TICK, self._sweep)
        now = self._loop.time()
        for each in [each for each in self._watched if each.deadline <= now]:
            each.deadline = NEVER
            each.expire()
        if self._each is not None:
            self._each()
