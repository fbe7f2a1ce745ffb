"""Any JSON: every string is text. Where a member has a name that all models' APIs use, its role is known, at any depth.

Read so: unknown servers, routes of a known provider that the catalogue does not have, models whose vendor an ARN hides.
"""

from __future__ import annotations

from aigov_enforcers.wire.format import Format
from aigov_enforcers.wire.formats import openai_chat
from aigov_enforcers.wire.formats.common import SCHEMA, TOOL, asked, usage
from aigov_enforcers.wire.shape import Field, Read, Shape
from aigov_runtime.model import Kind

ANY = Shape()
"""An object of an unknown API; what it does not know is such an object again."""

_ROLES = {"system": "system", "developer": "system", "user": "user", "human": "user", "assistant": "assistant"}
_ROLES |= {"model": "assistant", "ai": "assistant", "bot": "assistant", "CHATBOT": "assistant", "USER": "user"}
_ROLES |= {"SYSTEM": "system", "tool": "tool", "function": "tool", "TOOL": "tool"}


def _said(name: str) -> Field:
    return Field(kind=Kind.TEXT, role=name, shape=ANY)


_CALL = Field(kind=Kind.TOOL_CALL, role="assistant", shape=ANY)
_RESULT = Field(kind=Kind.TOOL_RESULT, role="tool", shape=ANY)
_FILE = Field(kind=Kind.FILE, shape=ANY)
_TOOL = Field(kind=Kind.TOOL_DEFINITION, role="system", shape=Shape(TOOL.fields, rest=Field(shape=SCHEMA)))

_BLOCK = Shape(
    openai_chat.BLOCK.fields
    | {
        "toolUse": _CALL,
        "functionCall": _CALL,
        "function_call": _CALL,
        "toolResult": _RESULT,
        "functionResponse": _RESULT,
        "function_response": _RESULT,
        "source": _FILE,
        "inlineData": _FILE,
        "inline_data": _FILE,
    },
    rest=Field(shape=ANY),
    tag="type",
    variants={
        "tool_use": Shape(kind=Kind.TOOL_CALL, role="assistant"),
        "tool_result": Shape(kind=Kind.TOOL_RESULT, role="tool"),
        "thinking": Shape(kind=Kind.REASONING, role="assistant"),
        "reasoning": Shape(kind=Kind.REASONING, role="assistant"),
        "image": Shape(kind=Kind.FILE),
        "document": Shape(kind=Kind.FILE),
        "file": Shape(kind=Kind.FILE),
    },
)


def _message(role: str, kind: Kind = Kind.TEXT) -> Shape:
    fields = openai_chat.MESSAGE.fields | {
        "content": Field(shape=_BLOCK),
        "parts": Field(shape=_BLOCK),
        "text": Field(),
        "message": Field(),
    }
    return Shape(fields, role=role, kind=kind, rest=Field(shape=ANY))


_MESSAGE = Shape(
    _message("").fields,
    kind=Kind.TEXT,
    tag="role",
    variants={each: _message(role, Kind.TOOL_RESULT if role == "tool" else Kind.TEXT) for each, role in _ROLES.items()},
)
_MESSAGES = Field(kind=Kind.TEXT, role="user", shape=_MESSAGE)

_TOKENS = _said("user")._replace(read=Read.TOKENS)

_FIELDS = {
    **dict.fromkeys(("messages", "contents", "chat_history", "history", "conversation"), _MESSAGES),
    **dict.fromkeys(("inputs", "inputText", "query", "question"), _said("user")),
    **dict.fromkeys(("text", "texts", "instances", "suffix", "documents"), _said("user")),
    **dict.fromkeys(("system", "instructions", "instruction", "preamble", "system_prompt"), _said("system")),
    **dict.fromkeys(("systemInstruction", "system_instruction", "systemPrompt"), _said("system")),
    **dict.fromkeys(("tools", "functions", "toolConfig", "response_format"), _TOOL),
    **dict.fromkeys(("prompt", "prompts", "input", "context", "input_ids", "prompt_token_ids"), _TOKENS),
    "tool_calls": _CALL,
    "tool_results": _RESULT,
    "content": Field(kind=Kind.TEXT, shape=_BLOCK),
}
ANY.fields.update(_FIELDS)
ANY.rest = Field(shape=ANY)
ANY.tag, ANY.variants = "role", _MESSAGE.variants  # whoever speaks, wherever it stands

REQUEST = Shape(
    {**ANY.fields, **dict.fromkeys(("model", "temperature", "top_p", "max_tokens", "stream"), Field())},
    rest=ANY.rest,
)

_ANSWERED = Shape()
_SAYS = Field(kind=Kind.TEXT, role="assistant", shape=_ANSWERED)
_ANSWERED.fields.update(
    {
        "message": Field(kind=Kind.TEXT, role="assistant", shape=_MESSAGE),
        "content": Field(kind=Kind.TEXT, role="assistant", shape=_BLOCK),
        "tool_calls": _CALL,
        **dict.fromkeys(("text", "response", "completion", "completions", "generation", "generations"), _SAYS),
        **dict.fromkeys(("generated_text", "outputText", "output", "outputs", "results", "choices"), _SAYS),
        **dict.fromkeys(("candidates", "answer", "predictions", "summary", "data"), _SAYS),
    }
)
_ANSWERED.rest = Field(shape=_ANSWERED)
RESPONSE = _ANSWERED

FORMATS = (Format("generic", "", REQUEST, RESPONSE, asked, usage),)
