"""A server for enrolment over real TLS on loopback, as small as can be: the functions of `enrolment` behind HTTP."""

from __future__ import annotations

import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from aigov_enforcers.transport import enrolment, messages, request
from aigov_enforcers.transport.contexts import enrolment_context, peer
from aigov_enforcers.transport.errors import EnrolmentError, RequestError
from aigov_enforcers.transport.names import spiffe_id
from aigov_enforcers.transport.registry import Registry
from aigov_enforcers.transport.store import Store
from tests.enforcers.trust_domain import now

SSO = "sso-token-of-ann"


class EnrolmentServer:
    """Serves the authority in a directory, under the name `server/gateway` unless told otherwise."""

    def __init__(self, data: Path, kind: str = "server") -> None:
        store = Store(data)
        self.authority = store.load()
        self.registry = Registry(store.registry)
        key = request.new_key()
        name = spiffe_id(self.authority.domain, kind, "gateway")
        chain = self.authority.issue(request.make(key), name, now=now()).chain
        self.name = str(name)
        self.answers: dict[str, tuple[int, bytes]] = {}  # instead of the right ones
        self.seen: list[str] = []
        self.renews_as = ""  # another device's id, where the server is not to be trusted
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"server_": self}))
        self._http.handle_error = lambda request, client_address: None  # type: ignore[method-assign]
        self.url = f"https://localhost:{self._http.server_address[1]}"
        self.swap(chain, request.key_pem(key))

    def swap(self, chain: bytes, key: bytes, trust: bytes | None = None) -> None:
        self.context = enrolment_context(chain, key, trust or self.authority.trust)

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self.registry.close()

    def answer(self, path: str, body: bytes, der: bytes | None, authorization: str) -> tuple[int, messages.Message]:
        registry, authority = self.registry, self.authority
        try:
            match path:
                case messages.ENROL:
                    asked = messages.EnrolRequest.model_validate_json(body)
                    got = enrolment.enrol(
                        registry, authority, token=asked.token, csr=asked.csr.encode(), name=asked.name, now=now()
                    )
                case messages.RENEW:
                    if der is None:
                        return 401, messages.Problem(error="no certificate")
                    again = messages.RenewRequest.model_validate_json(body)
                    got = enrolment.renew(registry, authority, peer(der), csr=again.csr.encode(), now=now())
                    if self.renews_as:
                        other = spiffe_id(authority.domain, "device", self.renews_as)
                        got = got._replace(chain=authority.issue(again.csr.encode(), other, now=now()).chain)
                case messages.APPLY:
                    if authorization != f"Bearer {SSO}":
                        return 401, messages.Problem(error="no SSO token")
                    wanted = messages.ApplyRequest.model_validate_json(body)
                    applied = enrolment.apply(
                        registry, csr=wanted.csr.encode(), name=wanted.name, owner="ann@acme.example", now=now()
                    )
                    return 200, messages.Applied(ticket=applied.ticket, device=applied.device.id)
                case _:
                    asks = messages.CollectRequest.model_validate_json(body)
                    found = enrolment.collect(registry, authority, ticket=asks.ticket, csr=asks.csr.encode(), now=now())
                    if found is None:
                        return 202, messages.Problem(error="waits for approval")
                    got = found
        except (EnrolmentError, RequestError) as error:
            return 403, messages.Problem(error=str(error))
        return 200, messages.Certified(
            device=got.device.id,
            name=got.device.name,
            chain=got.chain.decode(),
            trust=authority.trust.decode(),
            server=self.name,
        )


class _Handler(BaseHTTPRequestHandler):
    server_: EnrolmentServer
    timeout = 5

    def setup(self) -> None:
        self.request = self.server_.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self) -> None:
        try:
            super().finish()
        finally:
            self.request.close()

    def do_GET(self) -> None:
        self._send(*self.server_.answers.get(self.path, (200, self.server_.authority.trust)))

    def do_POST(self) -> None:
        self.server_.seen.append(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path in self.server_.answers:
            self._send(*self.server_.answers[self.path])
            return
        assert isinstance(self.request, ssl.SSLSocket)
        der, authorization = self.request.getpeercert(True), self.headers.get("Authorization", "")
        status, message = self.server_.answer(self.path, body, der, authorization)
        self._send(status, message.model_dump_json().encode())

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass
