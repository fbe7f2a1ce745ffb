"""Bodies of the formats that no client's types describe, with text in every place that has some."""

from __future__ import annotations

from typing import Any

from aigov_runtime.model import Direction

_CALL = {"id": "call_1", "type": "function", "function": {"name": "read", "arguments": '{"path": "notes.txt"}'}}
_SAFE = {"hate": {"filtered": False, "severity": "safe"}, "custom_blocklists": {"details": [{"id": "names"}]}}

COMPLETE = {
    "model": "claude-2.1",
    "prompt": "\n\nHuman: Hello\n\nAssistant:",
    "max_tokens_to_sample": 9,
    "stop_sequences": ["\n\nHuman:"],
    "metadata": {"user_id": "ann"},
}
COMPLETE_RESPONSE = {
    "type": "completion",
    "id": "compl_1",
    "completion": " Hello.",
    "stop_reason": "stop_sequence",
    "stop": "\n\nHuman:",
    "model": "claude-2.1",
}

PREDICT = {
    "instances": [
        {"prompt": "A cat", "image": {"bytesBase64Encoded": "QUFB", "mimeType": "image/png"}},
        {"content": "To embed", "task_type": "RETRIEVAL_DOCUMENT", "title": "T"},
        {"struct": {"context": "Be brief", "examples": [{"input": {"content": "a"}, "output": {"content": "b"}}]}},
    ],
    "parameters": {"sampleCount": 1, "negativePrompt": "dogs", "storageUri": "gs://bucket"},
    "labels": {"team": "blue"},
}
PREDICT_RESPONSE = {
    "predictions": [
        {"bytesBase64Encoded": "QUFB", "mimeType": "image/png", "prompt": "A grey cat"},
        {"content": "An answer", "safetyAttributes": {"categories": ["x"]}, "citationMetadata": {"citations": ["y"]}},
        "plain",
    ],
    "metadata": {"tokenMetadata": {"note": "z"}},
    "deployedModelId": "1",
    "model": "models/m",
}

INTERACTION = {
    "model": "gemini-3-pro",
    "agent": "deep-research",
    "system_instruction": "Be brief.",
    "input": [
        {"type": "user_input", "content": [{"type": "text", "text": "Hello"}, {"type": "image", "uri": "https://x/i"}]},
        {"type": "model_output", "content": [{"type": "text", "text": "Hi", "annotations": [{"title": "T"}]}]},
        {"type": "thought", "signature": "c2ln", "summary": [{"type": "text", "text": "Hmm."}]},
        {"type": "function_call", "id": "call_1", "name": "read", "arguments": {"path": "x", "deep": [{"y": "z"}]}},
        {"type": "function_result", "call_id": "call_1", "name": "read", "result": {"items": [{"text": "found"}]}},
        {"type": "code_execution_call", "id": "c2", "arguments": {"code": "print(1)", "language": "python"}},
        {"type": "mcp_server_tool_result", "name": "find", "server_name": "mine", "result": "nothing"},
    ],
    "tools": [
        {"type": "function", "name": "read", "description": "Reads", "parameters": {"properties": {"path": {}}}},
        {"type": "mcp_server", "name": "mine", "url": "https://mcp", "headers": {"x-key": "k"}},
    ],
    "generation_config": {"stop_sequences": ["end"], "speech_config": [{"voice": "Kore", "speaker": "Ann"}]},
    "previous_interaction_id": "int_1",
    "response_format": {"type": "object", "description": "An answer", "properties": {"x": {"type": "string"}}},
}
INTERACTION_RESPONSE = {
    "id": "int_2",
    "object": "interaction",
    "status": "completed",
    "model": "gemini-3-pro",
    "steps": INTERACTION["input"],
    "outputs": [{"type": "text", "text": "An answer"}],
    "usage": {"total_tokens": 3, "input_tokens_by_modality": [{"modality": "text", "tokens": 1}]},
}

INVOKE = {
    "prompt": "[INST] Hello [/INST]",
    "inputText": "Hello, Titan",
    "messages": [{"role": "user", "content": [{"text": "Hello, Nova"}]}],
    "system": [{"text": "Be brief"}],
    "textGenerationConfig": {"maxTokenCount": 9, "stopSequences": ["end"]},
    "text_prompts": [{"text": "A cat", "weight": 1.5}],
    "texts": ["To embed"],
    "images": ["QUFB"],
    "documents": [{"title": "T", "text": "A document"}],
    "extra": {"anything": ["else"]},
}
INVOKE_RESPONSE = {
    "generation": "Llama says",
    "results": [{"outputText": "Titan says", "completionReason": "FINISH"}],
    "completions": [{"data": {"text": "Jurassic says"}}],
    "outputs": [{"text": "Mistral says", "stop_reason": "stop"}],
    "output": {"message": {"role": "assistant", "content": [{"text": "Nova says"}]}},
    "generations": [{"id": "g", "text": "Command says"}],
    "embedding": [0.5],
    "stop_reason": "stop",
}

