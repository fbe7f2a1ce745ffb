"""The hook in `httpx2` and `httpx`: `Client.send` and `AsyncClient.send` of both are driven by one flow.

`send` is where a whole request goes in and a whole response comes out, redirects and authentication
included, and every verb and every official client passes it. The two libraries have one interface.

The flow is a generator: it yields what is to be done (read, send, close) and the wrappers do it, one
with and one without `await`. So both worlds are governed by the same lines.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import importlib.util
from collections.abc import Generator
from datetime import timedelta
from enum import Enum
from typing import Any, NamedTuple

from aigov_enforcers.sdk.governor import Governor, Passage, failure
from aigov_enforcers.wire import Message, Refusal
from aigov_enforcers.wire.content.envelope import CREDENTIALS

LIBRARIES = ("httpx2", "httpx")

_LENGTH = frozenset({"content-length", "transfer-encoding"})
_FRAMING = _LENGTH | {"content-encoding"}
"""Headers that describe bytes on the wire: what a client hands out is decoded."""


class Do(Enum):
    """What the flow may ask for."""

    READ = ("read", "aread")
    CLOSE = ("close", "aclose")
    SEND = ("", "")


class Step(NamedTuple):
    """Do this with the request or response."""

    do: Do
    message: Any


class Hook:
    """The patched clients. `governor` may be replaced at any time.

    Raises RuntimeError when none of the libraries is installed.
    """

    def __init__(self, governor: Governor) -> None:
        self.governor: Governor | None = governor
        self._patched: list[tuple[Any, Any, Any]] = []
        libraries = [importlib.import_module(name) for name in LIBRARIES if importlib.util.find_spec(name)]
        if not libraries:
            raise RuntimeError(f"no client library to govern: none of {', '.join(LIBRARIES)} is installed")
        for library in {id(each): each for each in libraries}.values():  # `httpx2.alias_httpx` makes them one
            self._patch(library.Client, self._sync(library, library.Client.send))
            self._patch(library.AsyncClient, self._async(library, library.AsyncClient.send))

    def _patch(self, client: Any, wrapper: Any) -> None:
        self._patched.append((client, client.send, wrapper))
        client.send = wrapper

    def remove(self) -> None:
        """Take the hook out. Where somebody patched over it, it stays as a pass-through."""
        self.governor = None
        for client, original, wrapper in self._patched:
            if client.send is wrapper:
                client.send = original

    def _sync(self, library: Any, original: Any) -> Any:
        @functools.wraps(original)
        def send(client: Any, request: Any, **options: Any) -> Any:
            if self.governor is None:
                return original(client, request, **options)
            flow = _flow(library, self.governor, request)
            step = next(flow)
            try:
                while True:
                    try:
                        if step.do is Do.SEND:
                            result = original(client, step.message, **options)
                        else:
                            result = getattr(step.message, step.do.value[0])()
                    except Exception as error:  # noqa: BLE001 - the flow lets it out
                        step = flow.throw(error)
                    else:
                        step = flow.send(result)
            except StopIteration as end:
                return end.value

        return send

    def _async(self, library: Any, original: Any) -> Any:
        @functools.wraps(original)
        async def send(client: Any, request: Any, **options: Any) -> Any:
            if self.governor is None:
                return await original(client, request, **options)
            flow = _flow(library, self.governor, request)
            step = next(flow)
            try:
                while True:
                    try:
                        if step.do is Do.SEND:
                            result = await original(client, step.message, **options)
                        else:
                            result = await getattr(step.message, step.do.value[1])()
                    except Exception as error:  # noqa: BLE001 - the flow lets it out
                        step = flow.throw(error)
                    else:
                        step = flow.send(result)
            except StopIteration as end:
                return end.value

        return send


def _flow(library: Any, governor: Governor, request: Any) -> Generator[Step, Any, Any]:
    """Govern one request and its response. What the network raises goes through; what deciding raises refuses."""
    url = request.url
    operation = governor.recognise(request.method, url.host, url.port, url.path)
    if operation is None:
        return (yield Step(Do.SEND, request))
    yield Step(Do.READ, request)
    try:
        message = Message(tuple(request.headers.multi_items()), request.content, url.query.decode("ascii"))
        verdict = governor.request(operation, url.path, message)
        if isinstance(verdict, Refusal):
            return _refused(library, request, verdict)
        governed = _request(library, request, message, verdict)
    except Exception:  # noqa: BLE001 - whatever it is, nothing may leave undecided
        return _refused(library, request, failure(operation))
    response = yield Step(Do.SEND, governed)
    if _streams(verdict, response):
        return response
    yield Step(Do.READ, response)
    try:
        came = _received(response)
        handed = governor.response(verdict, came)
        if isinstance(handed, Refusal):
            return _refused(library, request, handed)
        return response if handed is came else _response(library, response, handed)
    except Exception:  # noqa: BLE001 - as above
        return _refused(library, request, failure(operation))


def _streams(passage: Passage, response: Any) -> bool:
    """Whether the response is the stream that the request asked for. It is decided by its request alone."""
    asked = passage.interaction.attributes.get("request.stream") is True
    return asked and str(response.headers.get("content-type", "")).startswith("text/event-stream")


def _received(response: Any) -> Message:
    """A response as its reader sees it: the client has undone the transfer and the content encoding."""
    headers = response.headers.multi_items()
    return Message(tuple(header for header in headers if header[0] not in _FRAMING), response.content)


def _request(library: Any, request: Any, message: Message, passage: Passage) -> Any:
    """The request to send: the caller's own object when nothing changed."""
    sent = passage.message
    if sent is message and not passage.url:
        return request
    dropped = {*_LENGTH, "host", *CREDENTIALS} if passage.url else {*_LENGTH}
    headers = library.Headers([header for header in sent.headers if header[0] not in dropped])
    url = request.url
    if passage.url:
        url = passage.url
        headers.update(passage.headers)
    elif sent.query != message.query:
        url = url.copy_with(query=sent.query.encode("ascii"))
    return library.Request(request.method, url, headers=headers, content=sent.body, extensions=request.extensions)


def _response(library: Any, response: Any, handed: Message) -> Any:
    """The response to hand on, in place of the one that came."""
    changed = library.Response(
        response.status_code,
        headers=list(handed.headers),
        content=handed.body,
        request=response.request,
        extensions=response.extensions,
        history=response.history,
        default_encoding=response.default_encoding,
    )
    with contextlib.suppress(RuntimeError):  # a transport that hands out whole responses has measured nothing
        changed.elapsed = response.elapsed
    return changed


def _refused(library: Any, request: Any, refusal: Refusal) -> Any:
    response = library.Response(refusal.status, headers=refusal.headers, content=refusal.body, request=request)
    response.elapsed = timedelta(0)
    return response
