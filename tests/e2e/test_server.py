"""The commands of docs/server.md, typed in as they stand there; then official clients through the server."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import anthropic
import httpx
import openai
import pytest

from aigov_enforcers.transport.credentials import Credentials
from examples.demo.upstream import Upstream
from tests.e2e.forwarder import Forwarder
from tests.enforcers.server.process import Server, wait

PAGE = (Path(__file__).parents[2] / "docs" / "server.md").read_text()
FILE = re.compile(r"^```\w+ (?P<name>[\w.]+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
COMMANDS = PAGE.partition("```sh\n")[2].partition("```")[0].splitlines()
MESSAGES = [{"role": "user", "content": "what about bluebird?"}]


class Setting:
    """What an operator has set up, and a device that is enrolled."""

    def __init__(self, directory: Path, server: Server, credentials: Credentials, upstream: Upstream) -> None:
        self.directory, self.server, self.credentials, self.upstream = directory, server, credentials, upstream


def aigov(directory: Path, command: str, given: str = "") -> str:
    words = shlex.split(command)
    assert words[0] == "aigov"
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=directory, input=given, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def setting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setting]:
    directory = tmp_path_factory.mktemp("setting")
    patch = pytest.MonkeyPatch()
    patch.setenv("HOME", str(directory))
    with Upstream() as upstream:
        for file in FILE.finditer(PAGE):
            (directory / file["name"]).write_text(file["text"])
        config = directory / "server.toml"
        text = re.sub(r'"[0-9.]+:(8443|8444|9090)"', '"127.0.0.1:0"', config.read_text())
        more = (
            f'\n[providers.anthropic]\nurl = "{upstream.url}"\ncredential = {{ env = "ANTHROPIC" }}\nprivate = true\n'
        )
        config.write_text(text.replace('"https://api.openai.com"', f'"{upstream.url}"\nprivate = true') + more)
        patch.setenv("ANTHROPIC", "the-real-anthropic-key")
        assert len(COMMANDS) == 10
        for command in COMMANDS[:4]:
            aigov(directory, command)
        (directory / "openai.key").write_text("the-real-openai-key\n")
        assert "spiffe://acme.example/server/front" in aigov(directory, COMMANDS[5])
        with Server(config) as server:
            token = aigov(directory, COMMANDS[7])
            enrol = COMMANDS[8].replace("gateway.acme.example:8444", f"127.0.0.1:{server.control}")
            aigov(directory, enrol, token)
            assert server.get("/ready")[0] == 200
            credentials = Credentials.load(directory / ".config" / "aigov" / "device.json")
            yield Setting(directory, server, credentials, upstream)
    patch.undo()


@pytest.fixture
def forwarder(setting: Setting) -> Iterator[Forwarder]:
    setting.upstream.received.clear()
    setting.upstream.reply = None
    with Forwarder(setting.credentials, f"https://127.0.0.1:{setting.server.requests}") as running:
        yield running


def test_openai_is_governed(setting: Setting, forwarder: Forwarder) -> None:
    with openai.OpenAI(base_url=f"{forwarder.url}/openai/v1", api_key="mine", max_retries=0) as client:
        answer = client.chat.completions.create(model="gpt-4o", messages=MESSAGES)  # type: ignore[arg-type]
        assert answer.choices[0].message.content == "Hello from the model."
        (sent,) = setting.upstream.received
        assert sent.headers["authorization"] == "Bearer the-real-openai-key"
        assert "[acme.codename]" in sent.json["messages"][0]["content"]
        stream = client.chat.completions.create(model="gpt-4o", messages=MESSAGES, stream=True)  # type: ignore[call-overload]
        assert (
            "".join(each.choices[0].delta.content or "" for each in stream if each.choices) == "Hello from the model."
        )
        with pytest.raises(openai.PermissionDeniedError, match="Use an approved model") as caught:
            client.chat.completions.create(model="o9", messages=MESSAGES)  # type: ignore[arg-type]
        assert len(setting.upstream.received) == 2
    event = caught.value.response.headers["x-gov-event-id"]
    found = f"select outcome from events where event = '{event}'"
    rows = wait_for_rows(setting.directory / "data" / "events.db", found)
    assert rows == [("block",)]


def test_anthropic_is_governed(setting: Setting, forwarder: Forwarder) -> None:
    with anthropic.Anthropic(base_url=f"{forwarder.url}/anthropic", api_key="mine", max_retries=0) as client:
        answer = client.messages.create(model="claude-4", max_tokens=9, messages=MESSAGES)  # type: ignore[arg-type]
        assert answer.content[0].text == "Hello from the model."  # type: ignore[union-attr]
        (sent,) = setting.upstream.received
        assert sent.headers["x-api-key"] == "the-real-anthropic-key"
        assert "[acme.codename]" in sent.json["messages"][0]["content"]
        with pytest.raises(anthropic.PermissionDeniedError, match="Use an approved model"):
            client.messages.create(model="gpt-2", max_tokens=9, messages=MESSAGES)  # type: ignore[arg-type]


def test_a_device_that_is_revoked_is_out_within_a_second(setting: Setting) -> None:
    """On a connection that is open, and in the middle of a stream."""
    directory, server, upstream = setting.directory, setting.server, setting.upstream
    token = aigov(directory, "aigov device token bob-laptop --place laptop --data ca").strip()
    file = directory / "bob.json"
    enrol = f"aigov device enroll --server https://127.0.0.1:{server.control} --token - --credentials {file}"
    aigov(directory, enrol, token)
    upstream.received.clear()
    upstream.reply = None
    with Forwarder(Credentials.load(file), f"https://127.0.0.1:{server.requests}") as forwarder:
        url = f"{forwarder.url}/openai/v1/chat/completions"
        body = {"model": "gpt-4o", "messages": MESSAGES}
        with httpx.Client(timeout=10) as client:
            assert client.post(url, json=body).status_code == 200
            aigov(directory, "aigov device revoke bob-laptop --data ca")
            revoked = time.monotonic()
            wait(lambda: client.post(url, json=body).status_code != 200)
            assert time.monotonic() - revoked < 3  # a second, and room for a machine that is busy
            received = len(upstream.received)
            assert client.post(url, json=body).status_code >= 400
            assert len(upstream.received) == received
    assert "revoked" in aigov(directory, "aigov device list --data ca")


def wait_for_rows(path: Path, query: str) -> list[tuple[object, ...]]:
    import sqlite3

    def rows() -> list[tuple[object, ...]]:
        database = sqlite3.connect(path)
        try:
            return database.execute(query).fetchall()
        finally:
            database.close()

    wait(lambda: bool(rows()))
    return rows()