_PARTS = [
    {"kind": "text", "text": "Hello", "metadata": {"lang": "en"}},
    {"kind": "data", "data": {"deep": [{"note": "x"}]}},
    {"kind": "file", "file": {"name": "a.txt", "mimeType": "text/plain", "bytes": "QUFB", "uri": "https://x/a"}},
]
A2A = {
    "jsonrpc": "2.0",
    "id": "1",
    "method": "message/send",
    "params": {
        "message": {
            "kind": "message",
            "role": "user",
            "messageId": "m1",
            "contextId": "c1",
            "taskId": "t1",
            "parts": _PARTS,
            "metadata": {"team": "blue"},
            "extensions": ["https://x/ext"],
            "referenceTaskIds": ["t0"],
        },
        "configuration": {
            "acceptedOutputModes": ["text"],
            "pushNotificationConfig": {"url": "https://x", "token": "k"},
        },
        "metadata": {"trace": "y"},
    },
}
A2A_RESPONSE = {
    "jsonrpc": "2.0",
    "id": "1",
    "result": {
        "kind": "task",
        "id": "t1",
        "contextId": "c1",
        "status": {
            "state": "completed",
            "timestamp": "2026-01-01T00:00:00Z",
            "message": {"role": "agent", "messageId": "m2", "parts": _PARTS},
        },
        "artifacts": [{"artifactId": "a1", "name": "report", "description": "A report", "parts": _PARTS}],
        "history": [{"role": "ROLE_USER", "messageId": "m0", "parts": [{"text": "Hi"}]}],
        "metadata": {"x": "y"},
    },
    "error": {"code": -32000, "message": "no", "data": {"why": "x"}},
}

LLAMACPP = {
    "prompt": ["one", {"prompt_string": "two", "multimodal_data": ["QUFB"]}],
    "input_prefix": "before",
    "input_suffix": "after",
    "input_extra": [{"filename": "a.py", "text": "pass"}],
    "grammar": 'root ::= "yes"',
    "json_schema": {"type": "object", "properties": {"x": {"description": "d"}}},
    "n_predict": 4,
    "stop": ["end"],
    "samplers": ["top_k"],
    "lora": [{"id": 0, "scale": 0.5}],
}
LLAMACPP_RESPONSE = {
    "content": "An answer",
    "model": "m.gguf",
    "prompt": "<s>Hello",
    "stop_type": "eos",
    "stopping_word": "end",
    "generation_settings": {"grammar": "root", "samplers": ["top_k"]},
    "timings": {"predicted_ms": 1.5},
    "tokens": [1, 2],
}

CHAT = {
    "model": "m",
    "messages": [
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "So", "reasoning_content": "Thought", "prefix": True, "tool_calls": [_CALL]},
    ],
    "data_sources": [  # Azure
        {
            "type": "azure_search",
            "parameters": {
                "endpoint": "https://search",
                "index_name": "docs",
                "role_information": "You know the documents.",
                "authentication": {"type": "api_key", "key": "k"},
                "filter": "team eq 'blue'",
            },
        }
    ],
    "user_security_context": {"application_name": "a", "end_user_id": "ann", "source_ip": "10.0.0.1"},
    "chat_template_kwargs": {"custom": "x"},  # vLLM
    "guided_regex": "[a-z]+",
    "models": ["a", "b"],  # OpenRouter
    "provider": {"order": ["c"], "data_collection": "deny"},
    "plugins": [{"id": "web", "search_prompt": "Look it up"}],
    "search_parameters": {"sources": [{"type": "web", "country": "DE"}]},  # xAI
}
CHAT_RESPONSE = {
    "id": "c1",
    "choices": [
        {
            "index": 0,
            "finish_reason": "stop",
            "message": {
                "role": "assistant",
                "content": "An answer",
                "reasoning_content": "Thought",  # DeepSeek
                "reasoning": "Thought too",  # OpenRouter, Groq
                "reasoning_details": [{"type": "reasoning.text", "text": "more", "format": "x"}],
                "context": {"citations": [{"title": "T", "content": "cited", "url": "https://x", "chunk_id": "0"}]},
                "executed_tools": [{"type": "search", "arguments": '{"q": "x"}', "output": "found"}],
            },
            "content_filter_results": _SAFE,
            "native_finish_reason": "stop",
        }
    ],
    "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": _SAFE}],
    "citations": ["https://x"],
    "search_results": [{"title": "T", "url": "https://x", "snippet": "s"}],
    "x_groq": {"id": "req_1", "error": "none"},
}

OTHERS: dict[tuple[str, Direction], Any] = {
    ("anthropic.complete", Direction.PROMPT): COMPLETE,
    ("anthropic.complete", Direction.RESPONSE): COMPLETE_RESPONSE,
    ("gemini.predict", Direction.PROMPT): PREDICT,
    ("gemini.predict", Direction.RESPONSE): PREDICT_RESPONSE,
    ("gemini.interactions", Direction.PROMPT): INTERACTION,
    ("gemini.interactions", Direction.RESPONSE): INTERACTION_RESPONSE,
    ("bedrock.invoke", Direction.PROMPT): INVOKE,
    ("bedrock.invoke", Direction.RESPONSE): INVOKE_RESPONSE,
    ("a2a", Direction.PROMPT): A2A,
    ("a2a", Direction.RESPONSE): A2A_RESPONSE,
    ("llamacpp.completion", Direction.PROMPT): LLAMACPP,
    ("llamacpp.completion", Direction.RESPONSE): LLAMACPP_RESPONSE,
}
EXTENDED: dict[tuple[str, Direction], Any] = {
    ("openai.chat", Direction.PROMPT): CHAT,
    ("openai.chat", Direction.RESPONSE): CHAT_RESPONSE,
}
"""What servers that speak as OpenAI does have besides."""
