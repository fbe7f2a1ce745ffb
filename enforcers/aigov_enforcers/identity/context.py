"""What an agent tells of the process that asks: one signed header, each fact with its confidence.

The header `aigov-context` holds a compact JWS, ES256, `typ` `aigov-context+jwt`, signed with the key of the device's
certificate. Its claims: `iat`, `jti`, and the groups `process`, `session` and `user`, whose `verified` and `observed`
name the facts that are more than claimed. Of the user it may tell the account's name and nothing else; device and place
are the registry's to tell, and a context that speaks of them is refused.

Its confidence is the agent's word: as good as the device is, which policy sees as `device.managed` and
`device.posture`.
"""

from __future__ import annotations

import secrets
from collections import Counter, OrderedDict
from collections.abc import Hashable
from typing import Self, TypeVar

from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from aigov_enforcers.identity.jose import ES256, TokenError, sign, signing_key, verify, verifying_key
from aigov_enforcers.identity.models import Facts, Identity, Process, Session, Told, User

HEADER = "aigov-context"
TYPE = "aigov-context+jwt"
MOST_BYTES = 8 * 1024
WINDOW = 120
"""Seconds that a context may be used. An agent signs a new one well before."""

LEEWAY = 30
"""Seconds that the clock of a device may be ahead."""

MOST_OF_DEVICE = 4096
"""New contexts that a device may send within the window."""

_MOST_READ = 8192
_T = TypeVar("_T", bound=Told)
_OF_USER = frozenset({"name", "verified", "observed"})
_OF_SESSION = frozenset({"id", "started", "verified", "observed"})


class ContextError(ValueError):
    """A context is refused; the message says why, and nothing of what it holds."""


class Context(BaseModel):
    """What is told. Counters are no part of it: the enforcement point counts itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    process: Process = Process()
    session: Session = Session()
    user: User = User()

    @model_validator(mode="after")
    def _allowed(self) -> Self:
        if beyond := (_said(self.user) - _OF_USER) | (_said(self.session) - _OF_SESSION):
            raise ValueError(f"not for a context to tell: {', '.join(sorted(beyond))}")
        return self

    def onto(self, identity: Identity) -> Identity:
        """The identity with what is told. What the identity knows of the user stays."""
        told, known = self.user, identity.user
        if told.name is not None:
            sure = {name: getattr(known, name) or frozenset() for name in ("verified", "observed")}
            sure = {name: names - {"name"} | (getattr(told, name) or frozenset()) for name, names in sure.items()}
            known = known.model_copy(update={"name": told.name, **sure})
        return identity.model_copy(
            update={"user": known, "process": _sure(self.process), "session": _sure(self.session)}
        )


class _Claims(Context):
    model_config = ConfigDict(strict=True)

    iat: int
    jti: str


def sign_context(context: Context, key: ec.EllipticCurvePrivateKey, now: float) -> str:
    """The header's value, signed with the device's key. Raises ContextError when it is too large."""
    told = context.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    claims = {"iat": int(now), "jti": secrets.token_urlsafe(16), **told}
    header = sign(claims, signing_key(key), TYPE)
    if len(header) > MOST_BYTES:
        raise ContextError(f"the context does not fit {MOST_BYTES} bytes")
    return header


class Contexts:
    """Reads contexts. Each may be used on one connection, for as long as the window lasts.

    What was used is remembered by each reader for itself: servers and workers do not know of each other's.
    """

    def __init__(self) -> None:
        self._read: OrderedDict[tuple[str, str, Hashable], tuple[Context, int]] = OrderedDict()
        self._used: OrderedDict[tuple[str, str], tuple[float, Hashable]] = OrderedDict()
        self._of_device: Counter[str] = Counter()

    def read(
        self, header: str, key: ec.EllipticCurvePublicKey, thumbprint: str, connection: Hashable, now: float
    ) -> Context:
        """What a header tells, from the device whose certificate has this key and thumbprint. Raises ContextError.

        `connection` is what is the same for all requests of one connection and of no other; where every request has
        a nonce of its own, it is that.
        """
        kept = self._read.get((thumbprint, header, connection))
        if kept is None:
            claims = _verified(header, key)
            _check_time(claims.iat, now)
            self._use(thumbprint, claims.jti, connection, now)
            context = Context(process=claims.process, session=claims.session, user=claims.user)
            kept = self._read[thumbprint, header, connection] = context, claims.iat
            if len(self._read) > _MOST_READ:
                self._read.popitem(last=False)
        _check_time(kept[1], now)
        return kept[0]

    def _use(self, thumbprint: str, jti: str, connection: Hashable, now: float) -> None:
        """Bind a nonce to a connection. None is forgotten while it could count; a device with too many has to wait."""
        while self._used:
            (device, _), (seen, _) = first = next(iter(self._used.items()))
            if seen + WINDOW + LEEWAY > now:
                break
            del self._used[first[0]]
            self._of_device -= Counter([device])
        used = self._used.get((thumbprint, jti))
        if used is not None:
            if used[1] != connection:
                raise ContextError("the context was used on another connection")
            return
        if self._of_device[thumbprint] >= MOST_OF_DEVICE:
            raise ContextError(f"the device sent {MOST_OF_DEVICE} contexts within {WINDOW + LEEWAY} s")
        self._used[thumbprint, jti] = now, connection
        self._of_device[thumbprint] += 1


def _check_time(issued: int, now: float) -> None:
    if now >= issued + WINDOW:
        raise ContextError(f"the context is older than {WINDOW} s")
    if now < issued - LEEWAY:
        raise ContextError("the context is from the future: the device's clock is ahead")


def _said(facts: Facts) -> frozenset[str]:
    """Names of what has a value."""
    return frozenset(name for name in type(facts).model_fields if getattr(facts, name) is not None)


def _sure(facts: _T) -> _T:
    """The facts, claimed where nothing more is said."""
    if not _said(facts):
        return facts
    return facts.model_copy(update={name: getattr(facts, name) or frozenset() for name in Told.model_fields})


def _verified(header: str, key: ec.EllipticCurvePublicKey) -> _Claims:
    public = verifying_key(key)
    try:
        said = verify(header, lambda *_: public, algorithms=frozenset({ES256}), type=TYPE, most=MOST_BYTES)
        return _Claims.model_validate(said)
    except TokenError as error:
        raise ContextError(str(error).replace("token", "context")) from None
    except ValidationError as error:
        places = sorted({".".join(map(str, each["loc"])) or "context" for each in error.errors()})
        raise ContextError(f"the context tells what it cannot: {', '.join(places)[:200]}") from None
