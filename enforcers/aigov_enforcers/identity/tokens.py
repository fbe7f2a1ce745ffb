"""Identity tokens of aigov: who uses a device, for a few minutes, good on that device alone.

A compact JWS, ES256, `typ` `aigov-identity+jwt`, in the header `aigov-identity`. Its claims: `iss`, `aud`, `sub`,
`iat`, `nbf`, `exp`, `jti` (RFC 7519), `cnf` with the thumbprint of the device's certificate (RFC 8705, section 3.1),
and `email`, `groups`, `assurance`, `place`. A server mints them in exchange for a token of the SSO (`exchange`) and
verifies them with each request.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Iterable
from typing import Annotated, Literal, NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from aigov_enforcers.identity.jose import ES256, TokenError, sign, signing_key, verify, verifying_key
from aigov_enforcers.identity.models import User

HEADER = "aigov-identity"
TYPE = "aigov-identity+jwt"
LIFETIME = 300
"""Seconds that a token may count at most."""

LEEWAY = 5
"""Seconds that the clocks of servers may be apart."""

MOST_BYTES = 16 * 1024
_MOST_KEPT = 8192
_PROVEN = ("id", "email", "groups")


class Subject(NamedTuple):
    """Whom a token is about. `place` is the name of the place that a workload's own token proves; "" for a person."""

    user: User
    place: str = ""


class _Confirmation(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    thumbprint: str = Field(alias="x5t#S256")


class _Claims(BaseModel):
    """A token's claims. Only a minter of ours writes them, so whatever does not fit is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    iss: str
    aud: str
    sub: Annotated[str, Field(min_length=1)]
    iat: int
    nbf: int
    exp: int
    jti: str
    cnf: _Confirmation
    assurance: Literal["workload", "sso"]
    email: str | None = None
    groups: list[str] | None = None
    place: str = ""


class Minter:
    """Makes tokens."""

    def __init__(
        self, key: ec.EllipticCurvePrivateKey, *, issuer: str, audience: str, lifetime: float = LIFETIME
    ) -> None:
        if not 0 < lifetime <= LIFETIME:
            raise ValueError(f"a token counts for up to {LIFETIME} s, not {lifetime}")
        self._key, self._issuer, self._audience, self._lifetime = signing_key(key), issuer, audience, int(lifetime)

    def mint(self, subject: Subject, thumbprint: str, now: float, until: float | None = None) -> tuple[str, int]:
        """A token about a subject for the device whose certificate has this thumbprint (`x5t#S256`), and the seconds
        that it counts; not beyond `until`. Raises TokenError when that is over, or when the subject is too large."""
        user, issued = subject.user, int(now)
        expires = min(issued + self._lifetime, int(until) if until is not None else issued + self._lifetime)
        if expires <= issued:
            raise TokenError("nothing is left of the time that the token would count")
        said = {
            "email": user.email,
            "groups": None if user.groups is None else sorted(user.groups),
            "place": subject.place or None,
        }
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": user.id,
            "iat": issued,
            "nbf": issued,
            "exp": expires,
            "jti": secrets.token_urlsafe(16),
            "cnf": {"x5t#S256": thumbprint},
            "assurance": user.assurance,
        } | {name: value for name, value in said.items() if value is not None}
        try:
            _Claims.model_validate(claims)
        except ValidationError:
            raise TokenError("a token is for somebody with an id, proven by SSO or as a workload") from None
        token = sign(claims, self._key, TYPE)
        if len(token) > MOST_BYTES:
            raise TokenError(f"the subject does not fit {MOST_BYTES} bytes: keep fewer groups by configuration")
        return token, expires - issued


class Verifier:
    """Verifies tokens of one issuer for one audience. What was verified is remembered until it expires."""

    def __init__(self, keys: Iterable[ec.EllipticCurvePublicKey], *, issuer: str, audience: str) -> None:
        self._keys = {key.kid: key for key in map(verifying_key, keys)}
        self._issuer, self._audience = issuer, audience
        self._kept: OrderedDict[tuple[str, str], tuple[Subject, int, int]] = OrderedDict()

    def verify(self, token: str, thumbprint: str, now: float) -> Subject:
        """Whom a token is about, on the device whose certificate has this thumbprint. Raises TokenError."""
        kept = self._kept.get((token, thumbprint))
        if kept is None:
            kept = self._verified(token, thumbprint)
            self._kept[token, thumbprint] = kept
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        subject, starts, expires = kept
        if now >= expires:
            del self._kept[token, thumbprint]
            raise TokenError("the token has expired")
        if now < starts - LEEWAY:
            raise TokenError("the token does not count yet")
        return subject

    def _verified(self, token: str, thumbprint: str) -> tuple[Subject, int, int]:
        said = verify(token, self._key, algorithms=frozenset({ES256}), type=TYPE, most=MOST_BYTES)
        try:
            claims = _Claims.model_validate(said)
        except ValidationError:
            raise TokenError("the token's claims are not those of an identity token") from None
        if claims.iss != self._issuer:
            raise TokenError("the token is of another issuer")
        if claims.aud != self._audience:
            raise TokenError("the token is for another audience")
        if claims.exp - claims.iat > LIFETIME:
            raise TokenError(f"the token counts for longer than {LIFETIME} s")
        if claims.cnf.thumbprint != thumbprint:
            raise TokenError("the token belongs to another device")
        return Subject(_user(claims), claims.place), max(claims.nbf, claims.iat), claims.exp

    def _key(self, kid: str, algorithm: str) -> ECKey:  # noqa: ARG002 - all keys are for the one algorithm
        found = self._keys.get(kid)
        if found is None:
            raise TokenError("the token is signed with a key that is not known")
        return found


def _user(claims: _Claims) -> User:
    groups = None if claims.groups is None else frozenset(claims.groups)
    user = User(id=claims.sub, email=claims.email, groups=groups, assurance=claims.assurance)
    proven = frozenset(name for name in _PROVEN if getattr(user, name) is not None)
    return user.model_copy(update={"verified": proven, "observed": proven})
