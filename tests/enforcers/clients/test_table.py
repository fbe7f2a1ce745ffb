"""The table in docs/sdk.md says what the tests of the clients run, no more and no less."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from tests.enforcers.clients.contract import CHECKS, Client, cases

ROOT = Path(__file__).parents[3]
MODULES = ("openai", "anthropic", "google", "bedrock", "mistral", "cohere", "ollama", "litellm", "langchain")
COLUMNS = {
    "plain": "plain",
    "stream": "stream",
    "tools": "tools",
    "async": "plain",
    "block": "block",
    "block in a stream": "stream_block",
    "redact": "redact",
    "reroute": "reroute",
}
"""Column → the check that fills it."""


def table() -> str:
    clients: dict[str, list[Client]] = {}
    for name in MODULES:
        for client in import_module(f"tests.enforcers.clients.test_{name}").CLIENTS:
            clients.setdefault(client.name, []).append(client)
    lines = [f"| client | {' | '.join(COLUMNS)} |", "|---" * (len(COLUMNS) + 1) + "|"]
    for name, ways in clients.items():
        run = {(case.values[1].__name__, case.values[0].is_async) for case in cases(ways)}  # type: ignore[union-attr]
        marks = ("yes" if (check, column == "async") in run else "-" for column, check in COLUMNS.items())
        lines.append(f"| `{name}` | {' | '.join(marks)} |")
    return "\n".join(lines) + "\n"


def test_the_table_is_what_is_run() -> None:
    assert table() in (ROOT / "docs" / "sdk.md").read_text()


def test_every_check_has_a_column() -> None:
    assert {*COLUMNS.values(), "tokens"} == {*CHECKS}


def test_the_clients_are_those_of_the_constraints() -> None:
    pinned = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text().splitlines())
    packages = ("openai", "anthropic", "google-genai", "boto3", "mistralai", "cohere", "ollama", "litellm", "mcp")
    assert {name: pinned.get(name) for name in packages} == {name: version(name) for name in packages}
