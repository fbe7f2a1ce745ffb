"""OpenAI's plain text endpoints: the older completions, embeddings, moderations.

Also spoken by vLLM, llama.cpp, LM Studio, Ollama's `/v1`, Mistral (moderations) and others. A prompt or an input may be
a list of token ids, which only the model's own tokeniser can read; such a body is unreadable.
Sources: https://platform.openai.com/docs/api-reference/completions, …/embeddings, …/moderations;
https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html for `prompt_embeds` and the token ids of answers
"""

from __future__ import annotations

from aigov_enforcers.wire.format import Format
from aigov_enforcers.wire.formats.common import (
    ANSWER,
    COPY,
    FILES,
    ID,
    OPAQUE,
    PARAMETERS,
    PROMPT,
    USER,
    WORD,
    asked,
    documented,
    usage,
)
from aigov_enforcers.wire.formats.openai_chat import BLOCK
from aigov_enforcers.wire.shape import Field

COMPLETION_REQUEST = documented(
    PARAMETERS | {"prompt": PROMPT, "suffix": USER, "prompt_embeds": FILES, "prompt_token_ids": PROMPT}
)
COMPLETION_RESPONSE = documented(
    {
        "id": ID,
        "object": WORD,
        "system_fingerprint": ID,
        "choices": ANSWER._replace(
            shape=documented(
                {
                    "finish_reason": WORD,
                    **dict.fromkeys(("logprobs", "prompt_logprobs", "token_ids", "prompt_token_ids"), COPY),
                }
            )
        ),
    }
)

EMBEDDING_REQUEST = documented(PARAMETERS | {"input": PROMPT, "encoding_format": WORD})
EMBEDDING_RESPONSE = documented(
    {"object": WORD, "data": Field(shape=documented({"object": WORD, "embedding": OPAQUE}))}
)

MODERATION_REQUEST = documented(PARAMETERS | {"input": USER._replace(shape=BLOCK)})
MODERATION_RESPONSE = documented({"id": ID})

FORMATS = (
    Format("openai.completions", "openai", COMPLETION_REQUEST, COMPLETION_RESPONSE, asked, usage),
    Format("openai.embeddings", "openai", EMBEDDING_REQUEST, EMBEDDING_RESPONSE, asked, usage),
    Format("openai.moderations", "openai", MODERATION_REQUEST, MODERATION_RESPONSE, asked, usage),
)
