"""Requests signed by the device's key (RFC 9421), where TLS ends at a balancer and so proves nothing of the device.

A signature is over method, path, query, the digest of the content (RFC 9530) and every `aigov-…` field; its date
counts for a short window, its nonce once in that.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
)
from http_message_signatures.algorithms import ECDSA_P256_SHA256

from aigov_enforcers.transport.certificates import PrivateKey
from aigov_enforcers.transport.contexts import Peer
from aigov_enforcers.transport.errors import TransportError

FIELDS = frozenset({"signature", "signature-input", "content-digest"})
"""The fields of a signature; those that a request has already are not kept."""

WINDOW = timedelta(seconds=60)
"""How far the date of a signature may be from the clock, to either side."""

MAX_NONCES = 20_000
"""How many signatures of one device are remembered; when so many come within the window, more are refused."""

_TAG = "aigov"
_COVERED = ("@method", "@path", "@query", "content-digest")
_SIGNED_PREFIX = "aigov-"

Headers = Iterable[tuple[str, str]]
"""Fields in order, names in lower case."""


class SignatureError(TransportError):
    """The request is not signed as it must be."""


class _Message(NamedTuple):
    """A request as the library reads it."""

    method: str
    url: str
    headers: Any


class _Fields(dict[str, str]):
    """Fields to sign; the library adds its own to them."""


class _Lines(NamedTuple):
    """Fields to verify, each line for itself."""

    lines: tuple[tuple[str, str], ...]

    def items(self) -> tuple[tuple[str, str], ...]:
        return self.lines


class _Keys(HTTPSignatureKeyResolver):
    """The one key that there is."""

    def __init__(self, name: str, *, private: PrivateKey | None, public: ec.EllipticCurvePublicKey | None) -> None:
        self._name = name
        self._private = private
        self._public = public

    def resolve_private_key(self, key_id: str) -> PrivateKey | None:  # noqa: ARG002 - the library's signature
        return self._private

    def resolve_public_key(self, key_id: str) -> ec.EllipticCurvePublicKey | None:
        return self._public if key_id == self._name else None


class _Verifier(HTTPMessageVerifier):
    """Leaves the dates to `Signatures`, which has a clock of its own."""

    def validate_created_and_expires(self, sig_input: Any, max_age: timedelta | None = None) -> None:
        """Nothing: see `Signatures.verify`."""


def sign(
    key: PrivateKey, thumbprint: str, *, method: str, target: str, headers: Headers, body: bytes, now: datetime
) -> tuple[tuple[str, str], ...]:
    """The fields to add to a request; raises `SignatureError` for one that cannot be signed.

    `target` is path and query as sent, `thumbprint` that of the certificate of the key.
    """
    given = [(name, value) for name, value in headers if name not in FIELDS]
    fields = _Fields(given)
    signer = HTTPMessageSigner(
        signature_algorithm=ECDSA_P256_SHA256, key_resolver=_Keys(thumbprint, private=key, public=None)
    )
    try:
        signer.sign(
            _Message(method, _url(target), fields),
            key_id=thumbprint,
            created=now,
            nonce=token_urlsafe(16),
            tag=_TAG,
            label=_TAG,
            covered_component_ids=_covered(given),
            body=body,
        )
    except (HTTPMessageSignaturesException, ValueError) as error:
        raise SignatureError(f"the request cannot be signed: {error}") from None
    return tuple((name.lower(), value) for name, value in fields.items() if name.lower() in FIELDS)


class Signatures:
    """Verifies signatures, and remembers their nonces, in one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[str, dict[str, float]] = {}  # of each certificate, nonces and until when they count
        self._sweep = 0.0

    def verify(self, device: Peer, *, method: str, target: str, headers: Headers, body: bytes, now: datetime) -> None:
        """Raise `SignatureError` unless this very request was signed by the device, just now, and is new."""
        lines = tuple(headers)
        verifier = _Verifier(
            signature_algorithm=ECDSA_P256_SHA256,
            key_resolver=_Keys(device.thumbprint, private=None, public=device.key),
        )
        try:
            (result,) = verifier.verify(
                _Message(method, _url(target), _Lines(lines)),
                expect_tag=_TAG,
                require_components=_covered(lines),
                body=body,
                max_age=None,
            )
        except InvalidSignature as error:
            raise SignatureError(f"the request's signature is not good: {error}") from None
        except (HTTPMessageSignaturesException, ValueError) as error:
            raise SignatureError(f"the request's signature cannot be read: {error}") from None
        if not result.nonce:
            raise SignatureError("the request's signature has no nonce")
        if "created" not in result.parameters:
            raise SignatureError("the request's signature has no date")
        self._once(device.thumbprint, result.nonce, float(result.parameters["created"]), now.timestamp())

    def _once(self, thumbprint: str, nonce: str, created: float, now: float) -> None:
        window = WINDOW.total_seconds()
        if abs(now - created) > window:
            raise SignatureError("the request's signature is too old, or the clocks differ too much")
        with self._lock:
            if now >= self._sweep:
                self._sweep = now + window
                self._seen = {name: left for name, seen in self._seen.items() if (left := _counting(seen, now))}
            seen = self._seen.setdefault(thumbprint, {})
            if len(seen) >= MAX_NONCES:
                seen = self._seen[thumbprint] = _counting(seen, now)
                if len(seen) >= MAX_NONCES:
                    raise SignatureError("too many signed requests at once to know the new from the replayed")
            if seen.get(nonce, -1.0) >= now:
                raise SignatureError("the request is a replay")
            seen[nonce] = created + window


def _counting(seen: dict[str, float], now: float) -> dict[str, float]:
    return {nonce: until for nonce, until in seen.items() if until >= now}


def _covered(headers: Headers) -> tuple[str, ...]:
    own = dict.fromkeys(name for name, _ in headers if name.startswith(_SIGNED_PREFIX))
    return (*_COVERED, *own)


def _url(target: str) -> str:
    """A URL for a path and query. Scheme and host are those of the balancer's side and are not signed."""
    if not target.startswith("/"):
        raise SignatureError("only a request for a path can be signed")
    return f"https://server{target}"
