"""The governors of the callers that were seen last: each has a session of the engine, and so its own tokens."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable

from aigov_enforcers.governing.governor import Governor
from aigov_enforcers.server.who import Caller

MOST = 4096
"""So many are kept; who comes back after so many others has a new session."""


class Callers:
    """Caller → governor, least recently seen forgotten first."""

    def __init__(self, made: Callable[[Caller], Governor], most: int = MOST) -> None:
        self._made, self._most = made, most
        self._kept: OrderedDict[Hashable, Governor] = OrderedDict()

    def of(self, caller: Caller) -> Governor:
        """The governor of a caller. Raises what `made` does."""
        governor = self._kept.get(caller.key)
        if governor is not None:
            self._kept.move_to_end(caller.key)
            return governor
        governor = self._kept[caller.key] = self._made(caller)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return governor
