"""An operator's catalogue is laid over the shipped one; what is wrong in it is named by file, table and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from aigov_enforcers.governing.routes import without_keys
from aigov_enforcers.wire import PROVIDERS, Catalogue, CatalogueError
from aigov_enforcers.wire.forms import FORMS

FILE = """
[openai]
sanctioned = true

[acme]
hosts = ["llm.acme.example", "*.llm.acme.example", "localhost:8000"]
extends = "openai"
sanctioned = true
credentials = ["X-Acme-Key"]
routes = [{ path = "/ask/{model}", format = "generic", operation = "chat" }]

[mirror]
hosts = ["mirror.acme.example"]
extends = "azure"
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    path = tmp_path / "providers.toml"
    path.write_text(FILE, encoding="utf-8")
    return Catalogue.from_file(path)


@pytest.mark.parametrize(
    ("host", "port", "path", "provider", "sanctioned"),
    [
        ("api.openai.com", None, "/v1/responses", "openai", True),
        ("llm.acme.example", 443, "/v1/chat/completions", "acme", True),
        ("eu.llm.acme.example", 443, "/anything", "acme", True),
        ("127.0.0.1", 8000, "/v1/chat/completions", "acme", True),
        ("127.0.0.1", 8001, "/v1/chat/completions", "openai", False),
        ("api.anthropic.com", None, "/v1/messages", "anthropic", False),
        ("mirror.acme.example", None, "/v1/responses", "mirror", False),
        ("else.example", None, "/v1/messages", "generic", False),
    ],
)
def test_laid_over(  # noqa: PLR0917 - a table's columns
    catalogue: Catalogue, host: str, port: int | None, path: str, provider: str, sanctioned: bool
) -> None:
    operation = catalogue.recognise("POST", host, port, path)

    assert operation is not None
    assert operation.facts["request.provider"] == provider
    assert operation.facts["request.sanctioned"] is sanctioned


def test_what_is_taken_over(catalogue: Catalogue) -> None:
    own = catalogue.recognise("POST", "llm.acme.example", 443, "/ask/llama")
    taken = catalogue.recognise("POST", "mirror.acme.example", 443, "/v1/responses")

    assert own is not None
    assert own.facts["request.model"] == "llama"
    assert own.route == "/ask/llama"
    assert own.credentials == ("x-acme-key",)
    assert taken is not None
    assert taken.errors == "azure"
    assert "api-key" in taken.credentials
    assert PROVIDERS["openai"].sanctioned is None, "the shipped catalogue stays as it is"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[x", "providers.toml: not TOML"),
        ("x = 1", "[x] table: Input should be a valid dictionary"),
        ('[x]\nhost = ["a"]', "[x] host: Extra inputs are not permitted"),
        ('[x]\nhosts = "a"', "[x] hosts: Input should be a valid list"),
        ('[x]\nhosts = ["HTTPS://A"]', "[x] hosts[0]: `HTTPS://A` is no host"),
        ('[x]\nextends = "y"', "[x] extends: no provider `y` above, only openai"),
        ('[x]\nerrors = "y"', "[x] errors: `y` is none of openai"),
        ('[x]\nsigned = "y"', "[x] signed: Input should be 'sigv4'"),
        ('[x]\nroutes = [{ path = "/a", format = "y", operation = "chat" }]', "[x] routes[0].format: `y` is none of"),
        ('[x]\nroutes = [{ path = "/a", format = "generic" }]', "[x] routes[0].operation: Field required"),
        ('[x]\nroutes = [{ path = "/a", format = "generic", operation = "sing" }]', "[x] routes[0].operation: Input"),
        ('[x]\nroutes = [{ path = "a", format = "generic", operation = "chat" }]', "[x] routes[0].path: `a` does not"),
        (
            '[x]\nroutes = [{ path = "/{A}", format = "generic", operation = "chat" }]',
            "has a brace that is no variable",
        ),
        (
            '[x]\nroutes = [{ path = "/a", format = "generic", operation = "chat", errors = "y" }]',
            "routes[0].errors: `y`",
        ),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "providers.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(CatalogueError) as raised:
        Catalogue.from_file(path)

    assert str(raised.value).startswith(str(path))
    assert fault in str(raised.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="cannot be read"):
        Catalogue.from_file(tmp_path / "none.toml")


def test_every_route_refuses_in_a_form_that_there_is() -> None:
    for provider in PROVIDERS.values():
        assert {provider.errors, *(route.errors for route in provider.routes)} <= FORMS.keys()


def test_a_key_in_the_query_does_not_travel() -> None:
    gemini = PROVIDERS["gemini"].credentials

    assert without_keys("https://a/b?key=s&alt=sse&%6Bey=t", gemini) == "https://a/b?alt=sse"
    assert without_keys("https://a/b?key=s", ("authorization",)) == "https://a/b?key=s"
