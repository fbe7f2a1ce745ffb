"""What a request says about itself: the `request.*` attributes. (`time.*` is the engine's.)"""

from __future__ import annotations

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.catalogue import Operation
from aigov_runtime.model import Value

_LIMITS = ("max_completion_tokens", "max_output_tokens", "max_tokens")
_NONE: frozenset[str] = frozenset()


def request_facts(operation: Operation, body: Json) -> dict[str, Value]:
    """The attributes that are fixed by the kind of request. What neither operation nor body says has no entry."""
    if type(body) is not dict:
        return dict(operation.facts)
    model = body.get("model") or _deployment(str(operation.facts.get("request.endpoint", "")))
    tools = body.get("tools")
    facts: dict[str, Value] = {
        "request.stream": body.get("stream") is True,
        "request.tools": _tool_names(tools) if type(tools) is list else _NONE,
        **operation.facts,
    }
    if type(model) is str and model:
        facts.setdefault("request.model", model)
    return facts


def _deployment(endpoint: str) -> str:
    """Azure's older paths name the model: `/openai/deployments/NAME/chat/completions`."""
    _, found, rest = endpoint.partition("/deployments/")
    return rest.partition("/")[0] if found else ""


def _tool_names(tools: list[Json]) -> frozenset[str]:
    """Names of the tools offered; a tool that has none is known by its type."""
    names = set()
    for tool in tools:
        if type(tool) is dict:
            function = tool.get("function")
            name = (type(function) is dict and function.get("name")) or tool.get("name") or tool.get("type")
            if type(name) is str:
                names.add(name)
    return frozenset(names)


def request_measures(body: Json, size: int) -> dict[str, int]:
    """The numbers of one body: its bytes, and the tokens it asks for (request) or used (response) if it says."""
    measures = {"request.bytes": size}
    if type(body) is dict:
        usage = body.get("usage")
        if type(usage) is dict:
            total = usage.get("total_tokens")
            counts = [total] if type(total) is int else [usage.get("input_tokens"), usage.get("output_tokens")]
            tokens = [count for count in counts if type(count) is int]
            if tokens:
                measures["request.tokens"] = sum(tokens)
        else:
            for limit in _LIMITS:
                asked = body.get(limit)
                if type(asked) is int:
                    measures["request.tokens"] = asked
                    break
    return measures
