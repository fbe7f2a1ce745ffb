"""A client as one exchange sees it, whatever protocol version it speaks."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from aigov_enforcers.governing.decider import Headers


class Arrived(NamedTuple):
    """A request that is whole. `path` begins with a slash and has the query; names of headers are in lower case. `peer`
    is what `Who` keeps of the connection."""

    method: str
    path: str
    headers: Headers
    body: bytes
    peer: object
    upgrades: bool = False
    """To a WebSocket, the one protocol that is known besides."""


class Client(Protocol):
    """Where the answer to one request goes. Once it is gone nothing is sent, and nothing raised."""

    def whole(self, status: int, headers: Headers, body: bytes) -> None:
        """Answer with a body that is all there. `headers` have no length."""

    def begin(self, status: int, headers: Headers) -> None:
        """Answer with a body that comes in pieces."""

    def write(self, piece: bytes) -> None:
        """A piece of it."""

    def end(self) -> None:
        """It is complete."""

    def abort(self) -> None:
        """It will never be complete, and the client must see that."""

    def switch(self, headers: Headers, talk: Talk) -> None:
        """The request was for another protocol, and that begins: from now on `write` is of bytes, and `talk` gets
        what the client says."""

    def hold(self) -> None:
        """Read no more of what the client says, for now."""

    def release(self) -> None:
        """Read on."""


class Work(Protocol):
    """One exchange as its client sees it."""

    def gone(self) -> None:
        """The client has gone."""

    def pause(self) -> None:
        """The client reads slower than it is written to."""

    def resume(self) -> None:
        """It has caught up."""


class Talk(Work, Protocol):
    """The work on a connection that has switched to another protocol."""

    def said(self, data: bytes) -> None:
        """Bytes from the client."""
