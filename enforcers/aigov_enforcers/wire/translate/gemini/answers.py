"""Whole answers and errors of Gemini's generateContent, read and written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.translate.errors import GEMINI, called
from aigov_enforcers.wire.translate.fields import count, listed, plain, word
from aigov_enforcers.wire.translate.gemini.names import camel
from aigov_enforcers.wire.translate.gemini.requests import written
from aigov_enforcers.wire.translate.neutral import Answer, Call, Failure, Part, Text, Thought, Untranslatable, Used
from aigov_enforcers.wire.translate.turns import new_id

REASONS = {
    "STOP": "stop",
    "MAX_TOKENS": "length",
    **dict.fromkeys(
        (
            "BLOCKLIST",
            "IMAGE_SAFETY",
            "LANGUAGE",
            "MODEL_ARMOR",
            "OTHER",
            "PROHIBITED_CONTENT",
            "RECITATION",
            "SAFETY",
            "SPII",
        ),
        "filter",
    ),
}
ENDS = {"stop": "STOP", "length": "MAX_TOKENS", "calls": "STOP", "filter": "SAFETY"}


def read(body: Mapping[str, Json]) -> Answer:
    """An answer. Raises `Untranslatable`."""
    parts = tuple(parts_of(body))
    reason = reason_of(finish(body), calls=any(isinstance(part, Call) for part in parts))
    return Answer(id_of(body), model_of(body), parts, reason, used(body) or Used())


def id_of(body: Mapping[str, Json]) -> str:
    """The id of an answer."""
    return word(camel(body).get("responseId")) or new_id().replace("call", "chat")


def model_of(body: Mapping[str, Json]) -> str:
    """The model that answered."""
    return word(camel(body).get("modelVersion"))


def finish(body: Mapping[str, Json]) -> str:
    """Why an answer, or a stream, ends by what this body says; "" when it says nothing."""
    if word(camel(camel(body).get("promptFeedback")).get("blockReason")):
        return "PROHIBITED_CONTENT"
    return next((word(camel(each).get("finishReason")) for each in listed(body.get("candidates"))), "")


def parts_of(body: Mapping[str, Json]) -> Iterator[Part]:
    """What a response, or an event of a stream, says. Raises `Untranslatable`."""
    candidates = listed(body.get("candidates"))
    if len(candidates) > 1:
        raise Untranslatable("the answer has more than one candidate")
    for candidate in candidates:
        for each in listed(plain(candidate.get("content")).get("parts")):
            part = camel(each)
            if text := word(part.get("text")):
                yield Thought(text) if part.get("thought") is True else Text(text)
            elif "functionCall" in part:
                call = camel(part["functionCall"])
                yield Call(word(call.get("id")) or new_id(), word(call.get("name")), plain(call.get("args")))
            elif part.keys() - {"text", "thought", "thoughtSignature"}:
                raise Untranslatable("the answer has a part that has no counterpart here")


def reason_of(reason: str, *, calls: bool) -> str:
    """Why an answer ends. Raises `Untranslatable`."""
    found = REASONS.get(reason)
    if found is None:
        raise Untranslatable("the answer ends for a reason that is not known")
    return "calls" if calls and found == "stop" else found


def used(body: Mapping[str, Json]) -> Used | None:
    """What an answer, or an event, says of tokens."""
    usage = camel(camel(body).get("usageMetadata"))
    if not usage:
        return None
    output = count(usage.get("candidatesTokenCount")) + count(usage.get("thoughtsTokenCount"))
    given = count(usage.get("promptTokenCount")) + count(usage.get("toolUsePromptTokenCount"))
    return Used(given, output, count(usage.get("cachedContentTokenCount")))


def usage(used: Used) -> dict[str, Json]:
    """The other way round."""
    return {
        "promptTokenCount": used.input,
        "candidatesTokenCount": used.output,
        "totalTokenCount": used.input + used.output,
        "cachedContentTokenCount": used.cached,
    }


def write(answer: Answer) -> dict[str, Json]:
    """The body of an answer."""
    parts: list[Json] = [said(part) for part in answer.parts]
    return candidate(answer.id, answer.model, parts, ENDS[answer.reason]) | {"usageMetadata": usage(answer.used)}


def said(part: Part) -> dict[str, Json]:
    """A part of what the model says."""
    return {"text": part.text, "thought": True} if isinstance(part, Thought) else written(part)


def candidate(id: str, model: str, parts: list[Json], reason: str = "") -> dict[str, Json]:
    """A response, or an event of a stream."""
    found: dict[str, Json] = {"content": {"role": "model", "parts": parts}, "index": 0}
    if reason:
        found["finishReason"] = reason
    return {"candidates": [found], "modelVersion": model, "responseId": id}


def failed(body: Mapping[str, Json], status: int) -> Failure:
    """An error. One in a stream says its status itself."""
    error = plain(body.get("error"))
    if status == 200:
        status = count(error.get("code")) or 500
    return Failure(status, word(error.get("message")))


def failure(failure: Failure) -> dict[str, Json]:
    """The body of an error."""
    return {"error": {"code": failure.status, "message": failure.message, "status": called(GEMINI, failure.status)}}
