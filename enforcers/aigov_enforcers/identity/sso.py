"""A person logs in: the client's side of OpenID Connect, for programs that run on the person's machine.

Authorization code with PKCE on a loopback redirect (OpenID Connect Core 1.0, RFC 6749, 7636, 8252, 9207), device code
for machines without a browser (RFC 8628), refresh and revocation (RFC 7009). Sans-I/O: forms go out, answers come in.
The client is public: a secret that a provider gives to programs all the same proves nothing (RFC 8252, section 8.5).
"""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from aigov_enforcers.identity.jose import Claims, TokenError
from aigov_enforcers.identity.provider import Keys, Provider, ProviderError, check_url, verified

SCOPES = "openid profile email offline_access"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_MOST_BYTES = 256 * 1024
_SLOWER = 5
"""Seconds that `slow_down` adds to the interval (RFC 8628, section 3.5)."""


class LoginError(ValueError):
    """A login failed; the message says why."""


class Refused(LoginError):
    """The provider refuses; `error` is its code (RFC 6749, section 5.2)."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"the provider refuses: {error}" + (f": {description}" if description else ""))
        self.error = error


class Client(NamedTuple):
    """We, as the provider knows us; `secret` "" where it gave none."""

    id: str
    secret: str = ""

    @property
    def form(self) -> dict[str, str]:
        """What every form to the provider has."""
        return {"client_id": self.id} | ({"client_secret": self.secret} if self.secret else {})


class Attempt(NamedTuple):
    """A login that has begun; all of it is secret until it has ended."""

    url: str
    """Where the person's browser goes."""

    redirect_uri: str
    state: str
    nonce: str
    verifier: str


class Given(NamedTuple):
    """What a provider gave; "" for what it did not."""

    id_token: str
    refresh_token: str


class DeviceCode(NamedTuple):
    """What the person needs to log in with another machine's browser, and what to ask with meanwhile."""

    code: str
    user_code: str
    url: str
    complete_url: str
    lifetime: int
    interval: int


def begin(provider: Provider, client: Client, redirect_uri: str, scopes: str = SCOPES) -> Attempt:
    """Begin a login that ends at a redirect URI on this machine. Raises LoginError."""
    if not provider.authorization or not provider.token:
        raise LoginError(f"{provider.issuer} logs nobody in with a browser")
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    asked = {
        "response_type": "code",
        "client_id": client.id,
        "redirect_uri": redirect_uri,
        "scope": scopes,
        "state": state,
        "nonce": nonce,
        "code_challenge": urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    } | ({"prompt": "consent"} if "offline_access" in scopes.split() else {})
    joint = "&" if urlsplit(provider.authorization).query else "?"
    return Attempt(f"{provider.authorization}{joint}{urlencode(asked)}", redirect_uri, state, nonce, verifier)


def belongs(attempt: Attempt, query: str) -> bool:
    """Whether what came to the redirect URI answers this attempt: its `state` does."""
    return secrets.compare_digest(_once(query).get("state", "").encode(), attempt.state.encode())


def code(attempt: Attempt, provider: Provider, query: str) -> str:
    """The code that came to the redirect URI. Raises LoginError for another attempt's, another provider's, none."""
    said = _once(query)
    if not belongs(attempt, query):
        raise LoginError("the answer belongs to another login: its state is not ours")
    if said.get("iss", "" if provider.names_itself else provider.issuer) != provider.issuer:
        raise LoginError("the answer is of another provider")
    if "error" in said:
        raise Refused(_plain(said["error"]), _plain(said.get("error_description", "")))
    if not said.get("code"):
        raise LoginError("the answer has no code")
    return said["code"]


def redemption(attempt: Attempt, client: Client, code: str) -> dict[str, str]:
    """The form that turns a code into tokens: only who began the login has the verifier."""
    return client.form | {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": attempt.redirect_uri,
        "code_verifier": attempt.verifier,
    }


def device_form(client: Client, scopes: str = SCOPES) -> dict[str, str]:
    """The form that asks for a device code."""
    return client.form | {"scope": scopes} | ({"prompt": "consent"} if "offline_access" in scopes.split() else {})


