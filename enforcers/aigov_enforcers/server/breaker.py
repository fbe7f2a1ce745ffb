"""Leaves a provider alone that fails: after so many failures in a row, for a while, then one request tries again."""

from __future__ import annotations

from collections.abc import Callable


class Breaker:
    """The state of one provider. A failure is one of the way there (no connection, no answer, no sense), not an
    answer that says no."""

    def __init__(self, failures: int, rest: float, now: Callable[[], float]) -> None:
        self._most, self._rest, self._now = failures, rest, now
        self._row = 0
        self._until = 0.0

    def closed(self) -> bool:
        """Whether a request may try. After the rest, the first that asks is the one that tries, until it is known how
        that went or another rest is over."""
        if self._row < self._most:
            return True
        now = self._now()
        if now < self._until:
            return False
        self._until = now + self._rest
        return True

    def good(self) -> None:
        """An answer came."""
        self._row = 0

    def bad(self) -> None:
        """None came."""
        self._row += 1
        if self._row >= self._most:
            self._until = self._now() + self._rest
