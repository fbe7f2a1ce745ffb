"""Requests of Gemini's generateContent, read and written.

Source: https://ai.google.dev/api/generate-content
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

import orjson

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.translate.fields import Fields, given
from aigov_enforcers.wire.translate.gemini.names import each, inside, json_schema, members
from aigov_enforcers.wire.translate.neutral import (
    Call,
    Choice,
    Conversation,
    Media,
    Output,
    Part,
    Result,
    Text,
    Tool,
    Turn,
    Untranslatable,
)
from aigov_enforcers.wire.translate.turns import ordered

MAX_STOP = 5
"""Gemini takes no more stop sequences."""

UNSIGNED = "skip_thought_signature_validator"
"""What a call of another model has instead of a signature; Gemini 3 and later refuse calls without one.
Source: https://ai.google.dev/gemini-api/docs/thought-signatures"""

_MODEL = re.compile(r"/models/([^/:]+):", re.IGNORECASE)
_STREAM = ":streamgeneratecontent"
_HINTS = frozenset({"labels", "serviceTier"})
_CONFIG_HINTS = frozenset({"thinkingConfig", "mediaResolution"})
_PART_HINTS = frozenset({"thoughtSignature", "mediaResolution", "partMetadata"})
_MODES = {"AUTO": "auto", "MODE_UNSPECIFIED": "auto", "NONE": "none", "ANY": "required"}
_KEYS = ("output", "result")
"""Where the words of a result are, when a response has nothing else."""


def read(body: Json, endpoint: str) -> Conversation:
    """A conversation. Raises `Untranslatable`."""
    model = _MODEL.search(endpoint)
    if model is None:
        raise Untranslatable("its path names no model")
    fields = members(body)
    fields.leave_out(_HINTS)
    fields.take("model")  # the path says it
    config = inside(fields, "generationConfig")
    config.leave_out(_CONFIG_HINTS)
    config.only({"candidateCount": (1,), "responseLogprobs": (False,), "responseModalities": (["TEXT"],)})
    system = inside(fields, "systemInstruction")
    system.take("role")
    words = [part for each_ in each(system, "parts") for part in _parts(each_)]
    if not all(isinstance(part, Text) for part in words):
        raise Untranslatable("`systemInstruction` is more than text")
    turns = [_turn(content) for content in each(fields, "contents")]
    found = Conversation(
        model[1],
        tuple(part.text for part in words if isinstance(part, Text) and part.text),
        ordered(turns),
        tools=tuple(tool for group in each(fields, "tools") for tool in _tools(group)),
        choice=_choice(inside(fields, "toolConfig")),
        limit=config.whole("maxOutputTokens"),
        temperature=config.number("temperature"),
        top_p=config.number("topP"),
        top_k=config.whole("topK"),
        stop=config.texts("stopSequences"),
        seed=config.whole("seed"),
        presence=config.number("presencePenalty"),
        frequency=config.number("frequencyPenalty"),
        output=_output(config),
        stream=endpoint.lower().endswith(_STREAM),
        left_out=tuple(fields.left_out),
    )
    for rest in (system, config, fields):
        rest.done()
    return found


def _turn(content: Fields) -> Turn:
    role = content.text("role", "user")
    if role not in {"user", "model", "function"}:
        raise Untranslatable(f"`{content.at('role')}` is a role that is not known")
    parts = tuple(part for each_ in each(content, "parts") for part in _parts(each_))
    content.done()
    return Turn("assistant" if role == "model" else "user", parts)


def _parts(part: Fields) -> Iterator[Part]:
    """A part; none for reasoning, which stays where it was made."""
    part.leave_out(_PART_HINTS)
    thought = part.flag("thought")
    if "text" in part:
        text = part.text("text")
        if thought:
            part.left_out.append(part.where)
        else:
            yield Text(text)
    elif "inlineData" in part:
        yield blob(inside(part, "inlineData"))
    elif "functionCall" in part:
        call = inside(part, "functionCall")
        yield Call(call.text("id"), call.text("name"), call.object("args"))
        call.done()
    elif "functionResponse" in part:
        yield _result(inside(part, "functionResponse"))
    part.done()


def blob(data: Fields) -> Media:
    """Data; clients also write base64 in the alphabet of URLs."""
    text = data.text("data").replace("-", "+").replace("_", "/")
    found = Media(data.text("mimeType").lower(), text + "=" * (-len(text) % 4), name=data.text("displayName"))
    data.done()
    return found


