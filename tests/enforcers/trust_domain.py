"""A trust domain for tests, and one TLS connection over loopback."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from queue import Queue
from typing import NamedTuple, Self

from cryptography.hazmat.primitives.asymmetric import ec

from aigov_enforcers.transport import request
from aigov_enforcers.transport.authority import LIFETIME, Authority, Revoked
from aigov_enforcers.transport.contexts import Peer, peer
from aigov_enforcers.transport.names import spiffe_id

DOMAIN = "acme.example"


def now() -> datetime:
    return datetime.now(UTC)


class Domain:
    """An authority with its root key."""

    def __init__(self, domain: str = DOMAIN, at: datetime | None = None) -> None:
        self.root_key = request.new_key()
        self.authority = Authority.create(domain, self.root_key, request.new_key(), now=at or now())

    def issue(self, kind: str, id: str, *, at: datetime | None = None, lifetime: timedelta = LIFETIME) -> Holder:
        key = request.new_key()
        name = spiffe_id(self.authority.domain, kind, id)
        issued = self.authority.issue(request.make(key), name, now=at or now(), lifetime=lifetime)
        return Holder(issued.chain, request.key_pem(key), key)

    def crl(self, *revoked: int, number: int = 1, after: datetime | None = None) -> bytes:
        return self.authority.crl([Revoked(serial, now()) for serial in revoked], number=number, after=after, now=now())


class Holder(NamedTuple):
    """A certificate and its key."""

    chain: bytes
    pem: bytes
    key: ec.EllipticCurvePrivateKey

    @property
    def der(self) -> bytes:
        return ssl.PEM_cert_to_DER_cert(
            self.chain.decode().split("-----END CERTIFICATE-----")[0] + "-----END CERTIFICATE-----\n"
        )

    @property
    def peer(self) -> Peer:
        return peer(self.der)


class Listener:
    """Echoes upper-cased lines over TLS until closed; a thread for each connection. `context` may be swapped."""

    def __init__(self, context: ssl.SSLContext, admit: Callable[[Peer], bool] = lambda who: True) -> None:
        self.context = context
        self.admit = admit
        self._refusals: Queue[str] = Queue()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                raw, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(raw,), daemon=True).start()

    def _serve(self, raw: socket.socket) -> None:
        raw.settimeout(5)
        try:
            with self.context.wrap_socket(raw, server_side=True) as tls:
                der = tls.getpeercert(True)
                while data := tls.recv(1000):
                    if der is not None and not self.admit(peer(der)):
                        self._refusals.put("per request")
                        return
                    tls.sendall(data.upper())
        except ssl.SSLError as error:
            self._refusals.put(str(error.reason))
        except OSError:
            pass
        finally:
            raw.close()

    def refused(self) -> str:
        """Why the next connection was refused, once its thread says so."""
        return self._refusals.get(timeout=5)

    def connect(self, context: ssl.SSLContext, session: ssl.SSLSession | None = None) -> ssl.SSLSocket:
        raw = socket.create_connection(("127.0.0.1", self.port), timeout=5)
        return context.wrap_socket(raw, session=session)


def ask(tls: ssl.SSLSocket, text: bytes = b"hello") -> bytes:
    """What the server answers; `b""` when it closes, an `OSError` when it refuses."""
    tls.sendall(text)
    return tls.recv(1000)
