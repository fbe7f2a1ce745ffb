"""The traps of TLS that were measured, and attacks on the handshake: real sockets on loopback."""

from __future__ import annotations

import ssl
from datetime import timedelta
from itertools import product

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from aigov_enforcers.transport import certificates, contexts, request
from aigov_enforcers.transport.authority import Revoked
from aigov_enforcers.transport.contexts import check_server, client_context, peer, server_context
from aigov_enforcers.transport.errors import PeerError, TransportError
from aigov_enforcers.transport.names import spiffe_id
from tests.enforcers.trust_domain import DOMAIN, Domain, Holder, Listener, ask, now

SERVER = spiffe_id(DOMAIN, "server", "s1")


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain()


@pytest.fixture(scope="module")
def server(domain: Domain) -> Holder:
    return domain.issue("server", "s1")


@pytest.fixture(scope="module")
def device(domain: Domain) -> Holder:
    return domain.issue("device", "d1")


def serving(domain: Domain, server: Holder, crl: bytes | None = None) -> ssl.SSLContext:
    return server_context(server.chain, server.pem, domain.authority.trust, crl)


def asking(domain: Domain, device: Holder, crl: bytes | None = None) -> ssl.SSLContext:
    return client_context(device.chain, device.pem, domain.authority.trust, crl)


def ask_again(tls: ssl.SSLSocket) -> None:
    if ask(tls) == b"":
        raise ConnectionError("closed")


def refused(listener: Listener, context: ssl.SSLContext, why: str) -> None:
    """The server refuses the certificate. The client learns of it at its first read, not in `connect`."""
    with listener.connect(context) as tls, pytest.raises(OSError, match=r"alert|reset|EOF|Broken pipe|closed"):
        ask_again(tls)
    assert why in listener.refused()


def test_both_ends_know_each_other(domain: Domain, server: Holder, device: Holder) -> None:
    seen = []
    with (
        Listener(serving(domain, server), lambda who: not seen.append(who)) as listener,
        listener.connect(asking(domain, device)) as tls,
    ):
        check_server(peer(tls.getpeercert(True) or b""), SERVER)
        assert ask(tls) == b"HELLO"
        assert tls.version() == "TLSv1.3"
    assert str(seen[0].id) == "spiffe://acme.example/device/d1"
    assert seen[0].key == device.key.public_key()


def test_connect_returns_before_the_server_has_judged(domain: Domain, server: Holder) -> None:
    stranger = Domain().issue("device", "d1")
    with Listener(serving(domain, server)) as listener:
        refused(listener, asking(domain, stranger), "VERIFY_FAILED")


def test_no_session_can_be_resumed(domain: Domain, server: Holder, device: Holder) -> None:
    context = asking(domain, device)
    with Listener(serving(domain, server)) as listener:
        with listener.connect(context) as tls:
            assert ask(tls) == b"HELLO"
            assert tls.session is None or not tls.session.has_ticket
            session = tls.session
        with listener.connect(context, session) as tls:
            assert ask(tls) == b"HELLO"
            assert not tls.session_reused


def test_with_tickets_a_session_could(domain: Domain, server: Holder, device: Holder) -> None:
    serves, context = serving(domain, server), asking(domain, device)
    serves.num_tickets = 2
    with Listener(serves) as listener:
        with listener.connect(context) as tls:
            assert ask(tls) == b"HELLO"
            session = tls.session
        with listener.connect(context, session) as tls:
            assert ask(tls) == b"HELLO"
            assert tls.session_reused  # so the test above would notice


def test_a_new_context_with_a_new_crl_refuses_the_revoked(domain: Domain, server: Holder, device: Holder) -> None:
    other = domain.issue("device", "d2")
    with (
        Listener(serving(domain, server, domain.crl())) as listener,
        listener.connect(asking(domain, device)) as before,
    ):
        assert ask(before) == b"HELLO"
        listener.context = serving(domain, server, domain.crl(device.peer.serial, number=2))
        refused(listener, asking(domain, device), "VERIFY_FAILED")
        with listener.connect(asking(domain, other)) as tls:
            assert ask(tls) == b"HELLO"
        assert ask(before) == b"HELLO"  # an open connection survives: only a check at each request ends it


def test_a_crl_with_a_later_date_counts_even_in_a_living_context(
    domain: Domain, server: Holder, device: Holder
) -> None:
    first = domain.crl()
    dated = x509.load_pem_x509_crl(b"-----BEGIN" + first.split(b"-----BEGIN")[2]).last_update_utc
    context = serving(domain, server, first)
    with Listener(context) as listener:
        with contexts._file(domain.crl(device.peer.serial, number=2, after=dated)) as path:
            context.load_verify_locations(cafile=path)
        refused(listener, asking(domain, device), "VERIFY_FAILED")


