"""Logging in, without a network: what the client sends, and every answer that it must not take."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given as cases
from hypothesis import strategies as st
from joserfc.errors import SecurityWarning
from joserfc.jwk import OctKey, RSAKey

from aigov_enforcers.identity import sso
from aigov_enforcers.identity.jose import TokenError
from aigov_enforcers.identity.provider import (
    ALGORITHMS,
    KEEP,
    LEEWAY,
    REFRESH,
    RETRY,
    Keys,
    ProviderError,
    check_url,
    discovery_url,
    read_provider,
)
from tests.enforcers.issuing import CLIENT, ISSUER, KEY, NEXT, NOW, THIRD, claims, keys, metadata, published, token

PROVIDER = read_provider(metadata(), ISSUER)
US = sso.Client(CLIENT)
REDIRECT = "http://127.0.0.1:4711/callback"


def begun() -> sso.Attempt:
    return sso.begin(PROVIDER, US, REDIRECT)


def checked(text: str, by: Keys | None = None, *, now: float = NOW, **more: Any) -> Any:
    return sso.check_id_token(text, by or keys(KEY, NEXT, THIRD), PROVIDER, US, now, **({"nonce": "the nonce"} | more))


def packed(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


# The provider's metadata


def test_metadata_are_read() -> None:
    assert discovery_url(ISSUER + "/") == ISSUER + "/.well-known/openid-configuration"
    assert PROVIDER.token == ISSUER + "/token"
    assert PROVIDER.revocation == ""
    assert PROVIDER.algorithms == {"RS256", "ES256", "Ed25519"}
    assert not any(name.startswith("HS") or name == "none" for name in ALGORITHMS)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (metadata("https://evil.example"), "of another issuer"),
        (metadata(issuer=ISSUER + "/"), "of another issuer"),
        (metadata(token_endpoint="http://sso.acme.example/token"), "expected https"),
        (metadata(token_endpoint="file:///etc/passwd"), "expected https"),
        (metadata(token_endpoint="https://user@evil.example"), "expected https"),
        (metadata(token_endpoint="https://[::1"), "no URL"),
        (metadata(jwks_uri=None), "a URL is missing"),
        (metadata(id_token_signing_alg_values_supported=["HS256", "none", 5]), "no algorithm"),
        (b"[]", "no JSON object"),
        (b"{", "no JSON"),
        (b'"' + b"x" * 300_000 + b'"', "more than"),
    ],
    ids=range(11),
)
def test_metadata_that_cannot_be_used_are_refused(document: bytes, said: str) -> None:
    with pytest.raises(ProviderError, match=said):
        read_provider(document, ISSUER)


@pytest.mark.parametrize("url", ["http://127.0.0.1:80/x", "http://[::1]/x", "http://localhost:1", "https://a.example"])
def test_http_is_for_this_machine(url: str) -> None:
    assert check_url(url) == url


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1.evil.example", "http://localhost.evil.example", "http://10.0.0.1", "//a", 5]
)
def test_http_is_for_no_other(url: object) -> None:
    with pytest.raises(ProviderError):
        check_url(url)


# The authorization code


def test_a_login_has_its_own_state_nonce_and_verifier() -> None:
    one, two = begun(), begun()
    assert len({one.state, one.nonce, one.verifier, two.state, two.nonce, two.verifier}) == 6
    asked = {name: value for name, [value] in parse_qs(urlsplit(one.url).query).items()}
    digest = hashlib.sha256(one.verifier.encode()).digest()
    assert asked == {
        "response_type": "code",
        "client_id": CLIENT,
        "redirect_uri": REDIRECT,
        "scope": "openid profile email offline_access",
        "state": one.state,
        "nonce": one.nonce,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
        "prompt": "consent",
    }
    assert one.verifier not in one.url
    assert sso.redemption(one, US, "c1")["code_verifier"] == one.verifier


def test_a_secret_goes_to_the_provider_and_not_through_the_browser() -> None:
    attempt = sso.begin(PROVIDER, sso.Client(CLIENT, "s3"), REDIRECT)
    assert "s3" not in urlsplit(attempt.url).query.split("&")
    assert "client_secret" not in attempt.url
    assert sso.redemption(attempt, sso.Client(CLIENT, "s3"), "c1")["client_secret"] == "s3"
    assert "client_secret" not in sso.redemption(attempt, US, "c1")


def test_a_code_is_that_of_the_attempt() -> None:
    attempt = begun()
    assert sso.code(attempt, PROVIDER, urlencode({"state": attempt.state, "code": "c1"})) == "c1"
    assert sso.code(attempt, PROVIDER, urlencode({"state": attempt.state, "code": "c1", "iss": ISSUER})) == "c1"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"state": "another", "code": "c1"}, "another login"),
        ({"state": "", "code": "c1"}, "another login"),
        ({"code": "c1"}, "another login"),
        ({"state": "OURS", "code": "c1", "iss": "https://evil.example"}, "another provider"),
        ({"state": "OURS"}, "no code"),
        ({"state": "OURS", "code": ""}, "no code"),
        ({"state": "OURS", "error": "access_denied", "error_description": "no\x1b[2Jway"}, r"access_denied: no\[2Jway"),
    ],
    ids=range(7),
)
def test_an_answer_that_is_not_ours_is_refused(answer: dict[str, str], said: str) -> None:
    attempt = begun()
    query = urlencode({name: attempt.state if value == "OURS" else value for name, value in answer.items()})
    with pytest.raises(sso.LoginError, match=said):
        sso.code(attempt, PROVIDER, query)


def test_the_state_of_another_attempt_is_not_ours() -> None:
    ours, theirs = begun(), begun()
    with pytest.raises(sso.LoginError, match="another login"):
        sso.code(ours, PROVIDER, urlencode({"state": theirs.state, "code": "c1"}))


def test_parameters_that_come_twice_count_as_none() -> None:
    attempt = begun()
    with pytest.raises(sso.LoginError, match="another login"):
        sso.code(attempt, PROVIDER, f"state={attempt.state}&state=x&code=c1")
    with pytest.raises(sso.LoginError, match="no code"):
        sso.code(attempt, PROVIDER, f"state={attempt.state}&code=c1&code=c2")
    with pytest.raises(sso.LoginError, match="another login"):
        sso.code(attempt, PROVIDER, "&".join("a=1" for _ in range(60)))


def test_a_provider_that_names_itself_must() -> None:
    provider = read_provider(metadata(authorization_response_iss_parameter_supported=True), ISSUER)
    attempt = sso.begin(provider, US, REDIRECT)
    with pytest.raises(sso.LoginError, match="another provider"):
        sso.code(attempt, provider, urlencode({"state": attempt.state, "code": "c1"}))


def test_a_provider_without_a_login_page_is_told() -> None:
    with pytest.raises(sso.LoginError, match="logs nobody in"):
        sso.begin(read_provider(metadata(authorization_endpoint=None), ISSUER), US, REDIRECT)


# The id token


@pytest.mark.parametrize("key", [KEY, NEXT, THIRD], ids=["RS256", "ES256", "Ed25519"])
def test_an_id_token_is_read(key: Any) -> None:
    assert checked(token(key=key)) == claims()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"nonce": "another"}, "its nonce is not ours"),
        ({"nonce": None}, "its nonce is not ours"),
        ({"nonce": 5}, "its nonce is not ours"),
        ({"iss": "https://evil.example"}, "another issuer"),
        ({"iss": None}, "[Mm]issing claim: 'iss'"),
        ({"aud": "another"}, "another audience"),
        ({"aud": []}, "another audience"),
        ({"aud": None}, "[Mm]issing claim: 'aud'"),
        ({"aud": [CLIENT, "another"], "azp": "another"}, "another client"),
        ({"azp": "another"}, "another client"),
        ({"azp": ["another"]}, "another client"),
        ({"exp": NOW}, "has expired"),
        ({"exp": None}, "[Mm]issing claim: 'exp'"),
        ({"exp": "9999999999"}, "exp"),
        ({"exp": float("nan")}, "not a token"),
        ({"iat": NOW + LEEWAY + 1}, "from the future"),
        ({"nbf": NOW + LEEWAY + 1}, "does not count yet"),
        ({"sub": None}, "[Mm]issing claim: 'sub'"),
        ({"sub": 5}, "sub"),
    ],
    ids=range(19),
)
def test_an_id_token_that_does_not_fit_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(sso.LoginError, match=said):
        checked(token(claims(**changes)))


def test_a_refreshed_id_token_is_of_the_same_person() -> None:
    refreshed = token(claims(nonce=None))
    assert checked(refreshed, nonce="", subject="u1")["sub"] == "u1"
    with pytest.raises(sso.LoginError, match="somebody else's"):
        checked(refreshed, nonce="", subject="u2")


def test_the_algorithm_is_the_providers_and_asymmetric() -> None:
    body = packed(claims())
    assert isinstance(KEY, RSAKey)
    secret = KEY.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head = f"{packed({'alg': 'HS256', 'kid': KEY.kid})}.{body}"
    mac = base64.urlsafe_b64encode(hmac.digest(secret, head.encode(), "sha256")).rstrip(b"=").decode()
    for text in (f"{packed({'alg': 'none', 'kid': KEY.kid})}.{body}.", f"{head}.{mac}", token(alg="PS256")):
        with pytest.raises(sso.LoginError, match="unsupported algorithm"):
            checked(text)


def test_a_shared_secret_in_the_keys_is_no_key() -> None:
    """A provider that publishes one would let everybody sign."""
    secret = OctKey.generate_key(256, auto_kid=True)
    document = json.dumps({"keys": [secret.as_dict(private=True)]}).encode()
    found = Keys()
    found.take(document, NOW)
    with pytest.raises(TokenError, match="does not publish"):
        found.find(secret.kid or "", "HS256", NOW)


@pytest.mark.parametrize(
    "brought",
    [{"jku": "https://evil.example/keys"}, {"x5u": "https://evil.example/c"}, {"jwk": NEXT.as_dict(private=False)}],
    ids=["jku", "x5u", "jwk"],
)
def test_a_token_does_not_bring_its_own_key(brought: dict[str, Any]) -> None:
    for by in (KEY, NEXT):
        with pytest.raises(sso.LoginError, match="unsupported header"):
            checked(token(key=by, **brought))


def test_the_key_fits_kid_and_algorithm() -> None:
    with pytest.raises(sso.LoginError, match=r"bad signature|invalid key type|does not publish"):
        checked(token(key=NEXT, kid=KEY.kid))
    with pytest.raises(sso.LoginError, match="does not publish"):
        checked(token(kid="none of them"))
    meant, encrypting = keys(KEY, alg="RS512"), Keys()
    encrypting.take(published(KEY, use="enc"), NOW)
    with pytest.raises(sso.LoginError, match="does not publish"):
        checked(token(), meant)
    with pytest.raises(sso.LoginError, match="does not publish"):
        checked(token(), encrypting)
    with pytest.raises(TokenError, match="does not publish"):
        keys(KEY, NEXT).find("", "RS256", NOW)
    assert keys(KEY).find("", "RS256", NOW).key_type == "RSA"


def test_a_weak_key_is_left_out() -> None:
    with pytest.warns(SecurityWarning):
        weak = RSAKey.generate_key(1024, auto_kid=True)
    with pytest.raises(TokenError, match="does not publish"):
        keys(weak, KEY).find(weak.kid or "", "RS256", NOW)


# Rotation of keys


def test_an_unknown_key_is_fetched_once_and_not_at_will() -> None:
    found = Keys()
    assert found.wanted(KEY.kid or "", NOW)
    found.trying(NOW)
    assert not found.wanted(KEY.kid or "", NOW + 1)
    found.take(published(KEY), NOW)
    assert not found.wanted(KEY.kid or "", NOW + RETRY)
    assert found.wanted(NEXT.kid or "", NOW + RETRY)
    found.trying(NOW + RETRY)
    asked = [at for at in range(NOW + RETRY, NOW + REFRESH) if found.wanted("made up", at) and not found.trying(at)]
    assert asked == list(range(NOW + 2 * RETRY, NOW + REFRESH, RETRY))


def test_a_key_that_is_gone_counts_no_more() -> None:
    found = keys(KEY)
    assert found.find(KEY.kid or "", "RS256", NOW)
    assert found.wanted(KEY.kid or "", NOW + REFRESH)
    found.take(published(NEXT), NOW + REFRESH)
    with pytest.raises(sso.LoginError, match="does not publish"):
        checked(token(), found, now=NOW + 1)
    assert checked(token(key=NEXT), found, now=NOW + 1)


def test_keys_do_not_count_for_ever_when_the_provider_is_away() -> None:
    found = keys(KEY)
    for bad in (b"{}", b'{"keys": 5}', b"no", json.dumps({"keys": [{}] * 65}).encode()):
        with pytest.raises(ProviderError):
            found.take(bad, NOW + REFRESH)
    assert found.find(KEY.kid or "", "RS256", NOW + KEEP - 1)
    with pytest.raises(TokenError, match="not known at the moment"):
        found.find(KEY.kid or "", "RS256", NOW + KEEP)


@cases(
    st.lists(
        st.dictionaries(
            st.sampled_from(["kty", "n", "e", "crv", "x", "y", "kid", "alg", "use"]),
            st.sampled_from(["RSA", "EC", "OKP", "P-256", "AQAB", "x", "", None, 5]),
        ),
        max_size=3,
    )
)
def test_odd_keys_are_left_out(entries: list[dict[str, Any]]) -> None:
    found = Keys()
    found.take(json.dumps({"keys": [*entries, NEXT.as_dict(private=False)]}).encode(), NOW)
    assert found.find(NEXT.kid or "", "ES256", NOW)


# The device code


def test_a_device_code_is_read_and_asked_for() -> None:
    body = {"device_code": "d1", "user_code": "AB-CD", "verification_uri": ISSUER + "/device", "expires_in": 300}
    found = sso.device_code(200, json.dumps(body).encode())
    assert found == sso.DeviceCode("d1", "AB-CD", ISSUER + "/device", ISSUER + "/device", 300, 5)
    assert sso.poll_form(US, found)["device_code"] == "d1"
    for change in (
        {"verification_uri": "http://evil.example"},
        {"expires_in": "x"},
        {"expires_in": 0},
        {"interval": 9999},
    ):
        with pytest.raises(sso.LoginError):
            sso.device_code(200, json.dumps(body | change).encode())


def test_polling_waits_slows_down_and_ends() -> None:
    def answer(error: str) -> Any:
        return sso.polled(400, json.dumps({"error": error}).encode(), 5)

    assert answer("authorization_pending") == 5
    assert answer("slow_down") == 10
    with pytest.raises(sso.LoginError, match="nobody has logged in in time"):
        answer("expired_token")
    with pytest.raises(sso.LoginError, match="access_denied"):
        answer("access_denied")
    assert sso.polled(200, b'{"id_token": "t", "refresh_token": "r"}', 5) == sso.Given("t", "r")


@cases(
    st.integers(200, 599), st.binary(max_size=30) | st.sampled_from([b"{}", b"[]", b'{"error": 5}', b'{"id_token": 5}'])
)
def test_any_answer_is_refused_in_words(status: int, body: bytes) -> None:
    for read in (sso.given, sso.device_code):
        with pytest.raises(sso.LoginError):
            read(status, body)
