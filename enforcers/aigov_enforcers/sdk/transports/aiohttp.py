"""`aiohttp`: each hop of a request, as the innermost middleware of its session (aiohttp 3.12 and later)."""

from __future__ import annotations

import functools
import inspect
import io
from collections.abc import Iterable
from typing import Any

from aigov_enforcers.governing.decider import LENGTH, Decider, Headers, Request, Response, Stream, without
from aigov_enforcers.sdk.exchange import JSON, arun, flow, is_within
from aigov_enforcers.sdk.transports import InForce, Patch
from aigov_enforcers.sdk.transports.urllib3 import pairs
from aigov_enforcers.wire import Refusal

MAX_DIRECT = 2**20 - 1
"""Bytes of a body that are sent at once; more are read as a file."""


def patches(library: Any) -> Iterable[Patch]:
    """The patches of `aiohttp.client`."""
    if "middlewares" not in inspect.signature(library.ClientSession._request).parameters:  # noqa: SLF001
        raise AttributeError("sessions have no middlewares, which came with 3.12")
    yield Patch(library.ClientSession, "_request", _request)


def _request(original: Any, in_force: InForce) -> Any:
    @functools.wraps(original)
    async def request(session: Any, method: str, url: Any, **options: Any) -> Any:
        decider = in_force()
        if decider is None:
            return await original(session, method, url, **options)
        outer = options.get("middlewares")
        options["middlewares"] = (*(session._middlewares if outer is None else outer), _hop(session, decider))  # noqa: SLF001
        return await original(session, method, url, **options)

    return request


def _hop(session: Any, decider: Decider) -> Any:
    async def hop(request: Any, handler: Any) -> Any:
        url = request.url
        host = (url.host or "").lower()
        operation = decider.recognise(request.method, host, url.explicit_port, url.path)
        call = _Call(session, request, handler)
        if operation is None and request.method == "POST" and _may_ask(request):
            operation = decider.unlisted(host, url.path, await call.body())
        if operation is None or is_within(host, url.path):
            return await handler(request)
        return await arun(flow(call, decider, operation))

    return hop


def _may_ask(request: Any) -> bool:
    """Whether the body may tell that a model is asked: what is in memory, and what is declared as JSON."""
    from aiohttp.payload import BytesPayload

    return isinstance(request.body, bytes | BytesPayload) or request.headers.get("content-type", "").startswith(JSON)


class _Call:
    decodes = True

    def __init__(self, session: Any, request: Any, handler: Any) -> None:
        self.session, self.sent, self.handler = session, request, handler

    def request(self) -> Request:
        headers = tuple(pairs(self.sent.headers))
        if self.sent.compress:  # which is done while it is sent
            headers = without(headers, LENGTH | {"content-encoding"})
        return Request(self.sent.method, str(self.sent.url), headers)

    async def body(self) -> bytes:
        body = self.sent.body
        if not body:
            return b""
        if isinstance(body, bytes):
            return body
        whole = _Written()
        await body.write(whole)
        read = b"".join(whole.pieces)
        await self._put(read)
        return read

    async def _put(self, body: bytes) -> None:
        large = len(body) > MAX_DIRECT  # the library warns of more
        await self.sent.update_body(io.BytesIO(body) if large else body)

    async def send(self, request: Request | None, body: bytes) -> Any:  # noqa: ARG002 - the request holds what was read
        if request is None:
            return await self.handler(self.sent)
        sent = self.sent
        if request.url != str(sent.url):
            from yarl import URL

            sent.url = URL(request.url, encoded=True)
            sent.update_host(sent.url)
        sent.headers.clear()
        sent.headers.update({"Host": sent.url.raw_authority})
        for name, value in without(request.headers, frozenset({"host"})):
            sent.headers.add(name, value)
        sent.chunked = sent.compress = None
        await self._put(request.body)
        return await self.handler(sent)

    def head(self, answer: Any) -> Response:
        return Response(answer.status, tuple(pairs(answer.headers)))

    async def content(self, answer: Any) -> bytes:
        return bytes(await answer.read())

    def whole(self, answer: Any, response: Response, *, changed: bool) -> Any:
        """The answer, whose body can also be read as a stream again."""
        headers = without(response.headers, LENGTH) if changed else None
        return self._filled(answer, headers, response.body)

    def flowing(self, answer: Any, headers: Headers, stream: Stream) -> Any:
        _relabel(answer, headers)
        answer.content = _flowing(answer.content, stream, self.session._loop)  # noqa: SLF001
        return answer

    def drop(self, answer: Any) -> None:
        answer.close()

    def refused(self, refusal: Refusal) -> Any:
        from aiohttp.helpers import TimerNoop

        url, loop = self.sent.url, self.session._loop  # noqa: SLF001
        answer = self.session._response_class(  # noqa: SLF001
            self.sent.method,
            url,
            writer=None,
            continue100=None,
            timer=TimerNoop(),
            request_info=self.sent.request_info,
            traces=[],
            loop=loop,
            session=self.session,
            stream_writer=_Nothing(),
        )
        answer.version, answer.status, answer.reason = self.sent.version, refusal.status, "Forbidden"
        return self._filled(answer, refusal.headers, refusal.body)

    def _filled(self, answer: Any, headers: Headers | None, body: bytes) -> Any:
        if headers is not None:
            _relabel(answer, headers)
        answer.content = _reader(self.session._loop)  # noqa: SLF001
        answer.content.feed_data(body)
        answer.content.feed_eof()
        answer._body = body  # noqa: SLF001 - what `read` gives
        return answer


