"""Behind a balancer that ends TLS: whose word on a client's certificate counts, and what a device signs."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from aigov_enforcers.transport import signatures
from aigov_enforcers.transport.client_cert import ForwardedCertificates, stripped
from aigov_enforcers.transport.errors import PeerError, TransportError
from aigov_enforcers.transport.signatures import WINDOW, SignatureError, Signatures, sign
from tests.enforcers.trust_domain import Domain, Holder, now

Fields = tuple[tuple[str, str], ...]


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain()


@pytest.fixture(scope="module")
def device(domain: Domain) -> Holder:
    return domain.issue("device", "d1")


@pytest.fixture(scope="module")
def balancer(domain: Domain) -> Holder:
    return domain.issue("proxy", "lb")


@pytest.fixture(scope="module")
def forwarded(domain: Domain, balancer: Holder) -> ForwardedCertificates:
    return ForwardedCertificates(domain.authority.trust, [balancer.peer.id])


def sequence(certificate: x509.Certificate) -> str:
    return f":{b64encode(certificate.public_bytes(Encoding.DER)).decode()}:"


def fields(holder: Holder) -> Fields:
    leaf, *rest = x509.load_pem_x509_certificates(holder.chain)
    return (
        ("host", "server"),
        ("client-cert", sequence(leaf)),
        ("client-cert-chain", ", ".join(map(sequence, rest))),
    )


def test_a_pinned_balancer_tells_the_client(forwarded: ForwardedCertificates, device: Holder, balancer: Holder) -> None:
    assert forwarded.read(fields(device), balancer.peer, now()) == device.peer
    two = (*fields(device)[:2], ("client-cert-chain", ""), fields(device)[2])
    assert forwarded.read(two, balancer.peer, now()) == device.peer  # a list may come in several lines


def test_nobody_else_does(domain: Domain, device: Holder, balancer: Holder) -> None:
    other = domain.issue("device", "d2")
    forwarded = ForwardedCertificates(domain.authority.trust, [balancer.peer.id, other.peer.id])
    for sender in (other, domain.issue("proxy", "another"), domain.issue("server", "lb")):
        assert forwarded.read(fields(device), sender.peer, now()) is None
    assert stripped(fields(device)) == (("host", "server"),)


def test_a_balancer_cannot_make_up_a_chain(
    forwarded: ForwardedCertificates, device: Holder, balancer: Holder, domain: Domain
) -> None:
    made_up = fields(Domain().issue("device", "d1"))
    server = fields(domain.issue("server", "s1"))
    plain = fields(device)
    expired = fields(domain.issue("device", "d1", at=now() - timedelta(minutes=1), lifetime=timedelta(seconds=30)))
    for sent in (made_up, server, expired, plain[:2], plain[:1], (*plain, plain[1])):
        with pytest.raises(PeerError):
            forwarded.read(sent, balancer.peer, now())
    with pytest.raises(PeerError):
        forwarded.read(plain, balancer.peer, now() + timedelta(days=2))


@given(st.one_of(st.text(), st.binary().map(lambda data: f":{b64encode(data).decode()}:"), st.just(":" * 20000)))
def test_any_field_is_a_certificate_or_refused(
    forwarded: ForwardedCertificates, balancer: Holder, device: Holder, value: str
) -> None:
    for sent in ((("client-cert", value),), (fields(device)[1], ("client-cert-chain", value))):
        with pytest.raises(PeerError):
            forwarded.read(sent, balancer.peer, now())


def test_a_chain_without_end(forwarded: ForwardedCertificates, balancer: Holder, device: Holder) -> None:
    _, leaf, chain = fields(device)
    with pytest.raises(PeerError, match="chain of 5"):
        forwarded.read((leaf, ("client-cert-chain", ", ".join([chain[1]] * 5))), balancer.peer, now())


def test_a_root_that_is_none(balancer: Holder) -> None:
    with pytest.raises(TransportError, match="root"):
        ForwardedCertificates(b"nothing", [balancer.peer.id])


BODY = b'{"model": "gpt-4o"}'
HEADERS: Fields = (("host", "gw"), ("aigov-context", "eyJ.x.y"), ("aigov-target", "https://api.openai.com"))
TARGET = "/v1/chat/completions?stream=1"


def signed(device: Holder, headers: Fields = HEADERS, body: bytes = BODY, at: timedelta = timedelta(0)) -> Fields:
    made = sign(
        device.key,
        device.peer.thumbprint,
        method="POST",
        target=TARGET,
        headers=headers,
        body=body,
        now=now() + at,
    )
    assert {name for name, _ in made} == signatures.FIELDS
    return (*headers, *made)


def verify(
    device: Holder,
    headers: Fields,
    *,
    method: str = "POST",
    target: str = TARGET,
    body: bytes = BODY,
    by: Signatures | None = None,
) -> None:
    (by or Signatures()).verify(device.peer, method=method, target=target, headers=headers, body=body, now=now())


def test_a_signed_request(device: Holder) -> None:
    verify(device, signed(device))
    verify(device, signed(device, headers=(("host", "gw"),), body=b""), body=b"")
    verify(device, (*signed(device), ("x-forwarded-for", "203.0.113.7"), ("via", "1.1 lb")))  # a balancer adds its own


def without(name: str) -> Callable[[Fields], Fields]:
    return lambda headers: tuple(field for field in headers if field[0] != name)


def changed(name: str, value: str) -> Callable[[Fields], Fields]:
    return lambda headers: tuple((field, value if field == name else was) for field, was in headers)


def replaced(name: str, old: str, new: str) -> Callable[[Fields], Fields]:
    return lambda headers: tuple((field, was.replace(old, new) if field == name else was) for field, was in headers)


CHANGES = [
    without("signature"),
    without("signature-input"),
    without("content-digest"),
    without("aigov-context"),
    changed("aigov-context", "eyJ.x.z"),
    changed("aigov-target", "https://evil.example"),
    changed("signature", "aigov=:AAAA:"),
    changed("signature", "x"),
    changed("signature-input", "aigov=()"),
    changed("signature-input", 'aigov=("@method");created=1;keyid="x";tag="aigov"'),
    replaced("signature-input", '"content-digest" ', ""),
    replaced("signature-input", '"aigov-context" ', ""),
    replaced("signature-input", "ecdsa-p256-sha256", "hmac-sha256"),
    replaced("signature-input", 'tag="aigov"', 'tag="other"'),
    replaced("signature-input", ";nonce=", ";nonse="),
    lambda headers: (*headers, ("aigov-identity", "added")),
    lambda headers: (*headers, ("aigov-context", "added")),
    lambda headers: (*headers, ("signature", headers[-1][1])),
]


@pytest.mark.parametrize("number", range(len(CHANGES)))
def test_a_request_that_was_changed_on_the_way(device: Holder, number: int) -> None:
    change, headers = CHANGES[number], signed(device)
    assert change(headers) != headers
    with pytest.raises(SignatureError):
        verify(device, change(headers))
    verify(device, headers)


def test_another_method_path_query_or_body(device: Holder) -> None:
    headers = signed(device)
    with pytest.raises(SignatureError):
        verify(device, headers, method="PUT")
    for target in ("/v1/chat/completions", "/v1/chat/completions?stream=2", "/v1/embeddings?stream=1", "//x", "*", ""):
        with pytest.raises(SignatureError):
            verify(device, headers, target=target)
    for body in (b"", BODY + b" "):
        with pytest.raises(SignatureError):
            verify(device, headers, body=body)


def test_another_device_or_another_certificate_of_it(domain: Domain, device: Holder) -> None:
    for other in (domain.issue("device", "d2"), domain.issue("device", "d1")):
        with pytest.raises(SignatureError):
            verify(other, signed(device))
        forged = sign(other.key, device.peer.thumbprint, method="POST", target=TARGET, headers=(), body=BODY, now=now())
        with pytest.raises(SignatureError):
            verify(device, forged)


def test_a_replay(device: Holder) -> None:
    by, headers = Signatures(), signed(device)
    verify(device, headers, by=by)
    with pytest.raises(SignatureError, match="replay"):
        verify(device, headers, by=by)
    verify(device, signed(device), by=by)


@pytest.mark.parametrize("sign_of", [-1, 1])
def test_dates_count_within_the_window_only(device: Holder, sign_of: int) -> None:
    second = timedelta(seconds=2)
    verify(device, signed(device, at=sign_of * (WINDOW - second)))
    with pytest.raises(SignatureError, match="too old"):
        verify(device, signed(device, at=sign_of * (WINDOW + second)))


def by_hand(device: Holder, parameters: dict[str, str | int]) -> Fields:
    """The fields of RFC 9421, section 2.5, made without the library."""
    digest = f"sha-256=:{b64encode(hashlib.sha256(BODY).digest()).decode()}:"
    covered = {"@method": "POST", "@path": "/v1/chat/completions", "@query": "?stream=1", "content-digest": digest}
    written = (
        f"{name}={value}" if isinstance(value, int) else f'{name}="{value}"' for name, value in parameters.items()
    )
    shown = "".join(f";{parameter}" for parameter in written)
    given = f"({' '.join(f'{chr(34)}{name}{chr(34)}' for name in covered)}){shown}"
    base = "".join(f'"{name}": {value}\n' for name, value in covered.items()) + f'"@signature-params": {given}'
    r, s = decode_dss_signature(device.key.sign(base.encode(), ec.ECDSA(hashes.SHA256())))
    made = b64encode(r.to_bytes(32) + s.to_bytes(32)).decode()
    return ("content-digest", digest), ("signature-input", f"aigov={given}"), ("signature", f"aigov=:{made}:")


def test_a_signature_made_by_hand_and_what_it_must_have(device: Holder) -> None:
    right = {"created": int(now().timestamp()), "keyid": device.peer.thumbprint, "nonce": "n1", "tag": "aigov"}
    verify(device, by_hand(device, right))
    for name in right:
        with pytest.raises(SignatureError):
            verify(device, by_hand(device, {field: value for field, value in right.items() if field != name}))
    wrong: dict[str, str | int]
    for wrong in ({"keyid": "other"}, {"tag": "other"}, {"nonce": ""}, {"created": 1}, {"alg": "hmac-sha256"}):
        with pytest.raises(SignatureError):
            verify(device, by_hand(device, {**right, **wrong}))


def test_memory_is_bounded_and_forgets(device: Holder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signatures, "MAX_NONCES", 3)
    by, at = Signatures(), now().timestamp()
    for number in range(3):
        by._once("a", str(number), at, at)
    with pytest.raises(SignatureError, match="too many"):
        by._once("a", "3", at, at)
    by._once("b", "3", at, at)  # one device does not shut out another
    after = at + 2 * WINDOW.total_seconds()
    by._once("a", "0", after, after)
    assert by._seen == {"a": {"0": after + WINDOW.total_seconds()}}


def test_what_cannot_be_signed(device: Holder) -> None:
    for method, target, headers in (
        ("post", TARGET, ()),
        ("POST", "https://x/", ()),
        ("POST", "/a b", ()),
        ("POST", TARGET, (("aigov-context", "a\nb"),)),
        ("POST", TARGET, (("aigov-context", "é"),)),
    ):
        with pytest.raises(SignatureError):
            sign(device.key, "t", method=method, target=target, headers=headers, body=b"", now=now())


@given(st.text(), st.text())
def test_any_fields_are_refused(device: Holder, signature: str, signature_input: str) -> None:
    headers = (*HEADERS, ("signature", signature), ("signature-input", signature_input))
    with pytest.raises(SignatureError):
        verify(device, headers)
