"""TLS contexts of both ends, and who the peer is.

What was measured decides the settings: TLS 1.3 only; no tickets, as a resumed session skips revocation; a certificate
is required of clients; only the trust domain's own root counts, never the system's. In TLS 1.3 a client's `connect`
returns before the server has judged its certificate: a refusal shows as an error at the first read.
"""

from __future__ import annotations

import os
import ssl
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from aigov_enforcers.transport.certificates import USAGES
from aigov_enforcers.transport.errors import PeerError, TransportError
from aigov_enforcers.transport.names import NameError_, SpiffeId, parse


class Peer(NamedTuple):
    """What a peer's certificate says, once TLS has verified it."""

    id: SpiffeId
    serial: int
    thumbprint: str
    """base64url of SHA-256 over the certificate, without padding: `x5t#S256` of RFC 8705."""

    not_before: datetime
    not_after: datetime
    key: ec.EllipticCurvePublicKey


def server_context(chain_pem: bytes, key_pem: bytes, trust_pem: bytes, crl_pem: bytes | None = None) -> ssl.SSLContext:
    """For a server: every client must have a certificate of the trust domain.

    `crl_pem` are the CRLs of the whole chain, as `Authority.crl` gives them. To change anything make a new context and
    swap it: a CRL loaded into a living one may be ignored. Raises `TransportError` for what cannot be loaded.
    """
    context = _bare(ssl.PROTOCOL_TLS_SERVER)
    context.num_tickets = 0
    context.verify_mode = ssl.CERT_REQUIRED
    _load_trust(context, trust_pem, crl_pem)
    _load_chain(context, chain_pem, key_pem)
    return context


def enrolment_context(
    chain_pem: bytes, key_pem: bytes, trust_pem: bytes, crl_pem: bytes | None = None
) -> ssl.SSLContext:
    """For the listener where devices enrol and renew: a client may have no certificate yet, but no wrong one.

    Whoever listens has to look at `getpeercert(True)` before it answers anything but an enrolment.
    """
    context = server_context(chain_pem, key_pem, trust_pem, crl_pem)
    context.verify_mode = ssl.CERT_OPTIONAL
    return context


def client_context(
    chain_pem: bytes | None, key_pem: bytes | None, trust_pem: bytes, crl_pem: bytes | None = None
) -> ssl.SSLContext:
    """For a client: the server must have a certificate of the trust domain; None when it has none itself yet.

    DNS names are not looked at, the identity is the SPIFFE id: after connecting, and before a byte is sent, call
    `check_server(peer(der), expected)`.
    """
    context = _bare(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED
    _load_trust(context, trust_pem, crl_pem)
    if chain_pem is not None and key_pem is not None:
        _load_chain(context, chain_pem, key_pem)
    return context


@lru_cache(maxsize=16384)
def peer(der: bytes) -> Peer:
    """Who has this certificate (DER, from `getpeercert(True)` after TLS verified it); raises `PeerError`.

    Exactly one SPIFFE id, the one purpose that fits its kind, and no further name but a server's DNS names.
    """
    try:
        certificate = x509.load_der_x509_certificate(der)
        extensions = certificate.extensions
        names = list(extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
        usages = list(extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
        key = certificate.public_key()
    except (ValueError, x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType) as error:
        raise PeerError(f"the certificate lacks what one of ours has: {error}") from None
    uris = [name.value for name in names if isinstance(name, x509.UniformResourceIdentifier)]
    if len(uris) != 1:
        raise PeerError(f"the certificate has {len(uris)} URI names, expected one")
    try:
        who = parse(uris[0])
    except NameError_ as error:
        raise PeerError(f"the certificate's name: {error}") from None
    if len(names) > 1 and not (
        who.kind == "server" and sum(isinstance(n, x509.DNSName) for n in names) == len(names) - 1
    ):
        raise PeerError("the certificate has names beside its SPIFFE id")
    if usages != [USAGES[who.kind]]:
        raise PeerError(f"the certificate's extended key usage is not that of a {who.kind}")
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise PeerError("the certificate's key is not on the curve P-256")
    thumbprint = urlsafe_b64encode(sha256(der).digest()).rstrip(b"=").decode()
    return Peer(
        who,
        certificate.serial_number,
        thumbprint,
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
        key,
    )


def check_server(server: Peer, expected: SpiffeId) -> None:
    """Raise `PeerError` unless the server is the one that is pinned."""
    if server.id != expected:
        raise PeerError(f"the server is {server.id}, expected {expected}")


def _bare(protocol: int) -> ssl.SSLContext:
    context = ssl.SSLContext(protocol)
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_3
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


def _load_trust(context: ssl.SSLContext, trust_pem: bytes, crl_pem: bytes | None) -> None:
    try:
        context.load_verify_locations(cadata=trust_pem.decode("ascii"))
        if crl_pem is not None:
            with _file(crl_pem) as path:
                context.load_verify_locations(cafile=path)
            context.verify_flags |= ssl.VERIFY_CRL_CHECK_CHAIN
    except (ssl.SSLError, ValueError) as error:
        raise TransportError(f"the trust domain's certificates or CRLs cannot be loaded: {error}") from None


def _load_chain(context: ssl.SSLContext, chain_pem: bytes, key_pem: bytes) -> None:
    try:
        with _file(chain_pem) as chain, _file(key_pem) as key:
            context.load_cert_chain(chain, key, password="")  # else OpenSSL asks the terminal for an encrypted key's
    except ssl.SSLError as error:
        raise TransportError(f"the certificate and its key cannot be loaded: {error}") from None


@contextmanager
def _file(data: bytes) -> Iterator[str]:
    """A path with these bytes, as OpenSSL takes no keys from memory through `ssl`; on Linux it is never on a disk."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("aigov", os.MFD_CLOEXEC)
        try:
            with open(descriptor, "wb", closefd=False) as file:
                file.write(data)
            yield f"/proc/self/fd/{descriptor}"
        finally:
            os.close(descriptor)
        return
    with tempfile.NamedTemporaryFile(prefix="aigov") as file:  # mode 0600
        file.write(data)
        file.flush()
        yield file.name