class _Written:
    """What a payload is written to. `write` of aiohttp's own payloads asks for no more than this."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    async def write(self, piece: Any, **_options: Any) -> None:
        self.pieces.append(bytes(piece))

    async def write_eof(self, piece: bytes = b"") -> None:
        self.pieces.append(bytes(piece))

    async def drain(self) -> None:
        """There is no one to wait for."""


class _Nothing:
    output_size = 0


def _relabel(answer: Any, headers: Headers) -> None:
    from multidict import CIMultiDict, CIMultiDictProxy

    answer._headers = CIMultiDictProxy(CIMultiDict(headers))  # noqa: SLF001
    answer._raw_headers = tuple((name.encode(), value.encode()) for name, value in headers)  # noqa: SLF001
    answer._cache.pop("headers", None)  # noqa: SLF001
    answer._cache.pop("raw_headers", None)  # noqa: SLF001


def _reader(loop: Any) -> Any:
    from aiohttp.base_protocol import BaseProtocol
    from aiohttp.streams import StreamReader

    return StreamReader(BaseProtocol(loop), 2**16, loop=loop)


def _flowing(source: Any, stream: Stream, loop: Any) -> Any:
    """A stream that asks its source when it has nothing left, so what is not read is not asked for."""
    from aiohttp.base_protocol import BaseProtocol

    return _flowing_class()(source, stream, BaseProtocol(loop), loop)


@functools.cache
def _flowing_class() -> Any:
    from aiohttp.streams import StreamReader

    class Flowing(StreamReader):
        __slots__ = ("_governed", "_source")

        def __init__(self, source: Any, governed: Stream, protocol: Any, loop: Any) -> None:
            super().__init__(protocol, 2**16, loop=loop)
            self._source, self._governed = source, governed

        async def _wait(self, func_name: str) -> None:  # noqa: ARG002 - the name is for the library's messages
            while not self._eof:
                piece = await self._source.readany()
                out = self._governed.feed(piece) if piece else self._governed.close()
                if not piece or self._governed.blocked:
                    self._governed.close()
                    self.feed_data(out)
                    self.feed_eof()
                elif out:
                    self.feed_data(out)
                    return

        def set_exception(self, exc: BaseException, *more: Any) -> None:
            self._governed.close()
            if not self._source.is_eof():
                self._source.set_exception(exc, *more)
            super().set_exception(exc, *more)

    return Flowing
