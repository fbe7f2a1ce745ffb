"""Token exchange (RFC 8693): a token of the SSO, or of a workload's platform, and a device → an identity token.

Sans-I/O: who runs it takes the form from a device that it has verified, fetches keys when `lacking` says so, and sends
the answer.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

from aigov_enforcers.identity.issuers import Issuer
from aigov_enforcers.identity.jose import Claims, TokenError, unverified
from aigov_enforcers.identity.provider import MOST_TOKEN, Keys, verified
from aigov_enforcers.identity.tokens import Minter
from aigov_enforcers.identity.workload import domain_of

GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
JWT = "urn:ietf:params:oauth:token-type:jwt"
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"

MOST_BYTES = 48 * 1024
_MOST_USED = 65536
_KNOWN = frozenset(
    {"grant_type", "subject_token", "subject_token_type", "requested_token_type", "audience", "scope", "client_id"}
)


class Answer(NamedTuple):
    """An HTTP answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Peer(NamedTuple):
    """The device that asks, as the server knows it: id and kind of place by the registry, thumbprint of the
    certificate that it has shown."""

    id: str
    thumbprint: str
    place: str


class Trusted(NamedTuple):
    """An issuer with its keys."""

    issuer: Issuer
    keys: Keys


class Exchange:
    """Gives identity tokens. What an exchange has seen is remembered by it alone."""

    def __init__(self, issuers: Iterable[Issuer], minter: Minter, audience: str) -> None:
        self._minter, self._audience = minter, audience
        self._trusted: dict[str, Trusted] = {}
        for each in issuers:
            if each.issuer in self._trusted or any(
                each.prefix == other.issuer.prefix for other in self._trusted.values()
            ):
                raise ValueError(f"{each.issuer}: every issuer comes once, and has a prefix of its own")
            self._trusted[each.issuer] = Trusted(each, Keys("jwt-svid" if each.kind == "spiffe" else "sig"))
        self._used: OrderedDict[bytes, tuple[str, float]] = OrderedDict()

    def asked_of(self, body: bytes) -> Trusted | None:
        """The issuer whose token this form brings, None when it brings none of a trusted one."""
        try:
            return self._issuer(_form(body)["subject_token"])[0]
        except (_Refusal, TokenError):
            return None

    def lacking(self, body: bytes, now: float) -> Trusted | None:
        """The issuer whose keys have to be fetched before this form can be answered."""
        try:
            trusted, kid = self._issuer(_form(body)["subject_token"])
        except (_Refusal, TokenError):
            return None
        return trusted if trusted.keys.wanted(kid, now) else None

    def answer(self, body: bytes, peer: Peer, now: float) -> Answer:
        """The answer to a form (`application/x-www-form-urlencoded`) from a device."""
        try:
            form = _form(body)
            self._aimed(form)
            token, seconds = self._exchanged(form["subject_token"], peer, now)
        except _Refusal as refusal:
            return _json(400, {"error": refusal.error, "error_description": str(refusal)})
        except TokenError as error:
            return _json(400, {"error": "invalid_request", "error_description": f"subject_token: {error}"})
        return _json(
            200,
            {"access_token": token, "issued_token_type": JWT, "token_type": "N_A", "expires_in": seconds},
        )

    def _aimed(self, form: Mapping[str, str]) -> None:
        if form.get("audience", self._audience) != self._audience:
            raise _Refusal("invalid_target", f"tokens are given for {self._audience}")

    def person(self, token: str, now: float) -> str:
        """The id of the person whom a token of an SSO proves. Raises TokenError; a workload is none."""
        issuer, claims = self._claims(token, now)
        user = issuer.subject(claims).user
        if user.assurance != "sso" or not user.id:
            raise TokenError("the token is not a person's")
        return user.id

    def _claims(self, token: str, now: float) -> tuple[Issuer, Claims]:
        (issuer, keys), _ = self._issuer(token)
        claims = verified(
            token,
            keys,
            issuer="" if issuer.kind == "spiffe" else issuer.issuer,
            audiences=issuer.audiences,
            now=now,
            algorithms=issuer.algorithms,
        )
        return issuer, claims

    def _exchanged(self, token: str, peer: Peer, now: float) -> tuple[str, int]:
        issuer, claims = self._claims(token, now)
        subject = issuer.subject(claims)
        if issuer.places and peer.place not in issuer.places:
            raise TokenError(f"this issuer's tokens are not for a place of the kind {peer.place}")
        self._bind(json.dumps(claims, sort_keys=True).encode(), peer, claims["exp"], now)
        return self._minter.mint(subject, peer.thumbprint, now, claims["exp"])

    def _issuer(self, token: str) -> tuple[Trusted, str]:
        """The issuer that a token claims, or the trust domain of its subject, and the id of its key."""
        said = unverified(token, MOST_TOKEN)
        found = self._trusted.get(said.issuer) or self._trusted.get(domain_of(said.subject))
        if found is None:
            raise TokenError("of an issuer that is not trusted here")
        return found, said.kid

    def _bind(self, said: bytes, peer: Peer, until: float, now: float) -> None:
        """A token is good for the device that exchanged it first: one that was stolen later is of no use on another."""
        digest = hashlib.sha256(said).digest()
        while self._used and (len(self._used) >= _MOST_USED or next(iter(self._used.values()))[1] <= now):
            self._used.popitem(last=False)
        device, _ = self._used.setdefault(digest, (peer.id, until))
        if device != peer.id:
            raise TokenError("another device has exchanged this token")


class _Refusal(Exception):
    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error


def _form(body: bytes) -> dict[str, str]:
    """The parameters, once they are those of an exchange that is offered."""
    if len(body) > MOST_BYTES:
        raise _Refusal("invalid_request", f"more than {MOST_BYTES} bytes")
    try:
        pairs = parse_qsl(body.decode("ascii"), strict_parsing=True, max_num_fields=20, errors="strict")
    except ValueError:
        raise _Refusal("invalid_request", "no form") from None
    form = dict(pairs)
    if len(form) < len(pairs):
        raise _Refusal("invalid_request", "a parameter comes twice")
    if beyond := form.keys() - _KNOWN:
        raise _Refusal("invalid_request", f"not offered: {', '.join(sorted(beyond))[:100]}")
    if form.get("grant_type") != GRANT:
        raise _Refusal("unsupported_grant_type", f"expected {GRANT}")
    if not form.get("subject_token") or form.get("subject_token_type") not in {JWT, ID_TOKEN, ACCESS_TOKEN}:
        raise _Refusal("invalid_request", "expected a subject_token that is a JWT, an id token or an access token")
    if form.get("requested_token_type", JWT) != JWT:
        raise _Refusal("invalid_request", f"expected {JWT} as requested_token_type")
    return form


def _json(status: int, value: object) -> Answer:
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    return Answer(status, headers, json.dumps(value).encode())


class ExchangeError(ValueError):
    """The server gave no token."""


def exchange_form(subject_token: str, type: str = ID_TOKEN) -> bytes:
    """What a device sends."""
    return urlencode({"grant_type": GRANT, "subject_token": subject_token, "subject_token_type": type}).encode()


def exchanged(status: int, body: bytes) -> tuple[str, int]:
    """The identity token in a server's answer, and the seconds that it counts. Raises ExchangeError."""
    try:
        said = json.loads(body)
        if status == 200:
            token, seconds = said["access_token"], said["expires_in"]
            if isinstance(token, str) and isinstance(seconds, int):
                return token, seconds
        reason = str(said["error_description"])[:500]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise ExchangeError(f"the server's answer, of status {status}, is none to an exchange") from None
    raise ExchangeError(f"the server gives no token: {reason}")
