"""What the formats share: fields of the usual reading, tools and their schemas, and the usual names of facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.format import Asked, Usage
from aigov_enforcers.wire.shape import Field, Read, Shape
from aigov_runtime.model import Kind

WORD = Field(Read.WORD)
ID = Field(Read.ID)
OPAQUE = Field(Read.OPAQUE)
COPY = Field(Read.COPY)
FILE = Field(kind=Kind.FILE)
PLAIN = Field(shape=Shape())

SCHEMA = Shape({"type": WORD})
"""A JSON Schema: names of properties, descriptions, enums and defaults all reach the model."""
SCHEMA.rest = Field(shape=SCHEMA)

TOOL = Shape(
    {
        "type": WORD,
        "function": Field(shape=Shape({"parameters": Field(shape=SCHEMA)})),
        "parameters": Field(shape=SCHEMA),
        "input_schema": Field(shape=SCHEMA),
    },
    kind=Kind.TOOL_DEFINITION,
    role="system",
)

SYSTEM = Field(kind=Kind.TEXT, role="system")
USER = Field(kind=Kind.TEXT, role="user")
ANSWER = Field(kind=Kind.TEXT, role="assistant")
PROMPT = USER._replace(read=Read.TOKENS)
FILES = FILE._replace(role="user")

PARAMETERS = dict.fromkeys(("model", "temperature", "top_p", "max_tokens", "stream"), Field())
"""Numbers and names that nearly every request has; listed so that they need no look at NAMES."""

_LIMITS = ("max_completion_tokens", "max_output_tokens", "max_tokens")
_NO_TOOLS: frozenset[str] = frozenset()


def asked(body: Mapping[str, Json], endpoint: str) -> Asked:
    """What a request says in the members that OpenAI and Anthropic named."""
    tools = body.get("tools")
    return Asked(
        text(body.get("model")) or deployment(endpoint),
        body.get("stream") is True,
        tool_names(tools) if type(tools) is list else _NO_TOOLS,
        first_count(body, _LIMITS),
    )


def usage(body: Mapping[str, Json]) -> Usage:
    """What a response used, by the names of OpenAI (`prompt_tokens`) and of Anthropic (`input_tokens`)."""
    used = body.get("usage")
    if type(used) is not dict:
        return Usage(None, None)
    return Usage(
        first_count(used, ("prompt_tokens", "input_tokens")), first_count(used, ("completion_tokens", "output_tokens"))
    )


def text(value: Json) -> str:
    """The value when it is a string, "" otherwise."""
    return value if type(value) is str else ""


def first_count(body: Mapping[str, Json], names: Iterable[str]) -> int | None:
    """The first of these members that is a whole number."""
    return next((value for name in names if type(value := body.get(name)) is int), None)


def deployment(endpoint: str) -> str:
    """Azure's older paths name the model: `/openai/deployments/NAME/chat/completions`."""
    _, found, rest = endpoint.partition("/deployments/")
    return rest.partition("/")[0] if found else ""


def tool_names(tools: Iterable[Json]) -> frozenset[str]:
    """Names of the tools offered; a tool that has none is known by its type."""
    names = set()
    for tool in tools:
        if type(tool) is dict:
            function = tool.get("function")
            name = (type(function) is dict and function.get("name")) or tool.get("name") or tool.get("type")
            if type(name) is str:
                names.add(name)
    return frozenset(names)
