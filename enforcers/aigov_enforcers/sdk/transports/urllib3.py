"""`urllib3`, and so `requests`: one request of a pool. Redirects to elsewhere come here again."""

from __future__ import annotations

import functools
import io
from collections.abc import Generator, Iterable, Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from aigov_enforcers.governing.decider import LENGTH, Headers, Request, Response, Stream, without
from aigov_enforcers.sdk.exchange import JSON, flow, is_within, pieces, run
from aigov_enforcers.sdk.transports import InForce, Patch
from aigov_enforcers.wire import Refusal

_PORTS = {"http": 80, "https": 443}
_ABSOLUTE = ("http://", "https://")


def patches(library: Any) -> Iterable[Patch]:
    """The patches of `urllib3.connectionpool`."""
    yield Patch(library.HTTPConnectionPool, "urlopen", _urlopen)


def _urlopen(original: Any, in_force: InForce) -> Any:
    @functools.wraps(original)
    def urlopen(
        pool: Any, method: str, url: str, body: Any = None, headers: Any = None, *more: Any, **options: Any
    ) -> Any:
        decider = in_force()
        if decider is None:
            return original(pool, method, url, body, headers, *more, **options)
        absolute = _absolute(pool, url)
        parts = urlsplit(absolute)
        host, path = parts.hostname or "", parts.path or "/"
        operation = decider.recognise(method.upper(), host, parts.port, path)
        if operation is None and body and method.upper() == "POST":
            whole = isinstance(body, str | bytes | bytearray)
            if not whole and _is_json(pool.headers if headers is None else headers):
                body, whole = read(body), True
            if whole:
                operation = decider.unlisted(host, path, read(body))
        if operation is None or is_within(host, path):
            return original(pool, method, url, body, headers, *more, **options)
        named = dict(zip(_POSITIONAL, more, strict=False)) | options
        asked = _Asked(pool, original, method, url, absolute)
        return run(flow(_Call(asked, body, headers, named), decider, operation))

    return urlopen


def _is_json(headers: Any) -> bool:
    return any(name.lower() == "content-type" and value.startswith(JSON) for name, value in pairs(headers))


_POSITIONAL = ("retries", "redirect", "assert_same_host", "timeout", "pool_timeout", "release_conn", "chunked")
"""What may follow the headers by position."""


def _absolute(pool: Any, url: str) -> str:
    """The URL with scheme and host; through a proxy it may have them already."""
    if url.lower().startswith(_ABSOLUTE):
        return url
    host = f"[{pool.host}]" if ":" in pool.host and not pool.host.startswith("[") else pool.host
    port = "" if pool.port in {None, _PORTS.get(pool.scheme)} else f":{pool.port}"
    return f"{pool.scheme}://{host}{port}{url}"


class _Asked(NamedTuple):
    """A request as `urlopen` is asked for it; `url` may be a path, `absolute` is whole."""

    pool: Any
    original: Any
    method: str
    url: str
    absolute: str


