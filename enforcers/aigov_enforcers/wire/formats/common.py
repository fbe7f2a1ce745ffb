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

DOCUMENTED = Shape()
"""An object whose members the provider documents: the usual names mean the usual things, at any depth."""

_ENUMS = """
    accepts action allowed_callers anchor background button chunking_strategy citation_quality completion_window
    complexity confidence_scores_granularity confirmation confirmation_status connector_id context context_compression
    conversation cyber delay detail done_reason eagerness effort embedding_types encoding_format endpoint environment
    error_type execution finish_reason format function_call generate_summary handoff_execution include input_fidelity
    input_type media_type memory_limit modalities mode moderation moderation_stage object output_dtype output_format
    output_modalities personality phase prompt_cache_retention prompt_mode prompt_truncation purpose quality ranker
    reason reasoning_effort require_approval response_format response_type role safety_mode search_content_types
    search_context_size service_tier size status stream_format style summary syntax table_format task
    timestamp_granularities tool_choice tracing truncate truncation ttl type verbosity
"""
_IDENTIFIERS = """
    agent_id approval_request_id call_id caller_id comparison_response_id container_id continuation_id conversation_id
    document_ids error_file_id event_id file_id file_ids first_id from_entry_id generation_id group_id id image_id
    input_file_id item_id last_id library_ids next_agent_id output_file_id part_ids previous_agent_id previous_item_id
    previous_response_id reference_ids request_id response_id skill_id stream_id system_fingerprint table_id
    tool_call_id tunnel_id vector_store_id vector_store_ids
"""
STANDARD: Mapping[str, Field] = {
    **dict.fromkeys(_ENUMS.split(), WORD._replace(shape=DOCUMENTED)),
    **dict.fromkeys(_IDENTIFIERS.split(), ID),
    **dict.fromkeys(("encrypted_content", "signature"), OPAQUE),
    **dict.fromkeys(("parameters", "input_schema", "output_schema"), Field(shape=SCHEMA)),
    **dict.fromkeys(
        ("metadata", "attributes", "arguments", "variables", "headers", "env"), Field()
    ),  # the caller's own
    "category_applied_input_types": Field(shape=Shape(rest=WORD)),
    "logprobs": COPY,
}
DOCUMENTED.fields.update(STANDARD)
DOCUMENTED.rest = Field(shape=DOCUMENTED)


def documented(
    fields: Mapping[str, Field] | None = None,
    *,
    kind: Kind | None = None,
    role: str | None = None,
    tag: str = "",
    variants: Mapping[str, Shape] | None = None,
) -> Shape:
    """A `DOCUMENTED` object with fields of its own."""
    every = {**STANDARD, **(fields or {})}
    return Shape(every, rest=DOCUMENTED.rest, kind=kind, role=role, tag=tag, variants=variants)


TOOL = documented({"schema": Field(shape=SCHEMA)}, kind=Kind.TOOL_DEFINITION, role="system")

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
    for name in names:  # for every request: a generator costs more than the search
        value = body.get(name)
        if type(value) is int:
            return value
    return None


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
