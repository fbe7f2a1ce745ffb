"""How a device comes to its certificate, and keeps having one. The policy only: requests in, certificates out.

A token is 256 random bits, so its SHA-256 is kept and no slow hash: there is no dictionary to try, and a slow hash
would only let strangers burn the server's time. A ticket, which waits for an approval, is the same.
Whatever is refused here leaves nothing behind: a token is used up only together with the certificate it gave.
"""

from __future__ import annotations

import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from aigov_enforcers.transport import request
from aigov_enforcers.transport.authority import LIFETIME, SERVER_LIFETIME, Authority, Issued
from aigov_enforcers.transport.contexts import Peer, peer
from aigov_enforcers.transport.errors import EnrolmentError
from aigov_enforcers.transport.names import SpiffeId, spiffe_id
from aigov_enforcers.transport.records import PLACES, POSTURES, Device, Grant, Place, Posture, Refused, State
from aigov_enforcers.transport.registry import Change, Registry

TOKEN_LIFETIME = timedelta(hours=1)
MAX_LIVE = 8
"""Certificates of one device that may count at the same time: an old and a new one, and some that were lost."""

MAX_PENDING = 8
"""Applications of one person that may wait for approval."""

_PREFIX = "aigov_enroll_"
_TOKEN = re.compile(rf"{_PREFIX}([A-Za-z0-9_-]{{43}})\.([A-Za-z0-9_-]{{43}})")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")


class Token(NamedTuple):
    """An enrolment token: the secret, and the digest of the root that the device will trust."""

    secret: str
    pin: str

    def __str__(self) -> str:
        return f"{_PREFIX}{self.secret}.{self.pin}"

    @classmethod
    def parse(cls, text: str) -> Token:
        """The token in a text; raises `EnrolmentError`."""
        match = _TOKEN.fullmatch(text)
        if match is None:
            raise EnrolmentError(f"no enrolment token: one begins with {_PREFIX}")
        return cls(*match.groups())


class Enrolled(NamedTuple):
    """A device with a new certificate, and what it presents from now on (PEM)."""

    device: Device
    certificate: x509.Certificate
    chain: bytes


class Application(NamedTuple):
    """A device that waits for approval, and the secret it asks with."""

    device: Device
    ticket: str


def pin(root: x509.Certificate) -> str:
    """The digest of a root that tokens carry: base64url of SHA-256 over the certificate, without padding."""
    digest = sha256(root.public_bytes(Encoding.DER)).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def check_name(name: str) -> str:
    """The name itself if a device may have it; raises `EnrolmentError`."""
    if not _NAME.fullmatch(name):
        raise EnrolmentError(f"device name {name[:32]!r}: up to 63 letters, digits, `.`, `_`, `-`, and no mark first")
    return name


def offer(
    registry: Registry,
    authority: Authority,
    grant: Grant,
    *,
    now: datetime,
    lifetime: timedelta = TOKEN_LIFETIME,
) -> Token:
    """A token that enrols one device, once; raises `EnrolmentError` for a name that is taken or none."""
    _check_place(grant.place)
    existing = registry.device(check_name(grant.name))
    if existing is not None and existing.name == grant.name and existing.state != "revoked":
        raise EnrolmentError(f"a device named {grant.name} is enrolled: revoke it first")
    token = Token(_secret(), pin(authority.root))
    with registry.change() as change:
        change.add_token(_digest(token.secret), grant, (now + lifetime).timestamp())
        change.purge(now.timestamp())
    return token


def enrol(
    registry: Registry,
    authority: Authority,
    *,
    token: str,
    csr: bytes,
    now: datetime,
    name: str | None = None,
    lifetime: timedelta = LIFETIME,
) -> Enrolled:
    """Enrol a device with a token. `name` is what the device believes to be called, when it says so.

    Raises `RequestError` for the request, `EnrolmentError` for the token, `AuthorityError` and `RegistryError`.
    """
    secret = Token.parse(token).secret
    request.read(csr)
    with registry.change() as change:
        grant = change.take_token(_digest(secret), now.timestamp())
        if name is not None and name != grant.name:
            raise EnrolmentError("the token is for a device of another name")
        device = _new_device(grant, state="active", owner="", now=now)
        change.add_device(device)
        return _certify(change, authority, device, csr, now=now, lifetime=lifetime)


def apply(registry: Registry, *, csr: bytes, name: str, owner: str, now: datetime) -> Application:
    """A person whom SSO has proven asks for a certificate for a device; somebody has to approve it.

    `owner` is that person's identifier. Place and management are unknown until the approval says them.
    """
    key = _key_digest(csr)
    grant = Grant(check_name(name), "unknown", managed=False)
    device = _new_device(grant, state="pending", owner=owner, now=now)
    ticket = _secret()
    with registry.change() as change:
        if change.pending(owner) >= MAX_PENDING:
            raise EnrolmentError(f"{MAX_PENDING} devices of yours wait for approval: have one approved first")
        change.add_device(device)
        change.add_application(_digest(ticket), device, key)
    return Application(device, ticket)


