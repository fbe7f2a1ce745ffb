"""Requests of OpenAI chat completions, read and written.

Source: https://platform.openai.com/docs/api-reference/chat/create
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import orjson

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.translate.fields import Fields, given
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
from aigov_enforcers.wire.translate.turns import arguments, data_url, ordered, texts

PATH = "/chat/completions"
NAMELESS = "document.pdf"
"""What a file without a name is called: OpenAI must be told."""

MAX_STOP = 4
"""OpenAI takes no more stop sequences."""

_HINTS = frozenset(
    {
        "metadata",
        "prediction",
        "prompt_cache_key",
        "prompt_cache_options",
        "prompt_cache_retention",
        "reasoning_effort",
        "safety_identifier",
        "service_tier",
        "user",
        "verbosity",
    }
)
_USUAL: dict[str, tuple[Json, ...]] = {
    "n": (1,),
    "logprobs": (False,),
    "top_logprobs": (0,),
    "logit_bias": ({},),
    "modalities": (["text"],),
    "store": (False,),
}
_REASONING = frozenset({"reasoning_content", "reasoning", "annotations"})
"""Of earlier answers, as clients send them back."""

_SOUNDS = {"wav": "audio/wav", "mp3": "audio/mpeg"}
_CHOICES = frozenset({"auto", "none", "required"})


def read(body: Json, endpoint: str) -> Conversation:  # noqa: ARG001 - the model stands in the body
    """A conversation. Raises `Untranslatable`."""
    fields = Fields(body)
    fields.only(_USUAL)
    system, turns = _messages(fields.each("messages"))
    options = fields.fields("stream_options")
    usage = options.flag("include_usage")
    fields.leave_out(_HINTS)
    options.leave_out({"include_obfuscation"})
    options.done()
    limit = fields.whole("max_completion_tokens")
    other = fields.whole("max_tokens")
    found = Conversation(
        fields.text("model"),
        system,
        ordered(turns),
        tools=tuple(_tool(each) for each in fields.each("tools")),
        choice=_choice(fields.take("tool_choice")),
        parallel=fields.flag("parallel_tool_calls", default=True),
        limit=other if limit is None else limit,
        temperature=fields.number("temperature"),
        top_p=fields.number("top_p"),
        stop=fields.texts("stop"),
        seed=fields.whole("seed"),
        presence=fields.number("presence_penalty"),
        frequency=fields.number("frequency_penalty"),
        output=_output(fields.fields("response_format")),
        stream=fields.flag("stream"),
        usage=usage,
        left_out=tuple(fields.left_out),
    )
    fields.done()
    return found


def _messages(messages: Iterable[Fields]) -> tuple[tuple[str, ...], list[Turn]]:
    """The instructions at the beginning, and the turns."""
    system: list[str] = []
    turns: list[Turn] = []
    for message in messages:
        role = message.text("role")
        if role in {"system", "developer"}:
            words = _words(message, "content")
            if turns:
                turns.append(Turn("system", tuple(Text(each) for each in words)))
            else:
                system += words
        elif role == "user":
            turns.append(Turn("user", tuple(_content(message))))
        elif role == "assistant":
            turns.append(Turn("assistant", tuple(_said(message))))
        elif role == "tool":
            result = Result(message.text("tool_call_id"), "", "\n".join(_words(message, "content")))
            turns.append(Turn("user", (result,)))
        else:
            raise Untranslatable(f"`{message.at('role')}` is a role that is not known")
        message.done()
    return tuple(system), turns


def _words(message: Fields, name: str) -> list[str]:
    """A content that is words alone."""
    parts = list(_parts(message, name))
    if not all(isinstance(part, Text) for part in parts):
        raise Untranslatable(f"`{message.at(name)}` is more than text")
    return [part.text for part in parts if isinstance(part, Text) and part.text]


def _content(message: Fields) -> Iterator[Part]:
    yield from _parts(message, "content")


def _said(message: Fields) -> Iterator[Part]:
    """What the assistant said, and the calls it made. Its reasoning stays where it was made."""
    message.leave_out(_REASONING)
    yield from _parts(message, "content")
    yield Text(message.text("refusal"))
    for call in message.each("tool_calls"):
        _kind(call, "function")
        call.leave_out({"index"})
        function = call.fields("function")
        yield Call(call.text("id"), function.text("name"), arguments(function.text("arguments"), f"`{function.where}`"))
        function.done()
        call.done()


def _parts(message: Fields, name: str) -> Iterator[Part]:
    content = message.take(name)
    if content is None or isinstance(content, str):
        yield Text(content or "")
        return
    for part in message.inner(name, content):
        kind = part.text("type")
        if kind in {"text", "refusal"}:
            yield Text(part.text(kind))
        elif kind == "image_url":
            image = part.fields(kind)
            image.leave_out({"detail"})
            yield data_url(image.text("url"), image.at("url"))
            image.done()
        elif kind == "input_audio":
            sound = part.fields(kind)
            form = sound.text("format")
            yield Media(_SOUNDS.get(form, f"audio/{form}"), sound.text("data"))
            sound.done()
        elif kind == "file":
            file = part.fields(kind)
            name_, data = file.text("filename"), file.text("file_data")
            file.done()
            yield data_url(data, file.at("file_data"))._replace(name="" if name_ == NAMELESS else name_)
        else:
            raise Untranslatable(f"`{part.where}` is of a type that has no counterpart there")
        part.done()


def _tool(tool: Fields) -> Tool:
    _kind(tool, "function")
    function = tool.fields("function")
    found = Tool(
        function.text("name"), function.text("description"), function.object("parameters"), function.flag("strict")
    )
    function.done()
    tool.done()
    return found


def _kind(fields: Fields, kind: str) -> None:
    if fields.text("type", kind) != kind:
        raise Untranslatable(f"`{fields.where}` is of a type that has no counterpart there")


def _choice(choice: Json) -> Choice:
    if choice is None:
        return Choice()
    if isinstance(choice, str):
        if choice not in _CHOICES:
            raise Untranslatable("`tool_choice` is not known")
        return Choice(choice)
    fields = Fields(choice, "tool_choice")
    _kind(fields, "function")
    function = fields.fields("function")
    found = Choice("tool", function.text("name"))
    function.done()
    fields.done()
    return found


def _output(format: Fields) -> Output | None:
    kind = format.text("type", "text")
    if kind == "json_object":
        found: Output | None = Output(None)
    elif kind == "json_schema":
        schema = format.fields("json_schema")
        schema.leave_out({"description"})
        found = Output(schema.object("schema"), schema.text("name", "answer"), schema.flag("strict"))
        schema.done()
    elif kind == "text":
        found = None
    else:
        raise Untranslatable("`response_format` is of a type that has no counterpart there")
    format.done()
    return found


def write(asked: Conversation) -> tuple[str, dict[str, Json]]:
    """The path and the body. Raises `Untranslatable`."""
    if asked.top_k is not None:
        raise Untranslatable("OpenAI's chat completions have no top-k sampling")
    if len(asked.stop) > MAX_STOP:
        raise Untranslatable(f"OpenAI's chat completions take at most {MAX_STOP} stop sequences")
    messages: list[Json] = [{"role": "system", "content": text} for text in asked.system]
    for turn in asked.turns:
        messages += _written(turn)
    body = given(
        model=asked.model,
        messages=messages,
        max_completion_tokens=asked.limit,
        temperature=asked.temperature,
        top_p=asked.top_p,
        stop=list(asked.stop) or None,
        seed=asked.seed,
        presence_penalty=asked.presence,
        frequency_penalty=asked.frequency,
        response_format=_format(asked.output),
    )
    if asked.tools:
        body["tools"] = [_definition(tool) for tool in asked.tools]
        if asked.choice.mode == "tool":
            body["tool_choice"] = {"type": "function", "function": {"name": asked.choice.name}}
        elif asked.choice.mode != "auto":
            body["tool_choice"] = asked.choice.mode
        if not asked.parallel:
            body["parallel_tool_calls"] = False
    if asked.stream:
        body["stream"] = True
        body["stream_options"] = {"include_usage": True}
    return PATH, body


def _written(turn: Turn) -> Iterator[dict[str, Json]]:
    results = [part for part in turn.parts if isinstance(part, Result)]
    rest = [part for part in turn.parts if not isinstance(part, Result)]
    for result in results:
        if result.media:
            raise Untranslatable("OpenAI's chat completions take text alone as the result of a tool")
        yield {"role": "tool", "tool_call_id": result.id, "content": result.text}
    if turn.role == "assistant":
        yield message(tuple(rest))
    elif rest:
        yield {"role": turn.role, "content": _contents(rest)}


def message(parts: tuple[Part, ...]) -> dict[str, Json]:
    """An assistant's message."""
    if any(isinstance(part, Media) for part in parts):
        raise Untranslatable("OpenAI's chat completions have no pictures or files in what the assistant says")
    words = [part for part in parts if isinstance(part, Text)]
    calls: list[Json] = [
        {
            "id": part.id,
            "type": "function",
            "function": {"name": part.name, "arguments": orjson.dumps(part.arguments).decode()},
        }
        for part in parts
        if isinstance(part, Call)
    ]
    content: Json = texts(words) if len(words) < 2 else [{"type": "text", "text": part.text} for part in words]
    said: dict[str, Json] = {"role": "assistant", "content": content or None}
    return {**said, "tool_calls": calls} if calls else said


