"""Where events go: one for each decision, with who, what, how it ended and why, and never a word of any content.

`Sink` is what the server needs of a trail. `Recording` is the one here: a bounded queue, and a thread that writes
batches into an SQLite file, which the processes of a server share.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections import Counter, deque
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol, Self

import orjson

from aigov_enforcers.governing.record import Decided
from aigov_enforcers.identity import Identity

_log = logging.getLogger("aigov.server")

BATCH = 128
"""Events of one transaction at most."""

PAUSE = 0.05
"""Seconds that the thread waits when there is nothing, and so an event, before it is written."""

RETRY = 1.0
"""Seconds between two tries when the file cannot be written."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS events (
    number INTEGER PRIMARY KEY, time REAL NOT NULL, event TEXT NOT NULL, direction TEXT NOT NULL, outcome TEXT NOT NULL,
    rules TEXT NOT NULL, findings TEXT NOT NULL, unknown TEXT NOT NULL, alerts TEXT NOT NULL, labels TEXT NOT NULL,
    target TEXT NOT NULL, identity TEXT NOT NULL, request TEXT NOT NULL, revision TEXT NOT NULL, digest TEXT NOT NULL,
    nanoseconds INTEGER NOT NULL, server TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS events_by_event ON events (event);
CREATE INDEX IF NOT EXISTS events_by_time ON events (time);
"""
_INSERT = "INSERT INTO events VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


class Event(NamedTuple):
    """One decision of `who`, or one that could not be made (`record` None), at `time` (Unix seconds)."""

    time: float
    who: Identity
    event: str
    record: Decided | None
    failure: str = ""

    @classmethod
    def of(cls, who: Identity, record: Decided) -> Self:
        """A decision, made now."""
        return cls(time.time(), who, record.event, record)

    @classmethod
    def failure_of(cls, who: Identity, event: str, what: str) -> Self:
        """Deciding failed now, and so `what` happened."""
        return cls(time.time(), who, event, None, what)


class Sink(Protocol):
    """Takes events. Threads share it."""

    def put(self, event: Event) -> None:
        """Take one. Quick; nothing is raised."""

    def full(self) -> str:
        """Why no further request should be decided now: its event would be lost. "" when there is room."""


class Recording:
    """Events in an SQLite file. Made after the fork; `start` opens the file."""

    def __init__(self, path: Path, server: str, waiting: int) -> None:
        self._path, self._server, self._most = path, server, waiting
        self._queue: deque[tuple[Event, str]] = deque()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="aigov-events", daemon=True)
        self._database: sqlite3.Connection | None = None
        self.digest = ""
        """Of the bundle in force, for the events that come now."""
        self.written = 0

    def start(self) -> None:
        """From now on events are written. Raises sqlite3.Error when the file cannot be used."""
        self._open().close()
        self._thread.start()

    def put(self, event: Event) -> None:
        """Take one, even when the queue is full: what is under way is still recorded."""
        self._queue.append((event, self.digest))

    def full(self) -> str:
        """Whether too many wait."""
        return "decisions cannot be put on record" if len(self._queue) >= self._most else ""

    @property
    def waiting(self) -> int:
        """Events that are not written yet."""
        return len(self._queue)

    def close(self, patience: float) -> None:
        """Write what waits, for at most so many seconds."""
        self._over.set()
        self._thread.join(patience)
        if self._queue:
            _log.error("%d decisions could not be put on record", len(self._queue))

    def _work(self) -> None:
        while True:
            over = self._over.is_set()
            if self._queue:
                batch = [self._queue[number] for number in range(min(BATCH, len(self._queue)))]
                if self._write(batch):
                    for _ in batch:
                        self._queue.popleft()
                    self.written += len(batch)
                elif self._over.wait(RETRY):
                    return
            elif over:
                break
            else:
                self._over.wait(PAUSE)
        if self._database is not None:
            self._database.close()

    def _write(self, batch: Sequence[tuple[Event, str]]) -> bool:
        rows = [_row(event, digest, self._server) for event, digest in batch]
        try:
            if self._database is None:
                self._database = self._open()
            with self._database:
                self._database.executemany(_INSERT, rows)
        except sqlite3.Error as error:
            _log.error("decisions cannot be put on record: %s", error)
            if self._database is not None:
                self._database.close()
                self._database = None
            return False
        return True

    def _open(self) -> sqlite3.Connection:
        self._path.touch(mode=0o600)
        database = sqlite3.connect(self._path, timeout=5)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        database.executescript(SCHEMA)
        return database


def _row(event: Event, digest: str, server: str) -> tuple[object, ...]:
    """The columns of an event. Findings are counted by detector and class."""
    who = event.who.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    if event.record is None:
        return (
            event.time,
            event.event,
            "",
            "failed",
            _json([event.failure]),
            *["[]"] * 4,
            "",
            _json(who),
            "{}",
            "",
            digest,
            0,
            server,
        )
    record, decision = event.record, event.record.decision
    counted = Counter((found.detector, found.cls) for found in decision.findings)
    return (
        event.time,
        event.event,
        record.direction.value,
        decision.outcome.value,
        _json([[hit.id, hit.effect, str(hit.location), hit.enforced, hit.unknown] for hit in decision.rules]),
        _json([[detector, cls, number] for (detector, cls), number in sorted(counted.items())]),
        _json(decision.unknown),
        _json(decision.obligations.alerts),
        _json(decision.obligations.labels),
        decision.target,
        _json(who),
        _json(
            {
                name: sorted(value) if isinstance(value, frozenset) else value
                for name, value in record.attributes.items()
            }
        ),
        decision.revision,
        digest,
        record.nanoseconds,
        server,
    )


def _json(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS).decode()
