"""Google Gemini: generateContent and its stream, countTokens, cachedContents, the embeddings and predictions, as spoken
by the Gemini API and by Vertex.

Proto-JSON is read with `camelCase` and `snake_case` names alike, so every field is listed under both.
Source: https://ai.google.dev/api/generate-content, https://ai.google.dev/api/embeddings
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.format import Asked, Format, Usage
from aigov_enforcers.wire.formats.common import COPY, FILE, ID, OPAQUE, PLAIN, SCHEMA, WORD, first_count, text
from aigov_enforcers.wire.shape import Field, Shape
from aigov_runtime.model import Kind

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_MODEL = re.compile(r"/(?:models|endpoints|tunedModels)/([^/:]+)", re.IGNORECASE)


def both(fields: Mapping[str, Field]) -> dict[str, Field]:
    """The fields under their JSON names and under those of the `.proto` file."""
    return {**fields, **{_HUMP.sub("_", name).lower(): field for name, field in fields.items()}}


PART = Shape(kind=Kind.TEXT)

BLOB = Field(kind=Kind.FILE, shape=Shape(both({"mimeType": WORD, "data": FILE, "displayName": FILE, "fileUri": FILE})))
CALL = Field(
    kind=Kind.TOOL_CALL,
    role="assistant",
    shape=Shape(
        both(
            {
                "id": ID,
                "name": Field(),
                "args": PLAIN,
                "partialArgs": Field(shape=Shape(both({"jsonPath": Field(), "stringValue": Field()}))),
                "toolType": WORD,
                "language": WORD,
                "code": Field(),
            }
        )
    ),
)
RESULT = Field(
    kind=Kind.TOOL_RESULT,
    role="tool",
    shape=Shape(
        both(
            {
                "id": ID,
                "name": Field(),
                "response": PLAIN,
                "parts": Field(shape=PART),
                "scheduling": WORD,
                "outcome": WORD,
                "output": Field(),
                "toolType": WORD,
            }
        )
    ),
)
PART.fields.update(
    both(
        {
            "text": Field(),
            "inlineData": BLOB,
            "fileData": BLOB,
            "functionCall": CALL,
            "functionResponse": RESULT,
            "executableCode": CALL,
            "codeExecutionResult": RESULT,
            "toolCall": CALL,
            "toolResponse": RESULT,
            "thoughtSignature": OPAQUE,
            "videoMetadata": PLAIN,
            "mediaResolution": Field(shape=Shape({"level": WORD})),
            "partMetadata": Field(kind=Kind.METADATA),
        }
    )
)


def _content(role: str) -> Shape:
    return Shape({"role": WORD, "parts": Field(shape=PART)}, role=role, kind=Kind.TEXT)


CONTENT = Shape(
    _content("user").fields,
    role="user",  # a content without a role is the user's
    kind=Kind.TEXT,
    tag="role",
    variants={
        "user": _content("user"),
        "model": _content("assistant"),
        "assistant": _content("assistant"),
        "function": _content("tool"),
        "tool": _content("tool"),
        "system": _content("system"),
    },
)
SYSTEM = Field(shape=_content("system"))
ANSWER = Field(shape=_content("assistant"))

DECLARATION = Shape(
    both(
        {
            "name": Field(),
            "description": Field(),
            "behavior": WORD,
            "parameters": Field(shape=SCHEMA),
            "parametersJsonSchema": Field(shape=SCHEMA),
            "response": Field(shape=SCHEMA),
            "responseJsonSchema": Field(shape=SCHEMA),
        }
    )
)
TOOL = Field(
    kind=Kind.TOOL_DEFINITION,
    role="system",
    shape=Shape(
        both(
            {
                "functionDeclarations": Field(shape=DECLARATION),
                **dict.fromkeys(
                    ("googleSearch", "googleSearchRetrieval", "codeExecution", "urlContext", "googleMaps", "retrieval"),
                    PLAIN,
                ),
                **dict.fromkeys(("fileSearch", "computerUse", "enterpriseWebSearch", "mcpServers"), PLAIN),
            }
        )
    ),
)
TOOL_CONFIG = Field(
    shape=Shape(
        both(
            {
                "functionCallingConfig": Field(
                    shape=Shape(both({"mode": WORD, "allowedFunctionNames": Field(kind=Kind.TOOL_DEFINITION)}))
                ),
                "retrievalConfig": PLAIN,
            }
        )
    )
)
GENERATION = Field(
    shape=Shape(
        both(
            {
                "stopSequences": Field(),
                "responseMimeType": WORD,
                "responseModalities": WORD,
                "responseSchema": Field(kind=Kind.TOOL_DEFINITION, role="system", shape=SCHEMA),
                "responseJsonSchema": Field(kind=Kind.TOOL_DEFINITION, role="system", shape=SCHEMA),
                "mediaResolution": WORD,
                "thinkingConfig": Field(shape=Shape(both({"thinkingLevel": WORD}))),
                "speechConfig": PLAIN,
                "imageConfig": PLAIN,
                **dict.fromkeys(("temperature", "topP", "topK", "maxOutputTokens", "candidateCount", "seed"), Field()),
                **dict.fromkeys(("presencePenalty", "frequencyPenalty", "responseLogprobs", "logprobs"), Field()),
            }
        )
    )
)
SAFETY = Field(
    shape=Shape({"category": WORD, "threshold": WORD, "method": WORD, "probability": WORD, "severity": WORD})
)

REQUEST = Shape(
    both(
        {
            "model": Field(),
            "contents": Field(shape=CONTENT),
            "systemInstruction": SYSTEM,
            "tools": TOOL,
            "toolConfig": TOOL_CONFIG,
            "generationConfig": GENERATION,
            "safetySettings": SAFETY,
            "cachedContent": Field(),
            "labels": Field(kind=Kind.METADATA),
            "serviceTier": WORD,
            "displayName": Field(kind=Kind.METADATA),
            # embedContent and batchEmbedContents
            "content": Field(shape=CONTENT),
            "taskType": WORD,
            "title": Field(kind=Kind.TEXT, role="user"),
            "outputDimensionality": Field(),
        }
    )
)
REQUEST.fields.update(
    both({"requests": Field(shape=REQUEST), "generateContentRequest": Field(shape=REQUEST), "batch": PLAIN})
)

CANDIDATE = Shape(
    both(
        {
            "content": ANSWER,
            "finishReason": WORD,
            "finishMessage": Field(),
            "safetyRatings": SAFETY,
            "citationMetadata": PLAIN,
            "groundingMetadata": Field(kind=Kind.TOOL_RESULT, role="tool"),
            "urlContextMetadata": Field(kind=Kind.TOOL_RESULT, role="tool"),
            "logprobsResult": COPY,
        }
    ),
    kind=Kind.TEXT,
    role="assistant",
)
COUNTS = Field(shape=Shape(rest=Field(shape=Shape({"modality": WORD}))))
RESPONSE = Shape(
    both(
        {
            "candidates": Field(shape=CANDIDATE),
            "promptFeedback": Field(
                shape=Shape(
                    both({"blockReason": WORD, "blockReasonMessage": Field(), "safetyRatings": SAFETY}),
                )
            ),
            "usageMetadata": COUNTS,
            "modelVersion": Field(),
            "responseId": Field(),
            "createTime": Field(),
            "modelStatus": PLAIN,
        }
    )
)

PREDICT_REQUEST = Shape(
    both(
        {
            "instances": Field(
                kind=Kind.TEXT,
                role="user",
                shape=Shape(both({"content": Field(), "prompt": Field(), "taskType": WORD, "title": Field()})),
            ),
            "parameters": PLAIN,
            "labels": Field(kind=Kind.METADATA),
        }
    )
)
PREDICT_RESPONSE = Shape(both({"predictions": Field(kind=Kind.TEXT, role="assistant"), "metadata": PLAIN}))


def asked(body: Mapping[str, Json], endpoint: str) -> Asked:
    """The model is in the path, the tools are declarations of functions or named by what they do."""
    found = _MODEL.search(endpoint)
    config = _member(body, "generationConfig")
    limit = first_count(config, ("maxOutputTokens", "max_output_tokens")) if isinstance(config, dict) else None
    return Asked(
        found[1] if found else text(body.get("model")).rpartition("/")[2],
        ":stream" in endpoint.lower(),
        _tools(body.get("tools")),
        limit,
    )


def _member(body: Mapping[str, Json], name: str) -> Json:
    return body.get(name, body.get(_HUMP.sub("_", name).lower()))


def _tools(tools: Json) -> frozenset[str]:
    names: set[str] = set()
    for tool in tools if isinstance(tools, list) else [tools]:
        if not isinstance(tool, dict):
            continue
        for member, value in tool.items():
            if member in {"functionDeclarations", "function_declarations"}:
                given = value if isinstance(value, list) else []
                names.update(name for each in given if isinstance(each, dict) and (name := text(each.get("name"))))
            else:
                names.add(member)
    return frozenset(names)


def usage(body: Mapping[str, Json]) -> Usage:
    """What a response used so far: counts of a stream are of all that came before. Thoughts are output."""
    counts = _member(body, "usageMetadata")
    if not isinstance(counts, dict):
        return Usage(None, None)
    output = first_count(counts, ("candidatesTokenCount", "candidates_token_count"))
    thoughts = first_count(counts, ("thoughtsTokenCount", "thoughts_token_count"))
    return Usage(
        first_count(counts, ("promptTokenCount", "prompt_token_count")),
        None if output is None and thoughts is None else (output or 0) + (thoughts or 0),
    )


FORMATS = (
    Format("gemini.generate", "gemini", REQUEST, RESPONSE, asked, usage),
    Format("gemini.predict", "gemini", PREDICT_REQUEST, PREDICT_RESPONSE, asked, usage),
)
