"""A client's connection in HTTP/2 (RFC 9113): frames → `Arrived`, answers → frames.

h2 has the protocol; here are the bounds. A client that begins streams only to reset them (CVE-2023-44487), or sends
nothing but control frames, is told to calm down and closed.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections import deque
from collections.abc import Callable
from typing import cast

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import (
    DataReceived,
    Event,
    RequestReceived,
    StreamEnded,
    StreamReset,
    WindowUpdated,
)
from h2.exceptions import H2Error, StreamClosedError
from h2.settings import SettingCodes

from aigov_enforcers.governing.decider import Headers
from aigov_enforcers.governing.governor import new_event
from aigov_enforcers.server.bounds import Bounds
from aigov_enforcers.server.client import Arrived, Client, Talk, Work
from aigov_enforcers.server.errors import error
from aigov_enforcers.server.head import written
from aigov_enforcers.server.sweeper import NEVER, Sweeper

STREAMS = 100
"""At once on one connection (RFC 9113 advises no less)."""

PATIENCE = 100
"""So many streams may be reset, or control frames come, more than requests are answered."""

_PATH = re.compile(r"/[!-\"$-~]*")
_LINGER = 1.0
_BODILESS = frozenset({204, 304})
_PSEUDO = frozenset({":method", ":path", ":scheme", ":authority"})


class Http2(asyncio.Protocol):
    """One connection. What it is made with is as for `Http1`."""

    def __init__(
        self,
        take: Callable[[Arrived, Client], Work],
        over: Callable[[Http2], None],
        bounds: Bounds,
        sweeper: Sweeper,
        peer: object,
    ) -> None:
        self._take, self._over, self.peer = take, over, peer
        self.bounds, self.sweeper = bounds, sweeper
        self.deadline = NEVER
        self.draining = self._closing = False
        self._transport: asyncio.Transport | None = None
        self._streams: dict[int, _Stream] = {}
        self._held = self._trouble = 0
        self.full = False
        self.h2 = H2Connection(H2Configuration(client_side=False, header_encoding="latin-1"))

    # the transport's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The handshake is over, and HTTP/2 was agreed on."""
        self._transport = cast("asyncio.Transport", transport)
        self.h2.initiate_connection()
        self.h2.update_settings(
            {
                SettingCodes.MAX_CONCURRENT_STREAMS: STREAMS,
                SettingCodes.MAX_HEADER_LIST_SIZE: self.bounds.head,
                SettingCodes.ENABLE_CONNECT_PROTOCOL: 0,
            }
        )
        self.h2.decoder.max_header_list_size = self.bounds.head
        self.flush()
        self.deadline = self.sweeper.now() + self.bounds.head_time
        self.sweeper.watch(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - gone is gone
        """The client has gone."""
        self.sweeper.forget(self)
        self._transport = None
        for stream in list(self._streams.values()):
            stream.gone()
        self._streams.clear()
        self._over(self)

    def eof_received(self) -> bool:
        """As in HTTP/1.1."""
        return False

    def data_received(self, data: bytes) -> None:
        """Bytes from the client."""
        try:
            for event in self.h2.receive_data(data):
                self._happened(event)
        except H2Error:
            self.flush()
            self.close()
            return
        if self._trouble > PATIENCE:
            self.h2.close_connection(ErrorCodes.ENHANCE_YOUR_CALM)
            self.flush()
            self.close()
            return
        self.flush()

    def pause_writing(self) -> None:
        """The client does not read."""
        self.full = True
        self.deadline = self.sweeper.now() + self.bounds.stall
        for stream in self._streams.values():
            stream.hold_back()

    def resume_writing(self) -> None:
        """It does again."""
        self.full = False
        self._rest()
        for stream in list(self._streams.values()):
            stream.go_on()
        self.flush()

    def expire(self) -> None:
        """It took too long."""
        if self.full or self._closing:
            self.cut()
        else:
            self.close()

    def drain(self) -> None:
        """No further request. GOAWAY goes out when the last answer is: clients on h2 read no answer after it."""
        self.draining = True
        self._rest()

    def cut(self) -> None:
        """Close at once, whatever is going on."""
        if self._transport is not None:
            self._transport.abort()

    def close(self) -> None:
        """Close once all is written, and in a second whatever the client does."""
        if self._transport is not None:
            self._closing = True
            self.deadline = self.sweeper.now() + _LINGER
            self._transport.close()

    def flush(self) -> None:
        """Send what is ready."""
        if self._transport is not None and (data := self.h2.data_to_send()):
            self._transport.write(data)

    # streams

    def ended(self, stream: _Stream, *, good: bool) -> None:
        """The answer is out, or will never be."""
        if self._streams.pop(stream.id, None) is not None:
            self._held -= stream.size
            if good:
                self._trouble = max(0, self._trouble - 1)
            self._rest()

    def _rest(self) -> None:
        """The deadline of a connection on which nothing goes on."""
        if self._closing:
            return
        self.deadline = NEVER if self._streams else self.sweeper.now() + self.bounds.idle
        if self.draining and not self._streams:
            with contextlib.suppress(H2Error):
                self.h2.close_connection()
            self.flush()
            self.close()

    def _happened(self, event: Event) -> None:
        if isinstance(event, DataReceived):
            self._data(event)
        elif isinstance(event, RequestReceived):
            self._begun(event)
        elif isinstance(event, StreamEnded):
            if (stream := self._streams.get(event.stream_id)) is not None:
                stream.complete()
        elif isinstance(event, WindowUpdated):
            for stream in list(self._streams.values()):
                if event.stream_id in {0, stream.id}:
                    stream.go_on()
        elif isinstance(event, StreamReset):
            self._trouble += 1
            if (stream := self._streams.get(event.stream_id)) is not None:
                stream.gone()
                self.ended(stream, good=False)
        else:
            self._trouble += 1

    def _begun(self, event: RequestReceived) -> None:
        at = event.stream_id
        if self.draining:
            self.h2.reset_stream(at, ErrorCodes.REFUSED_STREAM)
            return
        stream = self._streams[at] = _Stream(self, at)
        self.deadline = NEVER
        stream.begun([(str(name), str(value)) for name, value in event.headers])

    def _data(self, event: DataReceived) -> None:
        size = event.flow_controlled_length
        if size:
            self.h2.acknowledge_received_data(size, event.stream_id)
        stream = self._streams.get(event.stream_id)
        if stream is None:
            return
        self._held += len(event.data)
        if self._held > 2 * self.bounds.body:
            stream.refuse(413, "Too much is sent at once.")
        else:
            stream.data(event.data)

    def taken(self, arrived: Arrived, stream: _Stream) -> Work:
        """Hand a request on."""
        return self._take(arrived, stream)


class _Stream:
    """One request and its answer: a `Client`."""

    def __init__(self, connection: Http2, at: int) -> None:
        self.id, self.size = at, 0
        self.deadline = NEVER
        self._connection, self._h2 = connection, connection.h2
        self._method = self._path = ""
        self._headers: list[tuple[str, str]] = []
        self._body: list[bytes] = []
        self._work: Work | None = None
        self._over = self._taken = self._ending = self._paused = False
        self._waiting: deque[memoryview] = deque()

    # from the client

    def begun(self, headers: list[tuple[str, str]]) -> None:
        """The head is there: h2 has checked it, but for what follows."""
        bounds, sweeper = self._connection.bounds, self._connection.sweeper
        self.deadline = sweeper.now() + bounds.body_time
        sweeper.watch(self)
        pseudo = {name: value for name, value in headers if name in _PSEUDO}
        self._method, self._path = pseudo.get(":method", ""), pseudo.get(":path", "")
        self._headers = [(name, value) for name, value in headers if not name.startswith(":")]
        if len(headers) > bounds.lines:
            self.refuse(431, "The headers are too large.")
        elif self._method == "CONNECT" or not _PATH.fullmatch(self._path):
            self.refuse(400, "The target is malformed.")
        elif any(value != "100-continue" for name, value in self._headers if name == "expect"):
            self.refuse(417, "This expectation is not known here.")
        elif any(name == "expect" for name, _ in self._headers):
            self._h2.send_headers(self.id, [(":status", "100")])

    def data(self, piece: bytes) -> None:
        """A piece of the body."""
        self.size += len(piece)
        if self._over or self._taken:
            return
        if self.size > self._connection.bounds.body:
            self.refuse(413, "The body is too large.")
        else:
            self._body.append(piece)

    def complete(self) -> None:
        """The request is whole."""
        if self._over or self._taken:
            return
        if any(value != str(self.size) for name, value in self._headers if name == "content-length"):
            self.refuse(400, "The body has another length than it says.")
            return
        self._taken, self.deadline = True, NEVER
        headers = tuple(pair for pair in self._headers if pair[0] != "content-length")
        arrived = Arrived(self._method, self._path, headers, b"".join(self._body), self._connection.peer)
        self._body.clear()
        work = self._connection.taken(arrived, self)
        if not self._over:
            self._work = work
            if self._paused:
                work.pause()

    def gone(self) -> None:
        """The client, or its interest in this answer, has gone."""
        self._finish()
        work, self._work = self._work, None
        if work is not None:
            work.gone()

    def expire(self) -> None:
        """The body took too long."""
        self.refuse(408, "The request took too long to come.")
        self._connection.flush()

    def refuse(self, status: int, message: str) -> None:
        """Answer now, and want no more of the request."""
        if self._over or self._taken:
            return
        self._taken = True
        refusal = error(status, message, new_event())
        self.whole(refusal.status, tuple(pair for pair in refusal.headers if pair[0] != "content-length"), refusal.body)

    # to the client

    def whole(self, status: int, headers: Headers, body: bytes) -> None:
        """As `Client` says."""
        if self._over:
            return
        bare = self._method == "HEAD" or status in _BODILESS
        lines = headers if bare else (*headers, ("content-length", str(len(body))))
        if bare or not body:
            self._head(status, lines, last=True)
            self._done()
            return
        self._head(status, lines, last=False)
        self._waiting.append(memoryview(body))
        self._ending = True
        self.go_on()
        self._connection.flush()

    def begin(self, status: int, headers: Headers) -> None:
        """As `Client` says."""
        if not self._over:
            self._head(status, headers, last=False)
            self._connection.flush()

    def write(self, piece: bytes) -> None:
        """As `Client` says."""
        if not self._over and piece:
            self._waiting.append(memoryview(piece))
            self.go_on()
            self._connection.flush()

    def end(self) -> None:
        """As `Client` says."""
        if not self._over:
            self._ending = True
            self.go_on()
            self._connection.flush()

    def abort(self) -> None:
        """As `Client` says."""
        if not self._over:
            self._work = None
            self._reset(ErrorCodes.INTERNAL_ERROR)

    def switch(self, headers: Headers, talk: Talk) -> None:
        """HTTP/2 has no upgrades."""

    def hold(self) -> None:
        """Nothing is said on a stream whose request is whole."""

    def release(self) -> None:
        """Nor later."""

    def hold_back(self) -> None:
        """The client is slow."""
        self._paused = True
        if self._work is not None:
            self._work.pause()

    def go_on(self) -> None:
        """Send as much as the client's window takes."""
        if self._over:
            return
        try:
            self._send()
        except StreamClosedError:
            self.gone()

    def _send(self) -> None:
        waiting = self._waiting
        while waiting and not self._connection.full:
            piece = waiting[0]
            most = min(self._h2.local_flow_control_window(self.id), self._h2.max_outbound_frame_size)
            if most <= 0:
                break
            waiting.popleft()
            if len(piece) > most:
                waiting.appendleft(piece[most:])
            last = self._ending and not waiting
            self._h2.send_data(self.id, piece[:most], end_stream=last)
            if last:
                self._done()
                return
        if waiting:
            self.hold_back()
            return
        if self._ending:
            self._h2.end_stream(self.id)
            self._done()
        elif self._paused:
            self._paused = False
            if self._work is not None:
                self._work.resume()

    def _head(self, status: int, headers: Headers, *, last: bool) -> None:
        written("", headers)  # a line break in one is refused
        self._h2.send_headers(self.id, [(":status", str(status)), *headers], end_stream=last)

    def _done(self) -> None:
        """The answer is out; of a request that is not whole no more is wanted."""
        if self._over:
            return
        self._work = None
        if self.id in self._h2.streams and not self._h2.streams[self.id].closed:
            self._reset(ErrorCodes.NO_ERROR)
            return
        self._finish()
        self._connection.ended(self, good=True)
        self._connection.flush()

    def _reset(self, code: ErrorCodes) -> None:
        self._finish()
        with contextlib.suppress(H2Error):
            self._h2.reset_stream(self.id, code)
        self._connection.ended(self, good=code is ErrorCodes.NO_ERROR)
        self._connection.flush()

    def _finish(self) -> None:
        self._over = True
        self._waiting.clear()
        self._connection.sweeper.forget(self)
