"""Signing keys: Ed25519, PEM files, private ones readable by their owner only."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from aigov_compiler.errors import KeyFileError


def generate() -> tuple[bytes, bytes]:
    """A new key pair as PEM: (private, PKCS #8 without a passphrase; public, SubjectPublicKeyInfo)."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private, public


def write_private(path: Path, pem: bytes) -> None:
    """Create the file with mode 0600. Raises KeyFileError when it exists: a key is never overwritten."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise KeyFileError(f"`{path}` exists; a private key is never overwritten") from None
    except OSError as error:
        raise KeyFileError(f"cannot write `{path}`: {error.strerror}") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)


def load_private(source: Path | bytes) -> Ed25519PrivateKey:
    """The signing key in a PEM file, or in PEM bytes. Raises KeyFileError for anything but an Ed25519 private key."""
    name = f"`{source}`" if isinstance(source, Path) else "the key"
    try:
        pem = source.read_bytes() if isinstance(source, Path) else source
        key = serialization.load_pem_private_key(pem, password=None)
    except OSError as error:
        raise KeyFileError(f"cannot read {name}: {error.strerror}") from None
    except TypeError:
        raise KeyFileError(f"{name} is protected by a passphrase; a key without one is needed") from None
    except (ValueError, UnsupportedAlgorithm):
        raise KeyFileError(f"{name} is not a private key in PEM; make one with `aigov keys generate`") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileError(f"{name} is not an Ed25519 key; make one with `aigov keys generate`")
    return key
