"""Whole answers and errors of Anthropic messages, read and written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.translate.anthropic.requests import blocks
from aigov_enforcers.wire.translate.errors import ANTHROPIC, called, status_of
from aigov_enforcers.wire.translate.fields import count, listed, plain, word
from aigov_enforcers.wire.translate.neutral import Answer, Call, Failure, Part, Text, Thought, Untranslatable, Used

REASONS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "calls",
    "refusal": "filter",
}
ENDS = {"stop": "end_turn", "length": "max_tokens", "calls": "tool_use", "filter": "refusal"}


def read(body: Mapping[str, Json]) -> Answer:
    """An answer. Raises `Untranslatable`."""
    if not isinstance(body.get("content"), list):
        raise Untranslatable("the answer has no content")
    parts = tuple(_parts(listed(body["content"])))
    return Answer(
        word(body.get("id")), word(body.get("model")), parts, reason_of(body.get("stop_reason")), used(body, Used())
    )


def _parts(blocks: list[dict[str, Json]]) -> Iterator[Part]:
    for block in blocks:
        match block.get("type"):
            case "text":
                yield Text(word(block.get("text")))
            case "thinking":
                yield Thought(word(block.get("thinking")))
            case "redacted_thinking":
                pass
            case "tool_use":
                yield Call(word(block.get("id")), word(block.get("name")), plain(block.get("input")))
            case _:
                raise Untranslatable("the answer has a block that has no counterpart here")


def reason_of(reason: Json) -> str:
    """Why an answer ends. Raises `Untranslatable`."""
    found = REASONS.get(word(reason))
    if found is None:
        raise Untranslatable("the answer ends for a reason that is not known")
    return found


def used(body: Mapping[str, Json], before: Used) -> Used:
    """What an answer, or the event of a stream, says of tokens; what it does not say is as `before`."""
    usage = plain(body.get("usage"))
    cached = count(usage.get("cache_read_input_tokens"))
    given = count(usage.get("input_tokens")) + count(usage.get("cache_creation_input_tokens")) + cached
    return Used(given or before.input, count(usage.get("output_tokens")) or before.output, cached or before.cached)


def usage(used: Used) -> dict[str, Json]:
    """The other way round: what comes from the cache is counted apart."""
    return {
        "input_tokens": used.input - used.cached,
        "output_tokens": used.output,
        "cache_read_input_tokens": used.cached,
        "cache_creation_input_tokens": 0,
    }


def write(answer: Answer) -> dict[str, Json]:
    """The body of an answer. Reasoning would need a signature of Anthropic's, so it has no place in it."""
    shown = tuple(part for part in answer.parts if not isinstance(part, Thought))
    return message(answer.id, answer.model, blocks(shown), ENDS[answer.reason], answer.used)


def message(id: str, model: str, content: list[Json], reason: str | None, used: Used) -> dict[str, Json]:
    """A message, whole or empty as streams begin."""
    return {
        "id": id,
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": content,
        "stop_reason": reason,
        "stop_sequence": None,
        "usage": usage(used),
    }


def failed(body: Mapping[str, Json], status: int) -> Failure:
    """An error. One in a stream has no status of its own, so its type tells it."""
    error = plain(body.get("error"))
    if status == 200:
        status = status_of(ANTHROPIC, word(error.get("type")))
    return Failure(status, word(error.get("message")))


def failure(failure: Failure) -> dict[str, Json]:
    """The body of an error."""
    return {"type": "error", "error": {"type": called(ANTHROPIC, failure.status), "message": failure.message}}
