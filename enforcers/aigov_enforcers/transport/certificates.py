"""The shapes of the domain's certificates (RFC 5280), one function for each; no policy of when to give one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from aigov_enforcers.transport.names import Kind, SpiffeId, domain_uri

SKEW = timedelta(minutes=5)
"""How far apart clocks may be: certificates and CRLs are dated back by so much."""

USAGES: dict[Kind, x509.ObjectIdentifier] = {
    "device": ExtendedKeyUsageOID.CLIENT_AUTH,
    "server": ExtendedKeyUsageOID.SERVER_AUTH,
    "proxy": ExtendedKeyUsageOID.CLIENT_AUTH,
}
"""The one purpose that a certificate of each kind is good for."""

PrivateKey = ec.EllipticCurvePrivateKey
"""A key that signs: in memory, or in a token behind the same class (`hardware`)."""


class Validity:
    """From a little before `now` until `lifetime` after it, in whole seconds as X.509 has them."""

    def __init__(self, now: datetime, lifetime: timedelta) -> None:
        self.start = now.replace(microsecond=0) - SKEW
        self.end = now.replace(microsecond=0) + lifetime


def root(domain: str, key: PrivateKey, validity: Validity) -> x509.Certificate:
    """The root of a trust domain, signed by itself."""
    public = key.public_key()
    identifier = x509.SubjectKeyIdentifier.from_public_key(public)
    name = _name("root", identifier)
    builder = _builder(name, name, public, validity, identifier)
    return _authority(builder, domain, path_length=1).sign(key, hashes.SHA256())


def issuing(
    domain: str, public: ec.EllipticCurvePublicKey, parent: x509.Certificate, key: PrivateKey, validity: Validity
) -> x509.Certificate:
    """An intermediate that issues to devices and servers, and to no further authority."""
    name = _name("issuing", x509.SubjectKeyIdentifier.from_public_key(public))
    builder = _builder(name, parent.subject, public, validity, _identifier(parent))
    return _authority(builder, domain, path_length=0).sign(key, hashes.SHA256())


def leaf(
    id: SpiffeId,
    public: ec.EllipticCurvePublicKey,
    issuer: x509.Certificate,
    key: PrivateKey,
    validity: Validity,
    *,
    dns: Sequence[str] = (),
) -> x509.Certificate:
    """A certificate for one peer: one SPIFFE id, one purpose. `dns` are further names of a server."""
    names = x509.SubjectAlternativeName(
        [x509.UniformResourceIdentifier(str(id)), *(x509.DNSName(name) for name in dns)]
    )
    builder = _builder(x509.Name([]), issuer.subject, public, validity, _identifier(issuer))
    return (
        builder.add_extension(names, critical=True)  # RFC 5280, 4.1.2.6: critical, as the subject is empty
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([USAGES[id.kind]]), critical=False)
        .sign(key, hashes.SHA256())
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public: ec.EllipticCurvePublicKey,
    validity: Validity,
    signer: x509.SubjectKeyIdentifier,
) -> x509.CertificateBuilder:
    authority = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(signer)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(validity.start)
        .not_valid_after(validity.end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(authority, critical=False)
    )


def _authority(builder: x509.CertificateBuilder, domain: str, path_length: int) -> x509.CertificateBuilder:
    names = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(domain_uri(domain))])
    return (
        builder.add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(names, critical=False)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    """A peer's key signs handshakes; an authority's signs certificates and CRLs."""
    return x509.KeyUsage(
        digital_signature=signs,
        key_cert_sign=not signs,
        crl_sign=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(role: str, identifier: x509.SubjectKeyIdentifier) -> x509.Name:
    """A subject with the key's digest: two authorities of one domain must not be taken for each other."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"aigov {role} {identifier.digest.hex()[:16]}")])


def _identifier(certificate: x509.Certificate) -> x509.SubjectKeyIdentifier:
    return certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
