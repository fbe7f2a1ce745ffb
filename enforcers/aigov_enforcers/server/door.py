"""What the handlers behind the control listener share: who asks, what they may send, how a refusal looks."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Awaitable, Callable
from typing import TypeVar
from weakref import WeakKeyDictionary

from aiohttp import web
from pydantic import BaseModel, ValidationError

from aigov_enforcers.server.enrolled import Connection, Enrolled
from aigov_enforcers.transport.errors import (
    AuthorityError,
    EnrolmentError,
    PeerError,
    RegistryError,
    RequestError,
    TransportError,
)
from aigov_enforcers.transport.messages import Problem

_log = logging.getLogger("aigov.server")

Model = TypeVar("Model", bound=BaseModel)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_STATUS: dict[type[TransportError], int] = {
    RequestError: 400,
    EnrolmentError: 403,
    PeerError: 403,
    AuthorityError: 503,
    RegistryError: 503,
}
_UNABLE = "the server cannot do this now; its log says why"


def problem(status: int, error: str) -> web.Response:
    """A refusal."""
    return web.json_response(text=Problem(error=error).model_dump_json(), status=status)


def reply(message: BaseModel, status: int = 200) -> web.Response:
    """An answer."""
    return web.json_response(text=message.model_dump_json(exclude_none=True), status=status)


async def asked(request: web.Request, model: type[Model]) -> Model:
    """The message in a request. Raises RequestError."""
    if request.content_type != "application/json":
        raise RequestError("expected content of the type application/json")
    try:
        return model.model_validate_json(await request.read())
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, fault['loc'])) or 'the body'}: {fault['msg']}" for fault in error.errors())
        raise RequestError("; ".join(faults)[:1000]) from None


def presented(request: web.Request, who: Enrolled) -> Connection | None:
    """The connection of an active device, by the certificate that it has proven; None when there is none, or no
    longer. It is the same for all requests of one connection."""
    tls = request.transport.get_extra_info("ssl_object") if request.transport is not None else None
    if tls is None:
        return None
    found = _connections.get(tls)
    if found is not None:
        return found if who.holds(found) else None
    try:
        found = _connections[tls] = who.peer(tls.getpeercert(binary_form=True))
    except ValueError:
        return None
    return found


_connections: WeakKeyDictionary[ssl.SSLObject, Connection] = WeakKeyDictionary()


@web.middleware
async def refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every fault is a `Problem`."""
    try:
        return await handler(request)
    except TransportError as error:
        status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 503)
        if status < 500:
            return problem(status, str(error))
        _log.error("%s: %s", request.path, error)
        return problem(status, _UNABLE)
    except web.HTTPException as error:
        answer = problem(error.status, error.reason)
        answer.headers.extend({name: value for name, value in error.headers.items() if name == "Allow"})
        return answer
    except Exception:  # noqa: BLE001 - on the log, and answered
        _log.exception("%s failed", request.path)
        return problem(500, _UNABLE)
