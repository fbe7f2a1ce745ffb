"""Who asks, in a trust domain: the device by its certificate and the registry, the person by an identity token.

Nothing that policy reads of device and place is the client's word. What a request cannot prove is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from http import HTTPStatus

from aigov_enforcers.governing.decider import Headers
from aigov_enforcers.identity import Device as DeviceFacts
from aigov_enforcers.identity import Identity, Place, User
from aigov_enforcers.server.metrics import Tally
from aigov_enforcers.server.who import Caller, Refused
from aigov_enforcers.transport.contexts import Peer, peer
from aigov_enforcers.transport.errors import PeerError
from aigov_enforcers.transport.records import Device
from aigov_enforcers.transport.registry import Registry

Gate = Callable[[], str]
"""Why nobody is answered at the moment; "" when all is well."""


class Enrolled:
    """Knows the devices of a registry. `gates` are asked before each request."""

    def __init__(self, registry: Registry, gates: Sequence[Gate], tally: Tally) -> None:
        self._registry, self._gates, self._tally = registry, gates, tally

    def peer(self, certificate: bytes | None) -> Peer:
        """Of the certificate. Raises ValueError unless it is that of an active device."""
        if certificate is None:
            raise ValueError("a certificate is required")
        try:
            found = peer(certificate)
        except PeerError as error:
            self._refuse("certificate")
            raise ValueError(str(error)) from None
        if self.device(found) is None:
            self._refuse("device")
            raise ValueError("the device is not admitted")
        return found

    def holds(self, peer: object) -> bool:
        """Whether the device still counts."""
        return isinstance(peer, Peer) and self.device(peer) is not None

    def device(self, peer: Peer) -> Device | None:
        """The device with this certificate, if it may be answered now."""
        found = self._registry.admitted(peer)
        return found if isinstance(found, Device) else None

    def caller(self, peer: object, headers: Headers) -> Caller | Refused:  # noqa: ARG002 - tokens are not read yet
        """The device now, and the person."""
        for gate in self._gates:
            if why := gate():
                return self._refused(HTTPStatus.SERVICE_UNAVAILABLE, "gate", f"The server decides nothing: {why}.")
        device = self.device(peer) if isinstance(peer, Peer) else None
        if device is None:
            return self._refused(HTTPStatus.FORBIDDEN, "device", "This device is not admitted any more.")
        who = identity(device, User(assurance="device"))
        return Caller((device, who.user), who)

    def _refuse(self, reason: str) -> None:
        self._tally.count("refusals", reason=reason)

    def _refused(self, status: HTTPStatus, reason: str, message: str) -> Refused:
        self._refuse(reason)
        return Refused(status, message)


def identity(device: Device, user: User) -> Identity:
    """What policy sees of a device in the registry, and of who uses it."""
    return Identity(
        user=user,
        device=DeviceFacts(id=device.id, managed=device.managed, posture=device.posture),
        place=Place(kind=device.place, name=device.name),
    )
