"""Translation between providers: what is kept, properties of requests, answers and streams, and what is refused."""

from __future__ import annotations

import base64
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import anthropic.types
import ollama
import openai.types.chat
import pytest
from google.genai import types
from hypothesis import given, settings
from hypothesis import strategies as st

from aigov_enforcers.wire import translate
from aigov_enforcers.wire.translate import DIALECTS, Failure, Stream, Untranslatable
from aigov_enforcers.wire.translate.gemini.names import json_schema
from aigov_enforcers.wire.translate.neutral import (
    Answer,
    Call,
    Choice,
    Conversation,
    Media,
    Output,
    Part,
    Result,
    Text,
    Tool,
    Turn,
)
from tests.enforcers.reroutes import ANSWERS, PNG, REQUESTS, SCHEMA, back, table, unsigned
from tests.enforcers.speaking import Said, fail, speak

DOCS = Path(__file__).parents[2] / "docs" / "reroute.md"
FORMATS = tuple(DIALECTS)
each_format = pytest.mark.parametrize("name", FORMATS)


@pytest.mark.parametrize("samples", [REQUESTS, ANSWERS], ids=["requests", "answers"])
def test_the_tables_of_the_documents_say_what_is_kept(samples: Any) -> None:
    assert "\n".join(table(samples)) in DOCS.read_text()


# requests

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)
NAMES = st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
OBJECTS = st.dictionaries(WORDS, JSON, max_size=3)
NUMBERS = st.floats(0, 1).map(lambda value: round(value, 3))


def pictures() -> st.SearchStrategy[Part]:
    start = base64.b64decode(PNG)
    return st.binary(max_size=9).map(lambda data: Media("image/png", base64.b64encode(start + data).decode()))


@st.composite
def exchanges(draw: st.DrawFn, number: int) -> list[Turn]:
    """The user says something; the assistant calls tools, whose results come; it answers."""
    says = st.lists(WORDS.map(Text) | pictures(), min_size=1, max_size=3)
    calls = [Call(f"call-{number}-{at}", draw(NAMES), draw(OBJECTS)) for at in range(draw(st.integers(0, 3)))]
    turns = [Turn("user", tuple(draw(says)))]
    if calls:
        words = draw(st.lists(WORDS.map(Text), max_size=1))
        results = tuple(Result(call.id, call.name, draw(WORDS | st.just(""))) for call in draw(st.permutations(calls)))
        turns += [Turn("assistant", (*words, *calls)), Turn("user", results)]
    return [*turns, Turn("assistant", (Text(draw(WORDS)),))]


@st.composite
def conversations(draw: st.DrawFn) -> Conversation:
    turns = [turn for number in range(draw(st.integers(0, 3))) for turn in draw(exchanges(number))]
    tool = st.builds(Tool, NAMES, WORDS | st.just(""), st.just(SCHEMA), st.just(value=False))
    return Conversation(
        "m",
        tuple(draw(st.lists(WORDS, max_size=2))),
        (*turns, Turn("user", (Text(draw(WORDS)),))),
        tools=tuple(draw(st.lists(tool, max_size=2))),
        limit=draw(st.integers(1, 9999)),
        temperature=draw(st.none() | NUMBERS),
        top_p=draw(st.none() | NUMBERS),
        stop=tuple(draw(st.lists(WORDS, max_size=4))),
        output=draw(st.none() | st.just(Output(SCHEMA, strict=True))),
        stream=draw(st.booleans()),
    )


def as_kept(name: str, asked: Conversation) -> Conversation:
    """A conversation as a format has it that says less: Ollama's messages have one text, and pictures before it."""
    if name in {"gemini.generate", "ollama.chat"} and asked.output:
        asked = asked._replace(output=asked.output._replace(strict=False))
    if name != "ollama.chat":
        return asked
    turns = []
    for turn in asked.turns:
        words = "\n".join(part.text for part in turn.parts if isinstance(part, Text))
        rest = [part for part in turn.parts if not isinstance(part, (Text, Media))]
        results = [part for part in rest if isinstance(part, Result)]
        calls = [part for part in rest if isinstance(part, Call)]
        media = [part for part in turn.parts if isinstance(part, Media)]
        turns.append(Turn(turn.role, (*results, *media, *([Text(words)] if words else []), *calls)))
    return asked._replace(turns=tuple(turns))


