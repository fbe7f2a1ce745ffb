"""Who asks: the certificate of a connection and the headers of a request → the identity that policy sees."""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple, Protocol

from aigov_enforcers.governing.decider import Headers
from aigov_enforcers.identity import Identity


class Caller(NamedTuple):
    """Somebody known. Callers of one `key` have one identity, and one session of the engine."""

    key: Hashable
    identity: Identity


class Refused(NamedTuple):
    """Nobody we know: the status (401 or 403), and what to say."""

    status: int
    message: str


class Who(Protocol):
    """Knows callers. Quick: it is asked for every request."""

    def peer(self, certificate: bytes | None) -> object:
        """What is kept of a connection: of its certificate (DER), None where there is no TLS. Raises ValueError when
        nothing good can come of it."""

    def holds(self, peer: object) -> bool:
        """Whether the connection may go on; asked now and then while it is open."""

    def caller(self, peer: object, headers: Headers) -> Caller | Refused:
        """Who sends this request; names of headers are in lower case."""


class Fixed:
    """One identity for all, for a listener that only one can reach."""

    def __init__(self, identity: Identity) -> None:
        self._caller = Caller("fixed", identity)

    def peer(self, certificate: bytes | None) -> object:  # noqa: ARG002 - whoever it is
        """Nothing is kept."""
        return None

    def holds(self, peer: object) -> bool:  # noqa: ARG002
        """Always."""
        return True

    def caller(self, peer: object, headers: Headers) -> Caller:  # noqa: ARG002
        """The one."""
        return self._caller
