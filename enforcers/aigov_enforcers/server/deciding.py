"""`/decide`: decisions for who sends requests to providers himself, as the hook's remote mode or another gateway.

A request is decided first; the answer's `event` then names the exchange whose response is to be decided. Whole bodies
only: what streams goes through the server itself. docs/openapi.json describes it (`openapi`).
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections import OrderedDict
from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Any, Literal, NamedTuple, TypeVar
from urllib.parse import urlsplit

from aiohttp import web
from pydantic import AfterValidator, Field

from aigov_enforcers.governing import decider
from aigov_enforcers.governing.decider import Passage
from aigov_enforcers.governing.governor import Governor, new_event
from aigov_enforcers.server.callers import Callers
from aigov_enforcers.server.door import asked, presented, problem, reply
from aigov_enforcers.server.enrolled import Enrolled
from aigov_enforcers.server.who import Caller, Refused
from aigov_enforcers.transport.errors import RequestError
from aigov_enforcers.transport.messages import Message
from aigov_enforcers.wire import Catalogue, Refusal

_T = TypeVar("_T")

PATH = "/decide"
MOST = 4096
"""Exchanges that may wait for their response; when there are more, the oldest are forgotten."""

LARGE = 64 * 1024
"""Bytes of a body that is decided in a thread."""


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("expected an absolute http or https URL in ASCII")
    return text


def _text(text: str) -> str:
    if any(char in text for char in "\r\n\0"):
        raise ValueError("expected one line")
    return text


HeaderName = Annotated[str, Field(pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$", max_length=256)]
HeaderValue = Annotated[str, AfterValidator(_text), Field(max_length=32768)]
Headers = Annotated[list[tuple[HeaderName, HeaderValue]], Field(max_length=100)]
Encoding = Literal["text", "base64"]


class Body(Message):
    """A body as text, or in base64 where it is no UTF-8."""

    headers: Headers = Field([], description="Names and values in order; no credentials are needed")
    body: str = Field("", description="The body, as `encoding` says")
    encoding: Encoding = Field("text", description="`base64` (RFC 4648 section 4) for a body that is no UTF-8 text")

    @property
    def bytes(self) -> bytes:
        """As on the wire. Raises RequestError."""
        if self.encoding == "text":
            try:
                return self.body.encode()
            except UnicodeEncodeError:
                raise RequestError("body: a lone surrogate is no text") from None
        try:
            return base64.b64decode(self.body, validate=True)
        except (binascii.Error, ValueError):
            raise RequestError("body: is not base64") from None


class HttpRequest(Body):
    """A request that is about to be sent to a provider."""

    method: Annotated[str, Field(pattern=r"^[A-Z]{1,16}$")] = "POST"
    url: Annotated[str, AfterValidator(_url), Field(max_length=8192)] = Field(description="Absolute, as it is sent")


class HttpResponse(Body):
    """A response that came from a provider, or what its client is to get."""

    status: Annotated[int, Field(ge=100, le=599)]


class DecideRequest(Message):
    """What is to be decided: a request, or the response of an exchange whose request was decided before."""

    request: HttpRequest | None = None
    event: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] | None = Field(
        None, description="With `response`: the `event` that the request's decision had"
    )
    response: HttpResponse | None = None


class Decided(Message):
    """What to do. `refused`: give the client `response`. Else send on `request`, or give the client `response`."""

    event: str = Field(description="The id under which the decision is on record")
    governed: bool = Field(description="False for what is no request to a model; it is not decided, and may pass")
    refused: bool
    changed: bool = Field(description="Whether `request` or `response` differs from what was asked about")
    rerouted: bool = Field(description="Whether `request` goes to another place")
    revision: str = Field(description="The policy that decided")
    request: HttpRequest | None = None
    response: HttpResponse | None = None


class _Kept(NamedTuple):
    caller: Caller
    passage: Passage


class Deciding:
    """The handler. `governors` are those of the callers of this process."""

    def __init__(self, who: Enrolled, governors: Callers, catalogue: Catalogue, revision: Callable[[], str]) -> None:
        self._who, self._governors, self._catalogue, self._revision = who, governors, catalogue, revision
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Put it behind its path."""
        router.add_post(PATH, self._decide)

    async def _decide(self, http: web.Request) -> web.Response:
        peer = presented(http, self._who)
        if peer is None:
            return problem(HTTPStatus.FORBIDDEN, "the certificate of an active device is needed")
        headers = tuple((name.lower(), value) for name, value in http.headers.items())
        caller = self._who.caller(peer, headers)
        if isinstance(caller, Refused):
            return problem(caller.status, caller.message)
        message = await asked(http, DecideRequest)
        governor = self._governors.of(caller)
        if message.request is not None and message.response is None and message.event is None:
            return await self._request(caller, governor, message.request)
        if message.response is not None and message.request is None and message.event is not None:
            return await self._response(caller, governor, message.event, message.response)
        raise RequestError("expected either `request`, or `response` with `event`")

    async def _request(self, caller: Caller, governor: Governor, given: HttpRequest) -> web.Response:
        parts = urlsplit(given.url)
        request = decider.Request(given.method, given.url, _headers(given), given.bytes)
        operation = self._catalogue.recognise(given.method, parts.hostname or "", parts.port, parts.path or "/")
        if operation is None:
            return reply(self._decided("", governed=False))
        event = new_event()
        try:
            verdict = await _aside(request.body, lambda: governor.request(operation, request, event))
        except Exception:  # noqa: BLE001 - whatever it is, nothing may leave undecided
            refusal = governor.failed(operation, request.body, event)
            verdict = refusal or Passage(operation, request, {}, {}, event=event)
        if isinstance(verdict, Refusal):
            return reply(self._refused(verdict, event))
        self._keep(event, caller, verdict)
        sent = HttpRequest(method=verdict.request.method, url=verdict.request.url, **_body(verdict.request))
        return reply(self._decided(event, changed=verdict.changed, rerouted=verdict.rerouted, request=sent))

    async def _response(self, caller: Caller, governor: Governor, event: str, given: HttpResponse) -> web.Response:
        """Once for each exchange, and for the caller that began it."""
        kept = self._kept.get(event)
        if kept is None or kept.caller.key != caller.key:
            return problem(HTTPStatus.NOT_FOUND, "no exchange with this event waits for its response")
        response = decider.Response(given.status, _headers(given), given.bytes)
        del self._kept[event]
        try:
            verdict = await _aside(response.body, lambda: _judged(governor, kept.passage, response))
        except Exception:  # noqa: BLE001 - as above
            verdict = governor.failed(kept.passage.operation, kept.passage.request.body, event) or response
        if isinstance(verdict, Refusal):
            return reply(self._refused(verdict, event))
        handed = HttpResponse(status=verdict.status, **_body(verdict))
        return reply(self._decided(event, changed=verdict is not response, response=handed))

    def _keep(self, event: str, caller: Caller, passage: Passage) -> None:
        """A large body is not kept: only refusals in JSON-RPC look into it, for an id that is near its begin."""
        if len(passage.request.body) > LARGE:
            passage = passage._replace(request=passage.request._replace(body=b""))
        self._kept[event] = _Kept(caller, passage)
        if len(self._kept) > MOST:
            self._kept.popitem(last=False)

    def _refused(self, refusal: Refusal, event: str) -> Decided:
        answer = decider.Response(refusal.status, refusal.headers, refusal.body)
        return self._decided(event, refused=True, response=HttpResponse(status=refusal.status, **_body(answer)))

    def _decided(
        self,
        event: str,
        *,
        governed: bool = True,
        refused: bool = False,
        changed: bool = False,
        rerouted: bool = False,
        request: HttpRequest | None = None,
        response: HttpResponse | None = None,
    ) -> Decided:
        return Decided(
            event=event,
            governed=governed,
            refused=refused,
            changed=changed,
            rerouted=rerouted,
            revision=self._revision(),
            request=request,
            response=response,
        )


def _judged(governor: Governor, passage: Passage, response: decider.Response) -> decider.Response | Refusal:
    """Decide a response; one of a provider that speaks another format is translated before."""
    return governor.response(passage, governor.head(passage, response))


def _headers(given: Body) -> decider.Headers:
    return tuple((name.lower(), value) for name, value in given.headers)


def _body(message: decider.Request | decider.Response) -> dict[str, Any]:
    """Headers and body as a `Body` has them."""
    headers = [(name, value) for name, value in message.headers]
    try:
        return {"headers": headers, "body": message.body.decode()}
    except UnicodeDecodeError:
        return {"headers": headers, "body": base64.b64encode(message.body).decode(), "encoding": "base64"}


async def _aside(body: bytes, work: Callable[[], _T]) -> _T:
    """What takes long does not hold up the others."""
    return await asyncio.to_thread(work) if len(body) > LARGE else work()
