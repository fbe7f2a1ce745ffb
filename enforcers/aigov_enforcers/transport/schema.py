"""The tables of the registry, and how a connection to them is opened."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from aigov_enforcers.transport.errors import RegistryError

VERSION = 1
SCHEMA = """
CREATE TABLE devices (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, place TEXT NOT NULL, managed INTEGER NOT NULL, posture TEXT NOT NULL,
    state TEXT NOT NULL, owner TEXT NOT NULL, created REAL NOT NULL, change INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX names ON devices (name) WHERE state != 'revoked';
CREATE INDEX changed_devices ON devices (change);
CREATE TABLE certificates (
    thumbprint TEXT PRIMARY KEY, serial TEXT NOT NULL, holder TEXT NOT NULL, device TEXT REFERENCES devices (id),
    key BLOB NOT NULL UNIQUE, issued REAL NOT NULL, not_after REAL NOT NULL, revoked REAL, change INTEGER NOT NULL
) STRICT;
CREATE INDEX changed_certificates ON certificates (change);
CREATE INDEX owned_certificates ON certificates (device);
CREATE TABLE tokens (
    digest BLOB PRIMARY KEY, name TEXT NOT NULL, place TEXT NOT NULL, managed INTEGER NOT NULL,
    expires REAL NOT NULL, used REAL
) STRICT;
CREATE TABLE applications (
    digest BLOB PRIMARY KEY, device TEXT NOT NULL REFERENCES devices (id), key BLOB NOT NULL UNIQUE
) STRICT;
CREATE TABLE crl (number INTEGER NOT NULL, dated REAL) STRICT;
CREATE TABLE changes (last INTEGER NOT NULL) STRICT;
INSERT INTO crl VALUES (0, NULL);
INSERT INTO changes VALUES (0);
PRAGMA user_version = 1;
"""


def connect(path: Path) -> sqlite3.Connection:
    """A connection to a registry that is there; raises `RegistryError`."""
    if not path.is_file():
        raise RegistryError(f"{path}: there is no registry; `aigov ca init` makes one")
    try:
        database = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
        database.execute("PRAGMA synchronous = FULL")
        database.execute("PRAGMA foreign_keys = ON")
        (version,) = database.execute("PRAGMA user_version").fetchone()
    except sqlite3.Error as error:
        raise RegistryError(f"{path}: {error}") from error
    if version != VERSION:
        database.close()
        raise RegistryError(f"{path}: a registry of version {version}, expected {VERSION}")
    return database