@each_format
@given(asked=conversations())
@settings(max_examples=60)
def test_a_conversation_that_is_written_and_read_is_the_same(name: str, asked: Conversation) -> None:
    assert repr(unsigned(back(name, asked))) == repr(unsigned(as_kept(name, asked)))


@given(asked=conversations(), path=st.permutations(FORMATS))
@settings(max_examples=60)
def test_a_conversation_survives_any_way_through_the_formats(asked: Conversation, path: list[str]) -> None:
    """Bytes of one format to the next: what comes out says the same as when it is written at once."""
    first, last = path[0], path[-1]
    to, written = DIALECTS[first].write(asked)
    body, endpoint, query = json.dumps(written).encode(), *to.partition("?")[::2]
    for one, other in pairwise(path):
        sent = translate.request(body, one, other, "m", path=endpoint, query=query)
        body, endpoint, query = sent.body, *sent.path.partition("?")[::2]
        assert not sent.array
    found = DIALECTS[last].read(json.loads(body), endpoint)._replace(usage=False, output=None, left_out=())
    wanted = as_kept("ollama.chat", asked)._replace(output=None)
    assert repr(unsigned(as_kept("ollama.chat", found))) == repr(unsigned(wanted))


# answers

SAID = st.builds(
    Said,
    WORDS | st.just(""),
    st.lists(st.tuples(st.uuids().map(str), NAMES, OBJECTS), max_size=3).map(tuple),
    st.just("") | WORDS,
    st.sampled_from(["stop", "length"]),
    st.just(7),
    st.just(5),
).filter(lambda said: said.text or said.calls)


def named(answer: Answer) -> Answer:
    """An answer with ids by number: some formats have none, and each reading makes new ones."""
    parts = [part._replace(id=str(at)) if isinstance(part, Call) else part for at, part in enumerate(answer.parts)]
    return answer._replace(id="", parts=tuple(parts))


@pytest.mark.parametrize("client", FORMATS)
@pytest.mark.parametrize("upstream", FORMATS)
@given(said=SAID, cuts=st.lists(st.integers(1, 60), min_size=1, max_size=9))
@settings(max_examples=25)
def test_a_stream_says_what_the_whole_answer_says(upstream: str, client: str, said: Said, cuts: list[int]) -> None:
    if said.calls:
        said = said._replace(reason="stop")
    whole = speak(upstream, said, stream=False).body
    at_once = DIALECTS[client].answered(json.loads(translate.response(whole, upstream, client)))
    stream = speak(upstream, said, stream=True).body
    flow, out, at = Stream(upstream, client, usage=True), b"", 0
    while at < len(stream):
        for cut in cuts:
            out += flow.feed(stream[at : at + cut])
            at += cut
    out += flow.close()
    assert flow.over
    assert flow.feed(b"data: more\n\n") + flow.close() == b""
    assert repr(named(collected(client, out))) == repr(named(at_once))


def collected(name: str, stream: bytes) -> Answer:
    """A stream put together by the official client's own types, and read as a whole answer."""
    events = [json.loads(line.removeprefix("data: ")) for line in stream.decode().split("\n") if _has_data(line)]
    whole: dict[str, Any]
    if name == "openai.chat":
        chunks = [openai.types.chat.ChatCompletionChunk.model_validate(each) for each in events]
        deltas = [choice.delta for chunk in chunks for choice in chunk.choices]
        calls: list[dict[str, Any]] = []
        for delta in deltas:
            for call in delta.tool_calls or ():
                assert call.function is not None
                if call.index == len(calls):
                    named_ = {"name": call.function.name, "arguments": ""}
                    calls.append({"id": call.id, "type": call.type, "function": named_})
                calls[call.index]["function"]["arguments"] += call.function.arguments
        message = {"content": "".join(delta.content or "" for delta in deltas), "tool_calls": calls}
        choice = {"message": message, "finish_reason": chunks[-2].choices[0].finish_reason}
        whole = {"choices": [choice], "model": chunks[0].model, "usage": events[-1]["usage"]}
    elif name == "anthropic.messages":
        assert [each["type"] for each in events][-2:] == ["message_delta", "message_stop"]
        whole = events[0]["message"]
        for each in events:
            if each["type"] == "content_block_start":
                whole["content"].append({**each["content_block"], "json": ""})
            elif each["type"] == "content_block_delta":
                block, delta = whole["content"][each["index"]], each["delta"]
                block["text"] = block.get("text", "") + delta.get("text", "")
                block["json"] += delta.get("partial_json", "")
        for block in whole["content"]:
            block["input"] = json.loads(block["json"] or "{}")
        whole |= {**events[-2]["delta"], "usage": events[-2]["usage"]}
        anthropic.types.Message.model_validate(whole)
    elif name == "gemini.generate":
        responses = [types.GenerateContentResponse.model_validate(each) for each in events]
        assert responses[-1].candidates
        parts: list[dict[str, Any]] = []
        for part in [part for each in events for part in each["candidates"][0]["content"]["parts"]]:
            if parts and "text" in part and part.get("thought") == parts[-1].get("thought") and "text" in parts[-1]:
                parts[-1]["text"] += part["text"]
            else:
                parts.append(part)
        whole = events[-1]
        whole["candidates"][0]["content"]["parts"] = parts
    else:
        lines = [ollama.ChatResponse.model_validate(each) for each in events]
        said = {key: "".join(getattr(line.message, key) or "" for line in lines) for key in ("content", "thinking")}
        calls = [call for each in events for call in each["message"].get("tool_calls", ())]
        whole = events[-1] | {"message": {**said, "tool_calls": calls}}
    return DIALECTS[name].answered(whole)


