"""A device's side of enrolment and renewal: a thin shell of HTTP over TLS around `messages`.

Before anything is sent, the server has proven to be of the trust domain (TLS), and to be the one expected (SPIFFE id).
"""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Mapping
from types import MappingProxyType
from typing import Self, TypeVar
from urllib.parse import SplitResult, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import BaseModel, ConfigDict, ValidationError

from aigov_enforcers.transport import keystore, messages, request
from aigov_enforcers.transport.certificates import PrivateKey
from aigov_enforcers.transport.contexts import check_server, client_context, peer
from aigov_enforcers.transport.credentials import Credentials
from aigov_enforcers.transport.enrolment import Token, pin
from aigov_enforcers.transport.errors import EnrolmentError, PeerError, TransportError
from aigov_enforcers.transport.messages import Certified, Message, Problem

TIMEOUT = 20.0
"""Seconds that a server may be silent."""

_MAX_ANSWER = 1_000_000
_M = TypeVar("_M", bound=Message)


class UnreachableError(TransportError):
    """The server did not answer: trying again later may help."""


class Pending(BaseModel):
    """An application that waits: what asks for its outcome. As secret as a key, for it holds one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    trust: str
    key: str
    ticket: str


def enrol(url: str, token: str, name: str | None = None) -> Credentials:
    """Enrol this device: the key is made here and stays here.

    Raises `EnrolmentError` when it is refused, `PeerError` for a server that is not the one the token came from,
    `UnreachableError`.
    """
    given = Token.parse(token)
    key = request.new_key()
    asked = messages.EnrolRequest(token=token, csr=request.make(key).decode(), name=name)
    with _Connection(url, _pinned_trust(url, given.pin)) as connection:
        certified = connection.ask(messages.ENROL, asked, Certified)
        return _credentials(connection, certified, key)


def apply(url: str, trust: str, sso_token: str, name: str) -> Pending:
    """Ask for a certificate in the name of the person whom the SSO token proves; `trust` is the domain's root in PEM.

    Raises as `enrol`.
    """
    key = request.new_key()
    asked = messages.ApplyRequest(csr=request.make(key).decode(), name=name)
    with _Connection(url, trust) as connection:
        applied = connection.ask(messages.APPLY, asked, messages.Applied, bearer=sso_token)
    return Pending(url=url, trust=trust, key=request.key_pem(key).decode(), ticket=applied.ticket)


def collect(pending: Pending) -> Credentials | None:
    """The credentials of a device that applied; None while it waits for approval. Raises as `enrol`."""
    key = keystore.key_from(pending.key.encode())
    asked = messages.CollectRequest(ticket=pending.ticket, csr=request.make(key).decode())
    with _Connection(pending.url, pending.trust) as connection:
        certified = connection.ask_or_wait(messages.COLLECT, asked, Certified)
        return None if certified is None else _credentials(connection, certified, key)


def renew(credentials: Credentials) -> Credentials:
    """The same device with a new certificate and a fresh key. Raises as `enrol`."""
    key = request.new_key()
    asked = messages.RenewRequest(csr=request.make(key).decode())
    with _Connection(credentials.url, credentials.trust, credentials) as connection:
        certified = connection.ask(messages.RENEW, asked, Certified)
        renewed = _credentials(connection, certified, key)
    if renewed.own.id != credentials.own.id:
        raise PeerError("the server gave a certificate of another device")
    return renewed


class _Connection:
    """One connection to a server of the trust domain, which has proven so before anything is sent."""

    def __init__(self, url: str, trust: str, own: Credentials | None = None) -> None:
        chain, key = (None, None) if own is None else (own.chain.encode(), own.key.encode())
        self.url = url
        self.trust = trust
        self._http = _connect(url, client_context(chain, key, trust.encode()))
        try:
            self.server = peer(self._http.sock.getpeercert(True))
            check_server(self.server, self.server.id._replace(kind="server") if own is None else own.pinned)
        except PeerError:
            self._http.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def ask(self, path: str, message: Message, answer: type[_M], *, bearer: str = "") -> _M:
        """The answer to a message; raises `EnrolmentError` when the server refuses."""
        found = self.ask_or_wait(path, message, answer, bearer=bearer)
        if found is None:
            raise TransportError(f"{self.url}: the server says to wait where there is nothing to wait for")
        return found

    def ask_or_wait(self, path: str, message: Message, answer: type[_M], *, bearer: str = "") -> _M | None:
        """The answer, or None while there is none yet."""
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {bearer}"} if bearer else {})
        status, body = _exchange(self._http, "POST", path, message.model_dump_json().encode(), headers)
        try:
            if status == http.client.OK:
                return answer.model_validate_json(body)
            problem = Problem.model_validate_json(body)
        except ValidationError:
            raise TransportError(f"{self.url}{path} answers with status {status} and something unexpected") from None
        if status == http.client.ACCEPTED:
            return None
        if status >= http.client.INTERNAL_SERVER_ERROR or status == http.client.TOO_MANY_REQUESTS:
            raise UnreachableError(f"the server cannot do it now: {problem.error}")
        raise EnrolmentError(f"the server refuses: {problem.error}")


def _credentials(connection: _Connection, certified: Certified, key: PrivateKey) -> Credentials:
    """What was certified, once it is what was asked for."""
    try:
        credentials = Credentials(
            url=connection.url,
            server=str(connection.server.id),
            name=certified.name,
            chain=certified.chain,
            key=request.key_pem(key).decode(),
            trust=connection.trust,
        )
        own = credentials.own
    except (ValueError, PeerError) as error:
        raise TransportError(f"{connection.url}: the server's certificate for this device is none: {error}") from None
    if own.key != key.public_key() or own.id.kind != "device" or own.id.domain != connection.server.id.domain:
        raise PeerError("the server gave a certificate that is not this device's")
    return credentials


def _pinned_trust(url: str, expected: str) -> str:
    """The root that a token pins, from the server, whoever that is: the digest decides whether it is the right one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    connection = _connect(url, context)
    try:
        status, body = _exchange(connection, "GET", messages.TRUST)
    finally:
        connection.close()
    try:
        root = x509.load_pem_x509_certificate(body)
    except ValueError:
        raise TransportError(f"{url}{messages.TRUST} answers with status {status} and no certificate") from None
    if pin(root) != expected:
        raise PeerError(f"{url} is not of the trust domain that the token came from")
    return root.public_bytes(Encoding.PEM).decode()


