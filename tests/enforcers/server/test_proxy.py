"""The official clients through the server, over real sockets."""

from __future__ import annotations

import gzip
import json
import logging
from typing import Any

import anthropic
import httpx2
import openai
import pytest

from aigov_enforcers.identity import Identity, User
from aigov_enforcers.server.who import Caller, Fixed, Refused
from aigov_runtime import Engine
from tests.enforcers.origin import Answer, Origin, chat
from tests.enforcers.server.conftest import providers
from tests.enforcers.server.running import Running

DONE = b"data: [DONE]\n\n"


def delta(text: str) -> bytes:
    chunk = {"id": "c", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": text}}]}
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


def client(running: Running) -> openai.OpenAI:
    return openai.OpenAI(api_key="of-the-client", base_url=f"{running.url}/openai/v1", max_retries=0)


def ask(running: Running, text: str, **more: Any) -> Any:
    with client(running) as asking:
        return asking.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": text}], **more)


def said(running: Running, text: str) -> str:
    with client(running) as asking:
        stream = asking.chat.completions.create(
            model="gpt-4o", messages=[{"role": "user", "content": text}], stream=True
        )
        return "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)


def test_a_request_gets_its_answer_and_the_real_key(governed: Running, origin: Origin) -> None:
    assert ask(governed, "Hello").choices[0].message.content == "Good morning."
    (received,) = origin.received
    assert received.path == "/v1/chat/completions"
    assert received.headers["authorization"] == "Bearer real"
    assert received.headers["host"] == origin.host
    assert "of-the-client" not in str(received.headers)


def test_a_block_is_native_and_reaches_nobody(governed: Running, origin: Origin) -> None:
    with pytest.raises(openai.PermissionDeniedError, match="Codenames stay in the house") as caught:
        ask(governed, "Tell me of bluebird")
    assert caught.value.response.headers["x-gov-rule"] == "no_codenames"
    assert caught.value.request_id == caught.value.response.headers["x-gov-event-id"]
    assert origin.received == []


def test_what_is_found_is_redacted_on_the_way_and_on_the_way_back(governed: Running, origin: Origin, key: str) -> None:
    origin.answer = lambda _: Answer(chat(f"The key is {key}."))
    answer = ask(governed, f"My key is {key}, my address ann@example.com").choices[0].message.content
    sent = origin.received[0].json["messages"][0]["content"]
    assert key not in sent
    assert "ann@example.com" not in sent
    assert key not in answer


def test_a_token_comes_back_as_what_it_stands_for(governed: Running, origin: Origin) -> None:
    origin.answer = lambda asked: Answer(chat(asked.json["messages"][0]["content"]))
    assert ask(governed, "I am ann@example.com").choices[0].message.content == "I am ann@example.com"
    assert "ann@example.com" not in origin.received[0].body.decode()


def test_an_answer_is_blocked_whole(governed: Running, origin: Origin) -> None:
    origin.answer = lambda _: Answer(chat("That is bluebird."))
    with pytest.raises(openai.PermissionDeniedError, match="The answer holds a codename"):
        ask(governed, "Hello")


def test_a_stream_flows_and_is_redacted_across_its_events(governed: Running, origin: Origin, key: str) -> None:
    text = f"The key is {key}, keep it."
    origin.answer = lambda _: Answer([*map(delta, text), DONE], content_type="text/event-stream")
    answer = said(governed, "Hello")
    assert key not in answer
    assert answer.startswith("The key is ")
    assert answer.endswith(", keep it.")


def test_a_stream_is_blocked_in_the_middle(governed: Running, origin: Origin) -> None:
    events = [delta(word) for word in ("A ", "blue", "bird", " flies ", "away")]
    origin.answer = lambda _: Answer([*events, DONE], content_type="text/event-stream")
    with pytest.raises(openai.APIError, match="The answer holds a codename"):
        said(governed, "Hello")


def test_tools_go_through(governed: Running, origin: Origin) -> None:
    call = {"id": "t", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Bern"}'}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    answer = {"id": "c", "choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}]}
    origin.answer = lambda _: Answer(json.dumps(answer).encode())
    tool = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}
    got = ask(governed, "How is the weather?", tools=[tool]).choices[0].message.tool_calls[0]
    assert got.function.arguments == '{"city": "Bern"}'
    assert origin.received[0].json["tools"] == [tool]


def test_anthropic_has_its_own_key_and_its_own_refusals(governed: Running, origin: Origin) -> None:
    message = {
        "id": "m",
        "type": "message",
        "role": "assistant",
        "model": "claude-x",
        "content": [{"type": "text", "text": "Good day."}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 1, "output_tokens": 1},
    }
    origin.answer = lambda _: Answer(json.dumps(message).encode())
    with anthropic.Anthropic(api_key="mine", base_url=f"{governed.url}/anthropic", max_retries=0) as asking:
        ask = {"model": "claude-x", "max_tokens": 9, "messages": [{"role": "user", "content": "Hello"}]}
        assert asking.messages.create(**ask).content[0].text == "Good day."
        ask["messages"] = [{"role": "user", "content": "bluebird"}]
        with pytest.raises(anthropic.PermissionDeniedError, match="Codenames"):
            asking.messages.create(**ask)
    (received,) = origin.received
    assert received.path == "/v1/messages"
    assert received.headers["x-api-key"] == "real"


