"""The certificate authority of a trust domain: an offline root, and intermediates of which one issues.

Values and functions, no files and no clock: `store` keeps an authority on disk. The root's key is asked for only by
`create`, `rotate` and `retire`, so it may lie in a safe at all other times. Life of an intermediate: it issues; after
`rotate` it is *fading*, what it issued still counts; after `retire` it is on the root's CRL and counts no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from aigov_enforcers.transport import certificates, request
from aigov_enforcers.transport.certificates import SKEW, PrivateKey, Validity
from aigov_enforcers.transport.errors import AuthorityError
from aigov_enforcers.transport.names import SpiffeId, check_domain

LIFETIME = timedelta(hours=24)
"""Of a device's certificate; it is renewed at half of it."""

SERVER_LIFETIME = timedelta(days=30)
ROOT_LIFETIME = timedelta(days=3650)
ISSUER_LIFETIME = timedelta(days=365)
ROOT_CRL_LIFETIME = ISSUER_LIFETIME + timedelta(days=35)
"""The root signs a CRL whenever its key is there, that is when an intermediate is made: at least that often."""

CRL_LIFETIME = timedelta(hours=24)


class Revoked(NamedTuple):
    """A certificate that counts no more."""

    serial: int
    at: datetime


class Issuer(NamedTuple):
    """An intermediate with its key."""

    certificate: x509.Certificate
    key: PrivateKey
    fades: datetime | None = None
    """When it may be retired; None while it issues."""


class Issued(NamedTuple):
    """A new certificate, and what its owner presents: itself and the intermediate, in PEM."""

    certificate: x509.Certificate
    chain: bytes


class Authority(NamedTuple):
    """One state of the authority. What changes it gives the next state."""

    domain: str
    root: x509.Certificate
    issuers: tuple[Issuer, ...]
    """The one that issues first, then those that fade."""

    root_crl: x509.CertificateRevocationList
    """The intermediates that were retired."""

    @classmethod
    def create(cls, domain: str, root_key: PrivateKey, issuer_key: PrivateKey, *, now: datetime) -> Self:
        """A new trust domain; raises `NameError_` for what is no name of one."""
        root = certificates.root(check_domain(domain), root_key, Validity(now, ROOT_LIFETIME))
        crl = _crl(root, root_key, (), after=None, number=1, now=now, lifetime=ROOT_CRL_LIFETIME)
        return cls(domain, root, (_issuer(domain, root, root_key, issuer_key, now),), crl)

    @property
    def trust(self) -> bytes:
        """What others must hold to verify certificates of the domain: the root, in PEM."""
        return self.root.public_bytes(Encoding.PEM)

    def issue(
        self, csr: bytes, id: SpiffeId, *, now: datetime, lifetime: timedelta = LIFETIME, dns: Sequence[str] = ()
    ) -> Issued:
        """A certificate for the key of a request, under a name that the caller has settled.

        Raises `RequestError` for a request without proof of possession, `AuthorityError` for a name of another
        domain, DNS names for anything but a server, and when the intermediate would expire before the certificate.
        """
        public = request.read(csr)
        if id.domain != self.domain:
            raise AuthorityError(f"{id} is not in the trust domain {self.domain}")
        if dns and id.kind != "server":
            raise AuthorityError("only a server's certificate has DNS names")
        issuer = self.issuers[0]
        validity = Validity(now, lifetime)
        if validity.end > issuer.certificate.not_valid_after_utc:
            raise AuthorityError(
                "the issuing certificate ends before this one would: `aigov ca rotate` makes a new one"
            )
        try:
            made = certificates.leaf(id, public, issuer.certificate, issuer.key, validity, dns=dns)
        except ValueError as error:
            raise AuthorityError(f"a DNS name cannot be in a certificate: {error}") from None
        return Issued(made, _pem(made) + _pem(issuer.certificate))

    def crl(self, revoked: Iterable[Revoked], *, number: int, after: datetime | None, now: datetime) -> bytes:
        """The CRLs of the domain in PEM: the root's, and one by each intermediate that counts.

        `number` and `after` are those of the last time: a CRL's date must grow strictly, or OpenSSL keeps the older
        one when both are loaded into one context. Raises `AuthorityError` when that would date it into the future.
        """
        entries = tuple(revoked)
        signed = [
            _crl(issuer.certificate, issuer.key, entries, number=number, after=after, now=now, lifetime=CRL_LIFETIME)
            for issuer in self.issuers
        ]
        return b"".join(crl.public_bytes(Encoding.PEM) for crl in (self.root_crl, *signed))

    def rotate(self, root_key: PrivateKey, issuer_key: PrivateKey, *, now: datetime, overlap: timedelta) -> Self:
        """A new intermediate issues from now on; the one before counts until `overlap` is over and it is retired."""
        new = _issuer(self.domain, self.root, self._checked(root_key), issuer_key, now)
        first, *fading = self.issuers
        state = self._replace(issuers=(new, first._replace(fades=now + overlap), *fading))
        return state.retire(root_key, now=now)

    def retire(self, root_key: PrivateKey, *, now: datetime, at_once: bool = False) -> Self:
        """Put every fading intermediate whose time is over on the root's CRL; all that fade, with `at_once`."""
        gone = [old for old in self.issuers[1:] if at_once or (old.fades is not None and old.fades <= now)]
        kept = tuple(issuer for issuer in self.issuers if issuer not in gone)
        entries = [Revoked(entry.serial_number, entry.revocation_date_utc) for entry in self.root_crl]
        entries += [Revoked(old.certificate.serial_number, now) for old in gone]
        number = self.root_crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
        crl = _crl(
            self.root,
            self._checked(root_key),
            entries,
            number=number + 1,
            after=self.root_crl.last_update_utc,
            now=now,
            lifetime=ROOT_CRL_LIFETIME,
        )
        return self._replace(issuers=kept, root_crl=crl)

    def _checked(self, root_key: PrivateKey) -> PrivateKey:
        if root_key.public_key() != self.root.public_key():
            raise AuthorityError("the key is not that of this domain's root")
        return root_key


def _issuer(domain: str, root: x509.Certificate, root_key: PrivateKey, key: PrivateKey, now: datetime) -> Issuer:
    validity = Validity(now, ISSUER_LIFETIME)
    if validity.end > root.not_valid_after_utc:
        raise AuthorityError("the root ends before a new intermediate would: the domain needs a new root")
    return Issuer(certificates.issuing(domain, key.public_key(), root, root_key, validity), key)


def _crl(
    issuer: x509.Certificate,
    key: PrivateKey,
    revoked: Iterable[Revoked],
    *,
    number: int,
    after: datetime | None,
    now: datetime,
    lifetime: timedelta,
) -> x509.CertificateRevocationList:
    start = now.replace(microsecond=0) - SKEW
    if after is not None and start <= after:
        start = after + timedelta(seconds=1)
    if start > now:
        raise AuthorityError("the last CRL is dated too late: many in a short time, or a clock that was set back")
    identifier = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(start)
        .next_update(now.replace(microsecond=0) + lifetime)
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
    )
    for entry in revoked:
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder().serial_number(entry.serial).revocation_date(entry.at).build()
        )
    return builder.sign(key, hashes.SHA256())


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)
