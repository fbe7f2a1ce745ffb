"""Whose bundles are believed, from when to when, and not older than what.

trusted keys + envelope → the payload, exactly as signed → decode and validate → admit (times, counter)
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from aigov_runtime.bundle.format import Envelope, keyid, pae
from aigov_runtime.errors import ExpiredError, NoTrustError, NotYetValidError, RollbackError, SignatureError

VARIABLE = "AIGOV_TRUST"
"""Environment variable: a public key file or a directory of them."""

SYSTEM_DIRECTORY = Path("/etc/aigov/trust.d")
USER_DIRECTORY = Path("~/.config/aigov/trust.d")


class Unverified(Enum):
    """The type of UNVERIFIED."""

    UNVERIFIED = "unverified"


UNVERIFIED: Final = Unverified.UNVERIFIED
"""Instead of a Trust: neither signature nor times are checked. For authors' tools, never for an enforcer."""


@dataclass(frozen=True, slots=True)
class Trust:
    """The keys that may sign, the lowest counter that is still accepted, and the clock (Unix seconds)."""

    keys: tuple[Ed25519PublicKey, ...]
    minimum_counter: int = 0
    now: Callable[[], float] = time.time

    @classmethod
    def from_path(cls, path: Path | str) -> Trust:
        """The public key in a PEM file, or those in a directory's `*.pub` files. Raises NoTrustError."""
        path = Path(path)
        files = sorted(path.glob("*.pub")) if path.is_dir() else [path]
        if not files:
            raise NoTrustError(f"`{path}` holds no *.pub file; put the signer's public key there")
        return cls(tuple(map(_read_key, files)))

    @classmethod
    def from_pem(cls, *keys: bytes) -> Trust:
        """The public keys in these PEM texts. Raises NoTrustError."""
        return cls(tuple(_public_key(key, "the key") for key in keys))

    @classmethod
    def default(cls) -> Trust:
        """The keys that `AIGOV_TRUST` names, else those installed for the user and the system.
        Raises NoTrustError when there are none: an enforcer then has to fail closed."""
        if named := os.environ.get(VARIABLE):
            return cls.from_path(named)
        directories = [USER_DIRECTORY.expanduser(), SYSTEM_DIRECTORY]
        files = [file for directory in directories if directory.is_dir() for file in sorted(directory.glob("*.pub"))]
        if not files:
            places = " or ".join(map(str, directories))
            raise NoTrustError(f"no trusted key: set {VARIABLE}, or put the signer's *.pub file into {places}")
        return cls(tuple(map(_read_key, files)))

    def at_least(self, counter: int) -> Trust:
        """The same trust, refusing bundles with a lower counter."""
        return replace(self, minimum_counter=max(counter, self.minimum_counter))

    def verify(self, envelope: Envelope) -> None:
        """Raise SignatureError unless a trusted key signed the payload."""
        if not envelope.signatures:
            raise SignatureError("the bundle is not signed")
        trusted = {keyid(key.public_bytes_raw()): key for key in self.keys}
        message = pae(envelope.payload)
        strangers = True
        for signature in envelope.signatures:
            if key := trusted.get(signature.keyid):
                strangers = False
                try:
                    key.verify(signature.sig, message)
                except InvalidSignature:
                    continue
                return
        if strangers:
            raise SignatureError("the bundle is not signed by a trusted key")
        raise SignatureError("the signature does not fit the bundle: it was altered or cut off")

    def admit(self, manifest: Mapping[str, Any]) -> None:
        """Raise unless the bundle is in force now and not older than what is accepted."""
        now = self.now()
        if now < manifest["not_before"]:
            raise NotYetValidError(f"the bundle is not valid before {_utc(manifest['not_before'])}")
        if manifest["expires"] and now >= manifest["expires"]:
            raise ExpiredError(f"the bundle expired at {_utc(manifest['expires'])}; compile and sign a new one")
        if manifest["counter"] < self.minimum_counter:
            raise RollbackError(
                f"the bundle's counter is {manifest['counter']}, below the minimum {self.minimum_counter}"
            )


def _read_key(file: Path) -> Ed25519PublicKey:
    try:
        return _public_key(file.read_bytes(), f"`{file}`")
    except OSError as error:
        raise NoTrustError(f"cannot read the public key `{file}`: {error.strerror}") from None


def _public_key(pem: bytes, name: str) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        raise NoTrustError(f"{name} is not a public key in PEM") from None
    if not isinstance(key, Ed25519PublicKey):
        raise NoTrustError(f"{name} is not an Ed25519 public key")
    return key


def _utc(seconds: int) -> str:
    try:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
    except (OverflowError, OSError, ValueError):
        return f"{seconds} s after 1970"
