"""The wire formats, one module each: where their text is, and what they say of a request and its cost.

A module has `FORMATS`, a tuple.
"""

from __future__ import annotations

from collections.abc import Mapping

from aigov_enforcers.wire.format import Format
from aigov_enforcers.wire.formats import anthropic, generic, openai_chat, openai_responses

FORMATS: Mapping[str, Format] = {
    each.name: each for module in (openai_chat, openai_responses, anthropic, generic) for each in module.FORMATS
}

__all__ = ["FORMATS"]
