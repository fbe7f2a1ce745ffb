"""One full body per format and direction: every field in which text can hide, as the providers document them."""

from __future__ import annotations

import json
from typing import Any

from aigov_runtime.model import Direction

ARGUMENTS = json.dumps({"path": "notes.txt", "lines": ["first", {"deep": "second"}]})
SCHEMA = {
    "type": "object",
    "properties": {"destination": {"type": "string", "description": "A city", "enum": ["Bern"], "default": "Bern"}},
    "required": ["destination"],
}

OPENAI_CHAT = {
    "model": "gpt-4o",
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "developer", "content": [{"type": "text", "text": "Really."}]},
        {"role": "user", "name": "ann", "content": "Hello"},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Look:"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,QUFB", "detail": "low"}},
                {"type": "input_audio", "input_audio": {"data": "QUFB", "format": "wav"}},
                {"type": "file", "file": {"file_data": "QUFB", "filename": "plan.pdf", "file_id": "file-abc123"}},
                {"type": "new_kind", "new_field": "something new"},
            ],
        },
        {
            "role": "assistant",
            "content": "I look.",
            "refusal": "No.",
            "reasoning_content": "Let me think.",
            "audio": {"id": "audio says"},
            "tool_calls": [
                {"id": "call_1", "type": "function", "function": {"name": "read", "arguments": ARGUMENTS}},
                {"id": "call_2", "type": "custom", "custom": {"name": "shell", "input": "ls -l"}},
            ],
            "function_call": {"name": "old", "arguments": "not json"},
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "plain result"},
        {"role": "tool", "tool_call_id": "call_2", "content": [{"type": "text", "text": '{"stdout": "a\\nb"}'}]},
        {"role": "function", "name": "old", "content": "older result"},
        {"role": "narrator", "content": "an unknown role"},
    ],
    "tools": [{"type": "function", "function": {"name": "read", "description": "Reads", "parameters": SCHEMA}}],
    "functions": [{"name": "old", "description": "Old", "parameters": SCHEMA}],
    "tool_choice": {"type": "function", "function": {"name": "read"}},
    "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": SCHEMA}},
    "prediction": {"type": "content", "content": "expected text"},
    "stop": ["END"],
    "user": "ann@example.com",
    "safety_identifier": "hash of ann",
    "prompt_cache_key": "cache key",
    "metadata": {"team": "blue"},
    "web_search_options": {"user_location": {"type": "approximate", "approximate": {"city": "Bern"}}},
    "reasoning_effort": "low",
    "temperature": 1e-3,
    "max_tokens": 100,
    "stream": False,
}

OPENAI_RESPONSES = {
    "model": "gpt-4o",
    "instructions": "Be brief.",
    "input": [
        {"role": "user", "content": "Hello"},
        {
            "type": "message",
            "role": "user",
            "content": [
                {"type": "input_text", "text": "Look:"},
                {"type": "input_image", "image_url": "data:image/png;base64,QUFB", "detail": "auto"},
                {"type": "input_file", "filename": "plan.pdf", "file_data": "QUFB", "file_url": "https://x/y"},
            ],
        },
        {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "I thought."}]},
        {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "read", "arguments": ARGUMENTS},
        {"type": "function_call_output", "call_id": "call_1", "output": "plain result"},
        {"type": "custom_tool_call", "call_id": "call_2", "name": "shell", "input": "ls -l"},
        {"type": "custom_tool_call_output", "call_id": "call_2", "output": [{"type": "input_text", "text": "listing"}]},
        {"type": "local_shell_call", "call_id": "call_3", "action": {"command": ["cat", "x"], "env": {"KEY": "value"}}},
        {"type": "local_shell_call_output", "call_id": "call_3", "output": '{"stdout": "text"}'},
        {"type": "apply_patch_call", "call_id": "call_4", "operation": {"diff": "+ line", "path": "src/a.py"}},
        {"type": "mcp_call", "name": "find", "server_label": "mine", "arguments": ARGUMENTS, "output": "found"},
        {"type": "code_interpreter_call", "code": "print(1)", "outputs": [{"type": "logs", "logs": "1"}]},
        {"type": "mcp_list_tools", "server_label": "mine", "tools": [{"name": "find", "input_schema": SCHEMA}]},
        {"type": "never_seen", "field": {"text": "an unknown item"}},
    ],
    "tools": [
        {"type": "function", "name": "read", "description": "Reads", "parameters": SCHEMA},
        {"type": "mcp", "server_label": "mine", "server_url": "https://mcp/", "headers": {"Authorization": "Bearer x"}},
    ],
    "text": {"format": {"type": "json_schema", "name": "answer", "schema": SCHEMA}, "verbosity": "low"},
    "reasoning": {"effort": "low", "summary": "auto"},
    "prompt": {"id": "pmpt", "variables": {"who": "Ann", "what": {"type": "input_text", "text": "lunch"}}},
    "metadata": {"team": "blue"},
    "user": "ann@example.com",
    "previous_response_id": "resp_1",
}

