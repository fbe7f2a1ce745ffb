"""Certificates for devices over HTTP: `transport.messages` in and out, `transport.enrolment` decides.

The authority is read for each request, so one that was rotated issues at once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from aiohttp import web

from aigov_enforcers.server.door import asked, presented, problem, reply
from aigov_enforcers.server.enrolled import Enrolled
from aigov_enforcers.server.metrics import Tally
from aigov_enforcers.transport import enrolment, messages
from aigov_enforcers.transport.authority import Authority
from aigov_enforcers.transport.enrolment import Enrolled as Issued
from aigov_enforcers.transport.messages import Certified
from aigov_enforcers.transport.registry import Registry
from aigov_enforcers.transport.store import Store

_log = logging.getLogger("aigov.server")
_T = TypeVar("_T")

CRL_AGE = 1.0
"""Seconds that one CRL is given out, before the next one is signed."""


class Certifying:
    """The handlers. `server` is the SPIFFE id that devices pin."""

    def __init__(self, registry: Registry, store: Store, who: Enrolled, server: str, tally: Tally) -> None:
        self._registry, self._store, self._who, self._server, self._tally = registry, store, who, server, tally
        self._crl, self._signed = b"", 0.0
        self._signing = asyncio.Lock()

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Put them behind their paths."""
        router.add_get(messages.TRUST, self._trust)
        router.add_get(messages.CRL, self._revoked)
        router.add_post(messages.ENROL, self._enrol)
        router.add_post(messages.COLLECT, self._collect)
        router.add_post(messages.RENEW, self._renew)

    async def _trust(self, _: web.Request) -> web.Response:
        authority = await asyncio.to_thread(self._store.load)
        return _pem(authority.trust)

    async def _revoked(self, _: web.Request) -> web.Response:
        """One list for all that ask within a second: each is dated later than the one before."""
        async with self._signing:
            now = asyncio.get_running_loop().time()
            if not self._crl or now - self._signed >= CRL_AGE:
                self._crl = await self._do(
                    lambda authority, at: enrolment.publish_crl(self._registry, authority, now=at)
                )
                self._signed = now
        return _pem(self._crl)

    async def _enrol(self, request: web.Request) -> web.Response:
        message = await asked(request, messages.EnrolRequest)
        return await self._certify(
            "enrol",
            lambda authority, now: enrolment.enrol(
                self._registry, authority, token=message.token, csr=message.csr.encode(), now=now, name=message.name
            ),
        )

    async def _collect(self, request: web.Request) -> web.Response:
        message = await asked(request, messages.CollectRequest)
        return await self._certify(
            "collect",
            lambda authority, now: enrolment.collect(
                self._registry, authority, ticket=message.ticket, csr=message.csr.encode(), now=now
            ),
        )

    async def _renew(self, request: web.Request) -> web.Response:
        message = await asked(request, messages.RenewRequest)
        connection = presented(request, self._who)
        if connection is None:
            return problem(403, "the certificate of an active device is needed")
        return await self._certify(
            "renew",
            lambda authority, now: enrolment.renew(
                self._registry, authority, connection.peer, csr=message.csr.encode(), now=now
            ),
        )

    async def _certify(self, how: str, work: Callable[[Authority, datetime], Issued | None]) -> web.Response:
        try:
            issued, trust = await self._do(lambda authority, now: (work(authority, now), authority.trust))
        except Exception:
            self._tally.count("certificates", how=how, outcome="refused")
            raise
        if issued is None:
            return reply(messages.Problem(error="the device waits for approval"), 202)
        self._tally.count("certificates", how=how, outcome="issued")
        _log.info("%s: a certificate for %s", how, issued.device.name, extra={"device": issued.device.id})
        return reply(
            Certified(
                device=issued.device.id,
                name=issued.device.name,
                chain=issued.chain.decode(),
                trust=trust.decode(),
                server=self._server,
            )
        )

    async def _do(self, work: Callable[[Authority, datetime], _T]) -> _T:
        """In a thread: it waits for the disk."""
        return await asyncio.to_thread(lambda: work(self._store.load(), datetime.now(UTC)))


def _pem(text: bytes) -> web.Response:
    return web.Response(body=text, content_type="application/x-pem-file")
