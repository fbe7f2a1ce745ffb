"""Proto-JSON: members in `camelCase` or `snake_case`, and schemas in the words of OpenAPI."""

from __future__ import annotations

import re
from collections.abc import Mapping

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.translate.fields import Fields
from aigov_enforcers.wire.translate.neutral import Untranslatable

_SNAKE = re.compile(r"_([a-z0-9])")


def camel(value: Json | Mapping[str, Json]) -> dict[str, Json]:
    """An object with its own members in camel case; not those within. What is no object is an empty one. Raises
    `Untranslatable` when one stands there in both spellings."""
    if not isinstance(value, Mapping):
        return {}
    named = {_SNAKE.sub(lambda found: found[1].upper(), name): each for name, each in value.items()}
    if len(named) != len(value):
        raise Untranslatable("a member is there twice, in two spellings")
    return named


def members(value: Json, where: str = "", left_out: list[str] | None = None) -> Fields:
    """The members of an object, by their names in camel case."""
    return Fields(camel(value) if isinstance(value, dict) else value, where, left_out)


def inside(fields: Fields, name: str) -> Fields:
    """The members of an object that is a member, which may be missing."""
    return members(fields.object(name), fields.at(name), fields.left_out)


def each(fields: Fields, name: str) -> list[Fields]:
    """The members of the objects of a list."""
    return [members(item, f"{fields.at(name)}[{at}]", fields.left_out) for at, item in enumerate(fields.items(name))]


_COUNTS = frozenset(
    {"minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties"}
)  # int64, which proto-JSON writes as a string


def json_schema(schema: Json | Mapping[str, Json]) -> dict[str, Json]:
    """Gemini's `Schema`, a part of OpenAPI 3.0 with types in capitals, as JSON Schema."""
    found: dict[str, Json] = {}
    for name, value in camel(schema).items():
        if value is None or name == "propertyOrdering":
            continue
        if name == "type" and isinstance(value, str):
            found["type"] = value.lower()
        elif name == "properties" and isinstance(value, dict):
            found["properties"] = {key: json_schema(each) for key, each in value.items()}
        elif name in {"items", "additionalProperties"} and isinstance(value, dict):
            found[name] = json_schema(value)
        elif name == "anyOf" and isinstance(value, list):
            found["anyOf"] = [json_schema(each) for each in value]
        elif name in _COUNTS and isinstance(value, str) and value.isdigit():
            found[name] = int(value)
        elif name == "example":
            found["examples"] = [value]
        elif name in {"defs", "ref"}:
            found[f"${name}"] = value
        elif name != "nullable":
            found[name] = value
    if camel(schema).get("nullable") is True and "type" in found:
        found["type"] = [found["type"], "null"]
    return found
