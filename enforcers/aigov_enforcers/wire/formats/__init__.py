"""The wire formats: for each, the shapes of a request's and a response's body, and its native refusal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from aigov_enforcers.wire.formats import anthropic, openai_chat, openai_responses
from aigov_enforcers.wire.shape import FREE, Shape


class Format(NamedTuple):
    """One wire format."""

    name: str
    request: Shape
    response: Shape


FORMATS: Mapping[str, Format] = {
    each.name: each
    for each in (
        Format("openai.chat", openai_chat.REQUEST, openai_chat.RESPONSE),
        Format("openai.responses", openai_responses.REQUEST, openai_responses.RESPONSE),
        Format("anthropic.messages", anthropic.REQUEST, anthropic.RESPONSE),
        Format("generic", FREE, FREE),
    )
}

__all__ = ["FORMATS", "Format"]
