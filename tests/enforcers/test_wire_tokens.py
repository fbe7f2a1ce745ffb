"""Text in other dress: token ids cannot be read, and what repeats a text token by token goes when the text changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import aigov_dsl
from aigov_compiler import compile_program
from aigov_enforcers.wire import Operation, govern
from aigov_enforcers.wire.body import Unreadable
from aigov_enforcers.wire.formats import FORMATS
from aigov_enforcers.wire.message import Message
from aigov_enforcers.wire.shape import copies, segments
from aigov_enforcers.wire.splice import SpliceError, splice
from aigov_runtime import UNVERIFIED, Engine
from aigov_runtime.model import Direction, Outcome

POLICY = """
default allow
detector canary { pattern /canary[0-9]{4}/ class test }
rule gone on any { when payload contains canary then redact as label }
"""
CANARY = "canary2718"
TOKENS = [[1, 2, 3], [[1, 2], [3]], ["text", 4], [1.0, 2.0]]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    path: Path = tmp_path_factory.mktemp("policy") / "policy.gov"
    path.write_text(POLICY)
    return Engine.load(compile_program(aigov_dsl.load([path])).envelope, UNVERIFIED)


def operation(name: str) -> Operation:
    return Operation(FORMATS[name], "openai", "", {"request.endpoint": "/x"})


@pytest.mark.parametrize("ids", TOKENS, ids=str)
@pytest.mark.parametrize(
    ("name", "member"),
    [
        ("openai.completions", "prompt"),
        ("openai.completions", "prompt_token_ids"),
        ("openai.embeddings", "input"),
        ("ollama.generate", "context"),
        ("llamacpp.completion", "prompt"),
    ],
)
def test_token_ids_are_unreadable(engine: Engine, name: str, member: str, ids: list[Any]) -> None:
    body = {"model": "m", "user": "ann", member: ids}

    with pytest.raises(Unreadable, match=f"`/{member}.*token ids"):
        segments(body, FORMATS[name].request)
    governed = govern(engine.session({}), operation(name), Direction.PROMPT, Message((), json.dumps(body).encode()))

    assert governed.decision.outcome is Outcome.BLOCK
    assert governed.message is None
    assert governed.interaction.attributes["request.model"] == "m"


@pytest.mark.parametrize(("name", "member"), [("openai.completions", "prompt"), ("openai.embeddings", "input")])
@pytest.mark.parametrize("text", ["one", ["one", "two"], []], ids=str)
def test_text_in_the_same_place_is_read(name: str, member: str, text: Any) -> None:
    seen = segments({member: text}, FORMATS[name].request)

    assert [each.text for each in seen] == ([text] if isinstance(text, str) else text)


REPEATED: list[tuple[str, dict[str, Any], list[str]]] = [
    (
        "openai.chat",
        {
            "choices": [
                {
                    "message": {"role": "assistant", "content": CANARY},
                    "logprobs": {"content": [{"token": "canary", "bytes": [99], "top_logprobs": []}]},
                },
                {"message": {"role": "assistant", "content": "fine"}, "logprobs": {"content": [{"token": "fine"}]}},
            ]
        },
        ["/choices/0/logprobs", "/choices/1/logprobs"],
    ),
    (
        "openai.completions",
        {
            "choices": [
                {
                    "text": CANARY,
                    "logprobs": {"tokens": ["canary", "2718"]},
                    "prompt_logprobs": [{"9": {"decoded_token": "x"}}],
                    "token_ids": [1],
                }
            ]
        },
        ["/choices/0/logprobs", "/choices/0/prompt_logprobs", "/choices/0/token_ids"],
    ),
    (
        "openai.responses",
        {
            "output": [
                {
                    "type": "message",
                    "role": "assistant",
                    "content": [{"type": "output_text", "text": CANARY, "logprobs": [{"token": "canary"}]}],
                }
            ]
        },
        ["/output/0/content/0/logprobs"],
    ),
    ("openai.audio", {"text": CANARY, "segments": [{"text": CANARY, "tokens": [1, 2]}]}, ["/segments/0/tokens"]),
    (
        "mistral.chat",
        {"choices": [{"message": {"content": CANARY}, "logprobs": {"content": []}}]},
        ["/choices/0/logprobs"],
    ),
    (
        "cohere.chat",
        {"message": {"content": [{"type": "text", "text": CANARY}]}, "logprobs": [{"token_ids": [1], "text": "c"}]},
        ["/logprobs"],
    ),
    (
        "ollama.chat",
        {"message": {"role": "assistant", "content": CANARY}, "logprobs": [{"token": "can"}]},
        ["/logprobs"],
    ),
    ("ollama.generate", {"response": CANARY, "context": [1, 2], "logprobs": []}, ["/context"]),
    ("llamacpp.completion", {"content": CANARY, "tokens": [1], "probs": [{"content": "can"}]}, ["/tokens", "/probs"]),
    (
        "huggingface.generation",
        {"generated_text": CANARY, "details": {"finish_reason": "length", "tokens": [{"id": 1, "text": "can"}]}},
        ["/details/tokens"],
    ),
]


@pytest.mark.parametrize(("name", "body", "repeated"), REPEATED, ids=[name for name, *_ in REPEATED])
def test_what_repeats_a_text_goes_when_the_text_changes(
    engine: Engine, name: str, body: dict[str, Any], repeated: list[str]
) -> None:
    assert copies(body, FORMATS[name].response) == repeated
    text = json.dumps(body, indent=1)

    governed = govern(engine.session({}), operation(name), Direction.RESPONSE, Message((), text.encode()))
    clean = govern(
        engine.session({}), operation(name), Direction.RESPONSE, Message((), text.replace(CANARY, "fine").encode())
    )

    assert governed.message is not None
    assert clean.message is not None
    tree = json.loads(governed.message.body)
    for pointer in repeated:
        node = tree
        for step in pointer.split("/")[1:]:
            node = node[int(step) if isinstance(node, list) else step]
        assert node is None
    assert json.loads(json.dumps(tree).replace("[policy.canary]", CANARY)).keys() == body.keys()
    assert clean.message.body == text.replace(CANARY, "fine").encode()


def test_blanks() -> None:
    body = b'{"a": [1, {"b": "x"}], "c": {"d": "]"} , "e":1, "f": "y"}'

    assert splice(body, {"/a/1/b": "gone with a", "/f": "z"}, ["/a", "/c", "/e"]) == (
        b'{"a": null, "c": null , "e":null, "f": "z"}'
    )
    with pytest.raises(SpliceError):
        splice(body, {}, ["/g"])
