"""The registry of devices: who may connect, as one SQLite file that the processes of one machine share.

It lists every certificate that was issued, so a certificate counts because it is known here, not only because its
signature is right. `synchronous=FULL`: a revocation or a used token must not come back after a power cut.
Not for use across a fork: each process opens its own.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aigov_enforcers.transport.admission import Admission
from aigov_enforcers.transport.authority import Revoked
from aigov_enforcers.transport.contexts import Peer
from aigov_enforcers.transport.errors import EnrolmentError, RegistryError
from aigov_enforcers.transport.records import (
    SELECT_CERTIFICATES,
    SELECT_DEVICES,
    Certificate,
    Device,
    Grant,
    Refused,
    as_certificate,
    as_device,
)
from aigov_enforcers.transport.schema import SCHEMA, connect

_KEPT = 90 * 86400
"""Seconds that an expired certificate stays, so that its key cannot be used anew."""


class Registry:
    """The registry in one process; safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Open the file, which `create` made; raises `RegistryError`."""
        self._lock = threading.Lock()
        self._database = connect(path)
        self._admission = Admission(path)

    @classmethod
    def create(cls, path: Path) -> None:
        """Make an empty registry that only its owner can read; raises `RegistryError` if the file is there."""
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            raise RegistryError(f"{path} is there already") from None
        database = sqlite3.connect(path, isolation_level=None)
        database.execute("PRAGMA journal_mode = WAL")
        database.executescript(f"BEGIN; {SCHEMA} COMMIT;")
        database.close()

    def close(self) -> None:
        """Close the file."""
        self._database.close()
        self._admission.close()

    def admitted(self, peer: Peer, now: float | None = None) -> Device | Refused:
        """The device with this certificate, if it may be answered now. For every request: it asks memory, which follows
        the file within half a second, whichever process changed it; when it cannot, nobody is admitted."""
        return self._admission.admitted(peer, now)

    def admitted_proxy(self, peer: Peer, now: float | None = None) -> Refused | None:
        """Why a balancer's certificate does not count; None when it does."""
        return self._admission.admitted_proxy(peer, now)

    @contextmanager
    def change(self) -> Iterator[Change]:
        """All that is done in it takes effect together, or not at all when it raises. Other writers wait.

        Raises `RegistryError` when the file cannot be written.
        """
        with self._lock:
            database = self._database
            try:
                database.execute("BEGIN IMMEDIATE")
                database.execute("UPDATE changes SET last = last + 1")
                (number,) = database.execute("SELECT last FROM changes").fetchone()
                yield Change(database, number)
                database.execute("COMMIT")
            except sqlite3.Error as error:
                raise RegistryError(f"the registry cannot be changed: {error}") from error
            finally:
                if database.in_transaction:
                    database.execute("ROLLBACK")

    def devices(self) -> list[Device]:
        """All devices, the oldest first."""
        return [as_device(row) for row in self._read(SELECT_DEVICES + " ORDER BY created, id")]

    def device(self, name: str) -> Device | None:
        """The device with this id, or the one with this name that is not revoked, or else the last one revoked."""
        rows = self._read(
            SELECT_DEVICES
            + " WHERE id = ?1 OR name = ?1 ORDER BY id = ?1 DESC, state = 'revoked', created DESC LIMIT 1",
            name,
        )
        return as_device(rows[0]) if rows else None

    def certificates(self, device: Device) -> list[Certificate]:
        """The device's certificates, the oldest first."""
        rows = self._read(SELECT_CERTIFICATES + " WHERE device = ? ORDER BY issued", device.id)
        return [as_certificate(row) for row in rows]

    def others(self) -> list[Certificate]:
        """The certificates of servers and balancers, the oldest first."""
        rows = self._read(SELECT_CERTIFICATES + " WHERE device IS NULL ORDER BY issued")
        return [as_certificate(row) for row in rows]

    def revoked(self, now: float) -> list[Revoked]:
        """What a CRL lists: revoked certificates that would count otherwise."""
        rows = self._read(
            "SELECT serial, revoked FROM certificates WHERE revoked IS NOT NULL AND not_after > ? ORDER BY revoked", now
        )
        return [Revoked(int(serial, 16), datetime.fromtimestamp(int(at), UTC)) for serial, at in rows]

    def _read(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                return self._database.execute(query, values).fetchall()
            except sqlite3.Error as error:
                raise RegistryError(f"the registry cannot be read: {error}") from error


class Change:
    """One transaction on the registry."""

    def __init__(self, database: sqlite3.Connection, number: int) -> None:
        self._database = database
        self._number = number

    def add_token(self, digest: bytes, grant: Grant, expires: float) -> None:
        """A token, by its digest."""
        self._database.execute("INSERT INTO tokens VALUES (?, ?, ?, ?, ?, NULL)", (digest, *grant, expires))

    def take_token(self, digest: bytes, now: float) -> Grant:
        """Use a token up; raises `EnrolmentError`."""
        row = self._database.execute(
            "SELECT name, place, managed, expires, used FROM tokens WHERE digest = ?", (digest,)
        ).fetchone()
        if row is None:
            raise EnrolmentError("the token is not known")
        name, place, managed, expires, used = row
        if used is not None:
            raise EnrolmentError("the token was used already")
        if expires <= now:
            raise EnrolmentError("the token has expired")
        self._database.execute("UPDATE tokens SET used = ? WHERE digest = ?", (now, digest))
        return Grant(name, place, bool(managed))

    def add_device(self, device: Device) -> None:
        """A new device; raises `EnrolmentError` when another one, not revoked, has its name."""
        taken = "SELECT 1 FROM devices WHERE name = ? AND state != 'revoked'"
        if self._database.execute(taken, (device.name,)).fetchone():
            raise EnrolmentError(f"a device named {device.name} is enrolled: revoke it first")
        self._database.execute("INSERT INTO devices VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*device, self._number))

    def replace_device(self, device: Device) -> None:
        """The same device with other values."""
        self._database.execute(
            "UPDATE devices SET place = ?, managed = ?, posture = ?, state = ?, change = ? WHERE id = ?",
            (device.place, device.managed, device.posture, device.state, self._number, device.id),
        )

    def device(self, id: str) -> Device:
        """The device as it is within this transaction."""
        row = self._database.execute(SELECT_DEVICES + " WHERE id = ?", (id,)).fetchone()
        if row is None:
            raise EnrolmentError("the device is not known")
        return as_device(row)

    def pending(self, owner: str) -> int:
        """How many devices of a person wait for approval."""
        query = "SELECT count(*) FROM devices WHERE owner = ? AND state = 'pending'"
        (number,) = self._database.execute(query, (owner,)).fetchone()
        return int(number)

    def add_application(self, digest: bytes, device: Device, key: bytes) -> None:
        """A device that waits for approval, and the digest of the ticket to ask with; raises `EnrolmentError`."""
        applied = "SELECT 1 FROM applications WHERE key = ?"
        if not self.key_is_new(key) or self._database.execute(applied, (key,)).fetchone():
            raise EnrolmentError("the key was used before: every application needs a fresh one")
        self._database.execute("INSERT INTO applications VALUES (?, ?, ?)", (digest, device.id, key))

    def application(self, digest: bytes, key: bytes) -> Device:
        """The device that applied with this ticket and this key; raises `EnrolmentError`."""
        row = self._database.execute("SELECT device, key FROM applications WHERE digest = ?", (digest,)).fetchone()
        if row is None:
            raise EnrolmentError("the ticket is not known, or was used already")
        if row[1] != key:
            raise EnrolmentError("the request has another key than the application")
        return self.device(row[0])

    def end_application(self, digest: bytes) -> None:
        """The ticket is used up."""
        self._database.execute("DELETE FROM applications WHERE digest = ?", (digest,))

    def key_is_new(self, key: bytes) -> bool:
        """Whether no certificate was issued for this key (by digest)."""
        return self._database.execute("SELECT 1 FROM certificates WHERE key = ?", (key,)).fetchone() is None

    def counts(self, thumbprint: str) -> bool:
        """Whether this certificate is on record and not revoked."""
        query = "SELECT 1 FROM certificates WHERE thumbprint = ? AND revoked IS NULL"
        return self._database.execute(query, (thumbprint,)).fetchone() is not None

    def live_certificates(self, device: Device, now: float) -> int:
        """How many certificates the device has that count."""
        query = "SELECT count(*) FROM certificates WHERE device = ? AND revoked IS NULL AND not_after > ?"
        (number,) = self._database.execute(query, (device.id, now)).fetchone()
        return int(number)

    def add_certificate(self, peer: Peer, key: bytes, now: float) -> None:
        """A certificate being issued, and the digest of its key; raises `EnrolmentError` for a key seen before."""
        if not self.key_is_new(key):
            raise EnrolmentError("the key was certified before: every certificate needs a fresh one")
        device = peer.id.id if peer.id.kind == "device" else None
        end = peer.not_after.timestamp()
        self._database.execute(
            "INSERT INTO certificates VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?)",
            (peer.thumbprint, f"{peer.serial:x}", str(peer.id), device, key, now, end, self._number),
        )

    def revoke_device(self, device: Device, now: float) -> None:
        """The device and all its certificates count no more."""
        self.replace_device(device._replace(state="revoked"))
        self._database.execute(
            "UPDATE certificates SET revoked = ?, change = ? WHERE device = ? AND revoked IS NULL",
            (now, self._number, device.id),
        )
        self._database.execute("DELETE FROM applications WHERE device = ?", (device.id,))

    def revoke_holder(self, holder: str, now: float) -> int:
        """No certificate of this SPIFFE id counts any more; how many did."""
        return self._database.execute(
            "UPDATE certificates SET revoked = ?, change = ? WHERE holder = ? AND revoked IS NULL AND not_after > ?",
            (now, self._number, holder, now),
        ).rowcount

    def last_crl(self) -> tuple[int, datetime | None]:
        """Number and date of the last CRL that was published."""
        number, dated = self._database.execute("SELECT number, dated FROM crl").fetchone()
        return number, None if dated is None else datetime.fromtimestamp(dated, UTC)

    def keep_crl(self, number: int, dated: datetime) -> None:
        """Number and date of the CRL that is being published."""
        self._database.execute("UPDATE crl SET number = ?, dated = ?", (number, dated.timestamp()))

    def purge(self, now: float) -> None:
        """Forget what has been over for long: tokens, and certificates whose keys need no remembering any more."""
        self._database.execute("DELETE FROM tokens WHERE expires < ?", (now - _KEPT,))
        self._database.execute("DELETE FROM certificates WHERE not_after < ?", (now - _KEPT,))
