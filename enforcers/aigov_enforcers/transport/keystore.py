"""Where private keys lie: files that only their owner reads, written so that they are whole or not there.

A key is named by a reference, `file:NAME` here. What signs takes any `EllipticCurvePrivateKey`, so a key in a hardware
token (`hardware`) differs only in its reference.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from secrets import token_hex
from typing import Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from aigov_enforcers.transport import hardware, request
from aigov_enforcers.transport.certificates import PrivateKey
from aigov_enforcers.transport.errors import AuthorityError


def write(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Write or replace a file in one step, durably; nobody ever sees a part of it."""
    draft = path.with_name(f".{path.name}.{token_hex(4)}")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor, made with its mode
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)  # the new name too is on the disk
    finally:
        os.close(folder)


def read_private(path: Path) -> bytes:
    """The bytes of a file that only its owner can read; raises `AuthorityError` when others can."""
    with path.open("rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise AuthorityError(f"{path} can be read by others: chmod 600, and think of its keys as known")
        return file.read()


def read_key(path: Path) -> PrivateKey:
    """The key in a file; raises `AuthorityError`."""
    try:
        return key_from(read_private(path))
    except FileNotFoundError:
        raise AuthorityError(f"the key {path} is not here") from None
    except ValueError as error:
        raise AuthorityError(f"{path}: {error}") from None


def key_from(pem: bytes) -> PrivateKey:
    """The key in PEM; raises `ValueError`."""
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError("no private key in PEM without a passphrase") from None
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    raise ValueError("the key must be on the curve P-256")


class Keys(Protocol):
    """Where keys are made and found."""

    def make(self, name: str) -> tuple[str, PrivateKey]:
        """A new key, and a reference to it."""
        ...

    def load(self, reference: str) -> PrivateKey:
        """The key of a reference."""
        ...

    def remove(self, reference: str) -> None:
        """Destroy the key of a reference."""
        ...


def keys_of(reference: str, directory: Path) -> Keys:
    """The place that a reference names: files in the directory, or the token that the environment names."""
    if reference.startswith(f"{hardware.SCHEME}:"):
        return hardware.TokenKeys(hardware.Place.from_environment())
    return FileKeys(directory)


class FileKeys:
    """Keys in a directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def make(self, name: str) -> tuple[str, PrivateKey]:
        """A new key, and its reference; raises `AuthorityError` when there is one of that name."""
        path = self._directory / f"{name}.key"
        if path.exists():
            raise AuthorityError(f"{path} is there already: keys are never overwritten")
        key = request.new_key()
        write(path, request.key_pem(key))
        return f"file:{path.name}", key

    def load(self, reference: str) -> PrivateKey:
        """The key with this reference; raises `AuthorityError`."""
        return read_key(self._path(reference))

    def remove(self, reference: str) -> None:
        """Destroy the key."""
        self._path(reference).unlink(missing_ok=True)

    def _path(self, reference: str) -> Path:
        scheme, _, name = reference.partition(":")
        if scheme != "file" or "/" in name or not name:
            raise AuthorityError(f"{reference}: no key in a file")
        return self._directory / name
