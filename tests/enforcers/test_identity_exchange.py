"""Token exchange: who gets an identity token for which token, on which device, and what policy sees of him."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given as cases
from hypothesis import strategies as st
from joserfc.jwk import RSAKey
from pydantic import ValidationError

from aigov_enforcers.identity import User
from aigov_enforcers.identity.exchange import (
    GRANT,
    ID_TOKEN,
    JWT,
    Answer,
    Exchange,
    ExchangeError,
    Peer,
    exchange_form,
    exchanged,
)
from aigov_enforcers.identity.issuers import Issuer
from aigov_enforcers.identity.provider import RETRY
from aigov_enforcers.identity.tokens import Minter, Subject, Verifier
from tests.enforcers.issuing import CLIENT, ISSUER, KEY, NEXT, NOW, claims, published, token

SERVER = ec.generate_private_key(ec.SECP256R1())
US = "acme.example"
LAPTOP, OTHER, RUNNER = Peer("d1", "x5t-d1", "laptop"), Peer("d2", "x5t-d2", "laptop"), Peer("d3", "x5t-d3", "ci")
SSO = Issuer(issuer=ISSUER, audiences=frozenset({CLIENT}))
GITHUB = Issuer(
    kind="github",
    issuer="https://token.actions.githubusercontent.com",
    audiences=frozenset({US}),
    prefix="github:",
    require={"repository_owner": frozenset({"acme"})},
    places=frozenset({"ci"}),
)
CLUSTER = Issuer(kind="kubernetes", issuer="https://k8s.acme.example", audiences=frozenset({US}), prefix="prod:")
MESH = Issuer(
    kind="spiffe",
    issuer="spiffe://mesh.example",
    jwks="https://spire.acme.example/keys",
    audiences=frozenset({US}),
    prefix="mesh:",
)


class Running:
    """An exchange whose issuers publish KEY."""

    def __init__(self, *issuers: Issuer, use: str = "sig") -> None:
        self.exchange = Exchange(issuers or (SSO,), Minter(SERVER, issuer="us", audience=US), US)
        self.use = use
        self.fetched = 0

    def ask(self, body: bytes, peer: Peer = LAPTOP, at: float = NOW) -> Answer:
        lacking = self.exchange.lacking(body, at)
        if lacking is not None:
            self.fetched += 1
            lacking.keys.trying(at)
            lacking.keys.take(published(KEY, use=self.use), at)
        return self.exchange.answer(body, peer, at)

    def subject(self, text: str, peer: Peer = LAPTOP, at: float = NOW) -> Subject:
        answer = self.ask(exchange_form(text), peer, at)
        given, seconds = exchanged(answer.status, answer.body)
        assert 0 < seconds <= 300
        return Verifier([SERVER.public_key()], issuer="us", audience=US).verify(given, peer.thumbprint, at)

    def refusal(self, text: str, peer: Peer = LAPTOP, at: float = NOW) -> str:
        with pytest.raises(ExchangeError) as error:
            self.subject(text, peer, at)
        return str(error.value)


def known(user: User) -> dict[str, Any]:
    return user.model_dump(include={"id", "email", "groups", "assurance"}, exclude_none=True)


def test_a_person_gets_a_token_for_his_device() -> None:
    found = Running().subject(token())
    assert known(found.user) == {
        "id": "u1",
        "email": "ann@acme.example",
        "groups": frozenset({"eng", "eu"}),
        "assurance": "sso",
    }
    assert found.place == ""


def test_the_answer_is_that_of_the_rfc() -> None:
    answer = Running().ask(exchange_form(token()))
    said = json.loads(answer.body)
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
    assert said.keys() == {"access_token", "issued_token_type", "token_type", "expires_in"}
    assert (said["issued_token_type"], said["token_type"], said["expires_in"]) == (JWT, "N_A", 300)


def test_the_token_ends_with_what_it_was_exchanged_for() -> None:
    answer = Running().ask(exchange_form(token(claims(exp=NOW + 42))))
    assert exchanged(answer.status, answer.body)[1] == 42


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"aud": "another"}, "for another audience"),
        ({"azp": "another"}, "another client"),
        ({"iss": "https://evil.example"}, "an issuer that is not trusted"),
        ({"iss": None}, "an issuer that is not trusted"),
        ({"exp": NOW}, "has expired"),
        ({"nbf": NOW + 60}, "does not count yet"),
        ({"sub": ""}, "names nobody|sub"),
        ({"groups": [1]}, "not a list of groups"),
        ({"groups": {"a": 1}}, "not a list of groups"),
        ({"groups": [f"group-{i:06}" for i in range(1500)]}, "fewer groups"),
    ],
    ids=range(10),
)
def test_a_token_that_does_not_fit_is_refused(changes: dict[str, Any], said: str) -> None:
    text = Running().refusal(token(claims(**changes)))
    assert any(part in text for part in said.split("|")), text


def test_a_token_signed_by_another_is_refused() -> None:
    assert "does not publish" in Running().refusal(token(key=NEXT))
    twin = RSAKey.generate_key(2048, {"kid": str(KEY.kid)})
    assert "bad signature" in Running().refusal(token(key=twin))


def test_a_stolen_sso_token_is_of_no_use_on_another_device() -> None:
    running = Running()
    running.subject(token())
    assert running.subject(token(), LAPTOP, NOW + 100).user.id == "u1"
    assert "another device has exchanged" in running.refusal(token(), OTHER, NOW + 100)
    renewed = LAPTOP._replace(thumbprint="x5t-after-renewal")
    assert running.subject(token(), renewed, NOW + 200).user.id == "u1"


def test_bindings_are_forgotten_with_their_tokens() -> None:
    running = Running()
    for at in range(5):
        running.subject(token(claims(jti=str(at))))
    running.subject(token(claims(exp=NOW + 2000, iat=NOW + 900)), at=NOW + 900)
    assert len(running.exchange._used) == 1


def test_unknown_keys_have_the_issuer_asked_once() -> None:
    running = Running()
    running.subject(token())
    for at in range(RETRY):
        running.refusal(token(kid=f"made up {at}"), at=NOW + at)
    assert running.fetched == 1
    running.refusal(token(kid="made up"), at=NOW + RETRY)
    assert running.fetched == 2


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
        ({"subject_token": ""}, "invalid_request"),
        ({"subject_token_type": "urn:ietf:params:oauth:token-type:saml2"}, "invalid_request"),
        ({"requested_token_type": "urn:ietf:params:oauth:token-type:refresh_token"}, "invalid_request"),
        ({"audience": "another.example"}, "invalid_target"),
        ({"actor_token": "x"}, "invalid_request"),
        ({"resource": "https://x.example"}, "invalid_request"),
        ({"subject_token": "x" * 60_000}, "invalid_request"),
    ],
    ids=range(8),
)
def test_a_form_that_is_not_offered_is_refused(form: dict[str, str], error: str) -> None:
    whole = {"grant_type": GRANT, "subject_token": token(), "subject_token_type": ID_TOKEN} | form
    answer = Running().ask(urlencode(whole).encode())
    assert (answer.status, json.loads(answer.body)["error"]) == (400, error)


def test_a_parameter_comes_once() -> None:
    body = exchange_form(token()) + b"&audience=acme.example&audience=evil.example"
    assert json.loads(Running().ask(body).body)["error_description"] == "a parameter comes twice"


@cases(st.binary(max_size=60) | st.text(max_size=40).map(exchange_form))
def test_any_form_is_refused_in_words(body: bytes) -> None:
    answer = Running().ask(body)
    assert answer.status == 400
    assert json.loads(answer.body)["error_description"]


@cases(
    st.integers(100, 599),
    st.binary(max_size=40) | st.sampled_from([b"{}", b"[]", b'{"access_token": 5, "expires_in": 5}']),
)
def test_any_answer_is_refused_in_words(status: int, body: bytes) -> None:
    with pytest.raises(ExchangeError):
        exchanged(status, body)


# Claims


def test_groups_are_named_by_configuration() -> None:
    issuer = SSO.model_copy(update={"groups": "realm.roles", "group_names": {"8f3c": "eng"}, "id": "oid"})
    found = issuer.subject({"oid": "o1", "sub": "u1", "realm": {"roles": ["8f3c", "other"]}})
    assert known(found.user) == {"id": "o1", "groups": frozenset({"eng"}), "assurance": "sso"}
    assert issuer.subject({"oid": "o1", "realm.roles": "8f3c", "realm": {}}).user.groups == {"eng"}


def test_what_the_sso_does_not_say_is_not_known() -> None:
    user = SSO.subject({"sub": "u1", "email": "ann@acme.example", "email_verified": False}).user
    assert (user.email, user.groups) == (None, None)
    assert SSO.subject({"sub": "u1", "groups": []}).user.groups == frozenset()


def job(**changes: Any) -> dict[str, Any]:
    said = {
        "iss": GITHUB.issuer,
        "aud": US,
        "sub": "repo:acme/app:environment:prod",
        "iat": NOW,
        "exp": NOW + 300,
        "repository": "acme/app",
        "repository_owner": "acme",
        "environment": "prod",
        "ref": "refs/heads/main",
        "run_id": "17",
    }
    return said | changes


def test_a_job_of_github_is_a_workload() -> None:
    found = Running(SSO, GITHUB).subject(token(job()), RUNNER)
    assert known(found.user) == {
        "id": "github:repo:acme/app:environment:prod",
        "groups": frozenset(
            {"repository_owner:acme", "repository:acme/app", "environment:prod", "ref:refs/heads/main"}
        ),
        "assurance": "workload",
    }
    assert found.place == "acme/app"


def test_a_job_of_somebody_else_is_refused() -> None:
    """Everybody on GitHub can have a token for our audience."""
    running = Running(SSO, GITHUB)
    other = job(repository="evil/app", repository_owner="evil", sub="repo:evil/app:ref:refs/heads/main")
    assert "another value than is required" in running.refusal(token(other), RUNNER)


def test_a_jobs_token_is_not_for_a_laptop() -> None:
    assert "not for a place of the kind laptop" in Running(SSO, GITHUB).refusal(token(job()), LAPTOP)


def pod(**changes: Any) -> dict[str, Any]:
    bound = {"namespace": "web", "pod": {"name": "p", "uid": "1"}, "serviceaccount": {"name": "app", "uid": "2"}}
    subject = "system:serviceaccount:web:app"
    return {"iss": CLUSTER.issuer, "aud": [US], "sub": subject, "exp": NOW + 600, "kubernetes.io": bound} | changes


def test_a_pod_is_a_workload() -> None:
    found = Running(SSO, CLUSTER).subject(token(pod()))
    assert known(found.user) == {
        "id": "prod:system:serviceaccount:web:app",
        "groups": frozenset({"namespace:web", "serviceaccount:web/app"}),
        "assurance": "workload",
    }
    assert found.place == "web"


@pytest.mark.parametrize(
    "changes",
    [
        {"kubernetes.io": None},
        {"kubernetes.io": {"namespace": "web"}},
        {"kubernetes.io": {"namespace": "other", "pod": {}}},
        {"sub": "system:node:n1"},
        {"sub": "system:serviceaccount:web:app:x"},
    ],
    ids=range(5),
)
def test_what_is_no_living_pod_is_refused(changes: dict[str, Any]) -> None:
    assert "not that of a pod's service account" in Running(SSO, CLUSTER).refusal(token(pod(**changes)))


def svid(subject: str, **changes: Any) -> str:
    return token({"aud": [US], "sub": subject, "exp": NOW + 300} | changes)


def test_a_spiffe_id_is_a_workload() -> None:
    found = Running(SSO, MESH, use="jwt-svid").subject(svid("spiffe://mesh.example/ns/web/app"))
    assert known(found.user) == {
        "id": "mesh:spiffe://mesh.example/ns/web/app",
        "groups": frozenset(
            {"spiffe:spiffe://mesh.example/ns", "spiffe:spiffe://mesh.example/ns/web"}
            | {"spiffe:spiffe://mesh.example/ns/web/app"}
        ),
        "assurance": "workload",
    }
    assert found.place == "mesh.example"


@pytest.mark.parametrize(
    "subject", ["spiffe://evil.example/app", "spiffe://mesh.example/", "spiffe://mesh.example/../x", "u1"]
)
def test_a_spiffe_id_of_another_domain_is_refused(subject: str) -> None:
    running = Running(SSO, MESH, use="jwt-svid")
    assert "not trusted" in (text := running.refusal(svid(subject))) or "no SPIFFE id" in text


def test_a_domain_does_not_vouch_for_another() -> None:
    second = MESH.model_copy(update={"issuer": "spiffe://two.example", "prefix": "two:"})
    running = Running(MESH, second, use="jwt-svid")
    text = svid("spiffe://two.example/app", iss="spiffe://mesh.example")
    assert "of another trust domain" in running.refusal(text)


def test_keys_for_other_uses_sign_no_svid() -> None:
    assert "does not publish" in Running(SSO, MESH, use="sig").refusal(svid("spiffe://mesh.example/app"))


# Configuration


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"issuer": "http://sso.acme.example"}, "expected https"),
        ({"algorithms": ["HS256"]}, "signatures with a public key"),
        ({"algorithms": ["none"]}, "signatures with a public key"),
        ({"algorithms": []}, "at least 1"),
        ({"audiences": []}, "at least 1"),
        ({"prefix": "a:b:"}, "pattern"),
        ({"kind": "github"}, "`require` must name"),
        ({"kind": "github", "require": {"ref": ["main"]}}, "`require` must name"),
        ({"kind": "spiffe"}, "a SPIFFE issuer is"),
        ({"kind": "spiffe", "issuer": "spiffe://mesh.example"}, "a SPIFFE issuer is"),
        ({"jwks": "http://evil.example/keys"}, "expected https"),
        ({"secret": "x"}, "not permitted"),
    ],
    ids=range(12),
)
def test_an_issuer_that_cannot_be_trusted_is_no_configuration(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Issuer.model_validate({"issuer": ISSUER, "audiences": ["x"]} | changes)


def test_two_issuers_never_mean_one_user() -> None:
    for issuers in ((SSO, SSO), (SSO, CLUSTER.model_copy(update={"prefix": ""}))):
        with pytest.raises(ValueError, match="a prefix of its own"):
            Running(*issuers)