def _result(result: Fields) -> Result:
    response = result.object("response")
    media = tuple(blob(inside(part, "inlineData")) for part in each(result, "parts"))
    failed, text = False, orjson.dumps(response).decode()
    for key in (*_KEYS, "error"):
        if response.keys() == {key}:
            value = response[key]
            failed, text = key == "error", value if isinstance(value, str) else orjson.dumps(value).decode()
    found = Result(result.text("id"), result.text("name"), text, media, failed)
    result.done()
    return found


def _tools(group: Fields) -> Iterator[Tool]:
    for function in each(group, "functionDeclarations"):
        function.leave_out({"response", "responseJsonSchema"})
        schema = function.object("parametersJsonSchema") or json_schema(function.object("parameters"))
        yield Tool(function.text("name"), function.text("description"), schema)
        function.done()
    group.done()


def _choice(config: Fields) -> Choice:
    calling = inside(config, "functionCallingConfig")
    mode, names = calling.text("mode", "AUTO"), calling.texts("allowedFunctionNames")
    if mode not in _MODES or (names and (len(names) > 1 or mode != "ANY")):
        raise Untranslatable(f"`{calling.where}` has no counterpart there")
    calling.done()
    config.done()
    return Choice("tool", names[0]) if names else Choice(_MODES[mode])


def _output(config: Fields) -> Output | None:
    kind = config.text("responseMimeType", "text/plain")
    schema = config.object("responseJsonSchema") or json_schema(config.object("responseSchema"))
    if kind == "application/json":
        return Output(schema or None)
    if kind != "text/plain":
        raise Untranslatable("`generationConfig.responseMimeType` has no counterpart there")
    return None


def write(asked: Conversation) -> tuple[str, dict[str, Json]]:
    """The path and the body. Raises `Untranslatable`."""
    if len(asked.stop) > MAX_STOP:
        raise Untranslatable(f"Gemini takes at most {MAX_STOP} stop sequences")
    if asked.tools and not asked.parallel:
        raise Untranslatable("Gemini cannot be told to call one tool at a time")
    output = asked.output
    config = given(
        maxOutputTokens=asked.limit,
        temperature=asked.temperature,
        topP=asked.top_p,
        topK=asked.top_k,
        stopSequences=list(asked.stop) or None,
        seed=asked.seed,
        presencePenalty=asked.presence,
        frequencyPenalty=asked.frequency,
        responseMimeType=None if output is None else "application/json",
        responseJsonSchema=None if output is None else output.schema,
    )
    body = given(
        systemInstruction={"parts": [{"text": text} for text in asked.system]} if asked.system else None,
        contents=[_content(turn) for turn in asked.turns],
        generationConfig=config or None,
    )
    if asked.tools:
        body["tools"] = [{"functionDeclarations": [_declared(tool) for tool in asked.tools]}]
        if asked.choice.mode != "auto":
            mode = "NONE" if asked.choice.mode == "none" else "ANY"
            names: Json = [asked.choice.name] if asked.choice.mode == "tool" else None
            body["toolConfig"] = {"functionCallingConfig": given(mode=mode, allowedFunctionNames=names)}
    verb = "streamGenerateContent?alt=sse" if asked.stream else "generateContent"
    return f"/models/{quote(asked.model, safe='')}:{verb}", body


def _declared(tool: Tool) -> dict[str, Json]:
    return given(name=tool.name, description=tool.description or None, parametersJsonSchema=tool.schema or None)


def _content(turn: Turn) -> dict[str, Json]:
    if turn.role == "system":
        raise Untranslatable("Gemini takes no instructions in the middle of a conversation")
    signed = {"thoughtSignature": UNSIGNED}
    return {
        "role": "model" if turn.role == "assistant" else "user",
        "parts": [{**written(part), **(signed if isinstance(part, Call) else {})} for part in turn.parts],
    }


def written(part: Part) -> dict[str, Json]:
    """A part. Raises `Untranslatable`."""
    match part:
        case Call():
            return {"functionCall": given(id=part.id, name=part.name, args=part.arguments)}
        case Result():
            response: dict[str, Json] = {"error" if part.failed else "output": part.text}
            parts: list[Json] = [written(each_) for each_ in part.media]
            return {"functionResponse": given(id=part.id, name=part.name, response=response, parts=parts or None)}
        case Media():
            if not part.data:
                raise Untranslatable("Gemini takes pictures and files by their data, or from its own store")
            return {"inlineData": given(mimeType=part.type, data=part.data)}
    return {"text": part.text}