def test_a_crl_of_the_same_date_would_be_ignored(domain: Domain, server: Holder, device: Holder) -> None:
    at = now()
    first = domain.authority.crl([], number=1, after=None, now=at)
    context = serving(domain, server, first)
    second = domain.authority.crl([Revoked(device.peer.serial, at)], number=2, after=None, now=at)
    with Listener(context) as listener:
        with contexts._file(second) as path:
            context.load_verify_locations(cafile=path)
        with listener.connect(asking(domain, device)) as tls:
            assert ask(tls) == b"HELLO"  # the trap itself: why dates grow and contexts are swapped


def test_an_expired_crl_and_a_missing_one_refuse_everybody(domain: Domain, server: Holder, device: Holder) -> None:
    old = domain.authority.crl([], number=1, after=None, now=now() - timedelta(hours=25))
    root_only = b"-----BEGIN" + old.split(b"-----BEGIN")[1]
    for crl in (old, root_only):
        with Listener(serving(domain, server, crl)) as listener:
            refused(listener, asking(domain, device), "VERIFY_FAILED")


def test_an_open_connection_ends_at_the_next_request_after_revocation(
    domain: Domain, server: Holder, device: Holder
) -> None:
    revoked: set[int] = set()
    with (
        Listener(serving(domain, server), lambda who: who.serial not in revoked) as listener,
        listener.connect(asking(domain, device)) as tls,
    ):
        assert ask(tls) == b"HELLO"
        revoked.add(device.peer.serial)
        assert ask(tls) == b""
    assert listener.refused() == "per request"


def test_no_certificate_no_connection(domain: Domain, server: Holder) -> None:
    with Listener(serving(domain, server)) as listener:
        refused(listener, client_context(None, None, domain.authority.trust), "PEER_DID_NOT_RETURN_A_CERTIFICATE")


@pytest.mark.parametrize("days", [-3, 3])
def test_expired_and_not_yet_valid(domain: Domain, server: Holder, days: int) -> None:
    then = Domain(at=now() - timedelta(days=10))
    device = then.issue("device", "d1", at=now() + timedelta(days=days))
    with Listener(serving(then, then.issue("server", "s1"))) as listener:
        refused(listener, asking(then, device), "VERIFY_FAILED")


def test_clocks_may_differ_by_minutes(domain: Domain, server: Holder) -> None:
    ahead = domain.issue("device", "d1", at=now() + timedelta(minutes=4))
    with Listener(serving(domain, server)) as listener, listener.connect(asking(domain, ahead)) as tls:
        assert ask(tls) == b"HELLO"


def test_a_server_certificate_is_no_client_certificate_and_the_other_way_round(
    domain: Domain, server: Holder, device: Holder
) -> None:
    with Listener(serving(domain, server)) as listener:
        refused(listener, asking(domain, server), "VERIFY_FAILED")
    with Listener(serving(domain, device)) as listener, pytest.raises(ssl.SSLCertVerificationError):
        listener.connect(asking(domain, device))


def test_a_fake_server(domain: Domain, server: Holder, device: Holder) -> None:
    """A whole chain of another authority, even with the same domain and the same server's name."""
    fake = Domain()
    with Listener(serving(fake, fake.issue("server", "s1"))) as listener, pytest.raises(ssl.SSLCertVerificationError):
        listener.connect(asking(domain, device))


def test_the_right_dns_name_and_the_wrong_spiffe_id(domain: Domain, device: Holder) -> None:
    key = request.new_key()
    name = spiffe_id(DOMAIN, "server", "another")
    issued = domain.authority.issue(request.make(key), name, now=now(), dns=["localhost"])
    other = Holder(issued.chain, request.key_pem(key), key)
    with (
        Listener(serving(domain, other)) as listener,
        listener.connect(asking(domain, device)) as tls,
        pytest.raises(PeerError, match="expected spiffe:"),
    ):
        check_server(peer(tls.getpeercert(True) or b""), SERVER)


def test_an_expired_server(domain: Domain, device: Holder) -> None:
    past = Domain(at=now() - timedelta(days=40))
    old = past.issue("server", "s1", at=now() - timedelta(days=31), lifetime=timedelta(days=30))
    with Listener(serving(past, old)) as listener, pytest.raises(ssl.SSLCertVerificationError, match="expired"):
        listener.connect(asking(past, past.issue("device", "d1")))


def test_an_authority_below_an_intermediate_is_no_authority(domain: Domain, server: Holder) -> None:
    """A stolen device key cannot be made into an authority."""
    device = domain.issue("device", "d1")
    fake_root = x509.load_pem_x509_certificates(device.chain)[0]
    key = request.new_key()
    made = certificates.leaf(
        spiffe_id(DOMAIN, "device", "admin"),
        key.public_key(),
        fake_root,
        device.key,
        certificates.Validity(now(), timedelta(hours=1)),
    )
    holder = Holder(made.public_bytes(Encoding.PEM) + device.chain, request.key_pem(key), key)
    with Listener(serving(domain, server)) as listener:
        refused(listener, asking(domain, holder), "VERIFY_FAILED")


