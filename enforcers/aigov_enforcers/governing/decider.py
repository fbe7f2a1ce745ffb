"""What decides, as the transports see it: plain values in and out, no client library, no engine.

Request → Passage (what to send instead) or Refusal → head of the response → Way → Response or Refusal, or a Stream

`Governor` decides in this process. A decision service elsewhere would be another `Decider`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, Protocol

from aigov_enforcers.wire import Operation, Refusal
from aigov_runtime.model import Value

if TYPE_CHECKING:
    from aigov_enforcers.governing.translated import Translated

Headers = tuple[tuple[str, str], ...]
"""Names and values in order; names in any case."""

LENGTH = frozenset({"content-length", "transfer-encoding"})
"""Headers that a client library sets for the body it is given."""


def without(headers: Headers, names: frozenset[str]) -> Headers:
    """Headers but those with these names (lower case)."""
    return tuple(pair for pair in headers if pair[0].lower() not in names)


class Request(NamedTuple):
    """A request as it is about to leave; `url` is absolute. Its body is as on the wire, encodings included."""

    method: str
    url: str
    headers: Headers
    body: bytes = b""


class Response(NamedTuple):
    """A response. Where the client library has decoded its body, its headers name no encoding."""

    status: int
    headers: Headers
    body: bytes = b""


class Passage(NamedTuple):
    """What may be sent: the very request that was asked about when nothing changed, to the same place unless it is
    `rerouted`. `attributes` and `measures` are those of its decision, for that of the response. `event` is the id of
    the exchange. `translated` says how the answer comes back from a provider of another format. `kept` is the decider's
    own: what it has to remember, such as the policy that the exchange began with."""

    operation: Operation
    request: Request
    attributes: Mapping[str, Value]
    measures: Mapping[str, int]
    changed: bool = False
    rerouted: bool = False
    event: str = ""
    translated: Translated | None = None
    kept: object = None


class Way(Enum):
    """How a response is governed: not at all, once it is whole, or while it flows."""

    PASS = "pass"
    WHOLE = "whole"
    STREAM = "stream"


class Stream(Protocol):
    """One response that is governed while it flows. Nothing is raised. After a block `blocked` is true, what `feed`
    has given includes the end, and whatever follows is not for the client."""

    @property
    def blocked(self) -> bool:
        """Whether nothing more may come."""

    def feed(self, piece: bytes) -> bytes:
        """What to hand on for a piece of the provider's bytes; may be empty."""

    def close(self) -> bytes:
        """What is left to hand on when the provider has ended, or the client has enough. The decision is recorded."""


class Decider(Protocol):
    """Decides requests and responses of a process. Threads share it."""

    def recognise(self, method: str, host: str, port: int | None, path: str) -> Operation | None:
        """The operation behind a request, None when it is not governed. Quick: it is asked for every request."""

    def unlisted(self, host: str, path: str, body: bytes) -> Operation | None:
        """The operation behind a POST that `recognise` does not know, by its body; None when it is not governed.
        It is asked for every body that may be JSON."""

    def request(self, operation: Operation, request: Request, event: str = "") -> Passage | Refusal:
        """Decide what is about to leave. `event` is the id of the exchange, "" for a new one."""

    def head(self, passage: Passage, head: Response) -> Response:
        """The head of a response as the client is to see it; the steps after this one take it so."""

    def way(self, passage: Passage, head: Response) -> Way:
        """How the response whose head has come is to be governed."""

    def response(self, passage: Passage, response: Response) -> Response | Refusal:
        """Decide a whole response: the very same one when nothing changed."""

    def stream(self, passage: Passage, head: Response) -> Stream | Refusal:
        """Govern a response while it flows, or refuse it before the first byte."""

    def failed(self, operation: Operation, body: bytes, event: str = "") -> Refusal | None:
        """What to do when deciding itself has failed; called while the exception is handled, with the request's body.
        None lets it pass."""
