"""No text of any string field escapes: Anthropic, Gemini, MCP and Bedrock, by their clients' own types."""

from __future__ import annotations

from typing import Any

import botocore.session
import mcp_types
import pytest
from anthropic.types import Message, MessageTokensCount, message_create_params
from anthropic.types.beta import BetaMessage
from anthropic.types.beta import message_create_params as beta_message_create_params
from anthropic.types.messages import MessageBatchIndividualResponse, batch_create_params
from google.genai import types as gemini

from aigov_enforcers.wire.formats import FORMATS
from aigov_enforcers.wire.shape import segments
from aigov_runtime.model import Direction
from tests.enforcers.schemas import Text, Word, bodies, filled, leaves

PROMPT, RESPONSE = Direction.PROMPT, Direction.RESPONSE

ROOTS: list[tuple[str, Direction, Any]] = [
    ("anthropic.messages", PROMPT, message_create_params.MessageCreateParamsBase),
    ("anthropic.messages", PROMPT, beta_message_create_params.MessageCreateParamsBase),
    ("anthropic.messages", RESPONSE, Message),
    ("anthropic.messages", RESPONSE, BetaMessage),
    ("anthropic.messages", RESPONSE, MessageTokensCount),
    ("anthropic.batches", PROMPT, batch_create_params.BatchCreateParams),
    ("anthropic.batches", RESPONSE, MessageBatchIndividualResponse),
    ("gemini.generate", PROMPT, gemini.Content),
    ("gemini.generate", PROMPT, gemini.Tool),
    ("gemini.generate", PROMPT, gemini.GenerationConfig),
    ("gemini.generate", RESPONSE, gemini.GenerateContentResponse),
    *(
        ("mcp", PROMPT, each)
        for each in (
            mcp_types.CallToolRequest,
            mcp_types.GetPromptRequest,
            mcp_types.ReadResourceRequest,
            mcp_types.CreateMessageRequest,
            mcp_types.ElicitRequest,
            mcp_types.CompleteRequest,
            mcp_types.InitializeRequest,
            mcp_types.LoggingMessageNotification,
            mcp_types.ProgressNotification,
            mcp_types.JSONRPCError,
        )
    ),
    *(
        ("mcp", RESPONSE, each)
        for each in (
            mcp_types.CallToolResult,
            mcp_types.ListToolsResult,
            mcp_types.ListPromptsResult,
            mcp_types.ListResourcesResult,
            mcp_types.GetPromptResult,
            mcp_types.ReadResourceResult,
            mcp_types.CreateMessageResult,
            mcp_types.InitializeResult,
            mcp_types.CompleteResult,
        )
    ),
]

SEALED = {
    *("signature", "encrypted_content", "encrypted_index", "encrypted_stdout", "thoughtSignature", "thought_signature"),
    *("data", "redactedContent"),  # of redacted thinking
}
"""Members that may hold what only the provider can read; any other string is text whatever it looks like."""


def placed(name: str, direction: Direction, root: Any) -> list[Any]:
    """The bodies of a type, where the format has them."""
    found = bodies(root)
    if root is gemini.Content:
        return [{"contents": [each], "systemInstruction": each} for each in found]
    if root is gemini.Tool:
        return [{"tools": [each]} for each in found]
    if root is gemini.GenerationConfig:
        return [{"generationConfig": each} for each in found]
    return [{"jsonrpc": "2.0", "result": each} for each in found] if (name, direction) == ("mcp", RESPONSE) else found


def converse(shape: Any, stack: tuple[str, ...] = ()) -> Any:
    """A body with every member of a shape of the service model at once."""
    if shape.name in stack:
        return None
    inner = (*stack, shape.name)
    match shape.type_name:
        case "structure":
            if not shape.members:
                return Text()  # a document: any JSON
            made = {name: converse(each, inner) for name, each in shape.members.items()}
            return {name: value for name, value in made.items() if value is not None}
        case "list":
            item = converse(shape.member, inner)
            return None if item is None else [item]
        case "map":
            return {"name": converse(shape.value, inner)}
        case "string" if shape.enum:
            return Word(shape.enum[0])
        case "string" | "blob":
            return Text()
        case _:
            return 1


def bedrock() -> list[Any]:
    model = botocore.session.get_session().get_service_model("bedrock-runtime").operation_model("Converse")
    return [
        pytest.param("bedrock.converse", PROMPT, [converse(model.input_shape)], id="bedrock-prompt"),
        pytest.param("bedrock.converse", RESPONSE, [converse(model.output_shape)], id="bedrock-response"),
    ]


CASES = [
    *(
        pytest.param(name, way, placed(name, way, root), id=f"{name}-{root.__name__}-{number}")
        for number, (name, way, root) in enumerate(ROOTS)
    ),
    *bedrock(),
]


@pytest.mark.parametrize(("name", "direction", "made"), CASES)
def test_a_canary_in_any_string_is_seen(name: str, direction: Direction, made: list[Any]) -> None:
    shape = FORMATS[name].request if direction is PROMPT else FORMATS[name].response
    assert made
    for body in made:
        seen = {each.path: each.text for each in segments(filled(body, lambda leaf: f"canary {leaf.pointer}"), shape)}
        texts = [leaf for leaf in leaves(body) if isinstance(leaf.mark, Text)]

        assert [leaf.pointer for leaf in texts if seen.get(leaf.pointer) != f"canary {leaf.pointer}"] == []

        sealed = {each.path for each in segments(filled(body, lambda _: "Abc1" * 22), shape)}
        assert {leaf.name for leaf in texts if leaf.pointer not in sealed} <= SEALED
