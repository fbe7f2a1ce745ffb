"""A governed provider: an origin that records what reaches it, and the server in front of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
import uvloop

import aigov_dsl
from aigov_compiler import compile_program
from aigov_enforcers.governing.routes import Route
from aigov_enforcers.server.targets import Provider
from aigov_runtime import UNVERIFIED, Engine
from tests.enforcers.conftest import POLICY
from tests.enforcers.origin import Answer, Origin, chat
from tests.enforcers.server.running import Running


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """An engine of POLICY, compiled once: these tests change nothing of it."""
    path = tmp_path_factory.mktemp("policy") / "policy.gov"
    path.write_text(POLICY, encoding="utf-8")
    return Engine.load(compile_program(aigov_dsl.load([path])).envelope, UNVERIFIED)


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin(lambda _: Answer(chat("Good morning."))) as running:
        yield running


def providers(origin: Origin) -> list[Provider]:
    """The origin as OpenAI and as Anthropic, with the real keys."""
    return [
        Provider("openai", origin.url, (("authorization", "Bearer real"),), private=True),
        Provider("anthropic", origin.url.replace("127.0.0.1", "localhost"), (("x-api-key", "real"),), private=True),
    ]


@pytest.fixture(params=[uvloop.new_event_loop, asyncio.new_event_loop], ids=["uvloop", "asyncio"])
def governed(request: pytest.FixtureRequest, engine: Engine, origin: Origin) -> Iterator[Running]:
    routes = {"europe": Route(f"{origin.url}/eu/v1", {"authorization": "Bearer european"})}
    with Running(engine, providers(origin), new_loop=request.param, routes=routes) as running:
        yield running


@pytest.fixture
def server(engine: Engine, origin: Origin) -> Iterator[Running]:
    with Running(engine, providers(origin)) as running:
        yield running
