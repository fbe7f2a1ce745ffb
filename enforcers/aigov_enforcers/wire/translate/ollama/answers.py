"""Whole answers and errors of Ollama's chat, read and written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.translate.fields import count, listed, plain, word
from aigov_enforcers.wire.translate.neutral import Answer, Call, Failure, Part, Text, Thought, Untranslatable, Used
from aigov_enforcers.wire.translate.ollama.requests import message
from aigov_enforcers.wire.translate.turns import new_id

REASONS = {"stop": "stop", "length": "length", "content_filter": "filter"}
ENDS = {"stop": "stop", "length": "length", "calls": "stop", "filter": "content_filter"}


def read(body: Mapping[str, Json]) -> Answer:
    """An answer. Raises `Untranslatable`."""
    parts = tuple(parts_of(body))
    reason = reason_of(body.get("done_reason"), calls=any(isinstance(part, Call) for part in parts))
    return Answer(new_id().replace("call", "chat"), word(body.get("model")), parts, reason, used(body))


def parts_of(body: Mapping[str, Json]) -> Iterator[Part]:
    """What a response, or a line of a stream, says. Raises `Untranslatable`: also for an answer that was made
    elsewhere."""
    if body.get("remote_host") or body.get("remote_model"):
        raise Untranslatable("the answer does not come from this Ollama, but from a cloud behind it")
    if not isinstance(body.get("message"), dict):
        raise Untranslatable("the answer has no message")
    said = plain(body["message"])
    if thought := word(said.get("thinking")):
        yield Thought(thought)
    if text := word(said.get("content")):
        yield Text(text)
    for call in listed(said.get("tool_calls")):
        function = plain(call.get("function"))
        yield Call(word(call.get("id")) or new_id(), word(function.get("name")), plain(function.get("arguments")))


def reason_of(reason: Json, *, calls: bool) -> str:
    """Why an answer ends. Raises `Untranslatable`."""
    found = REASONS.get(word(reason))
    if found is None:
        raise Untranslatable("the answer ends for a reason that is not known")
    return "calls" if calls and found == "stop" else found


def used(body: Mapping[str, Json]) -> Used:
    """What an answer, or the last line of a stream, says of tokens."""
    return Used(count(body.get("prompt_eval_count")), count(body.get("eval_count")))


def write(answer: Answer) -> dict[str, Json]:
    """The body of an answer."""
    thoughts = "".join(part.text for part in answer.parts if isinstance(part, Thought))
    shown = message("assistant", tuple(part for part in answer.parts if not isinstance(part, Thought)))
    if thoughts:
        shown["thinking"] = thoughts
    return line(answer.model, shown) | last(answer.reason, answer.used)


def line(model: str, said: dict[str, Json]) -> dict[str, Json]:
    """A line of a stream."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"model": model, "created_at": now, "message": said, "done": False}


def last(reason: str, used: Used) -> dict[str, Json]:
    """What the end adds."""
    return {
        "done": True,
        "done_reason": ENDS[reason],
        "prompt_eval_count": used.input,
        "eval_count": used.output,
    }


def failed(body: Mapping[str, Json], status: int) -> Failure:
    """An error; one in a stream says no more than its message."""
    return Failure(500 if status == 200 else status, word(body.get("error")))


def failure(failure: Failure) -> dict[str, Json]:
    """The body of an error."""
    return {"error": failure.message}
