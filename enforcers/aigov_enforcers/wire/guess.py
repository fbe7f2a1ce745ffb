"""Whether a JSON body is a request to a model, told by its shape alone: the generic adapter's eye.

Ordinary APIs have messages, prompts, models and inputs too, so one name is never enough: a chat has messages with the
roles of a chat, a completion has a prompt beside a parameter of sampling, a JSON-RPC call has a method of MCP or A2A.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.format import Format
from aigov_enforcers.wire.formats import FORMATS

_ROLES = frozenset({"system", "developer", "user", "assistant", "tool", "function", "model"})
_SAID = ("content", "parts", "tool_calls", "function_call", "thinking", "text")
_SAMPLING = frozenset(
    """
    max_tokens max_completion_tokens max_output_tokens max_new_tokens max_length max_gen_len max_tokens_to_sample
    maxTokens maxOutputTokens n_predict num_predict temperature top_p top_k topP topK stop_sequences stopSequences
    frequency_penalty presence_penalty repetition_penalty repeat_penalty logit_bias logprobs stream_options
    generationConfig generation_config inferenceConfig textGenerationConfig sampling_params reasoning_effort
    response_format tool_choice
    """.split()  # noqa: SIM905 - a table of words, readable as it stands
)
_PICTURE = frozenset({"negative_prompt", "guidance_scale", "num_inference_steps", "aspect_ratio", "cfg_scale"})
_EMBEDDING = frozenset({"encoding_format", "dimensions", "input_type", "embedding_types", "taskType", "task_type"})
_PARTS = ("text", "inlineData", "inline_data", "fileData", "file_data", "functionCall", "functionResponse")
_MCP = ("tools/", "resources/", "prompts/", "sampling/", "elicitation/", "completion/", "notifications/", "server/")
_A2A = ("message/", "tasks/", "SendMessage", "SendStreamingMessage", "GetTask", "CancelTask", "SubscribeToTask")
_WRAPPERS = ("request", "body", "params", "payload", "input", "data", "json", "variables", "requests", "args")
_DEPTH = 3


class Guess(NamedTuple):
    """What a body looks like: a format, and the operation that it asks for (`request.operation`)."""

    format: Format
    operation: str


def guess(body: Json) -> Guess | None:
    """What a request's body looks like, None when it does not look like one to a model."""
    return _guess(body, _DEPTH)


def _guess(body: Json, depth: int) -> Guess | None:
    if isinstance(body, list):
        found = _guess(body[0], depth - 1) if body and depth and isinstance(body[0], dict) else None
        # A list of JSON-RPC calls is read as such, any other list by the generic format.
        return found and (found if found.format.name in {"mcp", "a2a"} else _of("generic", found.operation))
    if not isinstance(body, dict):
        return None
    found = _rpc(body) or _chat(body) or _contents(body) or _input(body) or _prompt(body) or _texts(body)
    if found is None and depth:
        for name in _WRAPPERS:
            inner = body.get(name)
            if isinstance(inner, (dict, list)) and (found := _guess(inner, depth - 1)):
                return _of("generic", found.operation)
    return found


def _of(format: str, operation: str) -> Guess:
    return Guess(FORMATS[format], operation)


def _rpc(body: Mapping[str, Json]) -> Guess | None:
    method = body.get("method")
    if body.get("jsonrpc") != "2.0" or not isinstance(method, str):
        return None
    params = body.get("params")
    if method.startswith(_MCP) or (method == "initialize" and isinstance(params, dict) and "protocolVersion" in params):
        return _of("mcp", "tool")
    if method.startswith(_A2A):
        return _of("a2a", "chat")
    return None


def _chat(body: Mapping[str, Json]) -> Guess | None:
    """Messages, each with a role of a chat and something said."""
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages or not all(map(_is_message, messages)):
        return None
    if body.keys() & {"inferenceConfig", "toolConfig", "additionalModelRequestFields"}:
        return _of("bedrock.converse", "chat")
    if "anthropic_version" in body or ("system" in body and "max_tokens" in body):
        return _of("anthropic.messages", "chat")
    return _of("openai.chat", "chat")


def _is_message(value: Json) -> bool:
    if not isinstance(value, dict) or not any(name in value for name in _SAID):
        return False
    role = value.get("role")
    return isinstance(role, str) and role.lower() in _ROLES


def _contents(body: Mapping[str, Json]) -> Guess | None:
    """Gemini: contents with parts."""
    contents = body.get("contents", body.get("content"))
    first = contents[0] if isinstance(contents, list) and contents else contents
    parts = first.get("parts") if isinstance(first, dict) else None
    one = parts[0] if isinstance(parts, list) and parts else parts
    if not isinstance(one, dict) or not any(name in one for name in _PARTS):
        return None
    return _of("gemini.generate", "chat" if "contents" in body else "embedding")


def _input(body: Mapping[str, Json]) -> Guess | None:
    """`input` beside `model`: a response of OpenAI, or an embedding."""
    given = body.get("input")
    if not isinstance(body.get("model"), str):
        return None
    first = given[0] if isinstance(given, list) and given else given
    if isinstance(first, dict):
        return _of("openai.responses", "chat") if first.keys() & {"role", "type"} else None
    if not isinstance(first, str):
        return None
    if body.keys() & _EMBEDDING or "embed" in str(body["model"]):
        return _of("generic", "embedding")
    return _of("generic" if isinstance(given, list) else "openai.responses", "chat")


def _prompt(body: Mapping[str, Json]) -> Guess | None:
    """A prompt beside what only a model wants to know."""
    prompt = body.get("prompt", body.get("inputText", body.get("inputs", body.get("message"))))
    first = prompt[0] if isinstance(prompt, list) and prompt else prompt
    if not isinstance(first, str):
        return None
    options = [each for name in ("parameters", "options", "config") if isinstance(each := body.get(name), dict)]
    names = set(body).union(*options)
    if names & _PICTURE:
        return _of("generic", "image")
    if names & _SAMPLING or ("prompt" in body and isinstance(body.get("model"), str)):
        return _of("generic", "completion")
    if "message" in body and names & {"chat_history", "preamble"}:
        return _of("generic", "chat")
    return None


def _texts(body: Mapping[str, Json]) -> Guess | None:
    """Texts to embed or to rank."""
    if not isinstance(body.get("model"), str):
        return None
    if isinstance(body.get("texts"), list) and body.keys() & _EMBEDDING:
        return _of("generic", "embedding")
    if isinstance(body.get("query"), str) and isinstance(body.get("documents"), list):
        return _of("generic", "other")
    return None
