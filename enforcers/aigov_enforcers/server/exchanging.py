"""`/token` and `/apply`: what people prove by the SSO. `identity.exchange` decides, keys are fetched here."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from aigov_enforcers.identity.exchange import MOST_BYTES, Exchange, Trusted, exchange_form
from aigov_enforcers.identity.exchange import Peer as Asker
from aigov_enforcers.identity.jose import TokenError
from aigov_enforcers.identity.provider import ProviderError, discovery_url, read_provider
from aigov_enforcers.server.door import asked, presented, problem, reply
from aigov_enforcers.server.enrolled import Enrolled
from aigov_enforcers.transport import enrolment, messages
from aigov_enforcers.transport.registry import Registry

_log = logging.getLogger("aigov.server")

PATH = "/token"
TIMEOUT = ClientTimeout(total=10)
_MOST = 1 << 20


class Exchanging:
    """The handlers."""

    def __init__(self, who: Enrolled, exchange: Exchange, registry: Registry) -> None:
        self._who, self._exchange, self._registry = who, exchange, registry

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Put them behind their paths."""
        router.add_post(PATH, self._token)
        router.add_post(messages.APPLY, self._apply)

    async def _token(self, request: web.Request) -> web.Response:
        """RFC 8693, for a device."""
        connection = presented(request, self._who)
        device = self._who.device(connection.peer) if connection is not None else None
        if connection is None or device is None:
            return web.json_response(
                {"error": "invalid_client", "error_description": "the certificate of an active device is needed"},
                status=401,
            )
        body = await request.content.read(MOST_BYTES + 1)
        await self._fetch(self._exchange.lacking(body, time.time()))
        asker = Asker(device.id, connection.peer.thumbprint, device.place)
        answer = self._exchange.answer(body, asker, time.time())
        return web.Response(body=answer.body, status=answer.status, headers=dict(answer.headers))

    async def _apply(self, request: web.Request) -> web.Response:
        """A device without a token, for a person whom the SSO proves; somebody has to approve it."""
        message = await asked(request, messages.ApplyRequest)
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            answer = problem(401, "the token of the SSO is needed")
            answer.headers["WWW-Authenticate"] = "Bearer"  # RFC 6750, section 3
            return answer
        await self._fetch(self._exchange.lacking(exchange_form(token), time.time()))
        try:
            owner = self._exchange.person(token, time.time())
        except TokenError as error:
            return problem(403, str(error))
        applied = enrolment.apply(
            self._registry, csr=message.csr.encode(), name=message.name, owner=owner, now=datetime.now(UTC)
        )
        return reply(messages.Applied(ticket=applied.ticket, device=applied.device.id))

    async def _fetch(self, trusted: Trusted | None) -> None:
        """The keys of an issuer. When they cannot be had, the old ones count for as long as they do."""
        if trusted is None:
            return
        issuer, keys = trusted
        keys.trying(time.time())
        try:
            async with ClientSession(timeout=TIMEOUT) as session:
                url = issuer.jwks
                if not url:
                    url = read_provider(await _get(session, discovery_url(issuer.issuer)), issuer.issuer).jwks_uri
                keys.take(await _get(session, url), time.time())
        except (ClientError, TimeoutError, ProviderError, OSError) as error:
            _log.error("the keys of %s cannot be fetched: %s", issuer.issuer, error)


async def _get(session: ClientSession, url: str) -> bytes:
    async with session.get(url, allow_redirects=False) as answer:
        body = await answer.content.read(_MOST)
        if answer.status != 200:
            raise ProviderError(f"{url} answers {answer.status}")
        while piece := await answer.content.read(_MOST):
            body += piece
            if len(body) > _MOST:
                raise ProviderError(f"{url} answers with more than {_MOST} bytes")
        return body
