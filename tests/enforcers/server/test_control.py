"""The control API: certificates for devices, decisions for who sends himself, and its description."""

from __future__ import annotations

import base64
import http.client
import json
import ssl
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import settings
from requests.adapters import HTTPAdapter
from schemathesis.specs.openapi.checks import positive_data_acceptance

from aigov_enforcers.server import openapi
from aigov_enforcers.transport import client, enrolment, request
from aigov_enforcers.transport.errors import EnrolmentError, PeerError
from tests.enforcers.server.process import Server, wait
from tests.enforcers.server.realm import POLICY, Realm

RULES = """
detector email { pattern /\\b[a-z0-9.]{1,40}@example\\.com\\b/ class pii confidence certain }
rule stay { when payload contains codename then block "Stay." }
rule hide { when payload contains email then redact as label }
rule away { when request.model == "far" then reroute to "openai" }
rule back on response { when payload contains codename then block "Not back." }
"""


@pytest.fixture(scope="module")
def realm(tmp_path_factory: pytest.TempPathFactory) -> Realm:
    made = Realm(tmp_path_factory.mktemp("realm"))
    made.policy(POLICY + RULES)
    key = made.directory / "tokens.key"
    key.write_bytes(request.key_pem(request.new_key()))
    key.chmod(0o600)
    made.change(lambda text: f'{text}\n[tokens]\nkey = "tokens.key"\nrequired = false\n')
    made.enrol("ann")
    made.enrol("bob")
    return made


@pytest.fixture(scope="module")
def server(realm: Realm) -> Iterator[Server]:
    with Server(realm.config) as running:
        yield running


@pytest.fixture
def url(server: Server) -> str:
    return f"https://127.0.0.1:{server.control}"


def post(server: Server, context: ssl.SSLContext, path: str, body: object, kind: str = "application/json") -> Any:
    connection = http.client.HTTPSConnection("127.0.0.1", server.control, context=context, timeout=10)
    try:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        connection.request("POST", path, data, {"Content-Type": kind})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