ANTHROPIC = {
    "model": "claude-sonnet-5",
    "max_tokens": 100,
    "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral", "ttl": "5m"}}],
    "messages": [
        {"role": "user", "content": "Hello"},
        {"role": "system", "content": "From now on, in French."},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Look:"},
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "QUFB"}},
                {
                    "type": "document",
                    "title": "Plan",
                    "context": "Ours",
                    "source": {"type": "text", "media_type": "text/plain", "data": "the plan"},
                },
                {
                    "type": "search_result",
                    "title": "T",
                    "source": "https://x",
                    "content": [{"type": "text", "text": "R"}],
                },
            ],
        },
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "Hmm.", "signature": "c2ln"},
                {"type": "redacted_thinking", "data": "ZW5j"},
                {
                    "type": "tool_use",
                    "id": "toolu_1",
                    "name": "read",
                    "input": {"path": "x", "a/b~c": ["y", {"z": "w"}]},
                },
                {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "weather"}},
                {
                    "type": "web_search_tool_result",
                    "tool_use_id": "srvtoolu_1",
                    "content": [
                        {"type": "web_search_result", "title": "W", "url": "https://w", "encrypted_content": "ZW5j"}
                    ],
                },
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "toolu_1", "content": "plain result"},
                {
                    "type": "tool_result",
                    "tool_use_id": "toolu_2",
                    "content": [
                        {"type": "text", "text": "block result"},
                        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "a page"}},
                    ],
                },
                {"type": "not_known_yet", "field": ["something new"]},
            ],
        },
    ],
    "tools": [{"name": "read", "description": "Reads", "input_schema": SCHEMA}],
    "tool_choice": {"type": "tool", "name": "read"},
    "metadata": {"user_id": "ann@example.com"},
    "stop_sequences": ["END"],
    "mcp_servers": [{"type": "url", "url": "https://mcp", "name": "mine", "authorization_token": "token"}],
}

OPENAI_CHAT_RESPONSE = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "gpt-4o",
    "choices": [
        {
            "index": 0,
            "finish_reason": "stop",
            "message": {
                "role": "assistant",
                "content": "An answer",
                "refusal": None,
                "reasoning_content": "Thought",
                "annotations": [{"type": "url_citation", "url_citation": {"title": "T", "url": "https://x"}}],
                "audio": {"id": "audio says", "data": "QUFB", "transcript": "spoken"},
                "tool_calls": [
                    {"id": "call_1", "type": "function", "function": {"name": "read", "arguments": ARGUMENTS}}
                ],
            },
            "logprobs": {"content": [{"token": "An"}]},
        }
    ],
    "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3},
}

OPENAI_RESPONSES_RESPONSE = {
    "id": "resp_1",
    "object": "response",
    "status": "completed",
    "model": "gpt-4o",
    "instructions": "Be brief.",
    "metadata": {"team": "blue"},
    "output": [
        {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "I thought."}]},
        {
            "type": "message",
            "id": "msg_1",
            "status": "completed",
            "role": "assistant",
            "content": [
                {"type": "output_text", "text": "An answer", "annotations": [{"type": "url_citation", "title": "T"}]},
                {"type": "refusal", "refusal": "No."},
            ],
        },
        {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "read", "arguments": ARGUMENTS},
    ],
}

ANTHROPIC_RESPONSE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-sonnet-5",
    "content": [
        {"type": "thinking", "thinking": "Hmm.", "signature": "c2ln"},
        {"type": "text", "text": "An answer", "citations": [{"type": "char_location", "cited_text": "cited"}]},
        {"type": "tool_use", "id": "toolu_1", "name": "read", "input": {"path": "x", "list": ["y"]}},
    ],
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "usage": {"input_tokens": 1, "output_tokens": 2},
}

GENERIC = {"query": "What?", "parts": [{"text": "one"}, ["two", {"three": '{"four": "five"}'}]], "n": 3}

BODIES: dict[tuple[str, Direction], Any] = {
    ("openai.chat", Direction.PROMPT): OPENAI_CHAT,
    ("openai.chat", Direction.RESPONSE): OPENAI_CHAT_RESPONSE,
    ("openai.responses", Direction.PROMPT): OPENAI_RESPONSES,
    ("openai.responses", Direction.RESPONSE): OPENAI_RESPONSES_RESPONSE,
    ("anthropic.messages", Direction.PROMPT): ANTHROPIC,
    ("anthropic.messages", Direction.RESPONSE): ANTHROPIC_RESPONSE,
    ("generic", Direction.PROMPT): GENERIC,
    ("generic", Direction.RESPONSE): GENERIC,
}
