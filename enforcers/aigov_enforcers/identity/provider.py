"""What an OpenID provider publishes of itself: its endpoints and its keys. Sans-I/O: others fetch, this reads.

OpenID Connect Discovery 1.0, RFC 8414 (metadata), RFC 7517 (keys).
"""

from __future__ import annotations

import json
import math
from ipaddress import ip_address
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key
from joserfc.jwt import ClaimsOption, JWTClaimsRegistry
from joserfc.util import base64_to_int

from aigov_enforcers.identity.jose import Claims, TokenError, verify

ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519"})
"""Signatures that everybody can verify and only the issuer can make; nothing with a shared secret."""

MOST_BYTES = 256 * 1024
"""Of a document that a provider publishes."""

MOST_TOKEN = 32 * 1024
LEEWAY = 30
"""Seconds that the provider's clock may be ahead."""

REFRESH = 600
"""Seconds after which keys are fetched again: a key that is gone by then counts no more."""

KEEP = 3600
"""Seconds that keys count when the provider cannot be reached."""

RETRY = 30
"""Seconds between two fetches, whatever tokens ask for."""

_MOST_KEYS = 64
_RSA_BITS = 2048
_OF_KEY = {"RSA": ("kty", "n", "e"), "EC": ("kty", "crv", "x", "y"), "OKP": ("kty", "crv", "x")}


class ProviderError(ValueError):
    """A provider publishes what cannot be used."""


class Provider(NamedTuple):
    """A provider's metadata; an endpoint that it does not have is ""."""

    issuer: str
    jwks_uri: str
    authorization: str
    token: str
    device: str
    revocation: str
    algorithms: frozenset[str]
    names_itself: bool
    """Its authorization responses carry `iss` (RFC 9207)."""


def discovery_url(issuer: str) -> str:
    """Where the provider's metadata is."""
    return f"{issuer.rstrip('/')}/.well-known/openid-configuration"


def read_provider(document: bytes, issuer: str) -> Provider:
    """The metadata, which must be those of this issuer. Raises ProviderError."""
    said = _object(document, "the provider's metadata")
    if said.get("issuer") != issuer:
        raise ProviderError(f"the metadata are of another issuer, expected {issuer}")
    signed = said.get("id_token_signing_alg_values_supported", ["RS256"])
    algorithms = ALGORITHMS.intersection(each for each in _list(signed) if isinstance(each, str))
    if not algorithms:
        raise ProviderError(f"{issuer} signs with no algorithm that can be verified with a public key")
    return Provider(
        issuer=issuer,
        jwks_uri=check_url(said.get("jwks_uri")),
        authorization=_endpoint(said, "authorization_endpoint"),
        token=_endpoint(said, "token_endpoint"),
        device=_endpoint(said, "device_authorization_endpoint"),
        revocation=_endpoint(said, "revocation_endpoint"),
        algorithms=algorithms,
        names_itself=said.get("authorization_response_iss_parameter_supported") is True,
    )


def check_url(url: object) -> str:
    """A URL that may be asked: https, or http on this machine. Raises ProviderError."""
    if not isinstance(url, str):
        raise ProviderError("a URL is missing")
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        raise ProviderError(f"{url[:200]}: no URL") from None
    if (
        not host
        or parts.username is not None
        or not (parts.scheme == "https" or (parts.scheme == "http" and _local(host)))
    ):
        raise ProviderError(f"{url[:200]}: expected https, or http on this machine")
    return url


