"""The official clients, unmodified, sending the body of a case."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from typing import Any

import anthropic
import httpx2
import openai

from tests.conformance.corpus import Case

REFUSALS = (openai.PermissionDeniedError, anthropic.PermissionDeniedError)
"""What a caller catches when a request is blocked."""

MINIMAL: dict[str, dict[str, Any]] = {
    "openai.chat": {"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}]},
    "openai.responses": {"model": "gpt-4o", "input": "hi"},
    "anthropic.messages": {
        "model": "claude-sonnet-4-5", "max_tokens": 8, "messages": [{"role": "user", "content": "hi"}]
    },
}  # fmt: skip
"""A request with nothing in it, by wire format."""


def format_of(case: Case) -> str:
    """The wire format of a case's body."""
    if case.text["given"]["request"]["provider"] == "anthropic":
        return "anthropic.messages"
    members = case.body if isinstance(case.body, dict) else {"messages": []}
    return "openai.responses" if members.keys() & {"input", "output"} else "openai.chat"


def send(form: str, body: dict[str, Any], base: str) -> bytes:
    """Send a request through the official client; the bytes of the response as the client sees them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the clients say when a model retires
        if form == "anthropic.messages":
            with anthropic.Anthropic(api_key="k", base_url=base, max_retries=0) as claude:
                return claude.messages.with_raw_response.create(**body).http_response.content
        with openai.OpenAI(api_key="k", base_url=f"{base}/v1", max_retries=0) as gpt:
            create: Callable[..., Any] = (
                gpt.responses.with_raw_response.create
                if form == "openai.responses"
                else gpt.chat.completions.with_raw_response.create
            )
            content: bytes = create(**body).http_response.content
            return content


def post(body: str, base: str) -> httpx2.Response:
    """Send bytes that no official client would."""
    return httpx2.post(
        f"{base}/v1/chat/completions", content=body.encode(), headers={"content-type": "application/json"}
    )


def message(refusal: openai.PermissionDeniedError | anthropic.PermissionDeniedError) -> str:
    """What the provider-shaped error body says."""
    error: dict[str, Any] = json.loads(refusal.response.content)["error"]
    return str(error["message"])