def _contents(parts: Sequence[Part]) -> Json:
    if len(parts) == 1 and isinstance(parts[0], Text):
        return parts[0].text
    return [_part(part) for part in parts]


def _part(part: Part) -> dict[str, Json]:
    if isinstance(part, Text):
        return {"type": "text", "text": part.text}
    assert isinstance(part, Media)
    kind = part.type.partition("/")[0]
    if kind == "image":
        return {"type": "image_url", "image_url": {"url": part.url or f"data:{part.type};base64,{part.data}"}}
    form = next((form for form, type_ in _SOUNDS.items() if type_ == part.type), None)
    if form is not None and part.data:
        return {"type": "input_audio", "input_audio": {"data": part.data, "format": form}}
    if part.type == "application/pdf" and part.data:
        file: dict[str, Json] = {
            "filename": part.name or NAMELESS,
            "file_data": f"data:{part.type};base64,{part.data}",
        }
        return {"type": "file", "file": file}
    raise Untranslatable(f"OpenAI's chat completions take no file of the type `{part.type[:80]}`")


def _definition(tool: Tool) -> dict[str, Json]:
    function = given(
        name=tool.name,
        description=tool.description or None,
        parameters=tool.schema or None,
        strict=tool.strict or None,
    )
    return {"type": "function", "function": function}


def _format(output: Output | None) -> Json:
    if output is None:
        return None
    if output.schema is None:
        return {"type": "json_object"}
    schema = given(name=output.name, schema=output.schema, strict=output.strict or None)
    return {"type": "json_schema", "json_schema": schema}