def _local(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _endpoint(said: dict[str, Any], name: str) -> str:
    return check_url(said[name]) if name in said else ""


def _object(document: bytes, name: str) -> dict[str, Any]:
    if len(document) > MOST_BYTES:
        raise ProviderError(f"{name}: more than {MOST_BYTES} bytes")
    try:
        said = json.loads(document)
    except (ValueError, RecursionError):
        raise ProviderError(f"{name}: no JSON") from None
    if not isinstance(said, dict):
        raise ProviderError(f"{name}: no JSON object")
    return said


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


class Keys:
    """The keys of an issuer, as it published them last.

    Who fetches asks `wanted` before a token is verified, calls `trying`, and gives what came to `take`.
    """

    def __init__(self, use: str = "sig") -> None:
        self._use = use
        self._keys: list[tuple[str, str, Key]] = []
        self._taken = self._tried = -math.inf

    def wanted(self, kid: str, now: float) -> bool:
        """Whether keys should be fetched before a token with this `kid` is verified: they are old, or lack it. Not more
        often than every `RETRY` seconds, so that made-up ids cannot have the provider asked at will."""
        if now - self._tried < RETRY:
            return False
        return now - self._taken >= REFRESH or not any(kid in {"", name} for name, _, _ in self._keys)

    def trying(self, now: float) -> None:
        """Keys are being fetched."""
        self._tried = now

    def take(self, document: bytes, now: float) -> None:
        """The keys from now on. Raises ProviderError, and the old ones stay; a key that cannot be used is left out."""
        entries = _object(document, "the provider's keys").get("keys")
        if not isinstance(entries, list) or len(entries) > _MOST_KEYS:
            raise ProviderError(f"the provider's keys: expected a list of up to {_MOST_KEYS}")
        self._keys = [key for entry in entries if (key := _key(entry, self._use)) is not None]
        self._taken = now

    def find(self, kid: str, algorithm: str, now: float) -> Key:
        """The key of a token. Raises TokenError."""
        if now - self._taken >= KEEP:
            raise TokenError("the issuer's keys are not known at the moment")
        fit = [key for name, meant, key in self._keys if kid in {"", name} and meant in {"", algorithm}]
        if len(fit) != 1:
            raise TokenError("the token is signed with a key that its issuer does not publish")
        return fit[0]


def _key(entry: object, use: str) -> tuple[str, str, Key] | None:
    """`kid`, `alg` and the public key of an entry; None for one that is not for signatures, or too weak."""
    if not isinstance(entry, dict) or entry.get("use", use) != use:
        return None
    names, kid, algorithm = _OF_KEY.get(str(entry.get("kty"))), entry.get("kid", ""), entry.get("alg", "")
    if names is None or not isinstance(kid, str) or not isinstance(algorithm, str):
        return None
    try:
        if entry["kty"] == "RSA" and base64_to_int(entry["n"]).bit_length() < _RSA_BITS:
            return None
        key = JWKRegistry.import_key({name: entry[name] for name in names})
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return kid, algorithm, key


def verified(
    token: str,
    keys: Keys,
    *,
    issuer: str,
    audiences: frozenset[str],
    now: float,
    algorithms: frozenset[str] = ALGORITHMS,
) -> Claims:
    """What a token of an issuer says, if it is for one of the audiences and counts now. Raises TokenError.

    An empty `issuer` leaves the issuer to the caller (a JWT-SVID names none). `azp`, who asked for the token, must be
    one of the audiences too.
    """
    claims = verify(
        token, lambda kid, algorithm: keys.find(kid, algorithm, now), algorithms=algorithms, type=None, most=MOST_TOKEN
    )
    wanted: dict[str, ClaimsOption] = {"iss": {"essential": True, "value": issuer}} if issuer else {}
    registry = JWTClaimsRegistry(
        now=math.floor(now),
        leeway=0,
        aud={"essential": True, "values": sorted(audiences)},
        sub={"essential": True},
        exp={"essential": True},
        **wanted,
    )
    ahead = JWTClaimsRegistry(now=math.floor(now), leeway=LEEWAY)
    try:
        registry.validate({name: claims[name] for name in ("iss", "aud", "sub", "exp") if name in claims})
        ahead.validate({name: claims[name] for name in ("iat", "nbf") if name in claims})
    except JoseError as error:
        raise TokenError(
            _TEXTS.get((error.error, getattr(error, "claim", "")), f"the token: {error.description}")
        ) from None
    if "azp" in claims and not (isinstance(claims["azp"], str) and claims["azp"] in audiences):
        raise TokenError("the token was asked for by another client")
    return claims


_TEXTS = {
    ("expired_token", "exp"): "the token has expired",
    ("invalid_claim", "iss"): "the token is of another issuer",
    ("invalid_claim", "aud"): "the token is for another audience",
    ("invalid_claim", "nbf"): "the token does not count yet",
    ("invalid_claim", "iat"): "the token is from the future",
}
