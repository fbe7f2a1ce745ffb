"""The certificate of a client whose TLS ends at a balancer (RFC 9440, `Client-Cert` and `Client-Cert-Chain`).

Anybody can write these fields, so they count only from a peer that is pinned and whose own certificate says that it is
a balancer. The chain is verified again here: the balancer is believed in what it saw, not in whom to trust.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

import http_sf
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from aigov_enforcers.transport.contexts import Peer, peer
from aigov_enforcers.transport.errors import PeerError, TransportError
from aigov_enforcers.transport.names import SpiffeId

FIELDS = frozenset({"client-cert", "client-cert-chain"})
"""Fields that a server takes from nobody but a pinned balancer, and passes on to nobody."""

Headers = Iterable[tuple[str, str]]
"""Fields in order, names in lower case."""

_MAX_FIELD = 16384
_MAX_CHAIN = 4


def stripped(headers: Headers) -> tuple[tuple[str, str], ...]:
    """The fields without those of RFC 9440."""
    return tuple((name, value) for name, value in headers if name not in FIELDS)


class ForwardedCertificates:
    """Reads the fields from the balancers that a server pins."""

    def __init__(self, trust_pem: bytes, balancers: Iterable[SpiffeId]) -> None:
        """Raises `TransportError` when the root cannot be read."""
        try:
            self._store = Store(x509.load_pem_x509_certificates(trust_pem))
        except ValueError as error:
            raise TransportError(f"the trust domain's root cannot be loaded: {error}") from None
        self._balancers = frozenset(name for name in balancers if name.kind == "proxy")

    def read(self, headers: Headers, sender: Peer, now: datetime) -> Peer | None:
        """The client that the sender saw; None when the sender is no balancer of ours, whatever the fields say.

        The registry has to admit both (`admitted_proxy` for the sender). Raises `PeerError` when a balancer sends
        no certificate, several, or one that is not good.
        """
        if sender.id not in self._balancers:
            return None
        fields = [(name, value) for name, value in headers if name in FIELDS]
        leaves = [value for name, value in fields if name == "client-cert"]
        if len(leaves) != 1:
            raise PeerError(f"the balancer sent {len(leaves)} client certificates, expected one")
        (leaf,) = _certificates(leaves[0], "item")
        chain = [made for name, value in fields if name == "client-cert-chain" for made in _certificates(value, "list")]
        if len(chain) > _MAX_CHAIN:
            raise PeerError(f"the balancer sent a chain of {len(chain)} certificates")
        verifier = PolicyBuilder().store(self._store).time(now).build_client_verifier()
        try:
            verifier.verify(leaf, chain)
        except VerificationError as error:
            raise PeerError(f"the client's certificate does not verify: {error}") from None
        return peer(leaf.public_bytes(Encoding.DER))


def _certificates(value: str, kind: Literal["item", "list"]) -> list[x509.Certificate]:
    """Byte sequences of RFC 8941, each one certificate in DER."""
    if len(value) > _MAX_FIELD:
        raise PeerError(f"the client's certificate has more than {_MAX_FIELD} characters")
    try:
        parsed: Any = http_sf.parse(value.encode("ascii"), tltype=kind)
        members = [parsed] if kind == "item" else parsed
        return [x509.load_der_x509_certificate(data) for data, _ in members]
    except (ValueError, TypeError):
        raise PeerError("the client's certificate is no byte sequence with a certificate in it") from None
