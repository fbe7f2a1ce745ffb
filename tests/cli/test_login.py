"""`aigov login`, `whoami` and `logout` against real providers, with a browser that a program holds."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from aigov.login.loopback import Loopback
from aigov.login.store import Login, save
from aigov.login.web import Web
from aigov_enforcers.identity import Confidence, sso
from aigov_enforcers.identity.exchange import Exchange, Peer, exchange_form, exchanged
from aigov_enforcers.identity.issuers import Issuer
from aigov_enforcers.identity.sso import Refused
from aigov_enforcers.identity.tokens import Minter, Verifier
from tests.cli import browser
from tests.cli.conftest import Aigov
from tests.cli.providers import certified, mock

US = sso.Client("aigov")
URL = re.compile(r"http://\S+")


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with certified() as issuer:
        yield issuer


class Machine:
    """A person's machine: its files, and `aigov` on it as a program."""

    def __init__(self, home: Path, issuer: str) -> None:
        self.file = home / "data" / "aigov" / "login.json"
        self.issuer = issuer
        opened = f"{sys.executable} {Path(browser.__file__)} %s"
        self.environment = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ} | {
            "HOME": str(home),
            "XDG_DATA_HOME": str(home / "data"),
            "BROWSER": opened,
            "AIGOV_SSO_ISSUER": issuer,
            "AIGOV_SSO_CLIENT": "aigov",
        }

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "aigov", *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, meanwhile: Callable[[str], object] | None = None) -> tuple[int, str, str]:
        """Code, output and notes; `meanwhile` gets the URL that the program tells."""
        with self.start(*arguments) as running:
            assert running.stderr is not None
            told = ""
            if meanwhile is not None:
                while not (told.strip().startswith("aigov: or here") or "log in here" in told):
                    line = running.stderr.readline()
                    assert line, "the program told no URL"
                    told = line
                found = URL.search(told)
                assert found
                meanwhile(found[0])
            out, err = running.communicate(timeout=30)
        assert "Traceback" not in out + err
        return running.returncode, out, told + err

    def shown(self, *arguments: str, **more: Any) -> Any:
        code, out, err = self.run(*arguments, "--format", "json", **more)
        assert code == 0, err
        return json.loads(out)

    def kept(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.file.read_text())
        return found


@pytest.fixture
def machine(tmp_path: Path, provider: str) -> Machine:
    return Machine(tmp_path, provider)


ANN = {"id": "ann", "email": "ann@acme.example", "name": "ann", "groups": ["eng", "eu"]}


def test_a_person_logs_in_stays_so_and_logs_out(machine: Machine) -> None:
    """Authorization code with PKCE; the id token lives for 30 s here, so `whoami` has it renewed each time."""
    found = machine.shown("login")
    assert ANN.items() <= found.items()
    assert found["renewed"]
    assert stat.S_IMODE(machine.file.stat().st_mode) == 0o600
    first = machine.kept()

    httpx2.post(f"{machine.issuer}/-/rotate")  # the key that signed the first id token is gone
    assert ANN.items() <= machine.shown("whoami").items()
    second = machine.kept()
    assert second["id_token"] != first["id_token"]
    assert stat.S_IMODE(machine.file.stat().st_mode) == 0o600

    assert machine.run("logout")[:2] == (0, "logged out\n")
    assert not machine.file.exists()
    assert machine.run("whoami")[::2] == (2, "aigov: nobody is logged in: `aigov login`\n")
    machine.file.write_text(json.dumps(second))
    machine.file.chmod(0o600)
    code, _, err = machine.run("whoami")
    assert (code, "the login has ended" in err) == (2, True), err


def test_a_person_logs_in_with_a_code_on_another_machine(machine: Machine) -> None:
    found = machine.shown("login", "--device", meanwhile=browser.visit)
    assert ANN.items() <= found.items()
    text = machine.run("whoami")[1]
    assert re.search(r"^id +ann$", text, re.MULTILINE)
    assert re.search(r"^groups +eng, eu$", text, re.MULTILINE)
    assert machine.kept()["id_token"] not in text


