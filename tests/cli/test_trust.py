"""`aigov ca` and `aigov device`, against a real server on loopback."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from aigov.login.store import Login, save
from aigov_enforcers.transport import messages, request
from aigov_enforcers.transport.credentials import Credentials
from tests.cli.conftest import Aigov
from tests.enforcers.enrolment_server import SSO, EnrolmentServer
from tests.enforcers.trust_domain import Domain


@pytest.fixture
def data(aigov: Aigov, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AIGOV_DATA", str(tmp_path / "data"))
    assert aigov("ca", "init", tmp_path / "data", "--domain", "acme.example").code == 0
    return tmp_path / "data"


@pytest.fixture
def server(data: Path) -> Iterator[EnrolmentServer]:
    with EnrolmentServer(data) as server:
        yield server


def token(aigov: Aigov, name: str = "ann-laptop") -> str:
    made = aigov("device", "token", name, "--place", "laptop")
    assert made.code == 0
    return made.out.strip()


def enrolled(aigov: Aigov, server: EnrolmentServer, name: str = "ann-laptop", file: str = "device.json") -> None:
    done = aigov("device", "enroll", "--server", server.url, "--token", token(aigov, name), "--credentials", file)
    assert (done.code, done.err) == (0, "")


def test_a_trust_domain(aigov: Aigov, data: Path) -> None:
    for path in data.iterdir():
        assert path.stat().st_mode & 0o077 == 0 or path.name in {"root.pem", ".lock"}, path
    status = json.loads(aigov("ca", "status", "--format", "json").out)
    assert (status["domain"], status["retired"], status["devices"]) == ("acme.example", 0, {})
    assert status["root"]["key_is_here"] is True
    assert [issuer["fades"] for issuer in status["issuers"]] == [None]
    assert "its key lies beside it" in aigov("ca", "status").out


def test_nothing_is_overwritten(aigov: Aigov, data: Path) -> None:
    again = aigov("ca", "init", data, "--domain", "acme.example")
    assert (again.code, again.err) == (2, f"aigov: {data} has an authority already\n")


def test_no_key_is_overwritten(aigov: Aigov, tmp_path: Path) -> None:
    (tmp_path / "root.key").write_text("the root of another domain")
    done = aigov("ca", "init", tmp_path, "--domain", "acme.example")
    assert (done.code, "keys are never overwritten" in done.err) == (2, True)
    assert (tmp_path / "root.key").read_text() == "the root of another domain"


def test_a_domain_that_is_none(aigov: Aigov, tmp_path: Path) -> None:
    wrong = aigov("ca", "init", tmp_path / "other", "--domain", "Acme Example")
    assert wrong.code == 2
    assert "trust domain 'Acme Example'" in wrong.err
    assert not (tmp_path / "other" / "authority.json").exists()
    assert aigov("ca", "init", tmp_path / "other", "--domain", "acme.example").code == 0


@pytest.mark.parametrize(
    "command", [("ca", "status"), ("ca", "rotate"), ("ca", "server", "s1"), ("device", "list"), ("device", "show", "x")]
)
def test_where_there_is_no_authority(aigov: Aigov, command: tuple[str, ...], tmp_path: Path) -> None:
    done = aigov(*command, "--data", tmp_path / "none")
    assert done.code == 2
    assert "`aigov ca init` makes" in done.err


def test_rotation_with_the_root_in_a_safe(aigov: Aigov, data: Path, tmp_path: Path) -> None:
    safe = tmp_path / "safe.key"
    (data / "root.key").rename(safe)
    missing = aigov("ca", "rotate")
    assert (missing.code, missing.err) == (2, f"aigov: the key {data / 'root.key'} is not here\n")
    turned = aigov("ca", "rotate", "--root-key", safe, "--overlap", "24h")
    assert turned.code == 0
    assert re.findall("issues|fades|retired +[01]", turned.out) == ["issues", "fades", "retired      0"]
    early = aigov("ca", "retire", "--root-key", safe)
    assert "fades" in early.out
    done = json.loads(aigov("ca", "retire", "--root-key", safe, "--at-once", "--format", "json").out)
    assert (len(done["issuers"]), done["retired"], done["root"]["key_is_here"]) == (1, 1, False)
    assert len(list(data.glob("issuing-*.key"))) == 1  # the old one is destroyed
    other = tmp_path / "other.key"
    other.write_bytes(request.key_pem(request.new_key()))
    other.chmod(0o600)
    wrong = aigov("ca", "rotate", "--root-key", other)
    assert (wrong.code, wrong.err) == (2, "aigov: the key is not that of this domain's root\n")
    assert len(list(data.glob("issuing-*.key"))) == 1
    other.chmod(0o640)
    assert "can be read by others" in aigov("ca", "rotate", "--root-key", other).err
    assert "expected a number with m, h or d" in aigov("ca", "rotate", "--overlap", "soon").err


def test_a_damaged_authority(aigov: Aigov, data: Path) -> None:
    state = data / "authority.json"
    text = state.read_text()
    for wrong in ("", "{}", text.replace("acme.example", "acme.example", 1).replace("BEGIN CERT", "BEGIN CURT")):
        state.write_text(wrong)
        done = aigov("ca", "status")
        assert (done.code, done.err) == (2, f"aigov: {state} is not as it was written: take it from a backup\n")
    state.write_text(text)
    key = next(data.glob("issuing-*.key"))
    key.write_bytes(request.key_pem(request.new_key()))
    assert "not those of the certificates" in aigov("ca", "status").err
    key.write_text("no key")
    assert "no private key" in aigov("ca", "status").err


def test_a_server_certificate(aigov: Aigov, data: Path, tmp_path: Path) -> None:
    made = aigov("ca", "server", "gateway", "--dns", "gw.acme.example", "--lifetime", "7d", "--format", "json")
    facts = json.loads(made.out)
    assert facts["id"] == "spiffe://acme.example/server/gateway"
    assert (tmp_path / "gateway.key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "gateway.pem").read_text().count("BEGIN CERTIFICATE") == 2
    assert aigov("ca", "server", "lb", "--balancer").out.startswith("identity     spiffe://acme.example/proxy/lb\n")
    assert aigov("ca", "crl", "-o", "crl.pem").code == 0
    assert aigov("ca", "revoke", "gateway").err == (
        "aigov: 1 certificate of spiffe://acme.example/server/gateway revoked\n"
    )
    assert aigov("ca", "revoke", "gateway").code == 2
    assert aigov("ca", "crl", "-o", "crl.pem").code == 0
    wrong = aigov("ca", "server", "a/b")
    assert (wrong.code, "id 'a/b'" in wrong.err) == (2, True)


def test_a_device_enrols_and_renews(aigov: Aigov, server: EnrolmentServer, tmp_path: Path) -> None:
    enrolled(aigov, server)
    path = tmp_path / "device.json"
    assert path.stat().st_mode & 0o777 == 0o600
    before = Credentials.load(path)
    assert before.server == "spiffe://acme.example/server/gateway"
    assert before.key not in (tmp_path / "data" / "registry.db").read_bytes().decode("latin-1")
    done = aigov("device", "renew", "--credentials", path)
    assert (done.code, done.err) == (0, "")
    after = Credentials.load(path)
    assert (after.own.id, after.name) == (before.own.id, "ann-laptop")
    assert after.key != before.key
    shown = json.loads(aigov("device", "show", "ann-laptop", "--format", "json").out)
    assert [entry["serial"] for entry in shown["certificates"]] == [f"{who.own.serial:x}" for who in (before, after)]
    assert (shown["place"], shown["managed"], shown["state"]) == ("laptop", True, "active")
    assert aigov("device", "show", "ann-laptop").out.count("certificate ") == 2
    again = aigov("device", "enroll", "--server", server.url, "--token", "x", "--credentials", path)
    assert (again.code, "this device is enrolled" in again.err) == (2, True)


def test_a_token_is_good_once_and_for_one_name(aigov: Aigov, server: EnrolmentServer) -> None:
    given = token(aigov)
    to = ("device", "enroll", "--server", server.url, "--token", given)
    wrong = aigov(*to, "--name", "bob-laptop", "--credentials", "a.json")
    assert (wrong.code, wrong.err) == (2, "aigov: the server refuses: the token is for a device of another name\n")
    assert aigov(*to, "--name", "ann-laptop", "--credentials", "a.json").code == 0
    replay = aigov(*to, "--credentials", "b.json")
    assert (replay.code, replay.err) == (2, "aigov: the server refuses: the token was used already\n")
    assert not Path("b.json").exists()
    piped = aigov(*to[:-1], "-", "--credentials", "b.json", stdin=token(aigov, "bob-laptop").encode() + b"\n")
    assert piped.code == 0


def test_a_fake_server_never_sees_a_token(aigov: Aigov, server: EnrolmentServer) -> None:
    given = token(aigov)
    fake = Domain()
    holder = fake.issue("server", "gateway")
    server.swap(holder.chain, holder.pem)
    to = ("device", "enroll", "--server", server.url, "--token", given)
    relays = aigov(*to)  # it hands out the true root, but has no certificate under it
    assert (relays.code, "no certificate of the trust domain" in relays.err) == (7, True)
    server.answers[messages.TRUST] = (200, fake.authority.trust)
    own = aigov(*to)
    assert (own.code, "not of the trust domain that the token came from" in own.err) == (7, True)
    server.answers[messages.TRUST] = (200, b"nothing")
    assert "no certificate" in aigov(*to).err
    assert server.seen == []


def test_a_device_cannot_play_the_server(aigov: Aigov, data: Path) -> None:
    with EnrolmentServer(data, kind="proxy") as server:
        done = aigov("device", "enroll", "--server", server.url, "--token", token(aigov))
        assert done.code == 7
        assert server.seen == []


def test_a_renewing_device_pins_its_server(aigov: Aigov, server: EnrolmentServer) -> None:
    enrolled(aigov, server)
    assert aigov("ca", "server", "other", "--dns", "localhost").code == 0
    server.swap(Path("other.pem").read_bytes(), Path("other.key").read_bytes())
    server.seen.clear()
    done = aigov("device", "renew", "--credentials", "device.json")
    assert done.code == 7
    assert "the server is spiffe://acme.example/server/other, expected spiffe://acme.example/server/gateway" in done.err
    assert server.seen == []


def test_a_renewing_device_stays_the_same_device(aigov: Aigov, server: EnrolmentServer) -> None:
    enrolled(aigov, server)
    before = Path("device.json").read_bytes()
    server.renews_as = "somebody-else"
    done = aigov("device", "renew", "--credentials", "device.json")
    assert (done.code, done.err) == (7, "aigov: the server gave a certificate of another device\n")
    assert Path("device.json").read_bytes() == before


def test_a_revoked_device_is_not_renewed(aigov: Aigov, server: EnrolmentServer) -> None:
    enrolled(aigov, server)
    assert aigov("device", "revoke", "ann-laptop").err == "aigov: ann-laptop is revoked\n"
    done = aigov("device", "renew", "--credentials", "device.json")
    assert done.code == 2
    assert "the server refuses: " in done.err
    assert "revoked" in done.err
    assert aigov("device", "revoke", "ann-laptop").err == "aigov: ann-laptop is revoked already\n"
    assert aigov("device", "revoke", "nobody").err == "aigov: no device has the name or id 'nobody'\n"


def test_a_person_applies_and_somebody_approves(
    aigov: Aigov, server: EnrolmentServer, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = ("device", "apply", "--server", server.url, "--ca", data / "root.pem", "--name", "bob-pc")
    assert "nobody is logged in" in aigov(*to, "--credentials", "d.json").err
    assert "no SSO token" in aigov(*to, "--sso-token", "-", "--credentials", "d.json", stdin=b"wrong").err
    assert aigov("device", "collect", "--credentials", "d.json").err.startswith("aigov: nothing was applied for")
    claims = {"sub": "bob", "exp": time.time() + 600}
    login = Login(issuer="https://sso", client="aigov", secret="", id_token=SSO, refresh_token="", claims=claims)
    monkeypatch.setenv("AIGOV_LOGIN", str(Path("login.json").absolute()))
    save(Path("login.json"), login)
    assert aigov(*to, "--credentials", "d.json").code == 0
    waits = aigov("device", "collect", "--credentials", "d.json")
    assert (waits.code, waits.err) == (2, "aigov: not approved yet\n")
    assert "bob-pc" in aigov("device", "list", "--state", "pending").out
    assert aigov("device", "approve", "bob-pc", "--place", "office").code == 2
    assert aigov("device", "approve", "bob-pc", "--place", "laptop", "--managed").code == 0
    assert aigov("device", "collect", "--credentials", "d.json").code == 0
    assert not Path("d-pending.json").exists()
    assert aigov("device", "posture", "bob-pc", "compliant").code == 0
    assert aigov("device", "posture", "bob-pc", "fine").code == 2
    (listed,) = json.loads(aigov("device", "list", "--format", "json").out)
    assert listed.items() >= {"name": "bob-pc", "owner": "ann@acme.example", "posture": "compliant"}.items()
    assert aigov("device", "list", "--state", "pending").out == ""
    Path("e-pending.json").write_text("{}")
    Path("e-pending.json").chmod(0o600)
    assert "holds no application" in aigov("device", "collect", "--credentials", "e.json").err


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((500, b'{"error": "out of order"}'), "cannot do it now: out of order"),
        ((200, b"{}"), "status 200 and something unexpected"),
        ((302, b""), "status 302 and something unexpected"),
        ((202, b'{"error": "wait"}'), "nothing to wait for"),
        ((200, b"x" * 1_000_001), "more than 1000000 bytes"),
        ((200, b'{"device":"d","name":"n","chain":"","trust":"","server":""}'), "certificate for this device is none"),
    ],
)
def test_a_server_out_of_order(aigov: Aigov, server: EnrolmentServer, answer: tuple[int, bytes], said: str) -> None:
    server.answers[messages.ENROL] = answer
    done = aigov("device", "enroll", "--server", server.url, "--token", token(aigov))
    assert done.code == 2
    assert said in done.err


def test_a_certificate_for_another_key(aigov: Aigov, server: EnrolmentServer) -> None:
    enrolled(aigov, server)
    chain = Credentials.load(Path("device.json")).chain
    answer = messages.Certified(device="d", name="n", chain=chain, trust="", server="")
    server.answers[messages.ENROL] = (200, answer.model_dump_json().encode())
    done = aigov("device", "enroll", "--server", server.url, "--token", token(aigov, "bob"), "--credentials", "b.json")
    assert (done.code, done.err) == (7, "aigov: the server gave a certificate that is not this device's\n")


@pytest.mark.parametrize("url", ["http://localhost:1", "https://", "https://h:x", "https://u@h", "https://h/path"])
def test_urls_that_are_none(aigov: Aigov, data: Path, url: str) -> None:
    done = aigov("device", "enroll", "--server", url, "--token", token(aigov))
    assert done.code == 2
    assert "URL" in done.err or "https://HOST:PORT" in done.err


def test_nobody_there(aigov: Aigov, data: Path) -> None:
    done = aigov("device", "enroll", "--server", "https://127.0.0.1:1", "--token", token(aigov))
    assert done.code == 2
    assert "cannot be reached" in done.err
    assert aigov("device", "renew").err.endswith("device.json is not there: `aigov device enroll` makes it\n")
    Path("bad.json").write_text("{}")
    assert "can be read by others" in aigov("device", "renew", "--credentials", "bad.json").err
    Path("bad.json").chmod(0o600)
    assert "holds no credentials" in aigov("device", "renew", "--credentials", "bad.json").err
