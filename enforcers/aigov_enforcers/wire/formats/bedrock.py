"""AWS Bedrock: Converse (also the form of Amazon's Nova models), and the bodies of InvokeModel whose vendor has no
format of its own here or is hidden by an ARN.

Source: the service model of `bedrock-runtime` in botocore; https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html
"""

from __future__ import annotations

from collections.abc import Mapping

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.format import Asked, Format, Usage
from aigov_enforcers.wire.formats import generic
from aigov_enforcers.wire.formats.common import FILE, ID, OPAQUE, PLAIN, SCHEMA, WORD, first_count
from aigov_enforcers.wire.formats.common import asked as common_asked
from aigov_enforcers.wire.formats.common import usage as common_usage
from aigov_enforcers.wire.shape import Field, Shape
from aigov_runtime.model import Kind

CACHE = Field(shape=Shape({"type": WORD, "ttl": WORD}))
SOURCE = Field(
    shape=Shape(
        {
            "bytes": FILE,
            "text": FILE,
            "content": Field(shape=Shape({"text": Field()})),
            "s3Location": Field(shape=Shape({"uri": FILE, "bucketOwner": Field()})),
        }
    )
)
MEDIA = Field(
    kind=Kind.FILE,
    shape=Shape({"format": WORD, "name": Field(), "source": SOURCE, "context": Field(), "error": PLAIN}),
)
FOUND = Field(
    kind=Kind.TOOL_RESULT,
    role="tool",
    shape=Shape({"source": Field(), "title": Field(), "content": Field(shape=Shape({"text": Field()}))}),
)
GUARDED = Field(shape=Shape({"text": Field(shape=Shape({"text": Field(), "qualifiers": WORD})), "image": MEDIA}))
RESULT_BLOCK = Shape(
    {"text": Field(), "json": PLAIN, "image": MEDIA, "document": MEDIA, "video": MEDIA, "searchResult": FOUND}
)
REFERENCE = Field(shape=Shape({"tool": Field(shape=Shape({"type": WORD, "name": Field(), "serverName": Field()}))}))

BLOCK = Shape(
    {
        "text": Field(),
        "image": MEDIA,
        "document": MEDIA,
        "video": MEDIA,
        "audio": MEDIA,
        "toolUse": Field(
            kind=Kind.TOOL_CALL,
            role="assistant",
            shape=Shape({"toolUseId": ID, "name": Field(), "input": PLAIN, "type": WORD}),
        ),
        "toolResult": Field(
            kind=Kind.TOOL_RESULT,
            role="tool",
            shape=Shape({"toolUseId": ID, "content": Field(shape=RESULT_BLOCK), "status": WORD, "type": WORD}),
        ),
        "guardContent": GUARDED,
        "cachePoint": CACHE,
        "reasoningContent": Field(
            kind=Kind.REASONING,
            role="assistant",
            shape=Shape(
                {
                    "reasoningText": Field(shape=Shape({"text": Field(), "signature": OPAQUE})),
                    "redactedContent": OPAQUE,
                }
            ),
        ),
        "citationsContent": Field(
            shape=Shape(
                {
                    "content": Field(shape=Shape({"text": Field()})),
                    "citations": Field(
                        kind=Kind.TOOL_RESULT,
                        role="tool",
                        shape=Shape(
                            {
                                "title": Field(),
                                "source": Field(),
                                "sourceContent": Field(shape=Shape({"text": Field()})),
                                "location": PLAIN,
                            }
                        ),
                    ),
                }
            )
        ),
        "searchResult": FOUND,
        "toolAddition": REFERENCE,
        "toolRemoval": REFERENCE,
    },
    kind=Kind.TEXT,
)


def _message(role: str) -> Shape:
    return Shape({"role": WORD, "content": Field(shape=BLOCK)}, role=role, kind=Kind.TEXT)


