"""The bundle file in force: when it changes, the new one is verified and put in force; a bad one is not."""

from __future__ import annotations

import hashlib
import logging
import os
import threading
import time
from pathlib import Path

from aigov_runtime import Engine
from aigov_runtime.errors import BundleError

INTERVAL = 1.0
"""Seconds between two looks at the file."""


class BundleFile:
    """Watches one file for an engine that was loaded from it. Threads share it; nothing runs while nobody asks.

    `refused` is why the file that is there now is not in force, "" when it is; `digest` is the SHA-256 of the one that
    is in force, in hexadecimal, "" until it is known.
    """

    def __init__(self, engine: Engine, path: Path, log: logging.Logger) -> None:
        self._engine, self._path, self._log = engine, path, log
        self.refused = self.digest = ""
        self._seen = self._state()
        self._next = time.monotonic() + INTERVAL
        self._busy = threading.Lock()
        os.register_at_fork(after_in_child=self._forked)

    def _forked(self) -> None:
        self._busy = threading.Lock()

    def check(self) -> threading.Thread | None:
        """Look at the file, at most once each `INTERVAL`. A changed one is loaded on a thread of its own, which is
        returned, while the old one decides."""
        now = time.monotonic()
        if now < self._next or not self._busy.acquire(blocking=False):
            return None
        self._next = now + INTERVAL
        state = self._state()
        if state in {self._seen, None}:
            self._busy.release()
            return None
        self._seen = state
        thread = threading.Thread(target=self._replace, name="aigov-reload", daemon=True)
        thread.start()
        return thread

    def look(self) -> None:
        """The same here and now, however long it takes."""
        state = self._state()
        if state not in {self._seen, None}:
            self._seen = state
            self.load()

    def _replace(self) -> None:
        try:
            self.load()
        finally:
            self._busy.release()

    def load(self) -> bool:
        """Load what is there now, here. False: it is refused, and the old one stays."""
        try:
            envelope = self._path.read_bytes()
            self._engine.replace(envelope)
        except (BundleError, OSError) as error:
            self.refused = str(error)
            self._log.error("bundle %s is refused, revision %s stays: %s", self._path, self._engine.revision, error)
        except Exception as error:  # noqa: BLE001 - whatever it is, the old one stays
            self.refused = f"{type(error).__name__}: {error}"
            self._log.exception("bundle %s could not be loaded, revision %s stays", self._path, self._engine.revision)
        else:
            self.refused, self.digest = "", hashlib.sha256(envelope).hexdigest()
            self._log.info("bundle %s: revision %s is in force", self._path, self._engine.revision)
        return not self.refused

    def _state(self) -> tuple[int, int, int] | None:
        """What changes with the file; None while it is not there, as in the middle of a deployment."""
        try:
            now = self._path.stat()
        except OSError:
            return None
        return now.st_mtime_ns, now.st_size, now.st_ino
