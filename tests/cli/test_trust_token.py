"""An authority whose keys are in a PKCS #11 token: SoftHSM, with the same commands as for keys in files."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from aigov_enforcers.transport import hardware, request
from aigov_enforcers.transport.errors import AuthorityError
from aigov_enforcers.transport.names import spiffe_id
from aigov_enforcers.transport.store import Store
from tests.cli.conftest import Aigov
from tests.enforcers.trust_domain import Holder, Listener, ask, now

LIBRARY = Path("/usr/lib/softhsm/libsofthsm2.so")
TOOL = shutil.which("softhsm2-util")

pytestmark = pytest.mark.skipif(
    TOOL is None or not LIBRARY.exists(), reason="SoftHSM is not installed: apt-get install softhsm2; NOTHING IS TESTED"
)


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A fresh token. The library reads its configuration once, so one process has one token directory."""
    (tmp_path / "tokens").mkdir()
    conf = tmp_path / "softhsm2.conf"
    conf.write_text(f"directories.tokendir = {tmp_path / 'tokens'}\nobjectstore.backend = file\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(conf))
    made = [str(TOOL), "--init-token", "--free", "--label", "ca", "--so-pin", "5678", "--pin", "1234"]
    subprocess.run(made, check=True, capture_output=True)
    monkeypatch.setenv(hardware.MODULE, str(LIBRARY))
    monkeypatch.setenv(hardware.TOKEN, "ca")
    monkeypatch.setenv(hardware.PIN, "1234")
    return "ca"


def aigov_process(*arguments: object) -> subprocess.CompletedProcess[str]:
    """In a process of its own, as a token's library is initialised once in each."""
    command = [sys.executable, "-m", "aigov", *map(str, arguments)]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def test_an_authority_in_a_token(token: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "data"
    made = aigov_process("ca", "init", data, "--domain", "acme.example", "--pkcs11")
    assert made.returncode == 0, made.stderr
    assert [path.name for path in data.glob("*.key")] == ["root.key"]  # the issuing key is nowhere on the disk
    assert '"key":"pkcs11:issuing-' in (data / "authority.json").read_text().replace(": ", ":")
    turned = aigov_process("ca", "rotate", "--data", data)
    assert turned.returncode == 0, turned.stderr
    retired = aigov_process("ca", "retire", "--data", data, "--at-once", "--format", "json")
    assert (len(json.loads(retired.stdout)["issuers"]), json.loads(retired.stdout)["retired"]) == (1, 1)
    assert aigov_process("ca", "server", "s1", "--data", data, "-o", tmp_path).returncode == 0
    wrong_pin = aigov_process_with(monkeypatch, hardware.PIN, "0000", "ca", "status", "--data", data)
    assert wrong_pin.returncode == 2
    assert "the token ca cannot be opened" in wrong_pin.stderr
    missing = aigov_process_with(monkeypatch, hardware.PIN, "", "ca", "status", "--data", data)
    assert (missing.returncode, "set AIGOV_PKCS11_PIN" in missing.stderr) == (2, True)

    authority = Store(data).load()  # in this process from here
    key = request.new_key()
    chain = authority.issue(request.make(key), spiffe_id("acme.example", "device", "d1"), now=now()).chain
    device = Holder(chain, request.key_pem(key), key)
    server = Holder((tmp_path / "s1.pem").read_bytes(), (tmp_path / "s1.key").read_bytes(), key)
    from aigov_enforcers.transport.contexts import client_context, server_context

    crl = authority.crl([], number=1, after=None, now=now())
    serving = server_context(server.chain, server.pem, authority.trust, crl)
    asking = client_context(device.chain, device.pem, authority.trust, crl)
    with Listener(serving) as listener, listener.connect(asking) as tls:
        assert ask(tls) == b"HELLO"

    (issuer,) = authority.issuers
    for leave in (issuer.key.private_numbers, lambda: request.key_pem(issuer.key)):
        with pytest.raises(AuthorityError, match="cannot leave"):
            leave()
    keys = hardware.TokenKeys(hardware.Place.from_environment())
    reference, made_here = keys.make("spare")
    assert keys.load(reference).public_key() == made_here.public_key()
    keys.remove(reference)
    with pytest.raises(AuthorityError, match="no key spare"):
        keys.load(reference)
    with pytest.raises(AuthorityError, match="no key in a token"):
        keys.load("file:x")


def aigov_process_with(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, *arguments: object
) -> subprocess.CompletedProcess[str]:
    with monkeypatch.context() as patched:
        patched.setenv(name, value)
        return aigov_process(*arguments)


def test_a_library_that_is_none(aigov: Aigov, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (hardware.MODULE, hardware.TOKEN, hardware.PIN):
        monkeypatch.setenv(name, str(tmp_path / "none.so"))
    done = aigov("ca", "init", tmp_path / "data", "--domain", "acme.example", "--pkcs11")
    assert done.code == 2
    assert "cannot be opened" in done.err