def _has_data(line: str) -> bool:
    return line.startswith(("data: {", "{"))


@pytest.mark.parametrize("client", FORMATS)
@pytest.mark.parametrize("upstream", FORMATS)
@given(said=SAID)
@settings(max_examples=15)
def test_a_whole_answer_is_one_that_the_client_has_a_type_for(upstream: str, client: str, said: Said) -> None:
    body = json.loads(translate.response(speak(upstream, said, stream=False).body, upstream, client))
    kinds: dict[str, Any] = {
        "openai.chat": openai.types.chat.ChatCompletion,
        "anthropic.messages": anthropic.types.Message,
        "gemini.generate": types.GenerateContentResponse,
        "ollama.chat": ollama.ChatResponse,
    }
    kinds[client].model_validate(body)


@pytest.mark.parametrize("client", FORMATS)
@pytest.mark.parametrize("upstream", FORMATS)
def test_an_error_in_a_stream_is_one_of_the_clients(upstream: str, client: str) -> None:
    flow = Stream(upstream, client)
    start = speak(upstream, Said("Hello you."), stream=True).body
    frame = b"\n" if upstream == "ollama.chat" else b"\n\n"
    head = start[: start.index(frame) + len(frame)]
    error = json.dumps(fail(upstream, 400, "It broke."))
    named_ = "event: error\n" if upstream == "anthropic.messages" else ""
    line = f"{error}\n" if upstream == "ollama.chat" else f"{named_}data: {error}\n\n"
    out = flow.feed(head) + flow.feed(line.encode()) + flow.close()
    assert flow.over
    assert b"It broke." in out
    last = json.loads([line for line in out.decode().split("\n") if _has_data(line)][-1].removeprefix("data: "))
    assert DIALECTS[client].failed(last, 400) == Failure(400, "It broke.")


def test_a_stream_as_a_json_array() -> None:
    body = speak("openai.chat", Said("Hello you."), stream=True).body
    flow = Stream("openai.chat", "gemini.generate", array=True)
    items = json.loads(flow.feed(body) + flow.close())
    said = "".join(part["text"] for each in items for part in each["candidates"][0]["content"]["parts"])
    assert said == "Hello you."
    broken = Stream("openai.chat", "gemini.generate", array=True)
    assert json.loads(broken.feed(b"data: nonsense\n\n"))[0]["error"]["code"] == 502


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"{", "not JSON"),
        (b"[]", "not an object"),
        (b"{}", "no messages"),
        (b'{"messages": 1}', "`messages` is not a list"),
        (b'{"messages": [1]}', r"`messages\[0\]` is not an object"),
        (b'{"messages": [{"role": "user", "content": 1}]}', "is not a list"),
        (b'{"messages": [{"role": "user", "content": "a"}], "n": 3}', "`n` has no counterpart"),
        (b'{"messages": [{"role": "user", "content": "a"}], "logit_bias": {"5": 1}}', "`logit_bias`"),
        (b'{"messages": [{"role": "user", "content": "a", "name": "ann"}]}', r"`messages\[0\].name`"),
        (b'{"messages": [{"role": "user", "content": "a"}], "frob": true}', "`frob`"),
        (b'{"messages": [{"role": "user", "content": "a"}], "temperature": "1"}', "`temperature` is not a number"),
        (b'{"messages": [{"role": "user", "content": "a"}], "tools": [{"type": "custom"}]}', r"`tools\[0\]`"),
        (b'{"messages": [{"role": "tool", "tool_call_id": "x", "content": "a"}]}', "answers no call"),
        (b'{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}', "last message"),
        (
            b'{"messages": [{"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": "[1]"}}]}]}',
            "not one JSON object",
        ),
    ],
)
def test_what_is_refused(body: bytes, why: str) -> None:
    with pytest.raises(Untranslatable, match=why):
        translate.request(body, "openai.chat", "ollama.chat", "m")


