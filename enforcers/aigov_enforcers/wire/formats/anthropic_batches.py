"""Anthropic's message batches, and the completions of old.

A batch holds requests of `anthropic.messages`; its results are JSONL, one such response a line.
Source: https://docs.anthropic.com/en/api/creating-message-batches, https://docs.anthropic.com/en/api/complete
"""

from __future__ import annotations

from collections.abc import Mapping

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.format import Asked, Format, Usage
from aigov_enforcers.wire.formats import anthropic
from aigov_enforcers.wire.formats.common import ID, PARAMETERS, WORD, asked, first_count, usage
from aigov_enforcers.wire.shape import Field, Shape
from aigov_runtime.model import Kind

BATCH_REQUEST = Shape(
    {"requests": Field(shape=Shape({"custom_id": Field(kind=Kind.METADATA), "params": Field(shape=anthropic.REQUEST)}))}
)
BATCH_RESPONSE = Shape(
    {
        "id": ID,
        "type": WORD,
        "custom_id": Field(kind=Kind.METADATA),
        "processing_status": WORD,
        "results_url": Field(),
        "result": Field(
            shape=Shape(
                {
                    "type": WORD,
                    "message": Field(shape=anthropic.RESPONSE),
                    "error": Field(kind=Kind.TEXT, shape=Shape({"type": WORD, "message": Field()})),
                }
            )
        ),
    }
)

COMPLETE_REQUEST = Shape(
    PARAMETERS
    | {
        "prompt": Field(kind=Kind.TEXT, role="user"),
        "max_tokens_to_sample": Field(),
        "stop_sequences": Field(),
        "metadata": Field(kind=Kind.METADATA),
    }
)
COMPLETE_RESPONSE = Shape(
    {
        "id": Field(),
        "type": WORD,
        "completion": Field(kind=Kind.TEXT, role="assistant"),
        "stop_reason": WORD,
        "stop": Field(),
        "model": Field(),
    }
)


def batch_asked(body: Mapping[str, Json], endpoint: str) -> Asked:
    """Of all requests together: the model when they have one in common, every tool, the sum of their limits."""
    requests = body.get("requests")
    inner = [each.get("params") for each in requests if isinstance(each, dict)] if isinstance(requests, list) else []
    said = [asked(each, endpoint) for each in inner if isinstance(each, dict)]
    models = {each.model for each in said}
    limits = [each.tokens for each in said if each.tokens is not None]
    return Asked(
        models.pop() if len(models) == 1 else "",
        stream=False,
        tools=frozenset().union(*(each.tools for each in said)),
        tokens=sum(limits) if limits else None,
    )


def batch_usage(body: Mapping[str, Json]) -> Usage:
    """Of one line of the results."""
    result = body.get("result")
    message = result.get("message") if isinstance(result, dict) else None
    return usage(message) if isinstance(message, dict) else Usage(None, None)


def complete_asked(body: Mapping[str, Json], endpoint: str) -> Asked:
    """As for messages, with the limit's older name."""
    return asked(body, endpoint)._replace(tokens=first_count(body, ("max_tokens_to_sample",)))


FORMATS = (
    Format("anthropic.batches", "anthropic", BATCH_REQUEST, BATCH_RESPONSE, batch_asked, batch_usage),
    Format("anthropic.complete", "anthropic", COMPLETE_REQUEST, COMPLETE_RESPONSE, complete_asked, usage),
)
