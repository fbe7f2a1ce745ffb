"""HTTP with a provider: few and small documents, no redirects followed, the system's certificates."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from types import TracebackType
from typing import Self

import httpx2

from aigov_enforcers.identity.provider import (
    MOST_BYTES,
    Keys,
    Provider,
    ProviderError,
    check_url,
    discovery_url,
    read_provider,
)
from aigov_enforcers.identity.sso import LoginError

TIMEOUT = 15.0
"""Seconds that a provider may be silent."""


class Web:
    """Asks one provider."""

    def __init__(self) -> None:
        self._client = httpx2.Client(timeout=TIMEOUT, follow_redirects=False, verify=ssl.create_default_context())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._client.close()

    def provider(self, issuer: str) -> Provider:
        """The provider of an issuer. Raises LoginError and ProviderError."""
        return read_provider(self._get(discovery_url(check_url(issuer))), issuer)

    def keys(self, provider: Provider, now: float) -> Keys:
        """The provider's keys as they are now. Raises LoginError and ProviderError."""
        keys = Keys()
        keys.take(self._get(provider.jwks_uri), now)
        return keys

    def post(self, url: str, form: Mapping[str, str]) -> tuple[int, bytes]:
        """Status and body of the answer to a form. Raises LoginError."""
        return self._ask("POST", url, form)

    def _get(self, url: str) -> bytes:
        status, body = self._ask("GET", url)
        if status != 200:
            raise ProviderError(f"{url} answers with status {status}")
        return body

    def _ask(self, method: str, url: str, form: Mapping[str, str] | None = None) -> tuple[int, bytes]:
        try:
            with self._client.stream(method, url, data=form, headers={"Accept": "application/json"}) as answer:
                body = b""
                for chunk in answer.iter_bytes():
                    body += chunk
                    if len(body) > MOST_BYTES:
                        raise LoginError(f"{url} answers with more than {MOST_BYTES} bytes")
                return answer.status_code, body
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise LoginError(f"{url} cannot be reached: {str(error) or type(error).__name__}") from None
