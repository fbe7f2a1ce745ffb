"""An issuer of tokens for tests: keys, what it publishes, and tokens of any shape."""

from __future__ import annotations

import json
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from aigov_enforcers.identity.provider import Keys

NOW = 1_800_000_000
ISSUER, CLIENT = "https://sso.acme.example", "aigov-cli"
KEY: Key = RSAKey.generate_key(2048, auto_kid=True)
NEXT: Key = ECKey.generate_key("P-256", auto_kid=True)
THIRD: Key = OKPKey.generate_key("Ed25519", auto_kid=True)
ALGORITHM = {"RSA": "RS256", "EC": "ES256", "OKP": "Ed25519"}


def published(*keys: Key, **more: Any) -> bytes:
    return json.dumps({"keys": [key.as_dict(private=False, **more) for key in keys or (KEY,)]}).encode()


def keys(*those: Key, at: float = NOW, use: str = "sig", **more: Any) -> Keys:
    found = Keys(use)
    found.take(published(*those, **more), at)
    return found


def claims(**changes: Any) -> dict[str, Any]:
    """Of a person's id token; a change to None takes a claim out."""
    said = {
        "iss": ISSUER,
        "aud": CLIENT,
        "sub": "u1",
        "iat": NOW,
        "exp": NOW + 600,
        "nonce": "the nonce",
        "email": "ann@acme.example",
        "groups": ["eng", "eu"],
    }
    return {name: value for name, value in (said | changes).items() if value is not None}


def token(said: dict[str, Any] | None = None, key: Key = KEY, **header: Any) -> str:
    names = {"alg": ALGORITHM[key.key_type], "kid": key.kid, "typ": "JWT"} | header
    registry = jws.JWSRegistry(algorithms=[names["alg"]], strict_check_header=False)
    payload = json.dumps(claims() if said is None else said)
    return jws.serialize_compact(names, payload, key, registry=registry)


def metadata(issuer: str = ISSUER, **changes: Any) -> bytes:
    said = {
        "issuer": issuer,
        "jwks_uri": f"{issuer}/keys",
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "device_authorization_endpoint": f"{issuer}/device",
        "id_token_signing_alg_values_supported": ["RS256", "ES256", "Ed25519", "HS256", "none"],
    }
    return json.dumps({name: value for name, value in (said | changes).items() if value is not None}).encode()
