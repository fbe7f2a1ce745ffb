"""Signed tokens (JWS in compact form, RFC 7515) as all of this package reads and writes them, by joserfc.

What is fixed here, for every kind of token: the algorithms are a list of ours, never the token's choice; a key is found
by `kid` among the keys that we hold, never by what the token points to or brings along (`jku`, `jwk`, `x5u`, `x5c`);
critical extensions are refused (RFC 8725, best current practices).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OctKey
from joserfc.registry import JWS_HEADER_REGISTRY

Claims = Mapping[str, Any]
"""What a token says, once its signature holds."""

Finder = Callable[[str, str], Key]
"""`kid` ("" when the token names none) and `alg` → the key. Raises TokenError."""

ES256 = "ES256"


class TokenError(ValueError):
    """A token is refused; the message says why, and nothing of what the token holds."""


class _Registry(jws.JWSRegistry):
    default_header_registry = {  # noqa: RUF012 - joserfc's way
        name: JWS_HEADER_REGISTRY[name] for name in ("alg", "kid", "typ", "cty", "x5t", "x5t#S256")
    }


def signing_key(key: ec.EllipticCurvePrivateKey) -> ECKey:
    """A private key that `sign` takes; its id is its thumbprint (RFC 7638)."""
    return _identified(ECKey.import_key(key))


def verifying_key(key: ec.EllipticCurvePublicKey) -> ECKey:
    """A public key, under the id that `signing_key` gives to its private half."""
    return _identified(ECKey.import_key(key))


def _identified(key: ECKey) -> ECKey:
    if key.curve_name != "P-256":
        raise ValueError(f"the key is on the curve {key.curve_name}, expected P-256")
    key.ensure_kid()
    return key


def sign(claims: Claims, key: ECKey, type: str) -> str:
    """A token of this type, with these claims, signed with ES256."""
    header = {"alg": ES256, "kid": key.kid, "typ": type}
    payload = json.dumps(claims, separators=(",", ":"), ensure_ascii=False)
    return jws.serialize_compact(header, payload, key, registry=_Registry(algorithms=[ES256]))


def verify(token: str, find: Finder, *, algorithms: frozenset[str], type: str | None, most: int) -> Claims:
    """What a token says. Raises TokenError.

    `type` is what its `typ` must be, None when that does not matter; `most` is its greatest length in bytes.
    """
    if not algorithms:  # which joserfc would take for a list of its own
        raise TokenError("no algorithm is allowed")
    if len(token) > most:
        raise TokenError(f"the token is longer than {most} bytes")

    def key(found: Any) -> Key:
        header = found.headers()
        chosen = find(header.get("kid", ""), header["alg"])
        if isinstance(chosen, OctKey):
            raise TokenError("the token's key is a shared secret")
        return chosen

    try:
        read = jws.deserialize_compact(token.encode("ascii"), key, registry=_Registry(algorithms=algorithms))
        claims = json.loads(read.payload, parse_constant=_no_constant)
    except TokenError:
        raise
    except JoseError as error:
        raise TokenError(f"the token is refused: {error.error.replace('_', ' ') or 'not a token'}") from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise TokenError("not a token") from None
    if type is not None and read.headers().get("typ") != type:
        raise TokenError("the token is of another type")
    if not isinstance(claims, dict):
        raise TokenError("the token holds no claims")
    return claims


def _no_constant(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


class Unverified(NamedTuple):
    """What a token claims before it is verified, "" where it does not: good for finding keys, for nothing else."""

    kid: str
    issuer: str
    subject: str


def unverified(token: str, most: int) -> Unverified:
    """Whose keys could verify a token. Raises TokenError for what is no token."""
    if len(token) > most:
        raise TokenError(f"the token is longer than {most} bytes")
    try:
        read = jws.extract_compact(token.encode("ascii"))
        claims = json.loads(read.payload)
        said = read.headers().get("kid"), claims.get("iss"), claims.get("sub")
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise TokenError("not a token") from None
    return Unverified(*(each if isinstance(each, str) else "" for each in said))
