"""A WebSocket between client and provider (RFC 6455): each message of the client is decided like a request, what the
provider says like a stream.

No extension is agreed on, so a message is what its frames hold. A message that is refused ends the connection with the
provider's own error event and a close (1008, policy violation), and has not been sent.
"""

from __future__ import annotations

import logging

from aigov_enforcers.governing.decider import Passage, Request, Stream
from aigov_enforcers.governing.governor import Governor
from aigov_enforcers.server.client import Client
from aigov_enforcers.server.connection import Failure, Sent
from aigov_enforcers.wire import Refusal
from aigov_enforcers.wire.ends import ends
from aigov_enforcers.wire.streams.framing import Frame, WebSocket

_log = logging.getLogger("aigov.server")

_JSON = (("content-type", "application/json"),)
_UNREADABLE = "What was sent is no WebSocket message, so the connection was closed."
_FAULT = "The server could not decide this message, so the connection was closed."
_REROUTED = "Policy sends this elsewhere, which cannot be done in the middle of a connection."


class Socket:
    """One connection that has switched. `passage` is that of its request."""

    def __init__(self, governor: Governor, passage: Passage, stream: Stream, client: Client, sent: Sent) -> None:
        self._governor, self._passage, self._stream = governor, passage, stream
        self._client, self._sent = client, sent
        self._framing = WebSocket(masked=True)
        self._answers = WebSocket()
        self._over = False

    # the client's side

    def said(self, data: bytes) -> None:
        """Bytes of the client: on to the provider as far as they are messages that may go."""
        if self._over:
            return
        out: list[bytes] = []
        for frame in self._framing.feed(data):
            try:
                on = self._decided(frame)
            except Exception:  # noqa: BLE001 - whatever it is, nothing may leave undecided
                _log.exception("a message could not be handled [event %s]", self._passage.event)
                on = _FAULT
            if isinstance(on, str):
                self._sent.write(b"".join(out))
                self._end(on)
                return
            out.append(on)
        self._sent.write(b"".join(out))
        if self._framing.malformed:
            self._end(_UNREADABLE)

    def gone(self) -> None:
        """The client has gone."""
        if not self._over:
            self._over = True
            self._sent.cancel()
            self._stream.close()

    def pause(self) -> None:
        """The client is slow."""
        self._sent.pause()

    def resume(self) -> None:
        """It has caught up."""
        self._sent.resume()

    def _decided(self, frame: Frame) -> bytes | str:
        """The frame to send on, or why there is none."""
        if frame.data is None:  # a close, a ping: without its text
            return self._framing.bare(frame, b"") if frame.notes else frame.raw
        request = Request("POST", self._passage.request.url, _JSON, frame.data)
        try:
            verdict = self._governor.request(self._passage.operation, request)
        except Exception:  # noqa: BLE001 - as above
            refusal = self._governor.failed(self._passage.operation, frame.data, self._passage.event)
            return frame.raw if refusal is None else _FAULT
        if isinstance(verdict, Refusal):
            return verdict.message
        if verdict.rerouted:
            return _REROUTED
        return self._framing.encode(frame, verdict.request.body) if verdict.changed else frame.raw

    # the provider's side

    def piece(self, data: bytes) -> None:
        """Bytes of the provider."""
        if self._over:
            return
        self._client.write(self._stream.feed(data))
        if self._stream.blocked:
            self._close()

    def done(self) -> None:
        """The provider has closed the connection."""
        if not self._over:
            self._client.write(self._stream.close())
            self._close()

    def failed(self, failure: Failure) -> None:  # noqa: ARG002 - nothing can be said any more
        """So has the network."""
        if not self._over:
            self._over = True
            self._stream.close()
            self._client.abort()

    def hold(self) -> None:
        """The provider is slow."""
        self._client.hold()

    def release(self) -> None:
        """It has caught up."""
        self._client.release()

    def _end(self, message: str) -> None:
        """Tell the client why, in the provider's form."""
        events = ends(self._passage.operation.format.name)(message, self._passage.event, b"")
        self._client.write(self._answers.closing(events, opened=True))
        self._close()

    def _close(self) -> None:
        self._over = True
        self._sent.cancel()
        self._stream.close()
        self._client.end()

    # not of this protocol any more

    def head(self, status: int, headers: object) -> None:
        """No further answer comes."""

    def switched(self, headers: object) -> None:
        """It has."""