def test_a_provider_is_named_by_a_header_too(server: Running, origin: Origin) -> None:
    body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hello"}]}
    with httpx2.Client() as asking:
        meant = {"aigov-target": "https://api.openai.com", "cookie": "c=1", "x-forwarded-for": "10.0.0.1"}
        got = asking.post(f"{server.url}/v1/chat/completions", json=body, headers=meant)
    assert got.status_code == 200
    (received,) = origin.received
    assert not {"aigov-target", "cookie", "x-forwarded-for"} & received.headers.keys()


@pytest.mark.parametrize(
    ("path", "target", "status"),
    [
        ("/v1/chat/completions", "https://169.254.169.254", 404),
        ("/v1/chat/completions", "http://api.openai.com.evil.example", 404),
        ("/v1/chat/completions", "https://api.openai.com@evil.example", 404),
        ("/v1/chat/completions", "gopher://api.openai.com", 404),
        ("/v1/chat/completions", "", 404),
        ("/nobody/v1/chat/completions", None, 404),
        ("/v1", None, 404),
        ("/openai/v1/../../admin", None, 404),
        ("/openai/v1/%2e%2e/%2E%2e/admin", None, 404),
        ("/openai/v1/..%5cadmin", None, 404),
    ],
)
def test_nothing_leads_elsewhere(server: Running, origin: Origin, path: str, target: str | None, status: int) -> None:
    header = b"" if target is None else f"aigov-target: {target}\r\n".encode()
    said = b"POST %b HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n%b\r\n{}" % (
        path.encode(),
        header,
    )
    assert server.say(said).startswith(b"HTTP/1.1 %d " % status)
    assert origin.received == []


def test_a_rerouted_request_takes_no_credential_along(engine: Engine, origin: Origin) -> None:
    from aigov_enforcers.governing.routes import Route

    routes = {"europe": Route(f"{origin.url}/eu/v1", {"authorization": "Bearer european"})}
    european = Fixed(Identity(user=User(id="eve", groups=frozenset({"eu"}))))
    with Running(engine, providers(origin), european, routes=routes) as running:
        assert ask(running, "Hello").choices[0].message.content == "Good morning."
    (received,) = origin.received
    assert received.path == "/eu/v1/chat/completions"
    assert received.headers["authorization"] == "Bearer european"


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_a_request_is_rerouted_to_a_provider_of_another_format(engine: Engine, origin: Origin, stream: bool) -> None:
    from aigov_enforcers.governing.routes import Route
    from tests.enforcers.speaking import Said, speak

    spoken = speak("anthropic.messages", Said("Grüezi."), stream=stream)
    origin.answer = lambda _: Answer(spoken.body, spoken.media)
    route = Route(origin.url, {"x-api-key": "there"}, "anthropic.messages", "claude-5")
    european = Fixed(Identity(user=User(id="eve", groups=frozenset({"eu"}))))
    with Running(engine, providers(origin), european, routes={"europe": route}) as running:
        heard = said(running, "Hello") if stream else ask(running, "Hello").choices[0].message.content
    assert heard == "Grüezi."
    (received,) = origin.received
    assert received.path == "/v1/messages"
    assert received.headers["x-api-key"] == "there"
    assert "authorization" not in received.headers


def test_who_is_nobody_is_told_so_in_the_providers_form(engine: Engine, origin: Origin) -> None:
    class Nobody(Fixed):
        def caller(self, peer: object, headers: Any) -> Caller | Refused:
            return Refused(401, "Sign in first: aigov login.")

    with (
        Running(engine, providers(origin), Nobody(Identity())) as running,
        pytest.raises(openai.AuthenticationError, match="aigov login"),
    ):
        ask(running, "Hello")
    assert origin.received == []


def test_a_failing_engine_stops_the_request(
    server: Running, origin: Origin, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("aigov_enforcers.governing.governor.govern", lambda *_, **__: 1 / 0)
    with pytest.raises(openai.InternalServerError) as caught:
        ask(server, "Hello")
    assert caught.value.status_code == 503
    assert caught.value.request_id in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert origin.received == []


def test_an_encoded_answer_is_read(server: Running, origin: Origin) -> None:
    body = gzip.compress(chat("That is bluebird."))
    origin.answer = lambda _: Answer(body, headers=(("content-encoding", "gzip"),))
    with pytest.raises(openai.PermissionDeniedError):
        ask(server, "Hello")
    assert origin.received[0].headers["accept-encoding"] == "identity"


def test_a_large_request_and_a_large_answer(server: Running, origin: Origin) -> None:
    text = "word " * 1_000_000
    origin.answer = lambda asked: Answer(chat(asked.json["messages"][0]["content"]))
    assert ask(server, text).choices[0].message.content == text


def test_decisions_are_on_record_without_content(server: Running, key: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="aigov.server"):
        ask(server, f"My key is {key}")
    records = [record for record in caplog.records if record.name == "aigov.server"]
    assert [record.getMessage().partition(" by ")[0] for record in records] == ["prompt: redact", "response: allow"]
    assert len({record.event for record in records}) == 1  # type: ignore[attr-defined]
    assert key not in caplog.text