def _connect(url: str, context: ssl.SSLContext) -> http.client.HTTPSConnection:
    parts = _parts(url)
    connection = http.client.HTTPSConnection(parts.hostname or "", parts.port, timeout=TIMEOUT, context=context)
    try:
        connection.connect()
    except ssl.SSLCertVerificationError as error:
        raise PeerError(f"{url} has no certificate of the trust domain: {error.verify_message}") from None
    except OSError as error:
        raise UnreachableError(f"{url} cannot be reached: {error.strerror or error}") from None
    return connection


def _exchange(
    connection: http.client.HTTPSConnection,
    method: str,
    path: str,
    body: bytes | None = None,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> tuple[int, bytes]:
    try:
        connection.request(method, path, body, dict(headers))
        answer = connection.getresponse()
        data = answer.read(_MAX_ANSWER + 1)
    except ssl.SSLError as error:  # in TLS 1.3 a refused certificate shows here, not while connecting
        raise EnrolmentError(f"the server refuses the certificate: {error.reason}") from None
    except (OSError, http.client.HTTPException) as error:
        raise UnreachableError(f"{connection.host} gave no answer: {str(error) or type(error).__name__}") from None
    if len(data) > _MAX_ANSWER:
        raise TransportError(f"{connection.host} answers with more than {_MAX_ANSWER} bytes")
    return answer.status, data


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise TransportError(f"{url}: no URL") from None
    if parts.scheme != "https" or not parts.hostname or parts.path.strip("/") or parts.query or parts.username:
        raise TransportError(f"{url}: expected https://HOST:PORT")
    return parts
