"""What a body says about its request: the `request.*` attributes and measures. (`time.*` is the engine's.)"""

from __future__ import annotations

from typing import NamedTuple

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.catalogue import Operation
from aigov_runtime.model import Direction, Value

_PROMPT = Direction.PROMPT


class Facts(NamedTuple):
    """Attributes are fixed by the kind of request, measures change with every body. What neither operation nor body
    says has no entry."""

    attributes: dict[str, Value]
    measures: dict[str, int]


def facts(operation: Operation, direction: Direction, body: Json, size: int) -> Facts:
    """The facts of one body of `size` bytes. `request.tokens` is what a request asks for, or a response used."""
    attributes = dict(operation.facts)
    measures = {"request.bytes": size}
    if type(body) is dict:
        if direction is _PROMPT:
            model, stream, tools, tokens = operation.format.asked(body, str(attributes.get("request.endpoint", "")))
            attributes.setdefault("request.stream", stream)
            attributes.setdefault("request.tools", tools)
            if model:
                attributes.setdefault("request.model", model)
        else:
            used = [count for count in operation.format.usage(body) if count is not None]
            tokens = sum(used) if used else None
        if tokens is not None:
            measures["request.tokens"] = tokens
    return Facts(attributes, measures)