def approve(registry: Registry, device: Device, *, place: Place, managed: bool) -> Device:
    """Let a pending device have its certificate; raises `EnrolmentError` when it does not wait for that."""
    _check_place(place)
    with registry.change() as change:
        known = change.device(device.id)
        if known.state != "pending":
            raise EnrolmentError(f"{known.name} is {known.state}: only a pending device can be approved")
        approved = known._replace(state="active", place=place, managed=managed)
        change.replace_device(approved)
        return approved


def collect(
    registry: Registry, authority: Authority, *, ticket: str, csr: bytes, now: datetime, lifetime: timedelta = LIFETIME
) -> Enrolled | None:
    """The certificate of a device that applied, with the key it applied with; None while it waits."""
    key = _key_digest(csr)
    with registry.change() as change:
        device = change.application(_digest(ticket), key)
        if device.state == "pending":
            return None
        change.end_application(_digest(ticket))
        return _certify(change, authority, device, csr, now=now, lifetime=lifetime)


def renew(
    registry: Registry, authority: Authority, peer: Peer, *, csr: bytes, now: datetime, lifetime: timedelta = LIFETIME
) -> Enrolled:
    """A new certificate with a fresh key for the device that holds one that counts, as TLS has proven.

    Raises `EnrolmentError` for a device that is revoked, or a certificate that does not count.
    """
    admitted = registry.admitted(peer, now.timestamp())
    if isinstance(admitted, Refused):
        raise EnrolmentError(admitted.reason)
    request.read(csr)
    with registry.change() as change:
        device = change.device(admitted.id)
        if device.state != "active" or not change.counts(peer.thumbprint):
            raise EnrolmentError("the device is revoked")
        if change.live_certificates(device, now.timestamp()) >= MAX_LIVE:
            raise EnrolmentError(f"the device has {MAX_LIVE} certificates that count: wait until one expires")
        return _certify(change, authority, device, csr, now=now, lifetime=lifetime)


def certify_other(
    registry: Registry,
    authority: Authority,
    id: SpiffeId,
    *,
    csr: bytes,
    now: datetime,
    lifetime: timedelta = SERVER_LIFETIME,
    dns: Sequence[str] = (),
) -> Issued:
    """A certificate for a server or a balancer, on record so that it can be revoked."""
    issued = authority.issue(csr, id, now=now, lifetime=lifetime, dns=dns)
    with registry.change() as change:
        change.add_certificate(_peer(issued.certificate), _key_digest(csr), now.timestamp())
    return issued


def revoke(registry: Registry, device: Device, *, now: datetime) -> Device:
    """The device counts no more, whatever certificates it has."""
    with registry.change() as change:
        change.revoke_device(change.device(device.id), now.timestamp())
        return change.device(device.id)


def assess(registry: Registry, device: Device, posture: Posture) -> Device:
    """What an inventory or device management says of the device's state."""
    if posture not in POSTURES:
        raise EnrolmentError(f"posture {posture[:32]!r}: expected one of {', '.join(POSTURES)}")
    with registry.change() as change:
        assessed = change.device(device.id)._replace(posture=posture)
        change.replace_device(assessed)
        return assessed


def publish_crl(registry: Registry, authority: Authority, *, now: datetime) -> bytes:
    """The domain's CRLs as of now (PEM). Its date is later than the last one's, in whichever process that was made."""
    revoked = registry.revoked(now.timestamp())
    with registry.change() as change:
        number, dated = change.last_crl()
        pem = authority.crl(revoked, number=number + 1, after=dated, now=now)
        change.purge(now.timestamp())
        change.keep_crl(number + 1, crl_date(pem))
    return pem


def crl_date(pem: bytes) -> datetime:
    """The date of the latest list in a file of CRLs."""
    end = b"-----END X509 CRL-----\n"
    return max(x509.load_pem_x509_crl(part + end).last_update_utc for part in pem.split(end) if part.strip())


def _certify(
    change: Change, authority: Authority, device: Device, csr: bytes, *, now: datetime, lifetime: timedelta
) -> Enrolled:
    name = spiffe_id(authority.domain, "device", device.id)
    issued = authority.issue(csr, name, now=now, lifetime=lifetime)
    change.add_certificate(_peer(issued.certificate), _key_digest(csr), now.timestamp())
    return Enrolled(device, issued.certificate, issued.chain)


def _new_device(grant: Grant, *, state: State, owner: str, now: datetime) -> Device:
    return Device(
        secrets.token_hex(8), grant.name, grant.place, grant.managed, "unknown", state, owner, now.timestamp()
    )


def _check_place(place: str) -> None:
    if place not in PLACES:
        raise EnrolmentError(f"place {place[:32]!r}: expected one of {', '.join(PLACES)}")


def _peer(certificate: x509.Certificate) -> Peer:
    return peer(certificate.public_bytes(Encoding.DER))


def _key_digest(csr: bytes) -> bytes:
    public = request.read(csr).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return sha256(public).digest()


def _secret() -> str:
    return secrets.token_urlsafe(32)


def _digest(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