class _Call:
    decodes = True

    def __init__(self, asked: _Asked, body: Any, headers: Any, options: dict[str, Any]) -> None:
        self.asked, self.unread = asked, body
        self.headers = asked.pool.headers if headers is None else headers
        self.preload = options.pop("preload_content", True)
        self.options = {**options, "preload_content": False, "decode_content": True}

    def request(self) -> Request:
        return Request(self.asked.method.upper(), self.asked.absolute, tuple(pairs(self.headers)))

    def body(self) -> bytes:
        return read(self.unread)

    def send(self, request: Request | None, body: bytes) -> Any:
        pool, original, method, url, absolute = self.asked
        if request is None:
            sent = None if self.unread is None else body
            return original(pool, method, url, sent, self.headers, **self.options)
        headers = _headers(request.headers)
        options = {**self.options, "chunked": False, "body_pos": None}
        if urlsplit(request.url)[:2] == urlsplit(absolute)[:2]:
            target = request.url if url == absolute else request.url.partition("//")[2].partition("/")[2]
            return original(pool, method, target if url == absolute else f"/{target}", request.body, headers, **options)
        options |= {"redirect": False, "assert_same_host": False}
        return _manager().urlopen(request.method, request.url, body=request.body, headers=headers, **options)

    def head(self, answer: Any) -> Response:
        return Response(answer.status, tuple(pairs(answer.headers)))

    def content(self, answer: Any) -> bytes:
        return answer.read(decode_content=True) or b""

    def whole(self, answer: Any, response: Response, *, changed: bool) -> Any:  # noqa: ARG002 - read is read
        headers = (*without(response.headers, LENGTH), ("content-length", str(len(response.body))))
        return self._made(type(answer), answer, headers, io.BytesIO(response.body))

    def flowing(self, answer: Any, headers: Headers, stream: Stream) -> Any:
        body = Body(pieces(arriving(answer), stream), answer, stream)
        return self._made(flowing_class(), answer, without(headers, LENGTH), body)

    def drop(self, answer: Any) -> None:
        answer.close()

    def refused(self, refusal: Refusal) -> Any:
        return response_class()(
            body=io.BytesIO(refusal.body),
            headers=dict(refusal.headers),
            status=refusal.status,
            reason="Forbidden",
            version=11,
            preload_content=self.preload,
            request_method=self.asked.method,
            request_url=self.asked.url,
            retries=self.options.get("retries"),
        )

    def _made(self, kind: Any, answer: Any, headers: Headers, body: Any) -> Any:
        return kind(
            body=body,
            headers=_headers(headers),
            status=answer.status,
            reason=answer.reason,
            version=answer.version,
            preload_content=self.preload,
            request_method=self.asked.method,
            request_url=answer.geturl(),
            retries=answer.retries,
            original_response=getattr(answer, "_original_response", None),  # where `requests` finds cookies
        )


@functools.cache
def _manager() -> Any:
    """What requests that are rerouted go through: their pool is that of another host."""
    from urllib3 import PoolManager

    return PoolManager()


def _headers(pairs: Headers) -> Any:
    from urllib3 import HTTPHeaderDict

    made = HTTPHeaderDict()
    for name, value in pairs:
        made.add(name, value)
    return made


def pairs(headers: Any) -> Iterator[tuple[str, str]]:
    """Headers of any mapping as text; a `HTTPHeaderDict` says each of several values."""
    items = headers.iteritems() if hasattr(headers, "iteritems") else headers.items()
    for name, value in items:
        yield _text(name), _text(value)


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def read(body: Any) -> bytes:
    """A request's body whole: nothing, text, bytes, a file or pieces of either."""
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, bytes | bytearray | memoryview):
        return bytes(body)
    if hasattr(body, "read"):
        return read(body.read())
    return b"".join(read(piece) for piece in body)


def arriving(answer: Any) -> Iterator[bytes]:
    """The pieces of a response as they arrive, decoded; none is waited for to become longer."""
    if answer.chunked and answer.supports_chunked_reads():
        yield from answer.read_chunked(decode_content=True)
        return
    while piece := answer.read1(decode_content=True):
        yield piece


class Body(io.RawIOBase):
    """A file whose bytes arrive in pieces."""

    def __init__(self, source: Iterator[bytes], answer: Any, stream: Stream) -> None:
        super().__init__()
        self.source, self.answer, self.stream = source, answer, stream
        self.rest = b""

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """What has arrived, or else arrives next; 0 at the end."""
        piece = self.rest or next(self.source, b"")
        size = len(buffer)
        buffer[: len(piece[:size])] = piece[:size]
        self.rest = piece[size:]
        return len(piece[:size])

    def read1(self, size: int = -1) -> bytes:
        """What has arrived, or else arrives next."""
        return self.read(2**16 if size < 0 else size)

    def close(self) -> None:
        """Close the answer too, whose rest is not wanted."""
        if not self.closed:
            self.stream.close()
            self.answer.close()
        super().close()


def response_class() -> Any:
    """`urllib3`'s class of responses; the library is loaded when this is asked."""
    from urllib3.response import HTTPResponse

    return HTTPResponse


@functools.cache
def flowing_class() -> Any:
    """The class of responses that hand on what arrives, as a chunked one does, and do not wait for more."""
    from urllib3.response import HTTPResponse

    class Flowing(HTTPResponse):
        def stream(
            self,
            amt: int | None = None,
            decode_content: bool | None = None,  # noqa: ARG002 - it is decoded
        ) -> Generator[bytes]:
            file: Any = self._fp
            while not file.closed and (piece := file.read(amt or 2**16)):
                yield piece
            file.close()

    return Flowing