class TestCertificates:
    def test_a_device_enrols_and_renews_and_is_revoked(self, realm: Realm, server: Server, url: str) -> None:
        credentials = client.enrol(url, realm.token("cleo"))
        assert credentials.server == "spiffe://acme.example/server/front"
        renewed = client.renew(credentials)
        assert renewed.own.id == credentials.own.id
        assert renewed.own.serial != credentials.own.serial
        device = realm.registry.device("cleo")
        assert device is not None
        enrolment.revoke(realm.registry, device, now=realm.now)

        def refused() -> bool:
            try:
                client.renew(renewed)
            except EnrolmentError:
                return True
            return False

        assert wait(refused) < 3  # a second, and room for a machine that is busy
        wait(lambda: server.metric('aigov_certificates_total{how="enrol",outcome="issued"}') >= 1)

    def test_a_token_is_good_once(self, realm: Realm, url: str) -> None:
        token = realm.token("dan")
        client.enrol(url, token)
        with pytest.raises(EnrolmentError, match="used already"):
            client.enrol(url, token)

    def test_a_token_of_another_domain_leads_nowhere(self, url: str, tmp_path_factory: pytest.TempPathFactory) -> None:
        other = Realm(tmp_path_factory.mktemp("other"))
        with pytest.raises(PeerError, match="not of the trust domain"):
            client.enrol(url, other.token("eve"))

    def test_what_is_revoked_is_published(self, realm: Realm, server: Server, url: str) -> None:
        connection = http.client.HTTPSConnection("127.0.0.1", server.control, context=realm.client(None), timeout=10)
        connection.request("GET", "/crl.pem")
        answer = connection.getresponse()
        assert answer.status == 200
        assert answer.read().count(b"BEGIN X509 CRL") == 2
        connection.close()

    def test_renewing_needs_a_certificate(self, realm: Realm, server: Server) -> None:
        status, body = post(server, realm.client(None), "/renew", {"csr": "x"})
        assert (status, body["error"]) == (403, "the certificate of an active device is needed")

    def test_a_stranger_with_a_certificate_of_his_own_is_cut(
        self, realm: Realm, server: Server, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        other = Realm(tmp_path_factory.mktemp("other"))
        other.enrol("ann")
        stranger = realm.client(None)
        stranger.load_cert_chain(other.directory / "ann.pem", other.directory / "ann.key")
        with pytest.raises(OSError, match=r"(?i)unknown ca|closed|reset|EOF"):
            post(server, stranger, "/renew", {"csr": "x"})


def request_for(text: str, model: str = "gpt-4o") -> dict[str, Any]:
    body = {"model": model, "messages": [{"role": "user", "content": text}]}
    headers = [["Content-Type", "application/json"], ["Authorization", "Bearer mine"]]
    return {"url": "http://127.0.0.1:1/v1/chat/completions", "headers": headers, "body": json.dumps(body)}


class TestDecide:
    def test_a_request_passes_and_its_response_too(self, realm: Realm, server: Server) -> None:
        status, asked = post(server, realm.client("ann"), "/decide", {"request": request_for("hello")})
        assert status == 200
        assert (asked["governed"], asked["refused"], asked["changed"], asked["revision"]) == (True, False, False, "r1")
        answer = {"choices": [{"message": {"role": "assistant", "content": "the bluebird flies"}}]}
        response = {"status": 200, "headers": [["content-type", "application/json"]], "body": json.dumps(answer)}
        message = {"event": asked["event"], "response": response}
        assert post(server, realm.client("bob"), "/decide", message)[0] == 404
        status, told = post(server, realm.client("ann"), "/decide", message)
        assert (status, told["refused"], told["response"]["status"]) == (200, True, 403)
        assert "Not back." in told["response"]["body"]
        assert post(server, realm.client("ann"), "/decide", message)[0] == 404

    def test_a_request_is_changed(self, realm: Realm, server: Server) -> None:
        _, asked = post(server, realm.client("ann"), "/decide", {"request": request_for("mail x@example.com")})
        assert asked["changed"]
        assert "x@example.com" not in asked["request"]["body"]

    def test_a_body_that_is_no_text(self, realm: Realm, server: Server) -> None:
        given = request_for("hello")
        raw = given["body"].encode().replace(b"hello", b"\xff\xfe")
        given |= {"body": base64.b64encode(raw).decode(), "encoding": "base64"}
        _, asked = post(server, realm.client("ann"), "/decide", {"request": given})
        assert asked["refused"] or base64.b64decode(asked["request"]["body"]) == raw

    def test_a_block_is_native_and_on_record(self, realm: Realm, server: Server) -> None:
        _, asked = post(server, realm.client("ann"), "/decide", {"request": request_for("bluebird")})
        assert asked["refused"]
        assert asked["response"]["status"] == 403
        assert json.loads(asked["response"]["body"])["error"]["message"].startswith("Stay.")

    def test_a_reroute_gives_no_key_away(self, realm: Realm, server: Server) -> None:
        _, asked = post(server, realm.client("ann"), "/decide", {"request": request_for("hello", "far")})
        assert asked["rerouted"]
        assert "the-real-key" not in json.dumps(asked)
        assert "Bearer mine" not in json.dumps(asked)

    def test_what_is_no_request_to_a_model_is_not_decided(self, realm: Realm, server: Server) -> None:
        _, asked = post(
            server, realm.client("ann"), "/decide", {"request": {"url": "https://example.org/", "method": "GET"}}
        )
        assert (asked["governed"], asked["refused"]) == (False, False)

    def test_nobody_without_a_certificate_is_told_anything(self, realm: Realm, server: Server) -> None:
        assert post(server, realm.client(None), "/decide", {"request": request_for("hello")})[0] == 403

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"[]",
            b"{}",
            {"request": request_for("x"), "event": "0" * 32},
            {"event": "0" * 32},
            {"request": {"url": "ftp://x/"}},
            {"request": {"url": "https://x/\r\nA: b"}},
            {"request": request_for("x") | {"headers": [["a", "b\r\nc: d"]]}},
            {"request": request_for("x") | {"headers": [["a b", "c"]]}},
            {"request": request_for("x") | {"encoding": "base64"}},
            {"request": request_for("x") | {"body": "\ud800"}},
            {"request": request_for("x") | {"surplus": 1}},
        ],
        ids=repr,
    )
    def test_nonsense_is_told(self, realm: Realm, server: Server, body: object) -> None:
        status, answer = post(server, realm.client("ann"), "/decide", body)
        assert status == 400
        assert answer["error"]

    def test_another_type_is_told(self, realm: Realm, server: Server) -> None:
        assert post(server, realm.client("ann"), "/decide", b"{}", "text/plain")[0] == 400

    def test_another_method_is_told(self, realm: Realm, server: Server) -> None:
        connection = http.client.HTTPSConnection("127.0.0.1", server.control, context=realm.client("ann"), timeout=10)
        connection.request("GET", "/decide")
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Allow"]) == (405, "POST")
        connection.close()


def test_the_description_is_current() -> None:
    assert openapi.TARGET.read_text(encoding="utf-8") == openapi.render(), (
        "run `python -m aigov_enforcers.server.openapi`"
    )


class Adapter(HTTPAdapter):
    """Connections of a device; the server is known by its SPIFFE id, not by a host name."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        super().__init__()

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        super().init_poolmanager(*args, **more, ssl_context=self._context, assert_hostname=False)

    def cert_verify(self, *args: Any) -> None:
        pass  # the context does


schema = schemathesis.openapi.from_dict(openapi.document())


@schema.parametrize()
@settings(max_examples=8, deadline=None)
def test_the_server_is_as_described(case: Any, realm: Realm, server: Server) -> None:
    with requests.Session() as session:
        session.mount("https://", Adapter(realm.client("ann")))
        case.call_and_validate(
            base_url=f"https://127.0.0.1:{server.control}",
            session=session,
            excluded_checks=[positive_data_acceptance],  # a schema cannot say what a certificate request is
        )
