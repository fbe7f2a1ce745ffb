"""Counters of use, as attributes for policy: `user.tokens_today`, `session.requests_last_minute`.

A counter is kept for a subject and a period (a minute, a day in UTC). The processes of a server share them without a
lock: each adds to a file of its own and reads all of them, so a process that dies takes nothing along, and what was
counted outlives the server. What has no counter (a user who is not known, a table that is full) is unknown to policy.
"""

from __future__ import annotations

import mmap
import os
import struct
import time
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Protocol

from aigov_enforcers.identity import Identity

SLOTS = 1 << 16
"""Counters in one file."""

_TRIES = 32
_MINUTE, _DAY = 60, 86400
_SLOT = struct.Struct("=QQq")  # key, when its period is over (Unix seconds), value


class Counters(Protocol):
    """Sums by key, kept until their time is over."""

    def add(self, key: int, until: int, amount: int, now: float) -> bool:
        """Add to a sum. False when there is no room for it."""

    def read(self, key: int) -> int:
        """A sum; 0 for one that nobody added to."""


class Shared:
    """Counters of the processes of one server. Page N belongs to one process, which alone writes to it."""

    def __init__(self, directory: Path, page: int, pages: int) -> None:
        """Raises OSError when a file cannot be made."""
        self._files = [_opened(directory / f"counters.{number}") for number in range(pages)]
        self._own = self._files[page]

    def add(self, key: int, until: int, amount: int, now: float) -> bool:
        """Add to a sum."""
        free = -1
        for at in _places(key):
            known, ends, value = _SLOT.unpack_from(self._own, at)
            if known == key:
                _SLOT.pack_into(self._own, at, key, until, value + amount)
                return True
            if free < 0 and ends <= now:
                free = at
        if free < 0:
            return False
        _SLOT.pack_into(self._own, free, 0, 0, 0)
        _SLOT.pack_into(self._own, free, key, until, amount)
        return True

    def read(self, key: int) -> int:
        """A sum over all processes."""
        total = 0
        for memory in self._files:
            for at in _places(key):
                known, _, value = _SLOT.unpack_from(memory, at)
                if known == key:
                    total += value
                    break
        return total

    def close(self) -> None:
        """Close the files; what was counted stays."""
        for memory in self._files:
            memory.close()


class Meter:
    """The counters of one caller. `now` is Unix seconds."""

    def __init__(self, counters: Counters, who: Identity) -> None:
        self._counters = counters
        self._user = who.user.id or ""
        device = who.device.id or ""
        self._session = who.session.id or f"{device} {self._user}"
        self._lost = -1  # the day of which tokens could not be counted

    def request(self, now: float | None = None) -> Mapping[str, int]:
        """Count a request that begins, and say what the counters are with it."""
        moment = time.time() if now is None else now
        minute, passed = divmod(moment, _MINUTE)
        this = _key("requests", self._session, int(minute))
        known: dict[str, int] = {}
        if self._counters.add(this, int(minute + 2) * _MINUTE, 1, moment):
            before = self._counters.read(_key("requests", self._session, int(minute) - 1))
            # of the minute before, as much as lies within the last sixty seconds if it was spread evenly
            known["session.requests_last_minute"] = self._counters.read(this) + round(before * (1 - passed / _MINUTE))
        day = int(moment // _DAY)
        if self._user and day != self._lost:
            known["user.tokens_today"] = self._counters.read(_key("tokens", self._user, day))
        return known

    def used(self, tokens: int, now: float | None = None) -> None:
        """Count the tokens that an answer took."""
        moment = time.time() if now is None else now
        if self._user and tokens > 0:
            day = int(moment // _DAY)
            if not self._counters.add(_key("tokens", self._user, day), (day + 1) * _DAY, tokens, moment):
                self._lost = day


def _key(name: str, subject: str, period: int) -> int:
    """Never 0, which is an empty slot."""
    digest = blake2b(f"{name}\0{subject}\0{period}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little") or 1


def _places(key: int) -> list[int]:
    return [(key + step) % SLOTS * _SLOT.size for step in range(_TRIES)]


def _opened(path: Path) -> mmap.mmap:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if os.fstat(descriptor).st_size != SLOTS * _SLOT.size:
            os.ftruncate(descriptor, 0)
            os.ftruncate(descriptor, SLOTS * _SLOT.size)
        return mmap.mmap(descriptor, SLOTS * _SLOT.size)
    finally:
        os.close(descriptor)