MESSAGE = Shape(
    _message("").fields,
    kind=Kind.TEXT,
    tag="role",
    variants={role: _message(role) for role in ("user", "assistant", "system")},
)
TOOLS = Field(
    kind=Kind.TOOL_DEFINITION,
    role="system",
    shape=Shape(
        {
            "toolSpec": Field(
                shape=Shape(
                    {
                        "name": Field(),
                        "description": Field(),
                        "inputSchema": Field(shape=Shape({"json": Field(shape=SCHEMA)})),
                    }
                )
            ),
            "systemTool": PLAIN,
            "cachePoint": CACHE,
        }
    ),
)
INFERENCE = Field(shape=Shape(dict.fromkeys(("maxTokens", "temperature", "topP", "topK", "stopSequences"), Field())))
OUTPUT_FORMAT = Field(
    kind=Kind.TOOL_DEFINITION,
    role="system",
    shape=Shape({"type": WORD, "structure": Field(shape=Shape({"jsonSchema": PLAIN}))}),
)
CONVERSE = {
    "messages": Field(shape=MESSAGE),
    "system": Field(shape=BLOCK, role="system", kind=Kind.TEXT),
    "inferenceConfig": INFERENCE,
    "toolConfig": Field(
        shape=Shape(
            {
                "tools": TOOLS,
                "toolChoice": Field(shape=Shape({"auto": PLAIN, "any": PLAIN, "tool": PLAIN})),
            }
        )
    ),
    "guardrailConfig": Field(shape=Shape({"trace": WORD, "guardrailIdentifier": Field(), "guardrailVersion": Field()})),
    "promptVariables": Field(kind=Kind.TEXT, role="user", shape=Shape(rest=Field(shape=Shape({"text": Field()})))),
    "additionalModelRequestFields": PLAIN,
    "additionalModelResponseFieldPaths": Field(),
    "requestMetadata": Field(kind=Kind.METADATA),
    "performanceConfig": Field(shape=Shape({"latency": WORD})),
    "serviceTier": Field(shape=Shape({"type": WORD})),
    "outputConfig": Field(shape=Shape({"textFormat": OUTPUT_FORMAT, "effort": WORD})),
    "projectIdentifier": Field(),
    "schemaVersion": Field(),  # Nova, invoked
}
REQUEST = Shape(CONVERSE)
REQUEST.fields["input"] = Field(shape=Shape({"converse": Field(shape=REQUEST), "invokeModel": PLAIN}))  # CountTokens

RESPONSE = Shape(
    {
        "output": Field(
            kind=Kind.TEXT, role="assistant", shape=Shape({"message": Field(shape=MESSAGE), "text": Field()})
        ),
        "stopReason": WORD,
        "usage": PLAIN,
        "metrics": PLAIN,
        "additionalModelResponseFields": Field(kind=Kind.TEXT, role="assistant"),
        "trace": PLAIN,
        "performanceConfig": Field(shape=Shape({"latency": WORD})),
        "serviceTier": Field(shape=Shape({"type": WORD})),
    }
)


def asked(body: Mapping[str, Json], endpoint: str) -> Asked:
    """The model is in the path, and so is whether the answer streams."""
    config, limits = body.get("toolConfig"), body.get("inferenceConfig")
    return Asked(
        _model(endpoint),
        "stream" in endpoint.rpartition("/")[2],
        _tools(config.get("tools") if isinstance(config, dict) else None),
        first_count(limits, ("maxTokens",)) if isinstance(limits, dict) else None,
    )


def invoked(body: Mapping[str, Json], endpoint: str) -> Asked:
    """As `asked`, for a body of the vendor's own."""
    said = common_asked(body, "")
    limit = first_count(body, ("max_tokens", "max_gen_len", "max_tokens_to_sample", "maxTokens"))
    config = body.get("textGenerationConfig")
    if limit is None and isinstance(config, dict):
        limit = first_count(config, ("maxTokenCount",))
    return said._replace(model=_model(endpoint), stream="stream" in endpoint.rpartition("/")[2], tokens=limit)


def _model(endpoint: str) -> str:
    return endpoint.partition("/model/")[2].rpartition("/")[0]


def _tools(tools: Json) -> frozenset[str]:
    names = set()
    for tool in tools if isinstance(tools, list) else []:
        spec = tool.get("toolSpec", tool.get("systemTool")) if isinstance(tool, dict) else None
        name = spec.get("name") if isinstance(spec, dict) else None
        if isinstance(name, str):
            names.add(name)
    return frozenset(names)


def usage(body: Mapping[str, Json]) -> Usage:
    """Of a response, or of the `metadata` event that ends a stream."""
    used = body.get("usage")
    if not isinstance(used, dict):
        return Usage(None, None)
    return Usage(first_count(used, ("inputTokens",)), first_count(used, ("outputTokens",)))


def invoked_usage(body: Mapping[str, Json]) -> Usage:
    """Of the vendors' answers: Llama and Titan have their own names."""
    read = first_count(body, ("prompt_token_count", "inputTextTokenCount"))
    written = first_count(body, ("generation_token_count", "totalOutputTextTokenCount"))
    return common_usage(body) if read is None and written is None else Usage(read, written)


FORMATS = (
    Format("bedrock.converse", "bedrock", REQUEST, RESPONSE, asked, usage),
    Format("bedrock.invoke", "bedrock", generic.REQUEST, generic.RESPONSE, invoked, invoked_usage),
)