def test_a_person_who_says_no_is_not_logged_in(machine: Machine) -> None:
    def decline(url: str) -> None:
        asked = dict(re.findall(r"([a-z_]+)=([^&]+)", urlsplit(url).query))
        back = asked["redirect_uri"].replace("%3A", ":").replace("%2F", "/")
        httpx2.get(f"{back}?{urlencode({'state': asked['state'], 'error': 'access_denied', 'iss': machine.issuer})}")

    code, out, err = machine.run("login", "--no-browser", meanwhile=decline)
    assert (code, out) == (2, "")
    assert "access_denied" in err
    assert not machine.file.exists()


def test_answers_to_other_logins_end_nothing(machine: Machine) -> None:
    """A page that knows the port can send the browser there: with a state of its own, or another host name."""
    seen = []

    def attack_then_visit(url: str) -> None:
        back = re.search(r"redirect_uri=http%3A%2F%2F127.0.0.1%3A(\d+)%2Fcallback", url)
        assert back
        at = f"http://127.0.0.1:{back[1]}/callback"
        seen.extend(
            [
                httpx2.get(f"{at}?state=another&code=stolen").status_code,
                httpx2.get(at).status_code,
                httpx2.get(at + "/x").status_code,
                httpx2.get(f"{at}?state=another&code=c", headers={"Host": "evil.example"}).status_code,
                httpx2.post(at).status_code,
            ]
        )
        browser.visit(url)

    assert machine.shown("login", "--no-browser", meanwhile=attack_then_visit)["id"] == "ann"
    assert seen == [400, 400, 404, 404, 501]


def test_a_code_without_its_verifier_is_of_no_use(provider: str) -> None:
    """Whoever catches the code on its way through the browser has no PKCE verifier."""
    with Web() as web, Loopback() as loopback:
        known = web.provider(provider)
        attempt = sso.begin(known, US, loopback.uri)
        loopback.expect(attempt)
        browser.visit(attempt.url)
        code = sso.code(attempt, known, loopback.answer(5))
        form = sso.redemption(attempt, US, code)
        stolen = {name: value for name, value in form.items() if name != "code_verifier"}
        guessed = stolen | {"code_verifier": sso.begin(known, US, loopback.uri).verifier}
        for each in (stolen, guessed):
            with pytest.raises(Refused, match="invalid_grant"):
                sso.given(*web.post(known.token, each))


def test_an_id_token_of_another_login_is_refused(provider: str) -> None:
    with Web() as web, Loopback() as loopback:
        known = web.provider(provider)
        attempt = sso.begin(known, US, loopback.uri)
        loopback.expect(attempt)
        browser.visit(attempt.url)
        form = sso.redemption(attempt, US, sso.code(attempt, known, loopback.answer(5)))
        given = sso.given(*web.post(known.token, form))
        now = time.time()
        keys = web.keys(known, now)
        assert sso.check_id_token(given.id_token, keys, known, US, now, nonce=attempt.nonce)["sub"] == "ann"
        other = sso.begin(known, US, loopback.uri)
        with pytest.raises(sso.LoginError, match="nonce is not ours"):
            sso.check_id_token(given.id_token, keys, known, US, now, nonce=other.nonce)
        httpx2.post(f"{provider}/-/rotate")
        with pytest.raises(sso.LoginError, match="does not publish"):
            sso.check_id_token(given.id_token, web.keys(known, now), known, US, now, nonce=attempt.nonce)


