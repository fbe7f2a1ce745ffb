"""Sign a bundle: DSSE with Ed25519 (RFC 8032) over the exact payload bytes."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from aigov_runtime.bundle.format import Signature, keyid, pae, seal


def envelope(payload: bytes, key: Ed25519PrivateKey | None, sections: Sequence[bytes]) -> bytes:
    """The bundle of a payload. Without a key it has no signature, and nobody who asks for trust loads it."""
    if key is None:
        return seal(payload, (), sections)
    public = key.public_key().public_bytes_raw()
    return seal(payload, (Signature(keyid(public), key.sign(pae(payload))),), sections)
