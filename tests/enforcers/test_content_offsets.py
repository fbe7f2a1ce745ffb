"""Annotations and citations of a whole body point to the same words after an edit."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from aigov_enforcers.wire import Message, govern
from aigov_enforcers.wire.catalogue import Operation
from aigov_enforcers.wire.formats import FORMATS
from aigov_runtime import UNVERIFIED, Engine
from aigov_runtime.model import Direction

CANARY = "canary2718"
MAIL = "ann.lee@example.com"
POLICY = r"""
default allow
detector canary { pattern /canary[0-9]{4}/ class test }
detector email { pattern /[a-z.]{1,20}@example\.com/ class pii }
rule gone on any { when payload contains canary then redact as label }
rule mails { when payload contains email then redact as token }
"""
CITED = "the cited words"
TEXT = f"é {CANARY} said {CITED} to {CANARY}."


@pytest.fixture
def session(compiled: Callable[[str], bytes]) -> Any:
    return Engine.load(compiled(POLICY), UNVERIFIED).session({}, b"k" * 32)


def governed(session: Any, name: str, direction: Direction, body: Any) -> Any:
    operation = Operation(FORMATS[name], FORMATS[name].owner or "openai", "", {})
    message = govern(session, operation, direction, Message((), json.dumps(body).encode())).message
    assert message is not None
    return json.loads(message.body)


def span(text: str = TEXT, names: tuple[str, str] = ("start_index", "end_index"), before: int = 0) -> dict[str, Any]:
    """Where the cited words are, in characters."""
    start = before + text.index(CITED)
    return dict(zip(names, (start, start + len(CITED)), strict=True))


def in_bytes(text: str, names: tuple[str, str] = ("startIndex", "endIndex"), before: int = 0) -> dict[str, Any]:
    start = before + text.encode().index(CITED.encode())
    return dict(zip(names, (start, start + len(CITED)), strict=True))


BOTH = ("start", "end")
PARTS = [f"{CANARY} first. ", TEXT]
FIRST = len(PARTS[0].encode())

RESPONSES: dict[str, tuple[str, Any, Callable[[Any], tuple[str, Any]]]] = {
    "chat": (
        "openai.chat",
        {
            "choices": [
                {
                    "message": {
                        "role": "assistant",
                        "content": TEXT,
                        "annotations": [{"type": "url_citation", "url_citation": {"url": "https://a", **span()}}],
                    }
                }
            ]
        },
        lambda body: (
            body["choices"][0]["message"]["content"],
            body["choices"][0]["message"]["annotations"][0]["url_citation"],
        ),
    ),
    "responses": (
        "openai.responses",
        {
            "output": [
                {
                    "type": "message",
                    "role": "assistant",
                    "content": [
                        {"type": "output_text", "text": TEXT, "annotations": [{"type": "url_citation", **span()}]}
                    ],
                }
            ]
        },
        lambda body: (body["output"][0]["content"][0]["text"], body["output"][0]["content"][0]["annotations"][0]),
    ),
    "cohere": (
        "cohere.chat",
        {
            "message": {
                "role": "assistant",
                "content": [{"type": "text", "text": "first"}, {"type": "text", "text": TEXT}],
                "citations": [{**span(names=BOTH), "text": CITED, "content_index": 1, "sources": []}],
            }
        },
        lambda body: (body["message"]["content"][1]["text"], body["message"]["citations"][0]),
    ),
    "cohere 1": (
        "cohere.chat_v1",
        {"text": TEXT, "citations": [{**span(names=BOTH), "text": CITED, "document_ids": []}]},
        lambda body: (body["text"], body["citations"][0]),
    ),
    "gemini": (
        "gemini.generate",
        {
            "candidates": [
                {
                    "content": {"role": "model", "parts": [{"text": each} for each in PARTS]},
                    "groundingMetadata": {
                        "groundingSupports": [{"segment": {"partIndex": 1, **in_bytes(TEXT), "text": CITED}}]
                    },
                }
            ]
        },
        lambda body: (
            body["candidates"][0]["content"]["parts"][1]["text"],
            body["candidates"][0]["groundingMetadata"]["groundingSupports"][0]["segment"],
        ),
    ),
    "gemini, the whole": (
        "gemini.generate",
        {
            "candidates": [
                {
                    "content": {"role": "model", "parts": [{"text": each} for each in PARTS]},
                    "citationMetadata": {"citationSources": [{**in_bytes(TEXT, before=FIRST), "uri": "https://a"}]},
                }
            ]
        },
        lambda body: (
            "".join(each["text"] for each in body["candidates"][0]["content"]["parts"]),
            body["candidates"][0]["citationMetadata"]["citationSources"][0],
        ),
    ),
}


@pytest.mark.parametrize("case", RESPONSES.values(), ids=list(RESPONSES))
def test_an_answer_is_edited_and_its_citations_follow(session: Any, case: Any) -> None:
    name, body, look = case
    text, citation = look(governed(session, name, Direction.RESPONSE, body))

    start, end = (value for each, value in citation.items() if each.lower().startswith(("start", "end")))
    assert CANARY not in text
    data = text.encode() if "gemini" in name else text
    cited = data[start:end]
    assert (cited.decode() if isinstance(cited, bytes) else cited) == CITED


def test_annotations_of_interactions_count_bytes(session: Any) -> None:
    names = ("start_index", "end_index")
    part = {"type": "text", "text": TEXT, "annotations": [{"type": "url_citation", **in_bytes(TEXT, names)}]}
    body = {"steps": [{"type": "model_output", "content": [part]}]}

    (got,) = governed(session, "gemini.interactions", Direction.RESPONSE, body)["steps"][0]["content"]

    start, end = (got["annotations"][0][name] for name in names)
    assert got["text"].encode()[start:end].decode() == CITED


def test_citations_follow_tokens_that_are_given_back(session: Any) -> None:
    asked = {"model": "m", "messages": [{"role": "user", "content": MAIL}]}
    token = governed(session, "openai.chat", Direction.PROMPT, asked)["messages"][0]["content"]
    said = f"{token}, {CANARY}, {token}: {CITED}"
    part = {"type": "output_text", "text": said, "annotations": [{"type": "url_citation", **span(said)}]}
    body = {"output": [{"type": "message", "role": "assistant", "content": [part]}]}

    got = governed(session, "openai.responses", Direction.RESPONSE, body)["output"][0]["content"][0]

    assert got["text"] == f"{MAIL}, [policy.canary], {MAIL}: {CITED}"
    assert got["text"][got["annotations"][0]["start_index"] : got["annotations"][0]["end_index"]] == CITED


def test_citations_in_a_history_follow_its_documents(session: Any) -> None:
    document = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": TEXT}}
    cited = {"type": "char_location", "document_index": 1, "cited_text": CITED}
    cited |= span(names=("start_char_index", "end_char_index"))
    plain = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "nothing"}}
    body = {
        "model": "claude",
        "max_tokens": 9,
        "messages": [
            {"role": "user", "content": [plain, document]},
            {"role": "assistant", "content": [{"type": "text", "text": "so", "citations": [cited]}]},
        ],
    }

    got = governed(session, "anthropic.messages", Direction.PROMPT, body)["messages"]

    said, where = got[0]["content"][1]["source"]["data"], got[1]["content"][0]["citations"][0]
    assert CANARY not in said
    assert said[where["start_char_index"] : where["end_char_index"]] == CITED


@pytest.mark.parametrize("where", [10**9, -1, 3])
def test_numbers_that_lead_nowhere_are_no_matter(session: Any, where: int) -> None:
    annotation = {"type": "url_citation", "start_index": where, "end_index": True}
    part = {"type": "output_text", "text": TEXT, "annotations": [annotation, 3, None]}
    body = {"output": [{"type": "message", "content": [part]}], "citations": {"a": 1}}

    got = governed(session, "openai.responses", Direction.RESPONSE, body)["output"][0]["content"][0]

    assert CANARY not in got["text"]
    assert isinstance(got["annotations"][0]["start_index"], int)
    assert got["annotations"][0]["end_index"] is True
