"""The places where a secret hides in an agent's history: in every format, a block lets nothing out, a redaction takes
the secret and nothing else.

A place's body is a tree in which SECRET stands once or more. What a format has not is not in its table. By-reference
items (`file_id`, `previous_response_id`) hold no text; the last place is the text that stands beside them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import aigov_dsl
from aigov_compiler import compile_program
from aigov_enforcers.wire import Operation, govern
from aigov_enforcers.wire.formats import FORMATS
from aigov_enforcers.wire.message import Message
from aigov_runtime import UNVERIFIED, Engine
from aigov_runtime.model import Direction, Outcome

SECRET = "canary2718"
INNER = json.dumps({"path": "notes", "deep": [{"key": SECRET}]})
NESTED = json.dumps({"outer": INNER})
SCHEMA = {"type": "object", "properties": {"city": {"type": "string", "description": SECRET}}}

Places = dict[str, dict[str, Any]]


def _messages(*messages: dict[str, Any]) -> dict[str, Any]:
    return {"model": "m", "messages": [{"role": "user", "content": "Hello"}, *messages]}


def _chat(arguments: Any) -> Places:
    call = {"id": "call_1", "type": "function", "function": {"name": "read", "arguments": arguments}}
    tool = {"type": "function", "function": {"name": "read", "description": "Reads", "parameters": SCHEMA}}
    return {
        "system": _messages({"role": "system", "content": SECRET}),
        "user": _messages({"role": "user", "content": SECRET}),
        "assistant": _messages({"role": "assistant", "content": SECRET}),
        "tool definition": _messages() | {"tools": [tool]},
        "tool-call arguments": _messages({"role": "assistant", "tool_calls": [call]}),
        "tool result": _messages({"role": "tool", "tool_call_id": "call_1", "content": SECRET}),
        "nested JSON": _messages({"role": "tool", "tool_call_id": "call_1", "content": NESTED}),
        "metadata": _messages() | {"metadata": {"team": SECRET}},
    }


def _item(item: dict[str, Any]) -> dict[str, Any]:
    return {"model": "m", "input": [{"role": "user", "content": "Hello"}, item]}


PLACES: dict[str, Places] = {
    "openai.chat": _chat(INNER)
    | {
        "reasoning": _messages({"role": "assistant", "content": "x", "reasoning_content": SECRET}),
        "file": _messages({"role": "user", "content": [{"type": "file", "file": {"filename": SECRET}}]}),
        "name": _messages({"role": "user", "name": SECRET, "content": "x"}),
        "beside a reference": _messages(
            {
                "role": "user",
                "content": [{"type": "file", "file": {"file_id": "file-1"}}, {"type": "text", "text": SECRET}],
            }
        ),
    },
    "mistral.chat": _chat({"path": "notes", "deep": [{"key": SECRET}]})
    | {
        "reasoning": _messages(
            {"role": "assistant", "content": [{"type": "thinking", "thinking": [{"type": "text", "text": SECRET}]}]}
        ),
        "file": _messages(
            {"role": "user", "content": [{"type": "document_url", "document_url": "u", "document_name": SECRET}]}
        ),
        "name": _messages({"role": "tool", "name": SECRET, "content": "x"}),
        "beside a reference": _messages(
            {"role": "user", "content": [{"type": "file", "file_id": "file-1"}, {"type": "text", "text": SECRET}]}
        ),
    },
    "cohere.chat": _chat(INNER)
    | {
        "reasoning": _messages({"role": "assistant", "tool_plan": SECRET}),
        "file": _messages() | {"documents": [{"id": "d1", "data": {"title": SECRET}}]},
        "name": _messages() | {"documents": [{"id": SECRET, "data": {}}]},
    },
    "ollama.chat": _chat({"path": "notes", "deep": [{"key": SECRET}]})
    | {
        "reasoning": _messages({"role": "assistant", "thinking": SECRET}),
        "file": _messages({"role": "user", "content": "x", "images": [SECRET]}),
        "name": _messages({"role": "tool", "tool_name": SECRET, "content": "x"}),
    },
    "openai.responses": {
        "system": _item({"role": "user", "content": "x"}) | {"instructions": SECRET},
        "user": _item({"role": "user", "content": [{"type": "input_text", "text": SECRET}]}),
        "assistant": _item(
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": SECRET}]}
        ),
        "tool definition": _item({"role": "user", "content": "x"})
        | {"tools": [{"type": "function", "name": "read", "parameters": SCHEMA}]},
        "tool-call arguments": _item({"type": "function_call", "call_id": "call_1", "name": "r", "arguments": INNER}),
        "tool result": _item({"type": "function_call_output", "call_id": "call_1", "output": SECRET}),
        "reasoning": _item({"type": "reasoning", "summary": [{"type": "summary_text", "text": SECRET}]}),
        "file": _item({"role": "user", "content": [{"type": "input_file", "filename": SECRET, "file_data": "QUFB"}]}),
        "metadata": _item({"role": "user", "content": "x"}) | {"metadata": {"team": SECRET}},
        "nested JSON": _item({"type": "function_call_output", "call_id": "call_1", "output": NESTED}),
        "beside a reference": _item({"type": "item_reference", "id": "rs_1"})
        | {"previous_response_id": "resp_1", "prompt": {"id": "pmpt_1", "variables": {"who": SECRET}}},
    },
    "openai.completions": {"user": {"prompt": SECRET}, "list": {"prompt": ["x", SECRET]}, "metadata": {"user": SECRET}},
    "openai.embeddings": {"user": {"input": ["x", SECRET]}, "metadata": {"user": SECRET}},
    "openai.images": {"user": {"prompt": SECRET}, "file": {"prompt": "x", "image": {"image_url": SECRET}}},
    "openai.audio": {"user": {"input": SECRET, "voice": "alloy"}, "system": {"input": "x", "instructions": SECRET}},
    "openai.batch_line": {
        "chat": {
            "custom_id": "1",
            "url": "/v1/chat/completions",
            "body": _messages({"role": "user", "content": SECRET}),
        },
        "name": {"custom_id": SECRET, "url": "/v1/chat/completions", "body": _messages()},
        "unknown": {"custom_id": "1", "url": "/v1/new", "body": {"text": SECRET}},
    },
    "openai.realtime": {
        "system": {"type": "session.update", "session": {"instructions": SECRET}},
        "user": {
            "type": "conversation.item.create",
            "item": {"type": "message", "role": "user", "content": [{"type": "input_text", "text": SECRET}]},
        },
        "tool result": {
            "type": "conversation.item.create",
            "item": {"type": "function_call_output", "call_id": "call_1", "output": SECRET},
        },
    },
    "cohere.chat_v1": {
        "system": {"message": "x", "preamble": SECRET},
        "user": {"message": SECRET},
        "assistant": {"message": "x", "chat_history": [{"role": "CHATBOT", "message": SECRET}]},
        "tool result": {"message": "x", "tool_results": [{"call": {"name": "r"}, "outputs": [{"text": SECRET}]}]},
    },
    "cohere.rerank": {"user": {"query": SECRET, "documents": ["x"]}, "file": {"query": "x", "documents": [SECRET]}},
    "ollama.generate": {
        "system": {"prompt": "x", "system": SECRET},
        "user": {"prompt": SECRET},
        "suffix": {"prompt": "x", "suffix": SECRET},
    },
    "huggingface.generation": {"user": {"inputs": SECRET}, "stop": {"inputs": "x", "parameters": {"stop": [SECRET]}}},
    "llamacpp.completion": {"user": {"prompt": SECRET}, "infill": {"input_prefix": "x", "input_suffix": SECRET}},
}
CASES = [
    pytest.param(name, body, id=f"{name}-{place}") for name, places in PLACES.items() for place, body in places.items()
]


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Engine]:
    def engine(effect: str) -> Engine:
        path: Path = tmp_path_factory.mktemp("policy") / "policy.gov"
        path.write_text(
            "default allow\ndetector canary { pattern /canary[0-9]{4}/ class test }\n"
            f"rule gone on any {{ when payload contains canary then {effect} }}\n"
        )
        return Engine.load(compile_program(aigov_dsl.load([path])).envelope, UNVERIFIED)

    return {effect: engine(effect) for effect in ("redact as label", "block")}


def operation(name: str) -> Operation:
    return Operation(FORMATS[name], "openai", "", {"request.provider": "openai"})


@pytest.mark.parametrize(("name", "body"), CASES)
def test_a_block_lets_nothing_out(engines: dict[str, Engine], name: str, body: dict[str, Any]) -> None:
    message = Message((), json.dumps(body).encode())

    governed = govern(engines["block"].session({}), operation(name), Direction.PROMPT, message)

    assert governed.decision.outcome is Outcome.BLOCK
    assert governed.decision.findings
    assert governed.message is None


@pytest.mark.parametrize(("name", "body"), CASES)
def test_a_redaction_takes_the_secret_and_nothing_else(
    engines: dict[str, Engine], name: str, body: dict[str, Any]
) -> None:
    text = json.dumps(body, indent=1)

    governed = govern(
        engines["redact as label"].session({}), operation(name), Direction.PROMPT, Message((), text.encode())
    )

    assert governed.message is not None
    assert governed.message.body.decode() == text.replace(SECRET, "[policy.canary]")


@pytest.mark.parametrize(("name", "body"), CASES)
def test_what_is_clean_stays_the_same_object(engines: dict[str, Engine], name: str, body: dict[str, Any]) -> None:
    message = Message((), json.dumps(body).replace(SECRET, "fine").encode())

    governed = govern(engines["redact as label"].session({}), operation(name), Direction.PROMPT, message)

    assert governed.message is message
