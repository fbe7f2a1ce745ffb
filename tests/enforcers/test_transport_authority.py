"""What the authority gives, and what it refuses to give."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding

from aigov_enforcers.transport import request
from aigov_enforcers.transport.authority import Authority
from aigov_enforcers.transport.certificates import SKEW
from aigov_enforcers.transport.errors import AuthorityError, RequestError
from aigov_enforcers.transport.names import NameError_, spiffe_id
from tests.enforcers.trust_domain import DOMAIN, Domain, now

DEVICE = spiffe_id(DOMAIN, "device", "d1")


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain()


def csr(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey, **extensions: x509.ExtensionType) -> bytes:
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    for extension in extensions.values():
        builder = builder.add_extension(extension, critical=False)
    algorithm = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(key, algorithm).public_bytes(Encoding.PEM)


def test_a_device_certificate(domain: Domain) -> None:
    key, at = request.new_key(), now()
    issued = domain.authority.issue(request.make(key), DEVICE, now=at)
    made = issued.certificate
    assert made.public_key() == key.public_key()
    assert made.not_valid_after_utc == at.replace(microsecond=0) + timedelta(hours=24)
    assert made.not_valid_before_utc == at.replace(microsecond=0) - SKEW
    assert list(made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value) == [
        x509.UniformResourceIdentifier("spiffe://acme.example/device/d1")
    ]
    usage = made.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [x509.ExtendedKeyUsageOID.CLIENT_AUTH]
    chain = x509.load_pem_x509_certificates(issued.chain)
    assert chain == [made, domain.authority.issuers[0].certificate]
    chain[0].verify_directly_issued_by(chain[1])
    chain[1].verify_directly_issued_by(domain.authority.root)
    lengths = [one.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length for one in chain]
    assert lengths == [None, 0]  # no authority below the one that issues


def test_names_in_the_request_do_not_count(domain: Domain) -> None:
    asked = csr(
        request.new_key(),
        names=x509.SubjectAlternativeName([x509.UniformResourceIdentifier("spiffe://acme.example/server/s1")]),
        usage=x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.SERVER_AUTH]),
        ca=x509.BasicConstraints(ca=True, path_length=None),
    )
    made = domain.authority.issue(asked, DEVICE, now=now()).certificate
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [name.value for name in names] == [str(DEVICE)]
    assert not made.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_a_request_without_possession_is_refused(domain: Domain) -> None:
    key, other = request.new_key(), request.new_key()
    der = x509.load_pem_x509_csr(request.make(key)).public_bytes(Encoding.DER)
    mine = key.public_key().public_bytes(Encoding.X962, request_point())
    theirs = other.public_key().public_bytes(Encoding.X962, request_point())
    stolen = x509.load_der_x509_csr(der.replace(mine, theirs)).public_bytes(Encoding.PEM)
    with pytest.raises(RequestError, match="not signed by its own key"):
        domain.authority.issue(stolen, DEVICE, now=now())


def request_point() -> object:
    from cryptography.hazmat.primitives.serialization import PublicFormat

    return PublicFormat.UncompressedPoint


@pytest.mark.parametrize(
    ("pem", "why"),
    [
        (b"", "no PKCS #10"),
        (b"-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n", "no PKCS #10"),
        (b"x" * 9000, "9000 bytes"),
        (csr(ed25519.Ed25519PrivateKey.generate()), "P-256"),
        (csr(ec.generate_private_key(ec.SECP384R1())), "P-256"),
    ],
)
def test_a_request_that_is_not_acceptable(domain: Domain, pem: bytes, why: str) -> None:
    with pytest.raises(RequestError, match=why):
        domain.authority.issue(pem, DEVICE, now=now())


def test_names_that_the_authority_does_not_give(domain: Domain) -> None:
    asked = request.make(request.new_key())
    with pytest.raises(AuthorityError, match="not in the trust domain"):
        domain.authority.issue(asked, spiffe_id("other.example", "device", "d1"), now=now())
    with pytest.raises(AuthorityError, match="DNS names"):
        domain.authority.issue(asked, DEVICE, now=now(), dns=["gw.acme.example"])
    with pytest.raises(AuthorityError, match="DNS name cannot"):
        domain.authority.issue(asked, spiffe_id(DOMAIN, "server", "s1"), now=now(), dns=["gäte.example"])
    with pytest.raises(NameError_):
        Authority.create("Acme", request.new_key(), request.new_key(), now=now())


def test_nothing_outlives_its_issuer(domain: Domain) -> None:
    with pytest.raises(AuthorityError, match="aigov ca rotate"):
        domain.authority.issue(request.make(request.new_key()), DEVICE, now=now() + timedelta(days=364, hours=1))
    late = now() + timedelta(days=3400)
    with pytest.raises(AuthorityError, match="new root"):
        domain.authority.rotate(domain.root_key, request.new_key(), now=late, overlap=timedelta(0))


def test_rotation_and_retirement(domain: Domain) -> None:
    at = now()
    old = domain.authority.issuers[0]
    turned = domain.authority.rotate(domain.root_key, request.new_key(), now=at, overlap=timedelta(hours=24))
    assert [issuer.fades for issuer in turned.issuers] == [None, at + timedelta(hours=24)]
    assert len(turned.root_crl) == 0
    early = turned.retire(domain.root_key, now=at + timedelta(hours=23))
    assert len(early.issuers) == 2
    done = turned.retire(domain.root_key, now=at + timedelta(hours=24))
    assert len(done.issuers) == 1
    assert [entry.serial_number for entry in done.root_crl] == [old.certificate.serial_number]
    again = done.rotate(domain.root_key, request.new_key(), now=at + timedelta(hours=25), overlap=timedelta(hours=1))
    assert [entry.serial_number for entry in again.root_crl] == [old.certificate.serial_number]
    assert done.root_crl.last_update_utc < again.root_crl.last_update_utc
    at_once = again.retire(domain.root_key, now=at + timedelta(hours=25, seconds=1), at_once=True)
    assert len(at_once.root_crl) == 2
    with pytest.raises(AuthorityError, match="not that of this domain's root"):
        domain.authority.rotate(request.new_key(), request.new_key(), now=at, overlap=timedelta(0))


def test_dates_of_crls_grow_strictly_and_never_lie_ahead(domain: Domain) -> None:
    at, last = now(), None
    seen = []
    for number in range(1, 4):
        pem = domain.authority.crl([], number=number, after=last, now=at)
        lists = [x509.load_pem_x509_crl(part) for part in split(pem)]
        assert len(lists) == 2
        last = lists[1].last_update_utc
        seen.append(last)
    assert seen == sorted(set(seen))
    assert seen[-1] < at
    with pytest.raises(AuthorityError, match="dated too late"):
        domain.authority.crl([], number=9, after=at, now=at)


def split(pem: bytes) -> list[bytes]:
    end = b"-----END X509 CRL-----\n"
    return [part + end for part in pem.split(end) if part]