@pytest.mark.parametrize("model", ["gpt-oss:120b-cloud", "qwen3:cloud", "Kimi:Cloud "])
def test_models_of_ollamas_cloud_are_refused(model: str) -> None:
    body = json.dumps({"messages": [{"role": "user", "content": "hi"}]}).encode()
    with pytest.raises(Untranslatable, match="cloud"):
        translate.request(body, "openai.chat", "ollama.chat", model)


def test_an_answer_that_ollama_had_from_elsewhere_is_refused() -> None:
    whole = json.loads(speak("ollama.chat", Said("Hello."), stream=False).body) | {"remote_host": "https://x.example"}
    with pytest.raises(Untranslatable, match="cloud"):
        translate.response(json.dumps(whole).encode(), "ollama.chat", "openai.chat")
    flow = Stream("ollama.chat", "openai.chat")
    assert b"cloud" in flow.feed(json.dumps(whole).encode() + b"\n")
    assert flow.over


def test_what_says_nothing_of_the_answer_is_named_when_it_is_left_out() -> None:
    body = {
        "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
        "messages": [{"role": "user", "content": [{"type": "text", "text": "hi", "cache_control": {"type": "e"}}]}],
        "thinking": {"type": "enabled", "budget_tokens": 1024},
        "metadata": {"user_id": "ann"},
        "max_tokens": 9,
    }
    sent = translate.request(json.dumps(body).encode(), "anthropic.messages", "openai.chat", "m")
    assert set(sent.left_out) == {
        "thinking",
        "metadata",
        "system[].cache_control",
        "messages[].content[].cache_control",
    }
    assert b"ann" not in sent.body


def test_calls_without_ids_are_joined_by_name_and_order() -> None:
    call = {"functionCall": {"name": "f", "args": {"at": 1}}}
    other = {"functionCall": {"name": "g", "args": {"at": 2}}}
    again = {"functionCall": {"name": "f", "args": {"at": 3}}}
    results = [{"functionResponse": {"name": name, "response": {"output": name}}} for name in ("f", "g", "f")]
    contents = [
        {"role": "user", "parts": [{"text": "go"}]},
        {"role": "model", "parts": [call, other, again]},
        {"role": "user", "parts": results},
    ]
    path = "/v1beta/models/gemini-3:generateContent"
    sent = translate.request(
        json.dumps({"contents": contents}).encode(), "gemini.generate", "openai.chat", "m", path=path
    )
    messages = json.loads(sent.body)["messages"]
    calls = messages[1]["tool_calls"]
    assert len({each["id"] for each in calls}) == 3
    assert [each["tool_call_id"] for each in messages[2:]] == [each["id"] for each in calls]


def test_schemas_of_gemini_become_json_schemas() -> None:
    schema = {
        "type": "OBJECT",
        "properties": {"type": {"type": "STRING", "nullable": True, "maxLength": "9"}},
        "propertyOrdering": ["type"],
        "any_of": [{"type": "OBJECT"}],
    }
    assert json_schema(schema) == {
        "type": "object",
        "properties": {"type": {"type": ["string", "null"], "maxLength": 9}},
        "anyOf": [{"type": "object"}],
    }


def test_the_choice_of_a_tool_says_nothing_without_tools() -> None:
    asked = REQUESTS["turns of text"]._replace(choice=Choice("required"))
    assert all("tool" not in json.dumps(dialect.write(asked)[1]).lower() for dialect in DIALECTS.values())
