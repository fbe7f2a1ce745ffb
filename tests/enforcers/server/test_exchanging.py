"""A person, from the SSO's token to what policy sees, over the running server."""

from __future__ import annotations

import http.client
import http.server
import json
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey

from aigov_enforcers.identity import jose
from aigov_enforcers.identity.exchange import exchange_form, exchanged
from aigov_enforcers.server.config import ConfigError
from aigov_enforcers.server.setup import prepare
from aigov_enforcers.transport import client, enrolment, request
from aigov_enforcers.transport.errors import EnrolmentError
from examples.demo.upstream import Upstream
from tests.enforcers.server.process import Server
from tests.enforcers.server.realm import POLICY, Realm

STAFF = (
    POLICY.replace("default allow", 'default block "Staff only."')
    + 'rule staff { when user.groups has "staff" then allow }\n'
)


class Sso:
    """An issuer of tokens, with discovery and keys."""

    def __init__(self) -> None:
        self.key: ECKey = jose.signing_key(ec.generate_private_key(ec.SECP256R1()))
        self.fetched = 0
        self.wait = 0.0
        sso = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                sso.fetched += 1
                time.sleep(sso.wait)
                pages: dict[str, Any] = {
                    "/.well-known/openid-configuration": {
                        "issuer": sso.url,
                        "jwks_uri": f"{sso.url}/keys",
                        "id_token_signing_alg_values_supported": ["ES256"],
                    },
                    "/keys": {"keys": [sso.key.as_dict(private=False)]},
                }
                body = json.dumps(pages.get(self.path)).encode()
                self.send_response(200 if self.path in pages else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})

    def token(self, **more: object) -> str:
        now = int(time.time())
        claims = {"iss": self.url, "aud": "aigov-cli", "sub": "ann", "iat": now, "exp": now + 600, "groups": ["staff"]}
        return jose.sign(claims | more, self.key, "JWT")


@pytest.fixture
def sso() -> Iterator[Sso]:
    made = Sso()
    made.thread.start()
    yield made
    made.server.shutdown()
    made.thread.join()
    made.server.server_close()


@pytest.fixture
def realm(tmp_path: Path, sso: Sso, upstream: Upstream) -> Realm:
    made = Realm(tmp_path)
    key = tmp_path / "tokens.key"
    key.write_bytes(request.key_pem(request.new_key()))
    key.chmod(0o600)
    more = f'\n[tokens]\nkey = "tokens.key"\n\n[[issuers]]\nissuer = "{sso.url}"\naudiences = ["aigov-cli"]\n'
    made.change(lambda text: text.replace("http://127.0.0.1:1", upstream.url) + more)
    made.policy(STAFF)
    made.enrol("laptop")
    return made


@pytest.fixture
def server(realm: Realm) -> Iterator[Server]:
    with Server(realm.config) as running:
        yield running


def post(port: int, context: ssl.SSLContext, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=10)
    try:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_a_person_is_known_to_policy(realm: Realm, server: Server, sso: Sso) -> None:
    laptop = realm.client("laptop")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    token, seconds = exchanged(*post(server.control, laptop, "/token", exchange_form(sso.token()), form))
    assert 290 <= seconds <= 300

    body = json.dumps({"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}]}).encode()

    def ask(name: str, headers: dict[str, str]) -> tuple[int, bytes]:
        return post(server.requests, realm.client(name), "/openai/v1/chat/completions", body, headers)

    assert ask("laptop", {"aigov-identity": token})[0] == 200
    status, said = ask("laptop", {})
    assert (status, b"aigov login" in said) == (401, True)
    realm.enrol("other")
    assert b"another device" in ask("other", {"aigov-identity": token})[1]
    visitor, _ = exchanged(
        *post(server.control, laptop, "/token", exchange_form(sso.token(sub="eve", groups=["guests"])), form)
    )
    status, said = ask("laptop", {"aigov-identity": visitor})
    assert (status, b"Staff only." in said) == (403, True)


def test_what_is_no_token_of_the_sso_is_refused(realm: Realm, server: Server, sso: Sso) -> None:
    laptop = realm.client("laptop")
    stranger = jose.signing_key(ec.generate_private_key(ec.SECP256R1()))
    good, sso.key = sso.key, stranger
    forged = sso.token()
    sso.key = good
    for token in (forged, sso.token(aud="another"), sso.token(exp=int(time.time()) - 100), "nonsense"):
        status, body = post(server.control, laptop, "/token", exchange_form(token), {})
        assert (status, json.loads(body)["error"]) == (400, "invalid_request")
    assert sso.fetched <= 4
    status, body = post(server.control, realm.client(None), "/token", exchange_form(sso.token()), {})
    assert (status, json.loads(body)["error"]) == (401, "invalid_client")


def test_who_comes_while_keys_are_fetched_waits_for_them(realm: Realm, server: Server, sso: Sso) -> None:
    sso.wait = 0.2
    laptop = realm.client("laptop")

    def ask(number: int) -> int:
        return post(server.control, laptop, "/token", exchange_form(sso.token(jti=str(number))), {})[0]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ask, range(4))) == [200] * 4
    assert sso.fetched == 2  # the metadata, and the keys


def test_a_form_may_come_in_pieces(realm: Realm, server: Server, sso: Sso) -> None:
    form = exchange_form(sso.token(groups=[f"group-{number:04}" for number in range(800)]))
    connection = http.client.HTTPSConnection("127.0.0.1", server.control, context=realm.client("laptop"), timeout=10)

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(form), 4000):
            yield form[start : start + 4000]
            time.sleep(0.05)

    connection.request("POST", "/token", pieces(), {"Transfer-Encoding": "chunked"}, encode_chunked=True)
    answer = connection.getresponse()
    assert exchanged(answer.status, answer.read())[1] > 0
    connection.close()


def test_a_device_is_applied_for_and_approved(realm: Realm, server: Server, sso: Sso) -> None:
    url, trust = f"https://127.0.0.1:{server.control}", realm.authority.trust.decode()
    pending = client.apply(url, trust, sso.token(), "anns")
    assert client.collect(pending) is None
    device = realm.registry.device("anns")
    assert device is not None
    assert (device.owner, device.state) == ("ann", "pending")
    enrolment.approve(realm.registry, device, place="laptop", managed=False)
    credentials = client.collect(pending)
    assert credentials is not None
    assert credentials.own.id.id == device.id
    with pytest.raises(EnrolmentError):
        client.apply(url, trust, "nonsense", "more")


def test_issuers_need_tokens(realm: Realm) -> None:
    realm.change(lambda text: text.replace('[tokens]\nkey = "tokens.key"\n', ""))
    with pytest.raises(ConfigError, match=r"`issuers` need a table \[tokens\]"):
        prepare(realm.config)
