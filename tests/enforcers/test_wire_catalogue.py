"""Host and path tell who is asked, for what and in which format; refusals have the provider's form."""

from __future__ import annotations

import json

import pytest

from aigov_enforcers.wire import Catalogue, Operation, refuse
from aigov_enforcers.wire.facts import facts
from aigov_enforcers.wire.forms import FORMS
from aigov_runtime.model import Direction


def known(method: str, host: str, path: str) -> Operation:
    operation = Catalogue().recognise(method, host, None, path)
    assert operation is not None
    return operation


A, G, V, B = (
    "anthropic.messages",
    "gemini.generate",
    "aiplatform.googleapis.com",
    "bedrock-runtime.eu-west-1.amazonaws.com",
)
GEMINI, PROJECT = "generativelanguage.googleapis.com", "/v1beta1/projects/p/locations/l/publishers"


@pytest.mark.parametrize(
    ("method", "host", "path", "provider", "format", "kind"),
    [
        ("POST", "api.openai.com", "/v1/chat/completions", "openai", "openai.chat", "chat"),
        ("POST", "api.openai.com", "/v1/responses", "openai", "openai.responses", "chat"),
        ("GET", "api.openai.com", "/v1/responses/resp_1", "openai", "openai.responses", "chat"),
        ("POST", "api.openai.com", "/v1/embeddings", "openai", "openai.embeddings", "embedding"),
        ("POST", "api.openai.com", "/v1/completions", "openai", "openai.completions", "completion"),
        ("POST", "eu.api.openai.com", "/v1/responses", "openai", "openai.responses", "chat"),
        ("POST", "api.openai.com", "/v1/never/seen", "openai", "generic", "other"),
        ("GET", "api.openai.com", "/v1/models", "openai", "generic", "other"),
        ("GET", "api.openai.com", "/v1/realtime", "openai", "openai.realtime", "audio"),
        ("POST", "api.anthropic.com", "/v1/messages", "anthropic", A, "chat"),
        ("POST", "api.anthropic.com", "/v1/messages/count_tokens", "anthropic", A, "chat"),
        ("POST", "api.anthropic.com", "/v1/messages/batches", "anthropic", "anthropic.batches", "chat"),
        ("GET", "api.anthropic.com", "/v1/messages/batches/b/results", "anthropic", "anthropic.batches", "chat"),
        ("POST", "api.anthropic.com", "/v1/complete", "anthropic", "anthropic.complete", "completion"),
        ("POST", "acme.openai.azure.com", "/openai/deployments/d/chat/completions", "azure", "openai.chat", "chat"),
        ("POST", "acme.openai.azure.com", "/openai/v1/responses", "azure", "openai.responses", "chat"),
        ("POST", "acme.services.ai.azure.com", "/anthropic/v1/messages", "azure", A, "chat"),
        ("POST", GEMINI, "/v1beta/models/gemini-2.5-pro:generateContent", "gemini", G, "chat"),
        ("POST", GEMINI, "/v1/models/gemini-2.5-pro:streamGenerateContent", "gemini", G, "chat"),
        ("POST", GEMINI, "/v1beta/models/e:batchEmbedContents", "gemini", G, "embedding"),
        ("POST", GEMINI, "/v1beta/interactions", "gemini", "gemini.interactions", "chat"),
        ("POST", GEMINI, "/v1beta/openai/chat/completions", "gemini", "openai.chat", "chat"),
        ("POST", V, f"{PROJECT}/google/models/gemini-2.5-pro:generateContent", "vertex", G, "chat"),
        ("POST", f"us-central1-{V}", f"{PROJECT}/anthropic/models/claude-x:streamRawPredict", "vertex", A, "chat"),
        ("POST", V, f"{PROJECT}/google/models/text-embedding-005:predict", "vertex", "gemini.predict", "embedding"),
        ("POST", B, "/model/anthropic.claude-x-v1:0/converse", "bedrock", "bedrock.converse", "chat"),
        ("POST", B, "/model/anthropic.claude-x/invoke", "bedrock", A, "chat"),
        ("POST", B, "/model/eu.anthropic.claude-x/invoke", "bedrock", A, "chat"),
        ("POST", B, "/model/amazon.nova-pro-v1:0/invoke-with-response-stream", "bedrock", "bedrock.converse", "chat"),
        ("POST", B, "/model/amazon.titan-embed-text-v2:0/invoke", "bedrock", "bedrock.invoke", "embedding"),
        ("POST", B, "/model/meta.llama3-1-8b-instruct-v1:0/invoke", "bedrock", "bedrock.invoke", "chat"),
        ("POST", B, "/model/mistral.mistral-large-2402-v1:0/invoke", "bedrock", "mistral.chat", "chat"),
        ("POST", B, "/model/cohere.command-r-v1:0/invoke", "bedrock", "cohere.chat_v1", "chat"),
        ("POST", B, "/model/arn%3Aaws%3Abedrock%3Aeu%3A1%3Ax%2Fabc/invoke", "bedrock", "bedrock.invoke", "chat"),
        ("POST", B, "/model/arn:aws:bedrock:eu:1:x/abc/converse-stream", "bedrock", "bedrock.converse", "chat"),
        ("POST", "api.mistral.ai", "/v1/chat/completions", "mistral", "mistral.chat", "chat"),
        ("POST", "api.cohere.com", "/v2/chat", "cohere", "cohere.chat", "chat"),
        ("POST", "api.groq.com", "/openai/v1/chat/completions", "groq", "openai.chat", "chat"),
        ("POST", "openrouter.ai", "/api/v1/messages", "openrouter", A, "chat"),
        ("POST", "ollama.com", "/api/chat", "ollama", "ollama.chat", "chat"),
        ("POST", "api.replicate.com", "/v1/models/meta/llama/predictions", "replicate", "generic", "other"),
    ],
)
def test_recognised(  # noqa: PLR0917 - a table's columns
    method: str, host: str, path: str, provider: str, format: str, kind: str
) -> None:
    operation = known(method, host, path)

    assert operation.format.name == format
    assert operation.facts["request.provider"] == provider
    assert operation.facts["request.operation"] == kind
    assert operation.facts["request.host"] == host
    assert operation.errors in FORMS
    assert "request.sanctioned" not in operation.facts


