"""Whole answers and errors of OpenAI chat completions, read and written."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.translate.errors import OPENAI, called
from aigov_enforcers.wire.translate.fields import count, given, listed, plain, word
from aigov_enforcers.wire.translate.neutral import Answer, Call, Failure, Part, Text, Thought, Untranslatable, Used
from aigov_enforcers.wire.translate.openai.requests import message
from aigov_enforcers.wire.translate.turns import arguments, new_id

REASONS = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "calls",
    "function_call": "calls",
    "content_filter": "filter",
}
ENDS = {"stop": "stop", "length": "length", "calls": "tool_calls", "filter": "content_filter"}


def read(body: Mapping[str, Json]) -> Answer:
    """An answer. Raises `Untranslatable`."""
    choices = listed(body.get("choices"))
    if not choices:
        raise Untranslatable("the answer has no choices")
    said = plain(choices[0].get("message"))
    parts = tuple(_parts(said))
    reason = reason_of(choices[0].get("finish_reason"), calls=any(isinstance(part, Call) for part in parts))
    if word(said.get("refusal")):
        reason = "filter"
    return Answer(word(body.get("id")), word(body.get("model")), parts, reason, used(body))


def _parts(said: Mapping[str, Json]) -> Iterator[Part]:
    if thought := thoughts(said):
        yield Thought(thought)
    content = said.get("content")
    for text in (content, *(each.get("text") for each in listed(content)), said.get("refusal")):
        if words := word(text):
            yield Text(words)
    for call in listed(said.get("tool_calls")):
        function = plain(call.get("function"))
        if not function:
            raise Untranslatable("the answer calls a tool that is no function")
        yield Call(
            word(call.get("id")) or new_id(), word(function.get("name")), arguments(word(function.get("arguments")))
        )


def thoughts(said: Mapping[str, Json]) -> str:
    """Reasoning, as servers that show it call it."""
    return word(said.get("reasoning_content")) or word(said.get("reasoning"))


def reason_of(reason: Json, *, calls: bool) -> str:
    """Why an answer ends. Raises `Untranslatable`."""
    found = REASONS.get(word(reason))
    if found is None:
        raise Untranslatable("the answer ends for a reason that is not known")
    return "calls" if calls and found == "stop" else found


def used(body: Mapping[str, Json]) -> Used:
    """What an answer, or the event of a stream, says of tokens."""
    usage = plain(body.get("usage"))
    cached = count(plain(usage.get("prompt_tokens_details")).get("cached_tokens"))
    return Used(count(usage.get("prompt_tokens")), count(usage.get("completion_tokens")), cached)


def usage(used: Used) -> dict[str, Json]:
    """The other way round."""
    return {
        "prompt_tokens": used.input,
        "completion_tokens": used.output,
        "total_tokens": used.input + used.output,
        "prompt_tokens_details": {"cached_tokens": used.cached},
    }


def write(answer: Answer) -> dict[str, Json]:
    """The body of an answer; reasoning has no place in it."""
    shown = tuple(part for part in answer.parts if not isinstance(part, Thought))
    choice: dict[str, Json] = {
        "index": 0,
        "message": {**message(shown), "refusal": None},
        "logprobs": None,
        "finish_reason": ENDS[answer.reason],
    }
    return {
        "id": answer.id,
        "object": "chat.completion",
        "created": int(time.time()),
        "model": answer.model,
        "choices": [choice],
        "usage": usage(answer.used),
    }


def failed(body: Mapping[str, Json], status: int) -> Failure:
    """An error. One in a stream has no status of its own, so its type and code tell it."""
    error = plain(body.get("error"))
    if status == 200:
        said = (word(error.get("type")), word(error.get("code")))
        status = next((each for each, (kind, code) in OPENAI.items() if code in said or (kind, code) == said), 0)
        status = status or (400 if said[0] == "invalid_request_error" else 500)
    return Failure(status, word(error.get("message")) or word(body.get("error")) or word(body.get("message")))


def failure(failure: Failure) -> dict[str, Json]:
    """The body of an error."""
    kind, code = called(OPENAI, failure.status)
    return {"error": {**given(message=failure.message, type=kind), "param": None, "code": code}}