def test_a_login_is_exchanged_for_an_identity_token(provider: str) -> None:
    """What the provider really gives, up to what policy sees."""
    issuer = Issuer(issuer=provider, audiences=frozenset({"aigov"}), group_names={"eng": "engineering"})
    key = ec.generate_private_key(ec.SECP256R1())
    exchange = Exchange([issuer], Minter(key, issuer="server", audience="acme"), "acme")
    with Web() as web, Loopback() as loopback:
        known = web.provider(provider)
        attempt = sso.begin(known, US, loopback.uri)
        loopback.expect(attempt)
        browser.visit(attempt.url)
        form = sso.redemption(attempt, US, sso.code(attempt, known, loopback.answer(5)))
        asked = exchange_form(sso.given(*web.post(known.token, form)).id_token)
        now = time.time()
        lacking = exchange.lacking(asked, now)
        assert lacking is not None
        lacking.keys.take(httpx2.get(known.jwks_uri).content, now)
    answer = exchange.answer(asked, Peer("d1", "thumb", "laptop"), now)
    token, seconds = exchanged(answer.status, answer.body)
    assert 0 < seconds <= 30  # no longer than the id token
    user = Verifier([key.public_key()], issuer="server", audience="acme").verify(token, "thumb", now).user
    assert (user.id, user.email, user.groups) == ("ann", "ann@acme.example", {"engineering"})
    assert user.confidence("groups") is Confidence.VERIFIED


def test_another_provider_will_do(tmp_path: Path) -> None:
    """The mock: RS256, no device codes, no revocation, no groups."""
    with mock() as issuer:
        machine = Machine(tmp_path, issuer)
        found = machine.shown("login", "--scopes", "openid email", "--client-secret", "any")
        assert (found["id"], found["email"], found["issuer"]) == ("ann", "ann@acme.example", issuer)
        assert machine.shown("whoami") == found  # still good, so nobody is asked
        code, _, err = machine.run("login", "--device")
        assert (code, "has no device codes" in err) == (2, True)
        assert machine.run("logout")[0] == 0


def test_nobody_comes(aigov: Aigov, provider: str) -> None:
    result = aigov("login", "--issuer", provider, "--client-id", "aigov", "--no-browser", "--timeout", "1")
    assert result.code == 2
    assert "nobody has logged in within 1 s" in result.err


def test_what_cannot_be_a_provider_is_told(aigov: Aigov, provider: str) -> None:
    for issuer, said in [
        ("http://sso.acme.example", "expected https"),
        (f"{provider}/other", "status 404"),
        ("http://127.0.0.1:1", "cannot be reached"),
        ("no url", "expected https"),
    ]:
        result = aigov("login", "--issuer", issuer, "--client-id", "aigov")
        assert result.code == 2
        assert said in result.err
        assert len(result.err.splitlines()) == 1


def test_a_file_that_others_can_read_is_not_used(aigov: Aigov, tmp_path: Path) -> None:
    file = tmp_path / "login.json"
    file.write_text("{}")
    file.chmod(0o644)
    assert "can be read by others" in aigov("whoami", "--file", file).err
    file.chmod(0o600)
    assert "holds no login" in aigov("whoami", "--file", file).err


def kept(path: Path, **changes: Any) -> Path:
    login = Login(
        issuer="http://127.0.0.1:1",
        client="aigov",
        secret="",
        id_token="t",
        refresh_token="r",
        claims={"sub": "ann", "exp": time.time()},
    )
    save(path, login.model_copy(update=changes))
    return path


def test_a_login_that_cannot_be_renewed_has_expired(aigov: Aigov, tmp_path: Path) -> None:
    file = kept(tmp_path / "login.json", refresh_token="")
    assert "the login has expired: `aigov login` again" in aigov("whoami", "--file", file).err
    assert aigov("logout", "--file", file) == (0, "logged out\n", "")


def test_a_login_is_forgotten_here_even_when_the_provider_is_away(aigov: Aigov, tmp_path: Path) -> None:
    file = kept(tmp_path / "login.json")
    assert "cannot be reached" in aigov("whoami", "--file", file).err
    assert file.exists()
    result = aigov("logout", "--file", file)
    assert (result.code, "cannot be reached" in result.err) == (2, True)
    assert not file.exists()


def test_what_a_provider_says_cannot_disturb_a_terminal(aigov: Aigov, tmp_path: Path) -> None:
    claims = {"sub": "ann\x1b[2J", "exp": time.time() + 600, "groups": ["a\nb"]}
    result = aigov("whoami", "--file", kept(tmp_path / "login.json", claims=claims))
    assert "\x1b" not in result.out
    assert len(result.out.splitlines()) == 6