@pytest.mark.parametrize(
    ("host", "path", "provider", "format", "sanctioned"),
    [
        ("llm.example", "/api/v1/chat/completions", "generic", "openai.chat", False),
        ("llm.example", "/v1/messages", "generic", A, False),
        ("llm.example", "/v1/messages/batches", "generic", "anthropic.batches", False),
        ("llm.example", "/x/models/gemini:generateContent", "generic", G, False),
        ("llm.example", "/mcp", "generic", "mcp", False),
        ("127.example.com", "/v1/responses", "generic", "openai.responses", False),
        ("127.0.0.1", "/v1/images/generations", "openai", "openai.images", None),
        ("127.0.0.1", "/v1/messages", "anthropic", A, None),
        ("localhost", "/v1/responses", "openai", "openai.responses", None),
        ("[::1]", "/mcp", "mcp", "mcp", None),
    ],
)
def test_unlisted_hosts_are_not_sanctioned_and_this_machine_goes_by_what_it_speaks(
    host: str, path: str, provider: str, format: str, sanctioned: bool | None
) -> None:
    operation = known("POST", host, path)

    assert operation.format.name == format
    assert operation.facts["request.provider"] == provider
    assert operation.facts.get("request.sanctioned") is sanctioned


@pytest.mark.parametrize(
    "host", ["API.OpenAI.com", "api.openai.com.", "ａｐｉ.openai.com", "api。openai.com", "api%2Eopenai.com"]
)
@pytest.mark.parametrize(
    "path",
    [
        "/v1/chat/completions",
        "/v1/chat/completions/",
        "//v1//chat/completions",
        "/v1/chat/completions?api-version=1",
        "/v1/chat/completions#x",
        "/v1/%63hat/completions",
        "/v1/chat%2Fcompletions",
        "/v1/x/../chat/./completions",
        "/../v1/chat/completions",
        "/v1\\chat\\completions",
    ],
)
def test_no_spelling_leads_past(host: str, path: str) -> None:
    operation = known("POST", host, path)

    assert operation.format.name == "openai.chat"
    assert operation.facts["request.host"] == "api.openai.com"
    assert operation.facts["request.endpoint"] == "/v1/chat/completions"
    assert operation.route == "/chat/completions"


