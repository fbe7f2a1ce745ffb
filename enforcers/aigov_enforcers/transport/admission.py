"""Who may be answered now, in memory, following the registry's file.

Asked for every request, so it touches the file only every half second: SQLite's `data_version` tells whether any other
connection changed it, and then only the changed rows are read. A revocation thus bites within a second, on
connections that are open already too, in every process on the machine.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path
from typing import NamedTuple

from aigov_enforcers.transport.contexts import Peer
from aigov_enforcers.transport.errors import RegistryError
from aigov_enforcers.transport.records import SELECT_DEVICES, Device, Refused, as_device
from aigov_enforcers.transport.schema import connect

INTERVAL = 0.5
"""Seconds between two looks at the file."""

_SWEEP = 60.0
"""Seconds between two removals of expired certificates from memory."""

_NEVER = float("inf")

_UNKNOWN = Refused("the certificate is not in the registry")
_NO_DEVICE = Refused("the certificate is not that of a device")
_NO_PROXY = Refused("the certificate is not that of a balancer")
_REVOKED = Refused("the certificate is revoked")
_EXPIRED = Refused("the certificate has expired")
_PENDING = Refused("the device waits for approval")
_UNAVAILABLE = Refused("the registry cannot be read")


class _Known(NamedTuple):
    """A certificate in memory."""

    device: str | None
    not_after: float
    revoked: bool


class Admission:
    """The set of certificates that count, with a connection of its own. All is read when it is made: some 2 s for
    100,000 devices, and 1 KB of memory for each; later only what changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._database: sqlite3.Connection | None = None
        self._version = -1
        self._change = -1
        self._certificates: dict[str, _Known] = {}
        self._devices: dict[str, Device] = {}
        self._due = 0.0
        self._sweep = 0.0
        self._available = False
        self._follow()

    def admitted(self, peer: Peer, now: float | None = None) -> Device | Refused:
        """The device, or why not. `now` is seconds since 1970."""
        known = self._known(peer, now)
        if isinstance(known, Refused):
            return known
        device = None if known.device is None else self._devices.get(known.device)
        if device is None:
            return _NO_DEVICE
        if device.state == "active":
            return device
        return _REVOKED if device.state == "revoked" else _PENDING

    def admitted_proxy(self, peer: Peer, now: float | None = None) -> Refused | None:
        """Why a balancer does not count, or None."""
        known = self._known(peer, now)
        if isinstance(known, Refused):
            return known
        return None if peer.id.kind == "proxy" else _NO_PROXY

    def close(self) -> None:
        """Close the file; nobody is admitted after."""
        with self._lock:
            self._available = False
            self._due = _NEVER
            if self._database is not None:
                self._database.close()

    def _known(self, peer: Peer, now: float | None) -> _Known | Refused:
        if time.monotonic() >= self._due:
            self._follow()
        known = self._certificates.get(peer.thumbprint)
        if known is None:  # perhaps issued a moment ago: a device must not be refused right after it enrolled
            self._follow(at_once=True)
            known = self._certificates.get(peer.thumbprint)
        if not self._available:
            return _UNAVAILABLE
        if known is None:
            return _UNKNOWN
        if known.revoked:
            return _REVOKED
        return _EXPIRED if known.not_after <= (time.time() if now is None else now) else known

    def _follow(self, *, at_once: bool = False) -> None:
        with self._lock:
            moment = time.monotonic()
            if moment < self._due and (not at_once or self._due == _NEVER):
                return
            try:
                self._read()
            except (sqlite3.Error, RegistryError):
                self._available = False  # fail closed: a revocation may stand in what cannot be read
            else:
                self._available = True
            self._due = moment + INTERVAL
            if moment >= self._sweep:
                self._sweep = moment + _SWEEP
                over = time.time()
                self._certificates = {name: one for name, one in self._certificates.items() if one.not_after > over}

    def _read(self) -> None:
        database = self._database
        if database is None:
            database = self._database = connect(self._path)
        (version,) = database.execute("PRAGMA data_version").fetchone()
        if version == self._version:
            return
        with database:  # one snapshot for the three reads
            database.execute("BEGIN")
            (change,) = database.execute("SELECT last FROM changes").fetchone()
            since = self._change
            devices = database.execute(SELECT_DEVICES + " WHERE change > ?", (since,)).fetchall()
            certificates = database.execute(
                "SELECT thumbprint, device, not_after, revoked FROM certificates WHERE change > ? AND not_after > ?",
                (since, time.time()),
            ).fetchall()
        self._devices.update((device.id, device) for device in map(as_device, devices))
        self._certificates.update(
            (thumbprint, _Known(device, not_after, revoked is not None))
            for thumbprint, device, not_after, revoked in certificates
        )
        self._version, self._change = version, change
