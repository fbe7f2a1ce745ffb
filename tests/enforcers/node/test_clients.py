"""The official Node clients, unmodified, through the server: they notice nothing but the effect."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import aigov_dsl
from aigov_compiler import compile_program
from aigov_enforcers.governing.routes import Route
from aigov_enforcers.identity import Identity, User
from aigov_enforcers.server.targets import Provider
from aigov_enforcers.server.who import Fixed
from aigov_runtime import UNVERIFIED, Engine
from tests.enforcers.clients.conftest import POLICY
from tests.enforcers.clients.model import Model, echo
from tests.enforcers.node.packages import install, missing
from tests.enforcers.server.running import Running

pytestmark = pytest.mark.skipif(bool(missing()), reason=f"the official Node clients need {missing()}")

EMAIL = "ann.lee@example.com"
CLIENTS = ("chat", "responses", "messages")
Ask = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    """Ask through a client of Node: one process for all."""
    command = ["node", str(Path(__file__).parent / "ask.cjs"), str(install())]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as node:
        assert node.stdin is not None
        assert node.stdout is not None
        sent, heard = node.stdin, node.stdout

        def asked(running: Running, client: str, mode: str, prompt: str) -> dict[str, Any]:
            line = {"client": client, "base": running.url, "mode": mode, "prompt": prompt}
            sent.write(json.dumps(line) + "\n")
            sent.flush()
            answer: dict[str, Any] = json.loads(heard.readline())
            return answer

        yield asked
        sent.close()
        assert node.wait(timeout=10) == 0


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    path = tmp_path_factory.mktemp("policy") / "policy.gov"
    path.write_text(POLICY, encoding="utf-8")
    return Engine.load(compile_program(aigov_dsl.load([path])).envelope, UNVERIFIED)


@pytest.fixture
def model() -> Iterator[Model]:
    with Model() as running:
        yield running


@pytest.fixture
def europe() -> Iterator[Model]:
    with Model() as running:
        running.text = "From Europe."
        yield running


@pytest.fixture
def start(engine: Engine, model: Model, europe: Model) -> Iterator[Callable[..., Running]]:
    """The server in front of the model, for a caller of these groups."""
    started: list[Running] = []

    def run(*groups: str, eu: str = "/v1") -> Running:
        providers = [
            Provider("openai", model.url, (("authorization", "Bearer real"),), private=True),
            Provider("anthropic", model.url.replace("127.0.0.1", "localhost"), (("x-api-key", "real"),), private=True),
        ]
        who = Fixed(Identity(user=User(id="ann", groups=frozenset(groups))))
        routes = {"europe": Route(europe.url + eu, {"x-eu": "1"})}
        running = Running(engine, providers, who, routes=routes)
        started.append(running.__enter__())
        return running

    yield run
    for running in started:
        running.__exit__(None, None, None)


@pytest.mark.parametrize("mode", ["plain", "stream"])
@pytest.mark.parametrize("client", CLIENTS)
def test_an_answer_is_redacted_and_tokens_come_back(  # noqa: PLR0917 - fixtures
    ask: Ask, start: Callable[..., Running], model: Model, key: str, client: str, mode: str
) -> None:
    running = start()
    assert ask(running, client, mode, "hello") == {"text": "Hello from the model."}

    model.text = f"use {key} now"
    assert ask(running, client, mode, f"deploy with {key} please") == {"text": f"use {'*' * 16}{key[-4:]} now"}
    assert b"deploy with [acme.key] please" in model.received[-1].body
    assert key.encode() not in model.received[-1].body

    model.text = echo
    assert ask(running, client, mode, f"write to {EMAIL} now") == {"text": EMAIL}
    assert EMAIL.encode() not in model.received[-1].body
    credentials = {model.received[-1].headers.get(name) for name in ("authorization", "x-api-key")}
    assert credentials & {"Bearer real", "real"}
    assert "of-the-client" not in str(model.received[-1].headers)


@pytest.mark.parametrize("client", ["chat", "messages"])
def test_tool_calls_get_the_real_arguments(ask: Ask, start: Callable[..., Running], model: Model, client: str) -> None:
    model.tool, model.text = True, echo
    assert ask(start(), client, "tool", f"write to {EMAIL} now") == {"tool": [EMAIL, EMAIL]}
    assert all(EMAIL.encode() not in received.body for received in model.received)


@pytest.mark.parametrize("mode", ["plain", "stream"])
@pytest.mark.parametrize("client", CLIENTS)
def test_a_block_is_the_clients_own_error_and_is_asked_once(
    ask: Ask, start: Callable[..., Running], model: Model, client: str, mode: str
) -> None:
    running = start()
    error = ask(running, client, mode, "about bluebird")["error"]
    assert (error["name"], error["status"]) == ("PermissionDeniedError", 403)
    assert "Codenames stay in the house." in error["message"]
    assert error["headers"]["x-gov-rule"] == "no_codenames"
    assert model.received == []

    model.text = "words " * 300 + "and the bluebird flies"
    error = ask(running, client, mode, "hello")["error"]
    assert "The answer holds a codename." in error["message"]
    assert "bluebird" not in error["message"]
    assert len(model.received) == 1


@pytest.mark.parametrize("client", CLIENTS)
def test_an_error_of_the_provider_comes_through(
    ask: Ask, start: Callable[..., Running], model: Model, client: str
) -> None:
    model.fails = 422
    error = ask(start(), client, "plain", "hello")["error"]
    assert (error["name"], error["status"]) == ("UnprocessableEntityError", 422)
    assert "busy" in error["message"]


@pytest.mark.parametrize(("client", "eu"), [("chat", "/v1"), ("responses", "/v1"), ("messages", "")])
def test_a_request_is_rerouted(  # noqa: PLR0917 - fixtures
    ask: Ask, start: Callable[..., Running], model: Model, europe: Model, client: str, eu: str
) -> None:
    running = start("eu", eu=eu)
    assert ask(running, client, "plain", "hello") == {"text": "From Europe."}
    assert ask(running, client, "stream", "hello") == {"text": "From Europe."}
    assert model.received == []
    assert [received.headers["x-eu"] for received in europe.received] == ["1", "1"]
    assert "of-the-client" not in str([received.headers for received in europe.received])