def test_another_case_of_the_path_is_the_same_route() -> None:
    assert known("post", "api.openai.com", "/V1/Chat/Completions").format.name == "openai.chat"


@pytest.mark.parametrize(
    ("host", "path", "model", "stream"),
    [
        (GEMINI, "/v1beta/models/gemini-2.5-pro:generateContent", "gemini-2.5-pro", None),
        (GEMINI, "/v1beta/models/gemini-2.5-pro:streamGenerateContent", "gemini-2.5-pro", True),
        (B, "/model/anthropic.claude-x-v1%3A0/converse-stream", "anthropic.claude-x-v1:0", True),
        (B, "/model/arn%3Aaws%3Abedrock%3Aeu%3A1%3Ax%2Fabc/invoke", "arn:aws:bedrock:eu:1:x/abc", None),
        ("acme.openai.azure.com", "/openai/deployments/mine/chat/completions", "mine", None),
        ("api.openai.com", "/v1/chat/completions", None, None),
    ],
)
def test_what_the_path_says(host: str, path: str, model: str | None, stream: bool | None) -> None:
    facts = known("POST", host, path).facts

    assert facts.get("request.model") == model
    assert facts.get("request.stream") is stream


def test_credentials_and_signatures() -> None:
    bedrock = known("POST", B, "/model/m/converse")

    assert bedrock.signed == "sigv4"
    assert "x-amz-security-token" in bedrock.credentials
    assert "?key" in known("POST", GEMINI, "/v1/models/m:generateContent").credentials
    assert known("POST", "api.groq.com", "/openai/v1/responses").credentials == ("authorization",)


def test_a_port_makes_a_local_server_known() -> None:
    for host in ("localhost", "127.0.0.1", "::1"):
        operation = Catalogue().recognise("POST", host, 11434, "/api/pull")
        assert operation is not None
        assert operation.facts["request.provider"] == "ollama"
    assert Catalogue().recognise("POST", "localhost", 8000, "/api/pull") is None
    assert Catalogue().recognise("POST", "evil.example", 11434, "/api/pull") is None


@pytest.mark.parametrize(
    ("method", "host", "path"),
    [
        ("POST", "example.com", "/submit"),
        ("GET", "example.com", "/v1/messages"),
        ("POST", "api.openai.com.evil.example", "/x"),
        ("POST", "notapi.openai.com.example", "/x"),
    ],
)
def test_not_ours(method: str, host: str, path: str) -> None:
    assert Catalogue().recognise(method, host, None, path) is None


def test_a_name_with_its_root_is_the_same_name() -> None:
    catalogue = Catalogue({"llm.example": "anthropic"})

    for host, provider in (("api.openai.com", "openai"), ("llm.example", "anthropic")):
        operation = catalogue.recognise("GET", host + ".", None, "/v1/models")
        assert operation is not None
        assert operation.facts["request.provider"] == provider
        assert operation.facts["request.host"] == host


def test_approved_hosts() -> None:
    catalogue = Catalogue({"llm.example": "anthropic", "127.0.0.1:8080": "openai"})

    mine = catalogue.recognise("POST", "llm.example", 443, "/v1/messages")
    local = catalogue.recognise("POST", "127.0.0.1", 8080, "/anything")
    known = catalogue.recognise("POST", "api.openai.com", None, "/v1/responses")

    assert mine is not None
    assert mine.facts["request.provider"] == "anthropic"
    assert mine.errors == "anthropic"
    assert mine.facts["request.sanctioned"] is True
    assert local is not None
    assert local.facts["request.provider"] == "openai"
    assert known is not None
    assert known.facts["request.sanctioned"] is False
    assert catalogue.recognise("POST", "127.0.0.1", 9090, "/anything") is None


