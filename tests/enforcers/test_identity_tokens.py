"""Identity tokens: what is minted verifies on its device, and every forgery is refused for its own reason."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwk, jws

from aigov_enforcers.identity import User
from aigov_enforcers.identity.jose import TokenError, sign, signing_key
from aigov_enforcers.identity.tokens import LEEWAY, TYPE, Minter, Subject, Verifier

NOW = 1_800_000_000.0
KEY = ec.generate_private_key(ec.SECP256R1())
OTHER = ec.generate_private_key(ec.SECP256R1())
DEVICE, STRANGER = "thumbprint-of-a-device", "thumbprint-of-another"
ANN = Subject(User(id="u1", email="ann@acme.example", groups=frozenset({"eng"}), assurance="sso"))
ISSUER, AUDIENCE = "spiffe://acme.example/server/one", "acme.example"
UNFIT = "not those of an identity token"


def minter(key: ec.EllipticCurvePrivateKey = KEY, issuer: str = ISSUER, audience: str = AUDIENCE) -> Minter:
    return Minter(key, issuer=issuer, audience=audience)


def verifier(*keys: ec.EllipticCurvePrivateKey) -> Verifier:
    return Verifier([key.public_key() for key in keys or (KEY,)], issuer=ISSUER, audience=AUDIENCE)


def token(by: Minter | None = None, at: float = NOW) -> str:
    return (by or minter()).mint(ANN, DEVICE, at)[0]


def part(text: str) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return decoded


def packed(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def claims(**changes: Any) -> dict[str, Any]:
    return part(token().split(".")[1]) | changes


def signed(said: dict[str, Any], key: ec.EllipticCurvePrivateKey = KEY, **header: Any) -> str:
    """Signed with ES256, with any header."""
    with_key = signing_key(key)
    names = {"alg": "ES256", "kid": with_key.kid, "typ": TYPE} | header
    registry = jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)
    return jws.serialize_compact(names, json.dumps(said), with_key, registry=registry)


def test_a_token_says_who_uses_its_device() -> None:
    text, seconds = minter().mint(ANN, DEVICE, NOW)
    found = verifier().verify(text, DEVICE, NOW + 1)

    assert seconds == 300
    proven = frozenset({"id", "email", "groups"})
    assert found == Subject(ANN.user.model_copy(update={"verified": proven, "observed": proven}))
    assert part(text.split(".")[0])["alg"] == "ES256"
    assert part(text.split(".")[1])["cnf"] == {"x5t#S256": DEVICE}


def test_every_token_has_its_own_name() -> None:
    assert part(token().split(".")[1])["jti"] != part(token().split(".")[1])["jti"]


def test_a_token_does_not_outlive_what_it_was_exchanged_for() -> None:
    assert minter().mint(ANN, DEVICE, NOW, NOW + 20)[1] == 20
    with pytest.raises(TokenError, match="nothing is left"):
        minter().mint(ANN, DEVICE, NOW, NOW)


def test_a_minter_gives_no_long_tokens_and_none_to_nobody() -> None:
    with pytest.raises(ValueError, match="up to 300 s"):
        Minter(KEY, issuer=ISSUER, audience=AUDIENCE, lifetime=301)
    with pytest.raises(ValueError, match="P-256"):
        minter(ec.generate_private_key(ec.SECP384R1()))
    for user in (User(assurance="sso"), User(id="", assurance="sso"), User(id="u1", assurance="device")):
        with pytest.raises(TokenError, match="somebody with an id"):
            minter().mint(Subject(user), DEVICE, NOW)
    many = ANN.user.model_copy(update={"groups": frozenset(f"group-{i:05}" for i in range(2000))})
    with pytest.raises(TokenError, match="fewer groups"):
        minter().mint(Subject(many), DEVICE, NOW)


@pytest.mark.parametrize("warm", [False, True], ids=["first", "remembered"])
@pytest.mark.parametrize(
    ("thumbprint", "at", "said"),
    [
        (STRANGER, NOW, "belongs to another device"),
        (DEVICE, NOW + 300, "has expired"),
        (DEVICE, NOW - LEEWAY - 1, "does not count yet"),
    ],
)
def test_a_token_counts_on_its_device_and_in_its_time(thumbprint: str, at: float, said: str, warm: bool) -> None:
    by, text = verifier(), token()
    if warm:
        by.verify(text, DEVICE, NOW)
    with pytest.raises(TokenError, match=said):
        by.verify(text, thumbprint, at)


FORGERIES: dict[str, tuple[Callable[[], str], str]] = {
    "wrong audience": (lambda: token(minter(audience="other.example")), "for another audience"),
    "wrong issuer": (lambda: token(minter(issuer="https://evil.example")), "of another issuer"),
    "key of another server": (lambda: token(minter(OTHER)), "a key that is not known"),
    "kid of a key that did not sign": (lambda: signed(claims(), OTHER, kid=signing_key(KEY).kid), "bad signature"),
    "long life": (lambda: signed(claims(exp=int(NOW) + 3600)), "longer than 300 s"),
    "two audiences": (lambda: signed(claims(aud=[AUDIENCE, "x"])), UNFIT),
    "expiry in letters": (lambda: signed(claims(exp="9999999999")), UNFIT),
    "no expiry": (lambda: signed({k: v for k, v in claims().items() if k != "exp"}), UNFIT),
    "no device": (lambda: signed({k: v for k, v in claims().items() if k != "cnf"}), UNFIT),
    "two confirmations": (lambda: signed(claims(cnf={"jkt": "x", "x5t#S256": DEVICE})), UNFIT),
    "no type": (lambda: signed(claims(), typ="JWT"), "of another type"),
    "a context's type": (lambda: signed(claims(), typ="aigov-context+jwt"), "of another type"),
    "critical extension": (
        lambda: packed({"alg": "ES256", "crit": ["exp"], "exp": 1}) + token()[token().index(".") :],
        "unsupported header",
    ),
    "too long": (lambda: "x" * 20000, "longer than"),
    "empty": (lambda: "", "decode error|not a token"),
    "not ASCII": (lambda: "ü.ü.ü", "not a token"),
    "signature cut off": (lambda: token().rpartition(".")[0] + ".", "bad signature"),
}


@pytest.mark.parametrize(("forge", "said"), FORGERIES.values(), ids=FORGERIES)
def test_a_forged_token_is_refused(forge: Callable[[], str], said: str) -> None:
    with pytest.raises(TokenError, match=said):
        verifier().verify(forge(), DEVICE, NOW)


def test_a_changed_claim_breaks_the_signature() -> None:
    head, body, signature = token().split(".")
    changed = packed(part(body) | {"sub": "root"})
    with pytest.raises(TokenError, match="bad signature"):
        verifier().verify(f"{head}.{changed}.{signature}", DEVICE, NOW)


def test_no_signature_is_no_token() -> None:
    for name in ("none", "None", "NONE", ""):
        text = f"{packed({'alg': name, 'kid': signing_key(KEY).kid, 'typ': TYPE})}.{packed(claims())}."
        with pytest.raises(TokenError, match="unsupported algorithm"):
            verifier().verify(text, DEVICE, NOW)


@pytest.mark.parametrize("form", [Encoding.PEM, Encoding.DER], ids=["pem", "der"])
def test_the_public_key_is_no_shared_secret(form: Encoding) -> None:
    """The classic confusion: HS256 over the public key, which everybody knows."""
    secret = KEY.public_key().public_bytes(form, PublicFormat.SubjectPublicKeyInfo)
    text = f"{packed({'alg': 'HS256', 'kid': signing_key(KEY).kid, 'typ': TYPE})}.{packed(claims())}"
    mac = base64.urlsafe_b64encode(hmac.digest(secret, text.encode(), "sha256")).rstrip(b"=").decode()
    with pytest.raises(TokenError, match="unsupported algorithm"):
        verifier().verify(f"{text}.{mac}", DEVICE, NOW)


@pytest.mark.parametrize(
    "brought",
    [
        {"jku": "https://evil.example/keys"},
        {"x5u": "https://evil.example/chain"},
        {"x5c": ["MIIB"]},
        {"jwk": jwk.ECKey.import_key(OTHER.public_key()).as_dict()},
    ],
    ids=["jku", "x5u", "x5c", "jwk"],
)
def test_a_token_does_not_bring_its_own_key(brought: dict[str, Any]) -> None:
    """Refused even when its signature is good: whoever sends such a token tries something."""
    for key in (KEY, OTHER):
        with pytest.raises(TokenError, match=r"unsupported header|invalid header"):
            verifier().verify(signed(claims(), key, **brought), DEVICE, NOW)


@pytest.mark.parametrize(
    "kid", ["../../dev/null", "' OR 1=1 --", "", signing_key(OTHER).kid], ids=["path", "query", "none", "other"]
)
def test_kid_chooses_among_our_keys_only(kid: str) -> None:
    with pytest.raises(TokenError, match="a key that is not known"):
        verifier().verify(signed(claims(), kid=kid), DEVICE, NOW)


def test_keys_overlap_while_they_rotate() -> None:
    both = verifier(KEY, OTHER)
    assert both.verify(token(), DEVICE, NOW).user.id == both.verify(token(minter(OTHER)), DEVICE, NOW).user.id == "u1"


def test_a_token_is_verified_once(monkeypatch: pytest.MonkeyPatch) -> None:
    by, text = verifier(), token()
    first = by.verify(text, DEVICE, NOW)
    monkeypatch.setattr("aigov_enforcers.identity.tokens.verify", None)
    assert by.verify(text, DEVICE, NOW + 299) is first


def test_what_has_expired_is_forgotten() -> None:
    by = verifier()
    text = token()
    by.verify(text, DEVICE, NOW)
    with pytest.raises(TokenError):
        by.verify(text, DEVICE, NOW + 300)
    assert not by._kept


@given(
    st.text(max_size=80)
    | st.lists(st.sampled_from(["e30", "W10", "bnVsbA", packed({"alg": "ES256"}), ""]), max_size=4).map(".".join)
)
def test_any_text_is_refused_in_words(text: str) -> None:
    with pytest.raises(TokenError):
        verifier().verify(text, DEVICE, NOW)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.dictionaries(st.sampled_from(["sub", "exp", "cnf", "aud", "groups"]), inner)
            | st.lists(inner, max_size=3)
        ),
        max_leaves=6,
    )
)
def test_any_signed_claims_are_refused_in_words(said: Any) -> None:
    text = sign(said, signing_key(KEY), TYPE)
    with pytest.raises(TokenError):
        verifier().verify(text, DEVICE, NOW)
