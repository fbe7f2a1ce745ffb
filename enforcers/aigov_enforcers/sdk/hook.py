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
from http import HTTPStatus
from typing import Any, NamedTuple

from aigov_enforcers.sdk.governor import CREDENTIALS, Governor, Passage, failure
from aigov_enforcers.wire import Refusal

LIBRARIES = ("httpx2", "httpx")

_FRAMING = ("content-length", "content-encoding", "transfer-encoding")
"""Headers that describe bytes which are no longer the body's."""


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
        verdict = governor.request(operation, url.raw_path.decode("ascii"), request.content)
        if isinstance(verdict, Refusal):
            return _refused(library, request, verdict)
        governed = _request(library, request, verdict)
    except Exception:  # noqa: BLE001 - whatever it is, nothing may leave undecided
        return _refused(library, request, failure(operation))
    response = yield Step(Do.SEND, governed)
    if _streams(verdict, response):
        return response
    yield Step(Do.READ, response)
    try:
        handed = governor.response(verdict, response.content, plain=_is_error_page(response))
        if isinstance(handed, Refusal):
            return _refused(library, request, handed)
        return _response(library, response, handed)
    except Exception:  # noqa: BLE001 - as above
        return _refused(library, request, failure(operation))


def _streams(passage: Passage, response: Any) -> bool:
    """Whether the response is the stream that the request asked for. It is decided by its request alone."""
    asked = passage.interaction.attributes.get("request.stream") is True
    return asked and str(response.headers.get("content-type", "")).startswith("text/event-stream")


def _is_error_page(response: Any) -> bool:
    """Whether a server in between answers for the provider, in HTML or plain words."""
    kind = str(response.headers.get("content-type", ""))
    return response.status_code >= HTTPStatus.BAD_REQUEST and kind.startswith(("text/html", "text/plain"))


def _request(library: Any, request: Any, passage: Passage) -> Any:
    """The request to send: the caller's own object when nothing changed."""
    if passage.body is request.content and not passage.url:
        return request
    headers = request.headers.copy()
    _drop(headers, _FRAMING)
    if passage.url:
        _drop(headers, ("host", *CREDENTIALS))
        headers.update(passage.headers)
    url = passage.url or request.url
    return library.Request(request.method, url, headers=headers, content=passage.body, extensions=request.extensions)


def _response(library: Any, response: Any, body: bytes) -> Any:
    """The response to hand on: the one that came when nothing changed."""
    if body is response.content:
        return response
    headers = response.headers.copy()
    _drop(headers, _FRAMING)
    changed = library.Response(
        response.status_code,
        headers=headers,
        content=body,
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


def _drop(headers: Any, names: tuple[str, ...]) -> None:
    for name in names:
        headers.pop(name, None)
