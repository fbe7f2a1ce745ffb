"""What stands in for the agent on a device: plain HTTP on loopback in, mutual TLS to the server out."""

from __future__ import annotations

import asyncio
import threading
from types import TracebackType
from typing import Self

from aiohttp import ClientSession, TCPConnector, web

from aigov_enforcers.transport.contexts import check_server, client_context, peer
from aigov_enforcers.transport.credentials import Credentials

_HOP = {"connection", "transfer-encoding", "content-length", "keep-alive", "host"}


class Forwarder:
    """Runs on a thread of its own while it is used as a context manager. `server` is where requests go."""

    def __init__(self, credentials: Credentials, server: str) -> None:
        self._credentials, self._server = credentials, server
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _start(self) -> None:
        own = self._credentials
        context = client_context(own.chain.encode(), own.key.encode(), own.trust.encode())
        self._session = ClientSession(connector=TCPConnector(ssl=context, limit=1), auto_decompress=False)
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._forward)
        self._runner = web.AppRunner(application)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def _stop(self) -> None:
        await self._runner.cleanup()
        await self._session.close()
        await asyncio.sleep(0.05)  # transports close on the next rounds of the loop

    async def _forward(self, request: web.Request) -> web.StreamResponse:
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _HOP}
        body = await request.read()
        async with self._session.request(
            request.method, self._server + request.path_qs, data=body, headers=headers
        ) as answer:
            tls = answer.connection.transport.get_extra_info("ssl_object") if answer.connection else None
            if tls is not None:
                check_server(peer(tls.getpeercert(binary_form=True)), self._credentials.pinned)
            kept = {name: value for name, value in answer.headers.items() if name.lower() not in _HOP}
            response = web.StreamResponse(status=answer.status, headers=kept)
            await response.prepare(request)
            async for piece in answer.content.iter_any():
                await response.write(piece)
            await response.write_eof()
            return response
