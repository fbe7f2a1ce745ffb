"""Who asks: device by the registry, person by a token of this device, program by the device's own signature."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from aigov_enforcers.identity import Process, User
from aigov_enforcers.identity.context import Context, sign_context
from aigov_enforcers.identity.tokens import Minter, Subject, Verifier
from aigov_enforcers.server.config import ConfigError
from aigov_enforcers.server.enrolled import Enrolled
from aigov_enforcers.server.metrics import Tally
from aigov_enforcers.server.setup import prepare
from aigov_enforcers.server.who import Caller, Refused
from aigov_enforcers.transport import enrolment, keystore, request
from aigov_enforcers.transport.contexts import peer
from tests.enforcers.server.realm import Realm

NAME = frozenset({"name"})
SIGNING = ec.generate_private_key(ec.SECP256R1())
MINTER = Minter(SIGNING, issuer="aigov", audience="aigov")
ANN = Subject(User(id="ann", groups=frozenset({"staff"}), assurance="sso"))


@pytest.fixture
def realm(tmp_path: Path) -> Realm:
    return Realm(tmp_path)


@pytest.fixture
def who(realm: Realm) -> Enrolled:
    verifier = Verifier([SIGNING.public_key()], issuer="aigov", audience="aigov")
    return Enrolled(realm.registry, [], Tally(), verifier)


def certificate(realm: Realm, name: str) -> bytes:
    pem = (realm.directory / f"{name}.pem").read_bytes()
    return x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)


def token(realm: Realm, name: str, now: float | None = None) -> str:
    thumbprint = peer(certificate(realm, name)).thumbprint
    return MINTER.mint(ANN, thumbprint, time.time() if now is None else now)[0]


def told(realm: Realm, name: str) -> str:
    key = keystore.read_key(realm.directory / f"{name}.key")
    return sign_context(Context(process=Process(name="python3", verified=NAME, observed=NAME)), key, time.time())


@pytest.fixture
def laptop(realm: Realm) -> enrolment.Enrolled:
    enrolled = realm.enrol("laptop")
    (realm.directory / "laptop.key").chmod(0o600)
    return enrolled


@pytest.mark.usefixtures("laptop")
class TestCaller:
    def test_a_device_alone(self, realm: Realm, who: Enrolled) -> None:
        caller = who.caller(who.peer(certificate(realm, "laptop")), ())
        assert isinstance(caller, Caller)
        assert caller.identity.user == User(assurance="device")
        assert (caller.identity.place.kind, caller.identity.device.managed) == ("laptop", True)

    def test_a_person_and_a_program(self, realm: Realm, who: Enrolled) -> None:
        connection = who.peer(certificate(realm, "laptop"))
        headers = (("aigov-identity", token(realm, "laptop")), ("aigov-context", told(realm, "laptop")))
        caller = who.caller(connection, headers)
        assert isinstance(caller, Caller)
        assert (caller.identity.user.id, caller.identity.process.name) == ("ann", "python3")
        again = who.caller(connection, headers)
        assert isinstance(again, Caller)
        assert again is caller

    def test_a_token_of_another_device(self, realm: Realm, who: Enrolled) -> None:
        realm.enrol("other")
        refused = who.caller(who.peer(certificate(realm, "other")), (("aigov-identity", token(realm, "laptop")),))
        assert isinstance(refused, Refused)
        assert (refused.status, "another device" in refused.message) == (401, True)

    def test_a_token_that_has_expired_since(self, realm: Realm, who: Enrolled, monkeypatch: pytest.MonkeyPatch) -> None:
        connection, headers = who.peer(certificate(realm, "laptop")), (("aigov-identity", token(realm, "laptop")),)
        assert isinstance(who.caller(connection, headers), Caller)
        later = time.time() + 301
        monkeypatch.setattr(time, "time", lambda: later)
        assert isinstance(who.caller(connection, headers), Refused)

    def test_a_context_on_another_connection(self, realm: Realm, who: Enrolled) -> None:
        headers = (("aigov-context", told(realm, "laptop")),)
        assert isinstance(who.caller(who.peer(certificate(realm, "laptop")), headers), Caller)
        refused = who.caller(who.peer(certificate(realm, "laptop")), headers)
        assert isinstance(refused, Refused)
        assert "another connection" in refused.message

    @pytest.mark.parametrize("name", ["aigov-identity", "aigov-context"])
    def test_what_cannot_be_proven_is_refused(self, realm: Realm, who: Enrolled, name: str) -> None:
        connection = who.peer(certificate(realm, "laptop"))
        assert isinstance(who.caller(connection, ((name, "nonsense"),)), Refused)
        assert isinstance(who.caller(connection, ((name, "a"), (name, "b"))), Refused)

    def test_a_token_may_be_required(self, realm: Realm) -> None:
        strict = Enrolled(realm.registry, [], Tally(), Verifier([], issuer="a", audience="a"), required=True)
        refused = strict.caller(strict.peer(certificate(realm, "laptop")), ())
        assert isinstance(refused, Refused)
        assert (refused.status, "aigov login" in refused.message) == (401, True)

    def test_no_token_is_taken_where_none_is_configured(self, realm: Realm) -> None:
        plain = Enrolled(realm.registry, [], Tally())
        refused = plain.caller(plain.peer(certificate(realm, "laptop")), (("aigov-identity", token(realm, "laptop")),))
        assert isinstance(refused, Refused)

    def test_a_gate_is_shut(self, realm: Realm) -> None:
        shut = Enrolled(realm.registry, [lambda: "", lambda: "it is late"], Tally())
        refused = shut.caller(shut.peer(certificate(realm, "laptop")), ())
        assert refused == Refused(503, "The server decides nothing: it is late.")

    def test_registry_changes_are_seen(self, realm: Realm, who: Enrolled, laptop: enrolment.Enrolled) -> None:
        connection = who.peer(certificate(realm, "laptop"))
        enrolment.assess(realm.registry, laptop.device, "compliant")
        time.sleep(0.6)
        caller = who.caller(connection, ())
        assert isinstance(caller, Caller)
        assert caller.identity.device.posture == "compliant"
        enrolment.revoke(realm.registry, laptop.device, now=realm.now)
        time.sleep(0.6)
        assert isinstance(who.caller(connection, ()), Refused)
        assert not who.holds(connection)
        with pytest.raises(ValueError, match="not admitted"):
            who.peer(certificate(realm, "laptop"))


@pytest.mark.parametrize("kind", ["server"])
def test_a_server_is_no_device(realm: Realm, who: Enrolled, kind: str) -> None:
    with pytest.raises(ValueError, match="not admitted"):
        who.peer(certificate(realm, kind))
    with pytest.raises(ValueError, match="certificate is required"):
        who.peer(None)


class TestConfigured:
    def test_the_key_is_read(self, realm: Realm) -> None:
        realm.change(lambda text: text.replace("[bundle]", '[tokens]\nkey = "tokens.key"\n\n[bundle]', 1))
        with pytest.raises(ConfigError, match=r"\[tokens\] key: the key .* is not here"):
            prepare(realm.config)
        key = realm.directory / "tokens.key"
        key.write_bytes(request.key_pem(SIGNING))
        key.chmod(0o644)
        with pytest.raises(ConfigError, match="can be read by others"):
            prepare(realm.config)
        key.chmod(0o600)
        assert prepare(realm.config).signing is not None

    def test_an_authority_without_a_registry_is_told(self, realm: Realm) -> None:
        realm.change(lambda text: text.replace('authority = "ca"', 'authority = "data"'))
        with pytest.raises(ConfigError, match=r"authority: .* has no registry"):
            prepare(realm.config)
