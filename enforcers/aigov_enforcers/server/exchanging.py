"""`/token` and `/apply`: what people prove by the SSO. `identity.exchange` decides, keys are fetched here."""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import UTC, datetime

from aiohttp import ClientError, ClientSession, ClientTimeout, StreamReader, web

from aigov_enforcers.identity.exchange import MOST_BYTES, Exchange, Trusted, exchange_form
from aigov_enforcers.identity.exchange import Peer as Asker
from aigov_enforcers.identity.jose import TokenError
from aigov_enforcers.identity.provider import MOST_BYTES as LARGEST
from aigov_enforcers.identity.provider import ProviderError, discovery_url, read_provider
from aigov_enforcers.server.door import asked, presented, problem, reply
from aigov_enforcers.server.enrolled import Enrolled
from aigov_enforcers.transport import enrolment, messages
from aigov_enforcers.transport.registry import Registry

_log = logging.getLogger("aigov.server")

PATH = "/token"
TIMEOUT = ClientTimeout(total=10)


class Exchanging:
    """The handlers."""

    def __init__(self, who: Enrolled, exchange: Exchange, registry: Registry) -> None:
        self._who, self._exchange, self._registry = who, exchange, registry
        self._fetching: dict[str, asyncio.Task[None]] = {}

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
        body = await _read(request.content, MOST_BYTES + 1)
        await self._keys(body)
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
        await self._keys(exchange_form(token))
        try:
            owner = self._exchange.person(token, time.time())
        except TokenError as error:
            return problem(403, str(error))
        applied = enrolment.apply(
            self._registry, csr=message.csr.encode(), name=message.name, owner=owner, now=datetime.now(UTC)
        )
        return reply(messages.Applied(ticket=applied.ticket, device=applied.device.id))

    async def _keys(self, body: bytes) -> None:
        """The keys that this form needs. Who comes while they are fetched waits for them as well."""
        trusted = self._exchange.asked_of(body)
        if trusted is None:
            return
        name = trusted.issuer.issuer
        if name not in self._fetching and self._exchange.lacking(body, time.time()) is not None:
            trusted.keys.trying(time.time())
            self._fetching[name] = task = asyncio.create_task(self._fetch(trusted))
            task.add_done_callback(lambda _: self._fetching.pop(name, None))
        if name in self._fetching:
            await asyncio.shield(self._fetching[name])  # one that goes away leaves the others their keys

    async def _fetch(self, trusted: Trusted) -> None:
        """The keys of an issuer. When they cannot be had, the old ones count for as long as they do."""
        issuer, keys = trusted
        try:
            async with ClientSession(timeout=TIMEOUT) as session:
                url = issuer.jwks
                if not url:
                    url = read_provider(await _get(session, discovery_url(issuer.issuer)), issuer.issuer).jwks_uri
                keys.take(await _get(session, url), time.time())
        except (ClientError, TimeoutError, ProviderError, OSError) as error:
            _log.error("the keys of %s cannot be fetched: %s", issuer.issuer, error)


async def _read(content: StreamReader, most: int) -> bytes:
    """All that comes, up to so many bytes; one `read` gives what is there at the moment."""
    body = b""
    while len(body) < most and (piece := await content.read(most - len(body))):
        body += piece
    return body


async def _get(session: ClientSession, url: str) -> bytes:
    async with session.get(url, allow_redirects=False) as answer:
        if answer.status != 200:
            raise ProviderError(f"{url} answers {answer.status}")
        return await _read(answer.content, LARGEST + 1)  # which its reader refuses
