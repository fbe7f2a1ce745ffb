"""The official clients under the hook, against a server that records what reached it."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import anthropic
import httpx
import httpx2
import openai
import pytest

from aigov_enforcers import sdk
from aigov_enforcers.governing.routes import Route
from aigov_runtime import Engine
from aigov_runtime.model import Outcome
from examples.demo.upstream import Received, Reply, Upstream

IDENTITY: dict[str, object] = {"user": {"id": "ann", "groups": ["eng"]}}
EMAIL = "ann.lee@example.com"


@pytest.fixture
def installed(engine: Engine, upstream: Upstream) -> Iterator[Engine]:
    sdk.install(engine, IDENTITY, hosts={upstream.host: "openai"})
    yield engine
    sdk.uninstall()


@pytest.fixture
def installed_anthropic(engine: Engine, upstream: Upstream) -> Iterator[Engine]:
    sdk.install(engine, IDENTITY, hosts={upstream.host: "anthropic"})
    yield engine
    sdk.uninstall()


def ask_openai(upstream: Upstream, prompt: str, **options: Any) -> Any:
    with openai.OpenAI(api_key="k", base_url=upstream.url + "/v1") as client:
        messages: Any = [{"role": "user", "content": prompt}]
        answer: Any = client.chat.completions.create(model="gpt-4o", messages=messages, **options)
        return "".join(part.choices[0].delta.content or "" for part in answer) if options.get("stream") else answer


async def ask_openai_async(upstream: Upstream, prompt: str, **options: Any) -> Any:
    async with openai.AsyncOpenAI(api_key="k", base_url=upstream.url + "/v1") as client:
        messages: Any = [{"role": "user", "content": prompt}]
        answer: Any = await client.chat.completions.create(model="gpt-4o", messages=messages, **options)
        if options.get("stream"):
            return "".join([part.choices[0].delta.content or "" async for part in answer])
        return answer


def ask_responses(upstream: Upstream, prompt: str) -> Any:
    with openai.OpenAI(api_key="k", base_url=upstream.url + "/v1") as client:
        return client.responses.create(model="gpt-4o", input=prompt)


def ask_anthropic(upstream: Upstream, prompt: str) -> Any:
    with anthropic.Anthropic(api_key="k", base_url=upstream.url) as client:
        return client.messages.create(
            model="claude-sonnet-5", max_tokens=9, messages=[{"role": "user", "content": prompt}]
        )


async def ask_anthropic_async(upstream: Upstream, prompt: str) -> Any:
    async with anthropic.AsyncAnthropic(api_key="k", base_url=upstream.url) as client:
        return await client.messages.create(
            model="claude-sonnet-5", max_tokens=9, messages=[{"role": "user", "content": prompt}]
        )


def run(asked: Any) -> Any:
    return asyncio.run(asked) if isinstance(asked, Awaitable) else asked


OPENAI: list[Callable[[Upstream, str], Any]] = [ask_openai, ask_openai_async, ask_responses]
ANTHROPIC: list[Callable[[Upstream, str], Any]] = [ask_anthropic, ask_anthropic_async]


def text_of(answer: Any) -> str:
    if hasattr(answer, "choices"):
        return str(answer.choices[0].message.content)
    return str(answer.output_text if hasattr(answer, "output_text") else answer.content[0].text)


class TestOpenAI:
    @pytest.mark.parametrize("ask", OPENAI)
    def test_clean(self, installed: Engine, upstream: Upstream, ask: Callable[[Upstream, str], Any]) -> None:
        assert text_of(run(ask(upstream, "hello"))) == "Hello from the model."
        assert len(upstream.received) == 1

    @pytest.mark.parametrize("ask", OPENAI)
    def test_prompt_is_redacted(
        self, installed: Engine, upstream: Upstream, key: str, ask: Callable[[Upstream, str], Any]
    ) -> None:
        run(ask(upstream, f"deploy with {key} please"))

        (received,) = upstream.received
        assert key.encode() not in received.body
        assert b"deploy with [egress.key] please" in received.body
        assert int(received.headers["content-length"]) == len(received.body)

    @pytest.mark.parametrize("ask", OPENAI)
    def test_block_is_the_clients_own_error_and_nothing_is_sent(
        self, installed: Engine, upstream: Upstream, ask: Callable[[Upstream, str], Any]
    ) -> None:
        with pytest.raises(openai.PermissionDeniedError, match="Codenames stay in the house") as caught:
            run(ask(upstream, "about bluebird"))

        assert upstream.received == []
        assert caught.value.status_code == 403
        assert caught.value.code == "content_policy_violation"
        assert caught.value.response.headers["x-gov-decision"] == "block"
        assert caught.value.response.headers["x-gov-rule"] == "no_codenames"
        assert caught.value.request_id == caught.value.response.headers["x-gov-event-id"]
        assert "bluebird" not in str(caught.value)

    @pytest.mark.parametrize("ask", OPENAI)
    def test_response_is_redacted(
        self, installed: Engine, upstream: Upstream, key: str, ask: Callable[[Upstream, str], Any]
    ) -> None:
        upstream.text = f"use {key} now"

        assert text_of(run(ask(upstream, "hello"))) == f"use {'*' * 16}{key[-4:]} now"

    @pytest.mark.parametrize("ask", OPENAI)
    def test_response_is_blocked(
        self, installed: Engine, upstream: Upstream, ask: Callable[[Upstream, str], Any]
    ) -> None:
        upstream.text = "the bluebird flies"

        with pytest.raises(openai.PermissionDeniedError, match="The answer holds a codename"):
            run(ask(upstream, "hello"))

        assert len(upstream.received) == 1

    @pytest.mark.parametrize("ask", OPENAI)
    def test_tokens_come_back_as_what_they_stand_for(
        self, installed: Engine, upstream: Upstream, ask: Callable[[Upstream, str], Any]
    ) -> None:
        upstream.text = lambda received: "I wrote to " + _last_words(received)

        answer = run(ask(upstream, f"write to {EMAIL}"))

        assert EMAIL.encode() not in upstream.received[0].body
        assert b"EMAIL_" in upstream.received[0].body
        assert text_of(answer) == f"I wrote to {EMAIL}"

    @pytest.mark.parametrize("ask", [ask_openai, ask_openai_async])
    def test_stream_is_decided_on_its_prompt(
        self, installed: Engine, upstream: Upstream, key: str, ask: Callable[..., Any]
    ) -> None:
        assert run(ask(upstream, f"with {key}", stream=True)) == "Hello from the model."
        assert key.encode() not in upstream.received[0].body
        with pytest.raises(openai.PermissionDeniedError):
            run(ask(upstream, "bluebird", stream=True))
        assert len(upstream.received) == 1

    def test_raw_response(self, installed: Engine, upstream: Upstream, key: str) -> None:
        upstream.text = f"use {key}"
        with openai.OpenAI(api_key="k", base_url=upstream.url + "/v1") as client:
            messages: Any = [{"role": "user", "content": "hello"}]
            raw = client.chat.completions.with_raw_response.create(model="gpt-4o", messages=messages)
            with client.chat.completions.with_streaming_response.create(model="gpt-4o", messages=messages) as streamed:
                late = streamed.parse()

        assert key not in raw.text
        assert raw.elapsed.total_seconds() >= 0
        assert key not in str(late.choices[0].message.content)

    def test_default_blocks_what_no_rule_admits(self, installed: Engine, upstream: Upstream) -> None:
        with openai.OpenAI(api_key="k", base_url=upstream.url + "/v1") as client:
            with pytest.raises(openai.PermissionDeniedError, match="No rule admits"):
                client.chat.completions.create(model="other", messages=[{"role": "user", "content": "x"}])
            with pytest.raises(openai.PermissionDeniedError, match="No rule admits"):
                client.models.list()
        assert upstream.received == []

    def test_tool_arguments_are_redacted_inside(self, installed: Engine, upstream: Upstream, key: str) -> None:
        call = {"id": "call_1", "type": "function"}
        arguments = json.dumps({"env": {"K": f"a\n{key}"}, "n": 1.50})
        messages: Any = [
            {"role": "user", "content": "go"},
            {"role": "assistant", "tool_calls": [{**call, "function": {"name": "f", "arguments": arguments}}]},
            {"role": "tool", "tool_call_id": "call_1", "content": json.dumps({"out": f"b\n{key}"})},
        ]
        with openai.OpenAI(api_key="k", base_url=upstream.url + "/v1") as client:
            client.chat.completions.create(model="gpt-4o", messages=messages)

        sent = upstream.received[0].json["messages"]
        assert json.loads(sent[1]["tool_calls"][0]["function"]["arguments"])["env"] == {"K": "a\n[egress.key]"}
        assert json.loads(sent[2]["content"]) == {"out": "b\n[egress.key]"}


class TestAnthropic:
    @pytest.mark.parametrize("ask", ANTHROPIC)
    def test_both_ways(
        self, installed_anthropic: Engine, upstream: Upstream, key: str, ask: Callable[[Upstream, str], Any]
    ) -> None:
        upstream.text = f"use {key} now"

        answer = run(ask(upstream, f"deploy with {key} please"))

        assert key.encode() not in upstream.received[0].body
        assert b"deploy with [egress.key] please" in upstream.received[0].body
        assert text_of(answer) == f"use {'*' * 16}{key[-4:]} now"

    @pytest.mark.parametrize("ask", ANTHROPIC)
    def test_block(self, installed_anthropic: Engine, upstream: Upstream, ask: Callable[[Upstream, str], Any]) -> None:
        with pytest.raises(anthropic.PermissionDeniedError, match="Codenames stay in the house") as caught:
            run(ask(upstream, "about bluebird"))

        assert upstream.received == []
        assert caught.value.body["error"]["type"] == "permission_error"  # type: ignore[index,call-overload]
        assert caught.value.response.headers["x-gov-rule"] == "no_codenames"

    @pytest.mark.parametrize("ask", ANTHROPIC)
    def test_tokens(self, installed_anthropic: Engine, upstream: Upstream, ask: Callable[[Upstream, str], Any]) -> None:
        upstream.text = lambda received: "I wrote to " + _last_words(received)

        assert text_of(run(ask(upstream, f"write to {EMAIL}"))) == f"I wrote to {EMAIL}"
        assert EMAIL.encode() not in upstream.received[0].body

    def test_stream(self, installed_anthropic: Engine, upstream: Upstream, key: str) -> None:
        with anthropic.Anthropic(api_key="k", base_url=upstream.url) as client:
            messages: Any = [{"role": "user", "content": f"with {key}"}]
            with client.messages.stream(model="claude-sonnet-5", max_tokens=9, messages=messages) as stream:
                text = stream.get_final_text()

        assert text == "Hello from the model."
        assert key.encode() not in upstream.received[0].body


def _last_words(received: Received) -> str:
    body = received.json
    text = body["input"] if "input" in body else body["messages"][0]["content"]
    return str(text).removeprefix("write to ")


@pytest.mark.parametrize("library", [httpx, httpx2])
class TestPlainClients:
    def test_sync(self, installed: Engine, upstream: Upstream, key: str, library: Any) -> None:
        body = {"model": "gpt-4o", "messages": [{"role": "user", "content": f"a {key}"}]}
        with library.Client() as client:
            assert client.post(upstream.url + "/v1/chat/completions", json=body).status_code == 200
            body["messages"] = [{"role": "user", "content": "bluebird"}]
            assert client.post(upstream.url + "/v1/chat/completions", json=body).status_code == 403
        assert library.post(upstream.url + "/v1/chat/completions", json=body).status_code == 403
        (received,) = upstream.received
        assert received.json["messages"][0]["content"] == "a [egress.key]"

    def test_async(self, installed: Engine, upstream: Upstream, key: str, library: Any) -> None:
        async def ask(prompt: str) -> int:
            body = {"model": "gpt-4o", "messages": [{"role": "user", "content": prompt}]}
            async with library.AsyncClient() as client:
                return int((await client.post(upstream.url + "/v1/chat/completions", json=body)).status_code)

        assert asyncio.run(ask(f"a {key}")) == 200
        assert asyncio.run(ask("bluebird")) == 403
        (received,) = upstream.received
        assert received.json["messages"][0]["content"] == "a [egress.key]"

    def test_streaming_the_body_of_a_response(
        self, installed: Engine, upstream: Upstream, key: str, library: Any
    ) -> None:
        upstream.text = f"use {key}"
        url = upstream.url + "/v1/chat/completions"

        def body(prompt: str, **more: Any) -> dict[str, Any]:
            return {"model": "gpt-4o", "messages": [{"role": "user", "content": prompt}], **more}

        with library.Client() as client:
            with client.stream("POST", url, json=body("hello")) as whole:
                assert key.encode() not in b"".join(whole.iter_bytes())
            with client.stream("POST", url, json=body("bluebird")) as refused:
                assert refused.status_code == 403
                assert b"Codenames" in refused.read()
            with client.stream("POST", url, json=body("hello", stream=True)) as live:
                assert not live.is_stream_consumed
                assert "data: [DONE]" in list(live.iter_lines())

        async def run_async() -> None:
            async with library.AsyncClient() as client:
                async with client.stream("POST", url, json=body("hello")) as whole:
                    assert key.encode() not in b"".join([part async for part in whole.aiter_bytes()])
                async with client.stream("POST", url, json=body("bluebird")) as refused:
                    assert b"Codenames" in await refused.aread()
                async with client.stream("POST", url, json=body("hello", stream=True)) as live:
                    assert not live.is_stream_consumed
                    assert "data: [DONE]" in [line async for line in live.aiter_lines()]

        asyncio.run(run_async())

    def test_untouched_bytes_are_sent_as_they_are(self, installed: Engine, upstream: Upstream, library: Any) -> None:
        body = b'{ "model":"gpt-4o",\n "temperature": 1.50, "messages":[{"role":"user","content":"caf\\u00e9"}] }'
        with library.Client() as client:
            client.post(upstream.url + "/v1/chat/completions", content=body)
        assert upstream.received[0].body == body

    def test_a_body_in_pieces(self, installed: Engine, upstream: Upstream, key: str, library: Any) -> None:
        pieces = [b'{"model":"gpt-4o","messages":[{"role":"user","content":"', key.encode(), b'"}]}']
        with library.Client() as client:
            client.post(upstream.url + "/v1/chat/completions", content=iter(pieces))
        assert upstream.received[0].json["messages"][0]["content"] == "[egress.key]"

    def test_an_unknown_route_of_a_governed_host(
        self, installed: Engine, upstream: Upstream, key: str, library: Any
    ) -> None:
        body = {"model": "gpt-4o", "anything": {"deep": [f"x {key}"]}}
        with library.Client() as client:
            client.post(upstream.url + "/v1/never/seen", json=body)
        assert upstream.received[0].json["anything"] == {"deep": ["x [egress.key]"]}

    def test_other_hosts_pass(self, installed: Engine, key: str, library: Any) -> None:
        with Upstream() as other, library.Client() as client:
            client.post(other.url + "/submit", json={"a": key})
            assert other.received[0].json == {"a": key}

    def test_an_unlisted_host_that_speaks_to_a_model_is_governed(
        self, installed: Engine, key: str, library: Any
    ) -> None:
        body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hello"}]}
        with Upstream() as other, library.Client() as client:
            answer = client.post(other.url + "/v1/chat/completions", json=body)
            assert answer.status_code == 403
            assert other.received == []

    @pytest.mark.parametrize("body", [b"not json bluebird", b'{"a": 1, "a": 2}', b"\x1f\x8b\x08"])
    def test_an_unreadable_body_fails_closed(
        self, installed: Engine, upstream: Upstream, library: Any, body: bytes
    ) -> None:
        with library.Client() as client:
            assert client.post(upstream.url + "/v1/chat/completions", content=body).status_code == 403
        assert upstream.received == []

    def test_an_unreadable_response_fails_closed(self, installed: Engine, upstream: Upstream, library: Any) -> None:
        upstream.reply = lambda _: Reply(b"plain bluebird")
        body = {"model": "gpt-4o", "messages": []}
        with library.Client() as client:
            assert client.post(upstream.url + "/v1/chat/completions", json=body).status_code == 403

    def test_what_the_network_raises_comes_through(self, installed: Engine, upstream: Upstream, library: Any) -> None:
        upstream.__exit__(None, None, None)
        try:
            with library.Client() as client, pytest.raises(library.ConnectError):
                client.post(upstream.url + "/v1/chat/completions", json={"model": "gpt-4o"})
        finally:
            upstream.__init__()  # type: ignore[misc]
            upstream.__enter__()

    def test_a_failure_inside_fails_closed(
        self,
        installed: Engine,
        upstream: Upstream,
        library: Any,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        monkeypatch.setattr("aigov_enforcers.governing.governor.govern", lambda *_, **__: 1 / 0)
        with library.Client() as client:
            answer = client.post(upstream.url + "/v1/chat/completions", json={"model": "gpt-4o"})
        assert answer.status_code == 403
        assert "could not decide" in answer.json()["error"]["message"]
        assert upstream.received == []
        assert answer.headers["x-gov-event-id"] in caplog.text
        assert "ZeroDivisionError" in caplog.text


class TestReroute:
    BODY = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hello"}]}  # noqa: RUF012

    def ask(self, upstream: Upstream) -> Any:
        with httpx2.Client(headers={"authorization": "Bearer one"}) as client:
            return client.post(upstream.url + "/v1/chat/completions?x=1", json=self.BODY)

    def test_to_a_known_target(self, engine: Engine, upstream: Upstream) -> None:
        with Upstream("From Europe.") as europe:
            route = Route(europe.url + "/openai", {"api-key": "two"})
            sdk.install(engine, {"user": {"groups": ["eu"]}}, hosts={upstream.host: "openai"}, routes={"europe": route})
            try:
                answer = self.ask(upstream)
            finally:
                sdk.uninstall()

            assert answer.json()["choices"][0]["message"]["content"] == "From Europe."
            assert upstream.received == []
            (received,) = europe.received
            assert received.path == "/openai/chat/completions?x=1"
            assert received.headers["host"] == europe.host
            assert received.headers["api-key"] == "two"
            assert "authorization" not in received.headers

    def test_to_an_unknown_target(self, engine: Engine, upstream: Upstream) -> None:
        sdk.install(engine, {"user": {"groups": ["eu"]}}, hosts={upstream.host: "openai"})
        try:
            answer = self.ask(upstream)
        finally:
            sdk.uninstall()

        assert answer.status_code == 403
        assert "no route to `europe`" in answer.json()["error"]["message"]
        assert upstream.received == []


def test_decisions_are_on_the_log_without_content(
    installed: Engine, upstream: Upstream, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="aigov.sdk"):
        ask_openai(upstream, f"with {key}")

    assert f"{Outcome.REDACT} by no_keys" in caplog.text
    assert "policy.gov:" in caplog.text
    assert key not in "".join(record.getMessage() for record in caplog.records if record.name == "aigov.sdk")


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "text/plain"])
def test_the_error_page_of_a_server_in_between_arrives_as_such(
    installed: Engine, upstream: Upstream, kind: str
) -> None:
    upstream.reply = lambda _: Reply(b"<html>{502} Bad Gateway</html>", 502, kind)
    with pytest.raises(openai.InternalServerError) as raised:
        ask_once(upstream)
    assert raised.value.status_code == 502
    assert raised.value.response.text == "<html>{502} Bad Gateway</html>"


def test_an_error_page_is_governed_as_text(installed: Engine, upstream: Upstream) -> None:
    upstream.reply = lambda _: Reply("<p>grün AKIAQ3EGSZ7WBRXKQJ4N</p>".encode(), 502, "text/html")
    with pytest.raises(openai.InternalServerError) as raised:
        ask_once(upstream)
    assert raised.value.response.text == "<p>grün " + "*" * 16 + "QJ4N</p>"
    upstream.reply = lambda _: Reply(b"<p>bluebird</p>", 502, "text/html")
    with pytest.raises(openai.PermissionDeniedError):
        ask_once(upstream)
    upstream.reply = lambda _: Reply(b"\xff\xfe<p>", 502, "text/html")
    with pytest.raises(openai.PermissionDeniedError):
        ask_once(upstream)


def ask_once(upstream: Upstream) -> Any:
    with openai.OpenAI(api_key="k", base_url=upstream.url + "/v1", max_retries=0) as client:
        return client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "hi"}])