def device_code(status: int, body: bytes) -> DeviceCode:
    """A device code. Raises LoginError."""
    said = _answer(status, body)
    try:
        found = DeviceCode(
            code=_text(said, "device_code"),
            user_code=_text(said, "user_code"),
            url=check_url(said.get("verification_uri")),
            complete_url=check_url(said.get("verification_uri_complete", said.get("verification_uri"))),
            lifetime=int(said["expires_in"]),
            interval=int(said.get("interval", 5)),
        )
    except (KeyError, TypeError, ValueError, ProviderError):
        raise LoginError("the provider's device code is incomplete") from None
    if not 0 < found.lifetime <= 86400 or not 0 <= found.interval <= 600:
        raise LoginError("the provider's device code has times that make no sense")
    return found


def poll_form(client: Client, asked: DeviceCode) -> dict[str, str]:
    """The form that asks whether the person has logged in."""
    return client.form | {"grant_type": DEVICE_GRANT, "device_code": asked.code}


def polled(status: int, body: bytes, interval: int) -> Given | int:
    """What was given, or the seconds until the next question. Raises LoginError when it is over."""
    try:
        return given(status, body)
    except Refused as refusal:
        if refusal.error == "authorization_pending":
            return interval
        if refusal.error == "slow_down":
            return interval + _SLOWER
        if refusal.error == "expired_token":
            raise LoginError("nobody has logged in in time") from None
        raise


def refresh_form(client: Client, refresh_token: str) -> dict[str, str]:
    """The form that asks for new tokens."""
    return client.form | {"grant_type": "refresh_token", "refresh_token": refresh_token}


def revocation_form(client: Client, refresh_token: str) -> dict[str, str]:
    """The form that ends a login at the provider."""
    return client.form | {"token": refresh_token, "token_type_hint": "refresh_token"}


def given(status: int, body: bytes) -> Given:
    """The tokens in an answer of the token endpoint. Raises LoginError."""
    said = _answer(status, body)
    refresh = said.get("refresh_token")
    return Given(_text(said, "id_token"), refresh if isinstance(refresh, str) else "")


def check_id_token(
    token: str, keys: Keys, provider: Provider, client: Client, now: float, *, nonce: str = "", subject: str = ""
) -> Claims:
    """What an id token says, as OpenID Connect Core wants it checked (3.1.3.7, 12.2). Raises LoginError.

    `nonce` is that of the attempt, "" where none was sent; `subject` is whom the login is of, when it is refreshed.
    """
    try:
        claims = verified(
            token,
            keys,
            issuer=provider.issuer,
            audiences=frozenset({client.id}),
            now=now,
            algorithms=provider.algorithms,
        )
    except TokenError as error:
        raise LoginError(f"the provider's id token is refused: {error}") from None
    said = claims.get("nonce", "")
    if nonce and not (isinstance(said, str) and secrets.compare_digest(said.encode(), nonce.encode())):
        raise LoginError("the provider's id token is refused: it is of another login, its nonce is not ours")
    if subject and claims["sub"] != subject:
        raise LoginError("the provider's id token is refused: it is somebody else's")
    return claims


def _once(query: str) -> Mapping[str, str]:
    """The parameters of a query; one that comes twice counts as none."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=50)
    except ValueError:
        return {}
    names = [name for name, _ in pairs]
    return {name: value for name, value in pairs if names.count(name) == 1}


def _answer(status: int, body: bytes) -> dict[str, Any]:
    """The object in an answer. Raises Refused for an error, LoginError for what is none of both."""
    try:
        said = json.loads(body) if len(body) <= _MOST_BYTES else None
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise LoginError(f"the provider answers with status {status} and no JSON object")
    if status != 200:
        raise Refused(_plain(said.get("error", f"status {status}")), _plain(said.get("error_description", "")))
    return said


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not value:
        raise LoginError(f"the provider's answer has no {name}")
    return value


def _plain(value: object) -> str:
    """A provider's words for a terminal."""
    return "".join(each for each in str(value)[:300] if each.isprintable())
