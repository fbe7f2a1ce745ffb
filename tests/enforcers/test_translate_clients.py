"""The official clients, each rerouted to a server that speaks another provider's format, through the hook."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import anthropic
import ollama
import openai
import pytest
from google import genai
from google.genai import errors, types

from aigov_enforcers import sdk
from aigov_enforcers.governing.routes import Route
from aigov_runtime import UNVERIFIED, Engine
from tests.enforcers.origin import Answer, Origin, Received
from tests.enforcers.speaking import Said, fail, speak

POLICY = """
package acme
default allow
detector key { pattern /\\bAKIA[A-Z2-7]{16}\\b/ class secret confidence certain }
detector codename { words ["bluebird"] class internal }
detector email { pattern /\\b[a-z0-9.]{1,40}@example\\.com\\b/ class pii confidence certain }
rule away { when true then reroute to "there" }
rule no_keys { when payload contains key then redact as label }
rule tokens { when payload contains email then redact as token }
rule no_keys_back on response { when payload contains key then redact as mask }
rule no_codenames_back on response { when payload contains codename then block "The answer holds a codename." }
"""
FORMATS = ("openai.chat", "anthropic.messages", "gemini.generate", "ollama.chat")
ELSEWHERE = "http://127.0.0.1:9"
"""Where nobody listens: what is not rerouted fails."""

WEATHER = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
CITIES = (("call_a", "weather", {"city": "Bern"}), ("call_b", "weather", {"city": "Zürich"}))
DONE = Said("It is 5 and 7 degrees.")


class Got(NamedTuple):
    """What a client made of an answer: its words, its calls (name, arguments), why it ended, tokens."""

    text: str
    calls: list[tuple[str, dict[str, Any]]]
    reason: str
    input: int
    output: int


class There(Origin):
    """The server that requests are rerouted to: it says the answers in turn, or fails."""

    def __init__(self, format: str) -> None:
        super().__init__(self._answer)
        self.format = format
        self.said: list[Said] = [Said("Grüezi, Bern.")]
        self.fails: tuple[int, str] | None = None
        self.broken: bytes | None = None

    def _answer(self, received: Received) -> Answer:
        if self.fails:
            status, message = self.fails
            return Answer(json.dumps(fail(self.format, status, message)).encode(), status=status)
        stream = ":stream" in received.path or received.json.get("stream", False)
        said = self.said.pop(0) if len(self.said) > 1 else self.said[0]
        spoken = speak(self.format, said, stream=stream)
        body = spoken.body if self.broken is None else self.broken
        return Answer([body[at : at + 11] for at in range(0, len(body), 11)] if stream else body, spoken.media)


class Client(NamedTuple):
    """`ask(prompt, stream)`, `tools(run)` for two turns, `shaped()` for JSON by a schema."""

    format: str
    provider: str
    ask: Callable[..., Got]
    tools: Callable[..., tuple[Got, Got]]
    shaped: Callable[[], Any]
    refused: type[Exception]
    broken: type[Exception]
    odd: Callable[[], object]


# OpenAI


@contextlib.contextmanager
def _openai() -> Iterator[Any]:
    with openai.OpenAI(base_url=f"{ELSEWHERE}/v1", api_key="k", max_retries=0) as client:
        yield client.chat.completions


OPENAI_TOOLS = [{"type": "function", "function": {"name": "weather", "description": "d", "parameters": WEATHER}}]
OPENAI_REASONS = {"stop": "stop", "length": "length", "tool_calls": "calls", "content_filter": "filter"}


def _openai_ask(prompt: Any, *, stream: bool = False, **options: Any) -> Got:
    messages = prompt if isinstance(prompt, list) else [{"role": "user", "content": prompt}]
    system = {"role": "system", "content": "Be brief."}
    with _openai() as chat:
        made: dict[str, Any] = {"model": "here-1", "messages": [system, *messages], "max_tokens": 99, **options}
        if not stream:
            whole = chat.create(**made)
        else:
            with chat.stream(**made, stream_options={"include_usage": True}) as events:
                whole = events.get_final_completion()
    message = whole.choices[0].message
    calls = [(call.function.name, json.loads(call.function.arguments)) for call in message.tool_calls or ()]
    reason = OPENAI_REASONS[whole.choices[0].finish_reason]
    return Got(message.content or "", calls, reason, whole.usage.prompt_tokens, whole.usage.completion_tokens)


def _openai_tools(stream: bool) -> tuple[Got, Got]:
    with _openai() as chat:
        messages: list[Any] = [{"role": "user", "content": "Bern and Zürich?"}]
        if stream:
            with chat.stream(model="m", messages=messages, tools=OPENAI_TOOLS) as events:
                message = events.get_final_completion().choices[0].message
        else:
            message = chat.create(model="m", messages=messages, tools=OPENAI_TOOLS).choices[0].message
    calls = message.tool_calls
    first = Got("", [(each.function.name, json.loads(each.function.arguments)) for each in calls], "calls", 0, 0)
    messages.append(message.model_dump(exclude_none=True, include={"role", "content", "tool_calls"}))
    for call, degrees in zip(reversed(calls), ("7", "5"), strict=True):
        messages.append({"role": "tool", "tool_call_id": call.id, "content": degrees})
    return first, _openai_ask(messages, stream=stream, tools=OPENAI_TOOLS)


def _openai_shaped() -> Any:
    schema = {"name": "city", "schema": WEATHER, "strict": True}
    shape = {"type": "json_schema", "json_schema": schema}
    return json.loads(_openai_ask("Where?", response_format=shape).text)


# Anthropic


@contextlib.contextmanager
def _anthropic() -> Iterator[Any]:
    with anthropic.Anthropic(base_url=ELSEWHERE, api_key="k", max_retries=0) as client:
        yield client.messages


ANTHROPIC_TOOLS = [{"name": "weather", "description": "d", "input_schema": WEATHER}]
ANTHROPIC_REASONS = {"end_turn": "stop", "max_tokens": "length", "tool_use": "calls", "refusal": "filter"}


def _anthropic_message(messages: Any, *, stream: bool, **options: Any) -> Any:
    with _anthropic() as client:
        made: dict[str, Any] = {"model": "m", "max_tokens": 99, "system": "Be brief.", "messages": messages, **options}
        if not stream:
            return client.create(**made)
        with client.stream(**made) as events:
            return events.get_final_message()


def _anthropic_got(whole: Any) -> Got:
    text = "".join(block.text for block in whole.content if block.type == "text")
    calls = [(block.name, block.input) for block in whole.content if block.type == "tool_use"]
    usage = whole.usage
    given = usage.input_tokens + (usage.cache_read_input_tokens or 0)
    return Got(text, calls, ANTHROPIC_REASONS[whole.stop_reason], given, usage.output_tokens)


def _anthropic_ask(prompt: str, *, stream: bool = False, **options: Any) -> Got:
    return _anthropic_got(_anthropic_message([{"role": "user", "content": prompt}], stream=stream, **options))


def _anthropic_tools(stream: bool) -> tuple[Got, Got]:
    messages: list[Any] = [{"role": "user", "content": "Bern and Zürich?"}]
    whole = _anthropic_message(messages, stream=stream, tools=ANTHROPIC_TOOLS)
    ids = [block.id for block in whole.content if block.type == "tool_use"]
    results = [
        {"type": "tool_result", "tool_use_id": each, "content": degrees}
        for each, degrees in zip(reversed(ids), ("7", "5"), strict=True)
    ]
    content = [block.model_dump(exclude_none=True) for block in whole.content]
    messages += [{"role": "assistant", "content": content}, {"role": "user", "content": results}]
    return _anthropic_got(whole), _anthropic_got(_anthropic_message(messages, stream=stream, tools=ANTHROPIC_TOOLS))


def _anthropic_shaped() -> Any:
    shape = {"type": "json_schema", "schema": WEATHER}
    return json.loads(_anthropic_ask("Where?", output_config={"format": shape}).text)


# Gemini

GEMINI_TOOLS = types.Tool(
    function_declarations=[types.FunctionDeclaration(name="weather", description="d", parameters_json_schema=WEATHER)]
)
GEMINI_REASONS = {"STOP": "stop", "MAX_TOKENS": "length", "SAFETY": "filter"}


def _gemini_responses(contents: Any, *, stream: bool, **options: Any) -> list[Any]:
    config = types.GenerateContentConfig(system_instruction="Be brief.", max_output_tokens=99, **options)
    client = genai.Client(api_key="k", http_options=types.HttpOptions(base_url=ELSEWHERE))
    try:
        if stream:
            return list(client.models.generate_content_stream(model="m", contents=contents, config=config))
        return [client.models.generate_content(model="m", contents=contents, config=config)]
    finally:
        client.close()


def _gemini_got(responses: list[Any]) -> Got:
    parts = [part for each in responses for part in each.candidates[0].content.parts or ()]
    calls = [(part.function_call.name, part.function_call.args) for part in parts if part.function_call]
    last = responses[-1]
    reason = "calls" if calls else GEMINI_REASONS[last.candidates[0].finish_reason.value]
    usage = last.usage_metadata
    text = "".join(part.text or "" for part in parts if not part.thought)
    return Got(text, calls, reason, usage.prompt_token_count, usage.candidates_token_count)


def _gemini_ask(prompt: str, *, stream: bool = False, **options: Any) -> Got:
    return _gemini_got(_gemini_responses(prompt, stream=stream, **options))


def _gemini_tools(stream: bool) -> tuple[Got, Got]:
    contents: list[Any] = [types.Content(role="user", parts=[types.Part(text="Bern and Zürich?")])]
    responses = _gemini_responses(contents, stream=stream, tools=[GEMINI_TOOLS])
    said = [part for each in responses for part in each.candidates[0].content.parts or () if part.function_call]
    results = [
        types.Part(function_response=types.FunctionResponse(id=call.id, name=call.name, response={"output": degrees}))
        for call, degrees in zip([part.function_call for part in said], ("5", "7"), strict=True)
    ]
    contents += [types.Content(role="model", parts=said), types.Content(role="user", parts=results)]
    return _gemini_got(responses), _gemini_got(_gemini_responses(contents, stream=stream, tools=[GEMINI_TOOLS]))


def _gemini_shaped() -> Any:
    schema = types.Schema(type=types.Type.OBJECT, properties={"city": types.Schema(type=types.Type.STRING)})
    schema.required = ["city"]
    return json.loads(_gemini_ask("Where?", response_mime_type="application/json", response_schema=schema).text)


# Ollama


def _ollama_responses(messages: Any, *, stream: bool, **options: Any) -> list[Any]:
    system = {"role": "system", "content": "Be brief."}
    made: dict[str, Any] = {"messages": [system, *messages], "options": {"num_predict": 99}, **options}
    client = ollama.Client(host=ELSEWHERE)
    try:
        asked = client.chat(model="m", stream=stream, **made)
        return list(asked) if stream else [asked]
    finally:
        client._client.close()


def _ollama_got(responses: list[Any]) -> Got:
    text = "".join(each.message.content or "" for each in responses)
    calls = [
        (call.function.name, dict(call.function.arguments))
        for each in responses
        for call in each.message.tool_calls or ()
    ]
    last = responses[-1]
    reason = "calls" if calls else {"content_filter": "filter"}.get(last.done_reason, last.done_reason)
    return Got(text, calls, reason, last.prompt_eval_count, last.eval_count)


def _ollama_ask(prompt: str, *, stream: bool = False, **options: Any) -> Got:
    return _ollama_got(_ollama_responses([{"role": "user", "content": prompt}], stream=stream, **options))


def _ollama_tools(stream: bool) -> tuple[Got, Got]:
    messages: list[Any] = [{"role": "user", "content": "Bern and Zürich?"}]
    responses = _ollama_responses(messages, stream=stream, tools=OPENAI_TOOLS)
    messages += [each.message for each in responses if each.message.tool_calls]
    messages += [{"role": "tool", "tool_name": "weather", "content": degrees} for degrees in ("5", "7")]
    return _ollama_got(responses), _ollama_got(_ollama_responses(messages, stream=stream, tools=OPENAI_TOOLS))


def _ollama_shaped() -> Any:
    return json.loads(_ollama_ask("Where?", format=WEATHER).text)


CLIENTS = (
    Client(
        "openai.chat",
        "openai",
        _openai_ask,
        _openai_tools,
        _openai_shaped,
        openai.PermissionDeniedError,
        openai.APIError,
        lambda: _openai_ask("hi", n=2),
    ),
    Client(
        "anthropic.messages",
        "anthropic",
        _anthropic_ask,
        _anthropic_tools,
        _anthropic_shaped,
        anthropic.PermissionDeniedError,
        anthropic.APIStatusError,
        lambda: _anthropic_ask("hi", tools=[{"type": "web_search_20250305", "name": "web_search"}]),
    ),
    Client(
        "gemini.generate",
        "gemini",
        _gemini_ask,
        _gemini_tools,
        _gemini_shaped,
        errors.ClientError,
        errors.APIError,
        lambda: _gemini_ask("hi", cached_content="cachedContents/1"),
    ),
    Client(
        "ollama.chat",
        "ollama",
        _ollama_ask,
        _ollama_tools,
        _ollama_shaped,
        ollama.ResponseError,
        ollama.ResponseError,
        lambda: _ollama_ask("hi", logprobs=True),
    ),
)
PAIRS = [
    pytest.param(client, other, id=f"{client.format}-to-{other}")
    for client in CLIENTS
    for other in FORMATS
    if other != client.format
]
WAYS = pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
RIGS = pytest.mark.parametrize(("client", "format"), PAIRS)


@pytest.fixture
def there(client: Client, format: str, compiled: Callable[[str], bytes]) -> Iterator[There]:
    engine = Engine.load(compiled(POLICY), UNVERIFIED)
    with There(format) as origin:
        base = origin.url + {"openai.chat": "/v1", "gemini.generate": "/v1beta"}.get(format, "")
        route = Route(base, {"x-there": "1"}, format=format, model="there-1")
        sdk.install(engine, {}, hosts={"127.0.0.1:9": client.provider}, routes={"there": route})
        try:
            yield origin
        finally:
            sdk.uninstall()


@RIGS
@WAYS
def test_text(client: Client, format: str, there: There, stream: bool) -> None:
    there.said = [Said("Grüezi, Bern.", thought="Where am I?")]
    assert client.ask("Hello?", stream=stream) == Got("Grüezi, Bern.", [], "stop", 7, 5)
    (received,) = there.received
    assert received.headers["x-there"] == "1"
    assert not received.headers.keys() & {"authorization", "x-api-key", "x-goog-api-key"}
    assert json.dumps("Be brief.").encode() in received.body
    assert "there-1" in received.path or received.json["model"] == "there-1"


@RIGS
@WAYS
def test_reasons(client: Client, format: str, there: There, stream: bool) -> None:
    for reason in ("length", "filter") if format != "ollama.chat" else ("length",):
        there.said = [Said("Half", reason=reason)]
        if reason == "filter" and client.format == "openai.chat" and stream:
            with pytest.raises(openai.ContentFilterFinishReasonError):  # as for OpenAI's own
                client.ask("Hello?", stream=stream)
        elif reason == "length" and client.format == "openai.chat" and stream:
            with pytest.raises(openai.LengthFinishReasonError):
                client.ask("Hello?", stream=stream)
        else:
            assert client.ask("Hello?", stream=stream).reason == reason


@RIGS
@WAYS
def test_tools_in_two_turns(client: Client, format: str, there: There, stream: bool) -> None:
    there.said = [Said("", CITIES), DONE]
    first, second = client.tools(stream)
    assert first.calls == [(name, given) for _, name, given in CITIES]
    assert second.text == DONE.text
    again = there.received[1].json
    assert results(format, again) == {"Bern": "5", "Zürich": "7"}
    assert b'"city"' in json.dumps(again["tools"]).encode()


def results(format: str, body: Any) -> dict[str, str]:
    """City → what the tool said of it, as the server sees them joined: by id, or by their order where it has none."""
    found: dict[str, str] = {}
    cities: dict[str, str] = {}
    if format == "anthropic.messages":
        blocks = [block for message in body["messages"] for block in message["content"]]
        cities = {each["id"]: each["input"]["city"] for each in blocks if each["type"] == "tool_use"}
        for each in blocks:
            if each["type"] == "tool_result":
                found[cities[each["tool_use_id"]]] = each["content"][0]["text"]
    elif format == "gemini.generate":
        parts = [part for content in body["contents"] for part in content["parts"]]
        calls = [part["functionCall"] for part in parts if "functionCall" in part]
        cities = {call["id"]: call["args"]["city"] for call in calls}
        for part in parts:
            if "functionResponse" in part:
                assert part["functionResponse"]["name"] == "weather"
                found[cities[part["functionResponse"]["id"]]] = part["functionResponse"]["response"]["output"]
    else:
        for message in body["messages"]:
            for call in message.get("tool_calls", ()):
                given = call["function"]["arguments"]
                cities[call["id"]] = (given if isinstance(given, dict) else json.loads(given))["city"]
            if message["role"] == "tool":
                assert message.get("tool_name", "weather") == "weather"
                found[cities[message["tool_call_id"]]] = message["content"]
    return found


@RIGS
def test_structured_output(client: Client, format: str, there: There) -> None:
    there.said = [Said('{"city": "Bern"}')]
    assert client.shaped() == {"city": "Bern"}
    body = there.received[0].json
    asked = {
        "openai.chat": lambda: body["response_format"]["json_schema"]["schema"],
        "anthropic.messages": lambda: body["output_config"]["format"]["schema"],
        "gemini.generate": lambda: body["generationConfig"]["responseJsonSchema"],
        "ollama.chat": lambda: body["format"],
    }[format]()
    assert asked == WEATHER


@RIGS
def test_errors(client: Client, format: str, there: There) -> None:
    there.fails = 400, "The prompt is too long."
    for stream in (False, True):
        with pytest.raises(client.broken, match="The prompt is too long") as raised:
            client.ask("Hello?", stream=stream)
        assert 400 in {getattr(raised.value, "status_code", 0), getattr(raised.value, "code", 0)}


@RIGS
def test_a_stream_that_ends_in_the_middle_raises(client: Client, format: str, there: There) -> None:
    whole = speak(format, Said("word " * 20), stream=True).body
    there.broken = whole[: len(whole) // 2]
    with pytest.raises(client.broken, match=r"in the middle|cannot be translated"):
        client.ask("Hello?", stream=True)


@RIGS
def test_what_cannot_be_carried_over_is_refused_before_anything_is_sent(
    client: Client, format: str, there: There
) -> None:
    with pytest.raises(client.refused, match="cannot be rerouted to `there`"):
        client.odd()
    assert there.received == []


@RIGS
@WAYS
def test_policy_sees_the_clients_format(client: Client, format: str, there: There, key: str, stream: bool) -> None:
    there.said = [Said(f"Use {key} now.")]
    assert client.ask(f"with {key}", stream=stream).text == f"Use {'*' * 16}{key[-4:]} now."
    assert key.encode() not in there.received[0].body
    assert b"with [acme.key]" in there.received[0].body
    there.said = [Said("words " * 100 + "and the bluebird flies")]
    with pytest.raises(client.broken) as raised:
        client.ask("Hello?", stream=stream)
    assert "The answer holds a codename" in str(raised.value) + str(getattr(raised.value, "body", ""))
