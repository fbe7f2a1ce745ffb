"""The ways to log in and to stay so: a browser here, a browser elsewhere, a refresh token."""

from __future__ import annotations

import time
import webbrowser
from collections.abc import Callable
from pathlib import Path

from aigov.login import store
from aigov.login.loopback import Loopback
from aigov.login.store import Login
from aigov.login.web import Web
from aigov_enforcers.identity import sso
from aigov_enforcers.identity.provider import Provider
from aigov_enforcers.identity.sso import Client, Given, LoginError

SOON = 60.0
"""Seconds before an id token expires in which it is refreshed."""

Say = Callable[[str], None]


def with_browser(
    web: Web, issuer: str, client: Client, scopes: str, *, seconds: float, browser: bool, say: Say
) -> Login:
    """Log in with a browser on this machine. Raises LoginError and ProviderError."""
    provider = web.provider(issuer)
    with Loopback() as loopback:
        attempt = sso.begin(provider, client, loopback.uri, scopes)
        loopback.expect(attempt)
        say(f"log in here: {attempt.url}")
        if browser:
            webbrowser.open(attempt.url)
        code = sso.code(attempt, provider, loopback.answer(seconds))
    given = sso.given(*web.post(provider.token, sso.redemption(attempt, client, code)))
    return _login(web, provider, client, given, nonce=attempt.nonce)


def with_device_code(web: Web, issuer: str, client: Client, scopes: str, *, say: Say) -> Login:
    """Log in with a browser on another machine. Raises LoginError and ProviderError."""
    provider = web.provider(issuer)
    if not provider.device or not provider.token:
        raise LoginError(f"{issuer} has no device codes: log in with a browser")
    asked = sso.device_code(*web.post(provider.device, sso.device_form(client, scopes)))
    say(f"log in at {asked.url} with the code {asked.user_code}")
    say(f"or here: {asked.complete_url}")
    ends, interval = time.monotonic() + asked.lifetime, asked.interval
    while time.monotonic() < ends:
        time.sleep(interval)
        found = sso.polled(*web.post(provider.token, sso.poll_form(client, asked)), interval)
        if isinstance(found, Given):
            return _login(web, provider, client, found)
        interval = found
    raise LoginError("nobody has logged in in time")


def current(path: Path, web: Callable[[], Web]) -> Login:
    """The login in a file, refreshed when it is about to expire. Raises LoginError and ProviderError."""
    login = store.load(path)
    if time.time() < login.expires - SOON:
        return login
    with store.locked(path):
        login = store.load(path)
        if time.time() < login.expires - SOON:  # somebody else was faster
            return login
        if not login.refresh_token:
            raise LoginError("the login has expired: `aigov login` again")
        with web() as asked:
            refreshed = _refreshed(asked, login)
        store.save(path, refreshed)
        return refreshed


def end(path: Path, web: Callable[[], Web]) -> None:
    """Forget the login here, then at the provider. Raises LoginError and ProviderError; here it is forgotten anyway."""
    with store.locked(path):
        login = store.load(path)
        path.unlink()
    if not login.refresh_token:
        return
    with web() as asked:
        provider = asked.provider(login.issuer)
        if not provider.revocation:
            return
        status, _ = asked.post(provider.revocation, sso.revocation_form(login.us, login.refresh_token))
    if status != 200:
        raise LoginError(f"{login.issuer} does not revoke the login: status {status}")


def _refreshed(web: Web, login: Login) -> Login:
    provider = web.provider(login.issuer)
    try:
        given = sso.given(*web.post(provider.token, sso.refresh_form(login.us, login.refresh_token)))
    except sso.Refused as refusal:
        raise LoginError(f"the login has ended, `aigov login` again: {refusal}") from None
    given = given._replace(refresh_token=given.refresh_token or login.refresh_token)
    return _login(web, provider, login.us, given, subject=login.claims["sub"])


def _login(web: Web, provider: Provider, client: Client, given: Given, *, nonce: str = "", subject: str = "") -> Login:
    now = time.time()
    claims = sso.check_id_token(
        given.id_token, web.keys(provider, now), provider, client, now, nonce=nonce, subject=subject
    )
    return Login(
        issuer=provider.issuer,
        client=client.id,
        secret=client.secret,
        id_token=given.id_token,
        refresh_token=given.refresh_token,
        claims=dict(claims),
    )
