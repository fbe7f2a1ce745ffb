"""How devices get in, stay in, and are put out; and what is tried against that."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from aigov_enforcers.identity import models
from aigov_enforcers.transport import enrolment, request
from aigov_enforcers.transport.admission import INTERVAL
from aigov_enforcers.transport.contexts import Peer, client_context, peer, server_context
from aigov_enforcers.transport.errors import AuthorityError, EnrolmentError, RegistryError, RequestError
from aigov_enforcers.transport.names import spiffe_id
from aigov_enforcers.transport.records import PLACES, POSTURES, Device, Grant, Refused
from aigov_enforcers.transport.registry import Registry
from tests.enforcers.trust_domain import DOMAIN, Domain, Listener, ask, now

LAPTOP = Grant("ann-laptop", "laptop", managed=True)


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    Registry.create(tmp_path / "registry.db")
    return tmp_path / "registry.db"


@pytest.fixture
def registry(path: Path) -> Iterator[Registry]:
    registry = Registry(path)
    yield registry
    registry.close()


def csr() -> bytes:
    return request.make(request.new_key())


def who(enrolled: enrolment.Enrolled) -> Peer:
    return peer(enrolled.certificate.public_bytes(Encoding.DER))


def token(registry: Registry, domain: Domain, grant: Grant = LAPTOP) -> str:
    return str(enrolment.offer(registry, domain.authority, grant, now=now()))


def enrolled(registry: Registry, domain: Domain, name: str = "ann-laptop") -> enrolment.Enrolled:
    given = token(registry, domain, LAPTOP._replace(name=name))
    return enrolment.enrol(registry, domain.authority, token=given, csr=csr(), now=now())


def later(registry: Registry, peer: Peer, reason: str) -> None:
    """The registry refuses the peer within a second."""
    deadline = time.monotonic() + 1.0
    while (found := registry.admitted(peer)) != Refused(reason):
        assert time.monotonic() < deadline, found
        time.sleep(0.02)


def test_the_vocabulary_is_the_identitys() -> None:
    assert set(PLACES) == set(get_args(get_args(models.Place.model_fields["kind"].annotation)[0]))
    assert set(POSTURES) == set(get_args(get_args(models.Device.model_fields["posture"].annotation)[0]))


def test_a_token_enrols_one_device_as_the_registry_says(registry: Registry, domain: Domain) -> None:
    got = enrolled(registry, domain)
    admitted = registry.admitted(who(got))
    assert isinstance(admitted, Device)
    assert admitted[1:7] == ("ann-laptop", "laptop", True, "unknown", "active", "")
    assert str(who(got).id) == f"spiffe://acme.example/device/{admitted.id}"
    assert [one.thumbprint for one in registry.certificates(admitted)] == [who(got).thumbprint]
    assert [one.serial for one in registry.certificates(admitted)] == [who(got).serial]


def test_a_token_is_not_kept_as_it_is(registry: Registry, domain: Domain, path: Path) -> None:
    given = token(registry, domain)
    kept = b"".join(file.read_bytes() for file in path.parent.iterdir())  # with the write-ahead log
    assert b"ann-laptop" in kept
    assert enrolment.Token.parse(given).secret.encode() not in kept
    assert {file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {0o600}


def test_a_replayed_token(registry: Registry, domain: Domain) -> None:
    given = token(registry, domain)
    enrolment.enrol(registry, domain.authority, token=given, csr=csr(), now=now())
    with pytest.raises(EnrolmentError, match="used already"):
        enrolment.enrol(registry, domain.authority, token=given, csr=csr(), now=now())


def test_an_expired_an_unknown_and_no_token(registry: Registry, domain: Domain) -> None:
    given = token(registry, domain)
    with pytest.raises(EnrolmentError, match="expired"):
        enrolment.enrol(registry, domain.authority, token=given, csr=csr(), now=now() + timedelta(hours=1))
    made_up = given.replace(enrolment.Token.parse(given).secret, "A" * 43)
    with pytest.raises(EnrolmentError, match="not known"):
        enrolment.enrol(registry, domain.authority, token=made_up, csr=csr(), now=now())
    with pytest.raises(EnrolmentError, match="no enrolment token"):
        enrolment.enrol(registry, domain.authority, token=given + "\n", csr=csr(), now=now())


def test_a_token_for_another_name_is_not_used_up(registry: Registry, domain: Domain) -> None:
    given = token(registry, domain)
    with pytest.raises(EnrolmentError, match="another name"):
        enrolment.enrol(registry, domain.authority, token=given, csr=csr(), now=now(), name="bob-laptop")
    enrolment.enrol(registry, domain.authority, token=given, csr=csr(), now=now(), name="ann-laptop")


def test_what_fails_later_does_not_use_a_token_up(registry: Registry, domain: Domain) -> None:
    given = token(registry, domain)
    with pytest.raises(RequestError):
        enrolment.enrol(registry, domain.authority, token=given, csr=b"", now=now())
    with pytest.raises(AuthorityError):
        enrolment.enrol(registry, domain.authority, token=given, csr=csr(), now=now(), lifetime=timedelta(days=999))
    assert registry.devices() == []
    enrolment.enrol(registry, domain.authority, token=given, csr=csr(), now=now())


def test_two_devices_with_one_token_at_once(registry: Registry, domain: Domain, path: Path) -> None:
    given = token(registry, domain)
    start = threading.Barrier(8)
    results: list[object] = []

    def one() -> None:
        mine = Registry(path)
        asked = csr()
        start.wait()
        try:
            results.append(enrolment.enrol(mine, domain.authority, token=given, csr=asked, now=now()).device.id)
        except EnrolmentError as error:
            results.append(error)
        mine.close()

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 8
    assert [result for result in results if isinstance(result, str)] == [device.id for device in registry.devices()]
    assert len(registry.devices()) == 1


def test_a_key_is_certified_once(registry: Registry, domain: Domain) -> None:
    asked = csr()
    first = enrolment.enrol(registry, domain.authority, token=token(registry, domain), csr=asked, now=now())
    other = token(registry, domain, LAPTOP._replace(name="bob-laptop"))
    with pytest.raises(EnrolmentError, match="fresh"):
        enrolment.enrol(registry, domain.authority, token=other, csr=asked, now=now())
    with pytest.raises(EnrolmentError, match="fresh"):
        enrolment.renew(registry, domain.authority, who(first), csr=asked, now=now())
    with pytest.raises(EnrolmentError, match="fresh"):
        enrolment.apply(registry, csr=asked, name="carl", owner="carl", now=now())


@pytest.mark.parametrize("name", ["", "-x", "a b", "a/b", "a\n", "é", "x" * 64])
def test_names_that_no_device_has(registry: Registry, domain: Domain, name: str) -> None:
    with pytest.raises(EnrolmentError, match="device name"):
        token(registry, domain, LAPTOP._replace(name=name))
    with pytest.raises(EnrolmentError, match="device name"):
        enrolment.apply(registry, csr=csr(), name=name, owner="ann", now=now())


def test_a_name_is_taken_until_it_is_revoked(registry: Registry, domain: Domain) -> None:
    spare = token(registry, domain)
    first = enrolled(registry, domain).device
    with pytest.raises(EnrolmentError, match="revoke it first"):
        token(registry, domain)
    with pytest.raises(EnrolmentError, match="revoke it first"):
        enrolment.enrol(registry, domain.authority, token=spare, csr=csr(), now=now())
    enrolment.revoke(registry, first, now=now())
    second = enrolled(registry, domain).device
    assert second.id != first.id
    assert registry.device("ann-laptop") == second
    assert registry.device(first.id) == first._replace(state="revoked")
    assert registry.device("nobody") is None


def test_an_application_waits_for_approval(registry: Registry, domain: Domain) -> None:
    asked = csr()
    applied = enrolment.apply(registry, csr=asked, name="ann-laptop", owner="ann@acme.example", now=now())
    assert (applied.device.state, applied.device.place, applied.device.managed) == ("pending", "unknown", False)

    def collect(with_csr: bytes = asked, ticket: str = applied.ticket) -> enrolment.Enrolled | None:
        return enrolment.collect(registry, domain.authority, ticket=ticket, csr=with_csr, now=now())

    assert collect() is None
    with pytest.raises(EnrolmentError, match="another key"):
        collect(csr())
    with pytest.raises(EnrolmentError, match="not known"):
        collect(ticket="x")
    enrolment.approve(registry, applied.device, place="laptop", managed=True)
    with pytest.raises(EnrolmentError, match="another key"):
        collect(csr())
    got = collect()
    assert got is not None
    admitted = registry.admitted(who(got))
    assert isinstance(admitted, Device)
    assert admitted[1:7] == ("ann-laptop", "laptop", True, "unknown", "active", "ann@acme.example")
    with pytest.raises(EnrolmentError, match="used already"):
        collect()
    with pytest.raises(EnrolmentError, match="only a pending"):
        enrolment.approve(registry, applied.device, place="laptop", managed=True)


def test_a_revoked_application_gives_nothing(registry: Registry, domain: Domain) -> None:
    asked = csr()
    applied = enrolment.apply(registry, csr=asked, name="ann-laptop", owner="ann", now=now())
    enrolment.revoke(registry, applied.device, now=now())
    with pytest.raises(EnrolmentError, match="ticket is not known"):
        enrolment.collect(registry, domain.authority, ticket=applied.ticket, csr=asked, now=now())
    with pytest.raises(EnrolmentError, match="only a pending"):
        enrolment.approve(registry, applied.device, place="laptop", managed=True)


def test_one_person_cannot_fill_the_registry(registry: Registry) -> None:
    for number in range(enrolment.MAX_PENDING):
        enrolment.apply(registry, csr=csr(), name=f"pc{number}", owner="ann", now=now())
    with pytest.raises(EnrolmentError, match="wait for approval"):
        enrolment.apply(registry, csr=csr(), name="pc", owner="ann", now=now())
    enrolment.apply(registry, csr=csr(), name="pc", owner="bob", now=now())


def test_a_device_is_admitted_at_once(registry: Registry, domain: Domain) -> None:
    for name in ("ann-laptop", "bob-laptop"):
        assert isinstance(registry.admitted(who(enrolled(registry, domain, name))), Device)


def test_renewal_gives_a_fresh_certificate_and_the_old_one_still_counts(registry: Registry, domain: Domain) -> None:
    first = enrolled(registry, domain)
    second = enrolment.renew(registry, domain.authority, who(first), csr=csr(), now=now())
    assert second.device == first.device
    assert who(second).id == who(first).id
    assert registry.admitted(who(second)) == registry.admitted(who(first)) == first.device


def test_renewal_is_refused_for_revoked_expired_and_unknown(registry: Registry, domain: Domain) -> None:
    got = enrolled(registry, domain)
    with pytest.raises(EnrolmentError, match="expired"):
        enrolment.renew(registry, domain.authority, who(got), csr=csr(), now=now() + timedelta(hours=25))
    assert isinstance(registry.admitted(who(got)), Device)
    enrolment.revoke(registry, got.device, now=now())  # memory does not know it yet: the file decides
    with pytest.raises(EnrolmentError, match="revoked"):
        enrolment.renew(registry, domain.authority, who(got), csr=csr(), now=now())
    with pytest.raises(EnrolmentError, match="not in the registry"):
        enrolment.renew(registry, domain.authority, domain.issue("device", "d1").peer, csr=csr(), now=now())


def test_a_device_cannot_hoard_certificates(registry: Registry, domain: Domain) -> None:
    got = enrolled(registry, domain)
    for _ in range(enrolment.MAX_LIVE - 1):
        enrolment.renew(registry, domain.authority, who(got), csr=csr(), now=now())
    with pytest.raises(EnrolmentError, match="8 certificates"):
        enrolment.renew(registry, domain.authority, who(got), csr=csr(), now=now())


def test_revocation_bites_within_a_second_in_every_process(registry: Registry, domain: Domain, path: Path) -> None:
    got, kept = enrolled(registry, domain), enrolled(registry, domain, "bob-laptop")
    other = Registry(path)  # its own connections and memory, as another process has them
    for one in (registry, other):
        assert isinstance(one.admitted(who(got)), Device)
    enrolment.revoke(registry, got.device, now=now())
    for one in (registry, other):
        later(one, who(got), "the certificate is revoked")
        assert isinstance(one.admitted(who(kept)), Device)
    other.close()


def test_revocation_ends_an_open_connection(registry: Registry, domain: Domain) -> None:
    key = request.new_key()
    got = enrolment.enrol(registry, domain.authority, token=token(registry, domain), csr=request.make(key), now=now())
    server = domain.issue("server", "s1")
    serving = server_context(server.chain, server.pem, domain.authority.trust)
    asking = client_context(got.chain, request.key_pem(key), domain.authority.trust)
    admit = lambda who: isinstance(registry.admitted(who), Device)  # noqa: E731
    with Listener(serving, admit) as listener, listener.connect(asking) as tls:
        assert ask(tls) == b"HELLO"
        enrolment.revoke(registry, got.device, now=now())
        revoked = time.monotonic()
        while ask(tls) == b"HELLO":
            time.sleep(0.02)
        assert time.monotonic() - revoked < 3  # a second, and room for a machine that is busy
    assert listener.refused() == "per request"


def test_posture_and_place_are_the_registrys(registry: Registry, domain: Domain) -> None:
    got = enrolled(registry, domain)
    assessed = enrolment.assess(registry, got.device, "compliant")
    assert assessed.posture == "compliant"
    deadline = time.monotonic() + 1
    while registry.admitted(who(got)) != assessed:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    with pytest.raises(EnrolmentError, match="posture"):
        enrolment.assess(registry, got.device, "good")  # type: ignore[arg-type]
    with pytest.raises(EnrolmentError, match="place"):
        token(registry, domain, Grant("x", "office", managed=True))  # type: ignore[arg-type]
    with pytest.raises(EnrolmentError, match="not known"):
        enrolment.assess(registry, got.device._replace(id="0"), "compliant")


def test_only_what_is_on_record_is_admitted(registry: Registry, domain: Domain) -> None:
    got = enrolled(registry, domain)
    stolen = domain.authority.issue(csr(), who(got).id, now=now()).certificate  # signed right, but not by the registry
    assert registry.admitted(peer(stolen.public_bytes(Encoding.DER))) == Refused(
        "the certificate is not in the registry"
    )
    assert registry.admitted(who(got), now().timestamp() + 86_500) == Refused("the certificate has expired")


def test_servers_and_balancers_are_no_devices(registry: Registry, domain: Domain) -> None:
    for kind in ("server", "proxy"):
        enrolment.certify_other(
            registry, domain.authority, spiffe_id(DOMAIN, kind, "x1"), csr=csr(), now=now(), lifetime=timedelta(days=1)
        )
    server, proxy = registry.others()
    assert (server.holder, proxy.holder) == ("spiffe://acme.example/server/x1", "spiffe://acme.example/proxy/x1")
    device = enrolled(registry, domain)
    key = csr()
    made = enrolment.certify_other(
        registry, domain.authority, spiffe_id(DOMAIN, "proxy", "x2"), csr=key, now=now(), lifetime=timedelta(days=1)
    )
    balancer = peer(made.certificate.public_bytes(Encoding.DER))
    assert registry.admitted(balancer) == Refused("the certificate is not that of a device")
    assert registry.admitted_proxy(balancer) is None
    assert registry.admitted_proxy(who(device)) == Refused("the certificate is not that of a balancer")
    with registry.change() as change:
        assert change.revoke_holder("spiffe://acme.example/proxy/x2", now().timestamp()) == 1
    time.sleep(INTERVAL)
    assert registry.admitted_proxy(balancer) == Refused("the certificate is revoked")


def test_the_crl_lists_what_is_revoked_and_its_date_grows(registry: Registry, domain: Domain, path: Path) -> None:
    got, kept = enrolled(registry, domain), enrolled(registry, domain, "bob-laptop")
    before = enrolment.publish_crl(registry, domain.authority, now=now())
    enrolment.revoke(registry, got.device, now=now())
    other = Registry(path)
    after = enrolment.publish_crl(other, domain.authority, now=now())
    other.close()
    assert enrolment.crl_date(before) < enrolment.crl_date(after)
    listed = x509.load_pem_x509_crl(b"-----BEGIN" + after.split(b"-----BEGIN")[2])
    assert [entry.serial_number for entry in listed] == [who(got).serial]
    assert listed.get_revoked_certificate_by_serial_number(who(kept).serial) is None


def test_a_registry_that_cannot_be_read_admits_nobody(
    registry: Registry, domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    got = enrolled(registry, domain)
    assert isinstance(registry.admitted(who(got)), Device)
    database = registry._admission._database
    assert database is not None
    database.close()
    later(registry, who(got), "the registry cannot be read")


def test_files_that_are_no_registry(tmp_path: Path, path: Path) -> None:
    with pytest.raises(RegistryError, match="there already"):
        Registry.create(path)
    with pytest.raises(RegistryError, match="there is no registry"):
        Registry(tmp_path / "none.db")
    (tmp_path / "text.db").write_text("not a database, but long enough to be looked at" * 9)
    with pytest.raises(RegistryError, match="not a database"):
        Registry(tmp_path / "text.db")
    sqlite3.connect(tmp_path / "empty.db").close()
    with pytest.raises(RegistryError, match="version 0"):
        Registry(tmp_path / "empty.db")


def test_a_registry_that_cannot_be_changed_says_so(registry: Registry, domain: Domain, path: Path) -> None:
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    registry._database.execute("PRAGMA busy_timeout = 10")
    with pytest.raises(RegistryError, match="locked"):
        token(registry, domain)
    blocker.execute("ROLLBACK")
    blocker.close()
    assert token(registry, domain)


def test_what_is_long_over_is_forgotten_and_the_rest_is_not(registry: Registry, domain: Domain) -> None:
    got = enrolled(registry, domain)
    for days, left in ((80, 1), (92, 0)):
        with registry.change() as change:
            change.purge((now() + timedelta(days=days)).timestamp())
        assert len(registry.certificates(got.device)) == left
