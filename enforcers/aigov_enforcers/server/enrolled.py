"""Who asks, in a trust domain: the device by its certificate and the registry, the person by an identity token, the
program by what the device's agent has signed.

Nothing that policy reads of device and place is the client's word. What a request cannot prove is not known; what it
tries to prove and cannot is refused.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from http import HTTPStatus

from aigov_enforcers.governing.decider import Headers
from aigov_enforcers.identity import Device as DeviceFacts
from aigov_enforcers.identity import Identity, Place, User, context, tokens
from aigov_enforcers.identity.context import ContextError, Contexts
from aigov_enforcers.identity.jose import TokenError
from aigov_enforcers.identity.tokens import Subject, Verifier
from aigov_enforcers.server.metrics import Tally
from aigov_enforcers.server.who import Caller, Refused
from aigov_enforcers.transport.contexts import Peer, peer
from aigov_enforcers.transport.errors import PeerError
from aigov_enforcers.transport.records import Device
from aigov_enforcers.transport.registry import Registry

Gate = Callable[[], str]
"""Why nobody is answered at the moment; "" when all is well."""

MOST = 8192
"""Callers that are remembered."""

_SAID = frozenset({tokens.HEADER, context.HEADER})


class Connection:
    """One connection of a device, and nothing that another one has."""

    __slots__ = ("peer",)

    def __init__(self, peer: Peer) -> None:
        self.peer = peer


class Enrolled:
    """Knows the devices of a registry. `gates` are asked before each request. `verifier` knows identity tokens, None
    when there are none; `required` refuses who has none."""

    def __init__(
        self,
        registry: Registry,
        gates: Sequence[Gate],
        tally: Tally,
        verifier: Verifier | None = None,
        *,
        required: bool = False,
    ) -> None:
        self._registry, self._gates, self._tally = registry, gates, tally
        self._verifier, self._required = verifier, required
        self._contexts = Contexts()
        self._callers: OrderedDict[Hashable, Caller] = OrderedDict()

    def peer(self, certificate: bytes | None) -> Connection:
        """Of the certificate. Raises ValueError unless it is that of an active device."""
        if certificate is None:
            raise ValueError("a certificate is required")
        try:
            found = peer(certificate)
        except PeerError as error:
            self._count("certificate")
            raise ValueError(str(error)) from None
        if self.device(found) is None:
            self._count("device")
            raise ValueError("the device is not admitted")
        return Connection(found)

    def holds(self, peer: object) -> bool:
        """Whether the device still counts."""
        return isinstance(peer, Connection) and self.device(peer.peer) is not None

    def device(self, peer: Peer) -> Device | None:
        """The device with this certificate, if it may be answered now."""
        found = self._registry.admitted(peer)
        return found if isinstance(found, Device) else None

    def caller(self, peer: object, headers: Headers) -> Caller | Refused:
        """The device now, the person, the program."""
        for gate in self._gates:
            if why := gate():
                return self._refused(HTTPStatus.SERVICE_UNAVAILABLE, "gate", f"The server decides nothing: {why}.")
        device = self.device(peer.peer) if isinstance(peer, Connection) else None
        if device is None or not isinstance(peer, Connection):
            return self._refused(HTTPStatus.FORBIDDEN, "device", "This device is not admitted any more.")
        said = [pair for pair in headers if pair[0] in _SAID]
        if len(said) > len({name for name, _ in said}):
            return self._refused(HTTPStatus.BAD_REQUEST, "header", "A header of the device's agent comes twice.")
        token, told = (dict(said).get(name, "") for name in (tokens.HEADER, context.HEADER))
        try:
            subject = self._subject(token, peer.peer)
            known = self._contexts.read(told, peer.peer.key, peer.peer.thumbprint, peer, time.time()) if told else None
        except (TokenError, ContextError) as error:
            return self._refused(HTTPStatus.UNAUTHORIZED, "identity", f"Who asks is not proven: {error}.")
        key = (device, token, told)
        caller = self._callers.get(key)
        if caller is None:
            who = identity(device, subject)
            who = known.onto(who) if known is not None else who
            caller = self._callers[key] = Caller((device, subject, known), who)
            if len(self._callers) > MOST:
                self._callers.popitem(last=False)
        return caller

    def _subject(self, token: str, peer: Peer) -> Subject | None:
        """Whom a token is about; verified each time, as it expires."""
        if not token:
            if self._required:
                raise TokenError("an identity token is needed, `aigov login` gets one")
            return None
        if self._verifier is None:
            raise TokenError("this server takes no identity tokens")
        return self._verifier.verify(token, peer.thumbprint, time.time())

    def _count(self, reason: str) -> None:
        self._tally.count("refusals", reason=reason)

    def _refused(self, status: HTTPStatus, reason: str, message: str) -> Refused:
        self._count(reason)
        return Refused(status, message)


def identity(device: Device, subject: Subject | None) -> Identity:
    """What policy sees of a device in the registry, and of who uses it."""
    return Identity(
        user=User(assurance="device") if subject is None else subject.user,
        device=DeviceFacts(id=device.id, managed=device.managed, posture=device.posture),
        place=Place(kind=device.place, name=(subject.place if subject is not None else "") or device.name),
    )
