"""The format of a request that is described, not sent: by its endpoint, or by provider, operation and the body's shape.

What is sent has a URL, which the catalogue knows. A description may leave it out, and then the provider's format
whose members the body has most of is taken: of two alike, the route that stands first in the catalogue.
"""

from __future__ import annotations

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.catalogue import GENERIC, PROVIDERS
from aigov_enforcers.wire.format import Format
from aigov_enforcers.wire.formats import FORMATS
from aigov_enforcers.wire.guess import guess
from aigov_enforcers.wire.target import normal_path
from aigov_runtime.model import Direction


def described(provider: str | None, operation: str | None, endpoint: str | None, side: Direction, body: Json) -> Format:
    """The format of a body. What is None is not known; a provider that is in no catalogue is like an unlisted host."""
    known = PROVIDERS.get(provider or GENERIC)
    speaks = known or PROVIDERS[GENERIC]
    routes = [route for route in speaks.routes if operation in {None, route.operation}]
    if endpoint is not None:
        path = normal_path(endpoint)
        for route in speaks.routes:
            if route.pattern.search(path):
                return route.format
    if speaks.name == GENERIC and side is Direction.PROMPT:
        found = guess(body)
        return FORMATS[GENERIC] if found is None else found.format
    if not isinstance(body, dict) or not routes:
        return FORMATS[GENERIC]

    def members(format: Format) -> int:
        return len(body.keys() & (format.request if side is Direction.PROMPT else format.response).fields.keys())

    best = max((route.format for route in routes), key=members)
    return best if members(best) else FORMATS[GENERIC]
