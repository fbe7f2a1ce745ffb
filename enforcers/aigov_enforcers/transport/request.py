"""Certificate requests (PKCS #10, RFC 2986): made where the key is made, read where it is certified.

Of a request only the key counts. The name in the certificate comes from the registry, never from the request.
"""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from aigov_enforcers.transport.errors import RequestError

MAX_REQUEST = 8192
"""Bytes; one of ours has about 300."""


def new_key() -> ec.EllipticCurvePrivateKey:
    """A fresh key on P-256: what every certificate of the domain has (ES256 signs with it, too)."""
    return ec.generate_private_key(ec.SECP256R1())


def key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The private key as PEM (PKCS #8, not encrypted): for a file that only its owner reads."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def make(key: ec.EllipticCurvePrivateKey) -> bytes:
    """A request for this key, as PEM. Its signature proves that the sender holds the key."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def read(pem: bytes) -> ec.EllipticCurvePublicKey:
    """The key of a request, once its proof of possession is checked; raises `RequestError`."""
    if len(pem) > MAX_REQUEST:
        raise RequestError(f"the request has {len(pem)} bytes, more than {MAX_REQUEST}")
    try:
        request = x509.load_pem_x509_csr(pem)
        key = request.public_key()
        valid = request.is_signature_valid
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise RequestError("the request is no PKCS #10 request in PEM that can be read") from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise RequestError("the request's key must be on the curve P-256")
    if not valid:
        raise RequestError("the request is not signed by its own key: no proof that the sender holds it")
    return key
