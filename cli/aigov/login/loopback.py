"""The redirect URI of a login: a listener on this machine that takes one answer (RFC 8252, section 7.3)."""

from __future__ import annotations

import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from aigov_enforcers.identity.sso import Attempt, LoginError, belongs

PATH = "/callback"
_SECONDS = 5.0
"""That a browser may be silent."""


class Loopback:
    """Listens on 127.0.0.1 while it is entered."""

    def __init__(self) -> None:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self.uri = f"http://{self._server.host}{PATH}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def expect(self, attempt: Attempt) -> None:
        """From now on the answer to this attempt is taken; any other is turned away, and ends nothing."""
        self._server.attempt = attempt

    def answer(self, seconds: float) -> str:
        """The query of the answer. Raises LoginError when none comes in time."""
        try:
            return self._server.answers.get(timeout=seconds)
        except Empty:
            raise LoginError(f"nobody has logged in within {seconds:.0f} s") from None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    attempt: Attempt | None = None

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self.answers: Queue[str] = Queue(1)
        self.host = f"127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = _SECONDS
    server_version = "aigov"
    sys_version = ""

    def do_GET(self) -> None:
        target = urlsplit(self.path)
        attempt = self.server.attempt
        if (
            self.headers.get("Host") != self.server.host or target.path != PATH
        ):  # a page of another name's, resolved to us
            self._say(HTTPStatus.NOT_FOUND, "There is nothing here.")
        elif attempt is None or not belongs(attempt, target.query):
            self._say(HTTPStatus.BAD_REQUEST, "This is not the answer to the login that has begun.")
        elif self.server.answers.full():
            self._say(HTTPStatus.CONFLICT, "The answer has come already.")
        else:
            self._say(HTTPStatus.OK, "The answer has arrived. Close this page, and go on in the terminal.")
            self.server.answers.put_nowait(target.query)

    def _say(self, status: HTTPStatus, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is logged: the query holds a code."""


_HEADERS = {
    "Content-Type": "text/plain; charset=utf-8",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Connection": "close",
}
