"""The wire formats, one module each: where their text is, and what they say of a request and its cost.

A module has `FORMATS`, a tuple.
"""

from __future__ import annotations

from collections.abc import Mapping

from aigov_enforcers.wire.format import Format
from aigov_enforcers.wire.formats import (
    a2a,
    anthropic,
    anthropic_batches,
    bedrock,
    cohere,
    gemini,
    gemini_interactions,
    generic,
    mcp,
    mistral,
    ollama,
    open_servers,
    openai_chat,
    openai_media,
    openai_realtime,
    openai_responses,
    openai_storage,
    openai_text,
)

_MODULES = (
    openai_chat,
    openai_text,
    openai_responses,
    openai_media,
    openai_storage,
    openai_realtime,
    mistral,
    cohere,
    ollama,
    open_servers,
    anthropic,
    anthropic_batches,
    gemini,
    gemini_interactions,
    bedrock,
    mcp,
    a2a,
    generic,
)
FORMATS: Mapping[str, Format] = {each.name: each for module in _MODULES for each in module.FORMATS}

__all__ = ["FORMATS"]