def test_an_unknown_provider_is_named() -> None:
    with pytest.raises(ValueError, match="host `x`: unknown provider `opnai`, expected one of openai"):
        Catalogue({"x": "opnai"})


def test_facts_of_a_body() -> None:
    operation = Catalogue().recognise(
        "POST", "acme.openai.azure.com", None, "/openai/deployments/mine/chat/completions"
    )
    assert operation is not None
    body = {
        "stream": True,
        "max_tokens": 7,
        "tools": [{"type": "function", "function": {"name": "a"}}, {"name": "b"}, {"type": "web_search"}, "odd"],
    }

    attributes, measures = facts(operation, Direction.PROMPT, body, 90)  # type: ignore[arg-type]

    assert attributes["request.model"] == "mine"
    assert attributes["request.stream"] is True
    assert attributes["request.tools"] == {"a", "b", "web_search"}
    assert measures == {"request.bytes": 90, "request.tokens": 7}


@pytest.mark.parametrize(
    ("direction", "body", "tokens"),
    [
        (Direction.RESPONSE, {"usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}}, 3),
        (Direction.RESPONSE, {"usage": {"prompt_tokens": 4, "total_tokens": 4}}, 4),
        (Direction.RESPONSE, {"usage": {"input_tokens": 1, "output_tokens": 2}}, 3),
        (Direction.RESPONSE, {"usage": None}, None),
        (Direction.RESPONSE, {"max_tokens": 9}, None),
        (Direction.PROMPT, {"max_completion_tokens": 5, "max_tokens": 9}, 5),
        (Direction.PROMPT, {"max_tokens": "9"}, None),
        (Direction.PROMPT, {"usage": {"input_tokens": 1}}, None),
        (Direction.PROMPT, [], None),
        (Direction.RESPONSE, None, None),
    ],
)
def test_tokens(direction: Direction, body: object, tokens: int | None) -> None:
    operation = Catalogue().recognise("POST", "api.openai.com", None, "/v1/responses")
    assert operation is not None

    assert facts(operation, direction, body, 1).measures.get("request.tokens") == tokens  # type: ignore[arg-type]


@pytest.mark.parametrize("body", [None, [], "x", {"model": 3, "tools": {}, "stream": "yes"}])
def test_a_body_that_says_nothing(body: object) -> None:
    operation = Catalogue().recognise("POST", "api.openai.com", None, "/v1/responses")
    assert operation is not None

    said = facts(operation, Direction.PROMPT, body, 1).attributes  # type: ignore[arg-type]

    assert "request.model" not in said
    assert not said.get("request.tools")
    assert not said.get("request.stream")


def test_refusals() -> None:
    openai = Catalogue().recognise("POST", "api.openai.com", None, "/v1/responses")
    anthropic = Catalogue().recognise("POST", "api.anthropic.com", None, "/v1/messages")
    assert openai is not None
    assert anthropic is not None

    unlisted = Catalogue().recognise("POST", "llm.example", None, "/v1/messages")
    assert unlisted is not None
    assert unlisted.errors == "anthropic"
    one, two = refuse(openai, "No.", "e1", "r"), refuse(anthropic, "No.", "e2")

    assert json.loads(one.body) == {
        "error": {"message": "No.", "type": "invalid_request_error", "param": None, "code": "content_policy_violation"}
    }
    assert json.loads(two.body) == {
        "type": "error",
        "error": {"type": "permission_error", "message": "No."},
        "request_id": "e2",
    }
    assert (one.status, two.status) == (403, 403)
    headers = dict(one.headers)
    assert headers["content-length"] == str(len(one.body))
    assert headers["x-gov-decision"] == "block"
    assert headers["x-gov-rule"] == "r"
    assert headers["x-gov-event-id"] == "e1"
    assert headers["x-should-retry"] == "false"
    assert "x-gov-rule" not in dict(two.headers)
