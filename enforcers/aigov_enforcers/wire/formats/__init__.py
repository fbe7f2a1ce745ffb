"""The wire formats: for each, who defined it, and the shapes of a request's and a response's body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from aigov_enforcers.wire.formats import anthropic, openai_chat, openai_responses
from aigov_enforcers.wire.shape import FREE, Shape


class Format(NamedTuple):
    """One wire format. `owner` is the provider that defined it and whose form refusals have; "" for no format."""

    name: str
    owner: str
    request: Shape
    response: Shape


FORMATS: Mapping[str, Format] = {
    each.name: each
    for each in (
        Format("openai.chat", "openai", openai_chat.REQUEST, openai_chat.RESPONSE),
        Format("openai.responses", "openai", openai_responses.REQUEST, openai_responses.RESPONSE),
        Format("anthropic.messages", "anthropic", anthropic.REQUEST, anthropic.RESPONSE),
        Format("generic", "", FREE, FREE),
    )
}

__all__ = ["FORMATS", "Format"]
