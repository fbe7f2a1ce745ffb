"""What the processes of a server know of each other: a page of shared memory for each, written by it alone.

A page outlives its process, so the totals of one that died are still there for the one that takes its place.
"""

from __future__ import annotations

import mmap
import struct
import zlib
from typing import Any, NamedTuple

import orjson

_PAGE = 16 * 1024
_HEAD = struct.Struct("=II")
_TRIES = 100


class State(NamedTuple):
    """What a process says of itself. Times are Unix seconds.

    `refused` is why the bundle that lies there now is not in force, "" when it is; `closed` why nothing is decided, ""
    when it is. `totals` only grow, `levels` go up and down.
    """

    pid: int
    started: float
    seen: float
    ready: bool
    revision: str = ""
    digest: str = ""
    refused: str = ""
    closed: str = ""
    totals: dict[str, int] = {}  # noqa: RUF012 - never changed
    levels: dict[str, int] = {}  # noqa: RUF012 - as above


class Board:
    """Pages by number; made before the processes are forked."""

    def __init__(self, pages: int) -> None:
        self._memory = mmap.mmap(-1, pages * _PAGE)
        self.pages = pages

    def write(self, page: int, state: State) -> None:
        """Say this; for the one process that owns the page."""
        text = orjson.dumps(_short(state)._asdict())
        at = page * _PAGE
        self._memory[at + _HEAD.size : at + _HEAD.size + len(text)] = text
        _HEAD.pack_into(self._memory, at, len(text), zlib.crc32(text))

    def read(self, page: int) -> State | None:
        """What the page's owner said last; None before it said anything. It may be writing just now: then again."""
        at = page * _PAGE
        for _ in range(_TRIES):
            length, checksum = _HEAD.unpack_from(self._memory, at)
            if not length:
                return None
            text = self._memory[at + _HEAD.size : at + _HEAD.size + min(length, _PAGE)]
            if zlib.crc32(text) == checksum:
                fields: dict[str, Any] = orjson.loads(text)
                return State(**fields)
        return None

    def states(self) -> list[State]:
        """All that was said."""
        return [state for page in range(self.pages) if (state := self.read(page)) is not None]


def _short(state: State) -> State:
    """The texts of a state cut to what a page has room for."""
    return state._replace(revision=state.revision[:256], refused=state.refused[:1024], closed=state.closed[:256])
