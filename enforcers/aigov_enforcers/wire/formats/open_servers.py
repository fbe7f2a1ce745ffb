"""Servers of open models by their own endpoints: llama.cpp's completion and infill, Hugging Face's text generation.

Both also speak OpenAI chat. Sources: https://github.com/ggml-org/llama.cpp/tree/master/tools/server,
https://huggingface.co/docs/text-generation-inference/reference/api_reference
"""

from __future__ import annotations

from collections.abc import Mapping

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.format import Asked, Format, Usage
from aigov_enforcers.wire.formats import common
from aigov_enforcers.wire.formats.common import (
    ANSWER,
    COPY,
    PARAMETERS,
    PROMPT,
    SCHEMA,
    USER,
    WORD,
    documented,
    first_count,
)
from aigov_enforcers.wire.shape import Field
from aigov_runtime.model import Kind

_SCHEMA = Field(kind=Kind.TOOL_DEFINITION, role="system", shape=SCHEMA)

LLAMACPP_REQUEST = documented(
    PARAMETERS
    | {
        "prompt": PROMPT._replace(
            shape=documented({"prompt_string": USER, "multimodal_data": Field(kind=Kind.FILE, role="user")})
        ),
        "input_prefix": USER,
        "input_suffix": USER,
        "input_extra": Field(kind=Kind.FILE, role="user"),
        "json_schema": _SCHEMA,
        "grammar": Field(kind=Kind.TOOL_DEFINITION, role="system"),
    }
)
LLAMACPP_RESPONSE = documented(
    {
        "content": ANSWER,
        "prompt": USER,
        "stop_type": WORD,
        **dict.fromkeys(("tokens", "probs", "completion_probabilities"), COPY),
    }
)

_GRAMMAR = Field(kind=Kind.TOOL_DEFINITION, role="system", shape=documented({"type": WORD, "value": _SCHEMA}))
GENERATION_REQUEST = documented(
    PARAMETERS | {"inputs": USER, "parameters": Field(shape=documented({"grammar": _GRAMMAR}))}
)
_DETAILS = documented({"finish_reason": WORD, **dict.fromkeys(("prefill", "tokens", "top_tokens"), COPY)})
_DETAILS.fields["best_of_sequences"] = ANSWER._replace(shape=_DETAILS)
GENERATION_RESPONSE = documented({"generated_text": ANSWER, "details": Field(shape=_DETAILS), "token": ANSWER})


def _asked_llamacpp(body: Mapping[str, Json], endpoint: str) -> Asked:
    return common.asked(body, endpoint)._replace(tokens=first_count(body, ("n_predict", "max_tokens")))


def _usage_llamacpp(body: Mapping[str, Json]) -> Usage:
    return Usage(first_count(body, ("tokens_evaluated",)), first_count(body, ("tokens_predicted",)))


def _asked_generation(body: Mapping[str, Json], endpoint: str) -> Asked:
    """The model is the end of the path: `/models/OWNER/NAME`."""
    parameters = body.get("parameters")
    said = common.asked(body, endpoint)
    _, _, model = endpoint.partition("/models/")
    limit = first_count(parameters, ("max_new_tokens",)) if type(parameters) is dict else None
    return said._replace(model=said.model or model, tokens=limit)


def _usage_generation(body: Mapping[str, Json]) -> Usage:
    details = body.get("details")
    return Usage(None, first_count(details, ("generated_tokens",)) if type(details) is dict else None)


FORMATS = (
    Format("llamacpp.completion", "openai", LLAMACPP_REQUEST, LLAMACPP_RESPONSE, _asked_llamacpp, _usage_llamacpp),
    Format(
        "huggingface.generation",
        "huggingface",
        GENERATION_REQUEST,
        GENERATION_RESPONSE,
        _asked_generation,
        _usage_generation,
    ),
)