def test_rollover_loses_nobody_and_retirement_takes_the_old(domain: Domain) -> None:
    turning = Domain()
    server, old = turning.issue("server", "s1"), turning.issue("device", "old")
    turning.authority = turning.authority.rotate(
        turning.root_key, request.new_key(), now=now(), overlap=timedelta(hours=24)
    )
    new, new_server = turning.issue("device", "new"), turning.issue("server", "s1")
    for serves, device in product((server, new_server), (old, new)):
        context = asking(turning, device, turning.crl())
        with Listener(serving(turning, serves, turning.crl())) as listener, listener.connect(context) as tls:
            assert ask(tls) == b"HELLO"
    turning.authority = turning.authority.retire(turning.root_key, now=now(), at_once=True)
    with Listener(serving(turning, new_server, turning.crl())) as listener:
        refused(listener, asking(turning, old), "VERIFY_FAILED")
        with listener.connect(asking(turning, new)) as tls:
            assert ask(tls) == b"HELLO"
    with Listener(serving(turning, server)) as listener, pytest.raises(ssl.SSLCertVerificationError, match="CRL"):
        listener.connect(asking(turning, new, turning.crl()))


def test_a_retired_intermediate_does_not_count_even_with_its_last_crl_at_hand() -> None:
    turning = Domain()
    old = turning.issue("device", "old")
    last = turning.crl()
    turning.authority = turning.authority.rotate(turning.root_key, request.new_key(), now=now(), overlap=timedelta(0))
    server, new = turning.issue("server", "s1"), turning.issue("device", "new")
    crl = turning.crl(number=2)
    issued_by_old = b"-----BEGIN" + last.split(b"-----BEGIN")[2]
    with Listener(serving(turning, server, crl + issued_by_old)) as listener:
        refused(listener, asking(turning, old), "VERIFY_FAILED")
        with listener.connect(asking(turning, new)) as tls:
            assert ask(tls) == b"HELLO"


def test_old_protocols_are_refused(domain: Domain, server: Holder, device: Holder) -> None:
    context = asking(domain, device)
    context.minimum_version = context.maximum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2
    with Listener(serving(domain, server)) as listener, pytest.raises(ssl.SSLError, match="protocol version"):
        listener.connect(context)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"uris": ["spiffe://acme.example/device/d1", "spiffe://acme.example/server/s1"]}, "2 URI names"),
        ({"uris": []}, "0 URI names"),
        ({"dns": ["gw.acme.example"]}, "names beside"),
        ({"email": ["a@acme.example"]}, "names beside"),
        ({"uris": ["https://acme.example/device/d1"]}, "no SPIFFE id"),
        ({"usages": [x509.ExtendedKeyUsageOID.SERVER_AUTH]}, "usage"),
        ({"usages": [x509.ExtendedKeyUsageOID.CLIENT_AUTH, x509.ExtendedKeyUsageOID.SERVER_AUTH]}, "usage"),
        ({"usages": [x509.ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE]}, "usage"),
        ({"usages": None}, "lacks"),
    ],
)
def test_a_certificate_that_is_none_of_ours(domain: Domain, change: dict[str, list[str]], why: str) -> None:
    """As only a stolen intermediate could sign it; TLS itself would let most of these pass."""
    given: dict[str, list[str] | None] = {"uris": ["spiffe://acme.example/device/d1"], "dns": [], "email": []}
    given |= {"usages": [x509.ExtendedKeyUsageOID.CLIENT_AUTH], **change}
    issuer = domain.authority.issuers[0]
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(issuer.certificate.subject)
        .public_key(request.new_key().public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now())
        .not_valid_after(now() + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName(
                [
                    *map(x509.UniformResourceIdentifier, given["uris"] or ()),
                    *map(x509.DNSName, given["dns"] or ()),
                    *map(x509.RFC822Name, given["email"] or ()),
                ]
            ),
            critical=True,
        )
    )
    if given["usages"] is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage(given["usages"]), critical=False)
    der = builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)
    with pytest.raises(PeerError, match=why):
        peer(der)


def test_no_certificate_at_all() -> None:
    with pytest.raises(PeerError, match="lacks"):
        peer(b"")


def test_what_cannot_be_loaded_is_one_error(domain: Domain, server: Holder, device: Holder) -> None:
    trust = domain.authority.trust
    with pytest.raises(TransportError, match="its key"):
        server_context(server.chain, device.pem, trust)
    with pytest.raises(TransportError, match="its key"):
        server_context(server.chain, b"", trust)
    with pytest.raises(TransportError, match="trust domain"):
        server_context(server.chain, server.pem, b"nothing")
    with pytest.raises(TransportError, match="trust domain"):
        server_context(server.chain, server.pem, trust, b"nothing")


def test_keys_do_not_need_a_disk_nor_linux(
    domain: Domain, server: Holder, device: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("os.memfd_create")
    with Listener(serving(domain, server, domain.crl())) as listener, listener.connect(asking(domain, device)) as tls:
        assert ask(tls) == b"HELLO"
