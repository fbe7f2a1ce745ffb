"""Headers of MCP that repeat the body agree with it after an edit, as the official server checks it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from mcp.shared.inbound import decode_header_value, encode_header_value, validate_mcp_param_headers

from aigov_enforcers.wire import Catalogue, Governed, Message, govern
from aigov_enforcers.wire.content.mirrors import decoded, encoded
from aigov_runtime import UNVERIFIED, Engine
from aigov_runtime.model import Direction, Outcome

CANARY = "canary2718"
POLICY = """
default allow
detector canary { pattern /canary[0-9]{4}/ class test }
detector number { pattern /\\b4242\\b/ class test }
rule gone { when payload contains canary then redact as label }
rule numbers { when payload contains number then redact as label }
"""
SCHEMA = {
    "type": "object",
    "properties": {
        "region": {"type": "string", "x-mcp-header": "Region"},
        "count": {"type": "integer", "x-mcp-header": "Count"},
        "note": {"type": "string"},
    },
}


@pytest.fixture
def decide(compiled: Callable[[str], bytes]) -> Callable[..., Governed]:
    session = Engine.load(compiled(POLICY), UNVERIFIED).session({})
    operation = Catalogue({"tools.example": "mcp"}).recognise("POST", "tools.example", None, "/mcp")
    assert operation is not None

    def decided(arguments: dict[str, Any], *headers: tuple[str, str], name: str = "find") -> Governed:
        params = {"name": name, "arguments": arguments}
        call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
        own = (("mcp-method", "tools/call"), ("mcp-name", encode_header_value(name)))
        return govern(session, operation, Direction.PROMPT, Message((*own, *headers), json.dumps(call).encode()))

    return decided


def agrees(governed: Governed) -> None:
    assert governed.message is not None
    headers = dict(governed.message.headers)
    call = json.loads(governed.message.body)
    assert headers["mcp-method"] == call["method"]
    assert decode_header_value(headers["mcp-name"]) == call["params"]["name"]
    assert validate_mcp_param_headers(SCHEMA, call["params"]["arguments"], headers) is None
    assert CANARY not in f"{headers}{call}"


@pytest.mark.parametrize("region", [CANARY, f"in {CANARY} ", f"é {CANARY}", f"two\n{CANARY}"])
def test_an_argument_and_its_header_are_edited_alike(decide: Callable[..., Governed], region: str) -> None:
    governed = decide({"region": region, "note": "kept"}, ("mcp-param-region", encode_header_value(region)))

    agrees(governed)
    assert governed.message is not None
    header = decode_header_value(dict(governed.message.headers)["mcp-param-region"])
    assert header == region.replace(CANARY, "[policy.canary]")


def test_the_name_and_its_header_are_edited_alike(decide: Callable[..., Governed]) -> None:
    agrees(decide({}, name=f"find {CANARY}"))


def test_headers_whose_argument_stays_stay(decide: Callable[..., Governed]) -> None:
    headers = (("mcp-param-region", encode_header_value("Köln")), ("mcp-param-count", "7"))
    governed = decide({"region": "Köln", "count": 7, "note": CANARY}, *headers)

    agrees(governed)
    assert governed.message is not None
    assert governed.message.headers[2:] == headers


def test_an_encoded_header_is_read(decide: Callable[..., Governed]) -> None:
    governed = decide({}, ("mcp-param-region", encode_header_value(f"é{CANARY}")))  # which the body does not have

    assert governed.message is not None
    assert decode_header_value(dict(governed.message.headers)["mcp-param-region"]) == "é[policy.canary]"


@pytest.mark.parametrize(
    ("arguments", "headers"),
    [
        ({"count": 4242}, (("mcp-param-count", "4242"),)),  # a number is no text, so only the header would change
        ({"region": CANARY}, (("mcp-param-region", CANARY), ("mcp-param-region", CANARY))),
    ],
)
def test_what_cannot_agree_is_blocked(
    decide: Callable[..., Governed], arguments: dict[str, Any], headers: tuple[tuple[str, str], ...]
) -> None:
    governed = decide(arguments, *headers)

    assert governed.message is None
    assert governed.decision.outcome is Outcome.BLOCK


@pytest.mark.parametrize("text", ["", "plain", " edge", "edge ", "Köln", "a\r\nb", "=?base64?YQ==?=", "\x7f", "~"])
def test_values_are_written_as_the_official_client_writes_them(text: str) -> None:
    assert encoded(text) == encode_header_value(text)
    assert decoded(encoded(text)) == text


@pytest.mark.parametrize("value", ["=?base64?***?=", "=?base64?/w==?="])
def test_what_is_not_encoded_well_is_read_as_it_stands(value: str) -> None:
    assert decoded(value) == value
