"""The data plane on loopback, on an event loop in a thread of its own, and a socket to say to it whatever one likes."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Self

import uvloop

from aigov_enforcers.identity import Identity, User
from aigov_enforcers.server.proxy import Plane
from aigov_enforcers.server.targets import Provider
from aigov_enforcers.server.who import Fixed, Who
from aigov_runtime import Engine

ANN = Fixed(Identity(user=User(id="ann", groups=frozenset({"staff"}))))


class Running:
    """A plane that runs while it is used as a context manager; what is given besides goes to `Plane`."""

    def __init__(
        self,
        engine: Engine,
        providers: Iterable[Provider],
        who: Who = ANN,
        *,
        new_loop: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop,
        tls: ssl.SSLContext | None = None,
        **given: Any,
    ) -> None:
        self._made = lambda: Plane(engine, providers, who, **given)
        self.loop, self._tls = new_loop(), tls
        self._thread = threading.Thread(target=self.loop.run_forever)

    def __enter__(self) -> Self:
        self._thread.start()
        self.do(self._start)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.do(self._stop)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()

    def do(self, work: Callable[[], Any]) -> Any:
        """Run a coroutine function on the loop."""
        done: Future[Any] = asyncio.run_coroutine_threadsafe(work(), self.loop)
        return done.result(timeout=10)

    async def _start(self) -> None:
        self.plane = self._made()
        self._server = await self.loop.create_server(self.plane.door, "127.0.0.1", 0, ssl=self._tls)
        self.port: int = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        self._server.close()
        await self.plane.drain(0.1)
        await asyncio.sleep(0.01)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @contextlib.contextmanager
    def socket(self) -> Iterator[socket.socket]:
        with socket.create_connection(("127.0.0.1", self.port), timeout=8) as connection:
            yield connection

    def say(self, said: bytes) -> bytes:
        """Send this, and read until the server closes."""
        with self.socket() as connection:
            connection.sendall(said)
            return everything(connection)


def everything(connection: socket.socket) -> bytes:
    """All that comes until the end."""
    heard = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            heard += piece
    return heard


def until(connection: socket.socket, mark: bytes) -> bytes:
    """What comes up to a mark."""
    heard = b""
    while mark not in heard:
        piece = connection.recv(65536)
        assert piece, heard
        heard += piece
    return heard


def wait(until: Callable[[], bool], seconds: float = 8) -> None:
    """Until it is so."""
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end
        time.sleep(0.01)
