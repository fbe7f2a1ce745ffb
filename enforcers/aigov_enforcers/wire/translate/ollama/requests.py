"""Requests of Ollama's chat, read and written.

Source: https://docs.ollama.com/api/chat
"""

from __future__ import annotations

from collections.abc import Iterator

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.translate.fields import Fields, given
from aigov_enforcers.wire.translate.neutral import (
    Call,
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
from aigov_enforcers.wire.translate.turns import ordered, texts

PATH = "/api/chat"

_HINTS = frozenset({"keep_alive", "shift", "think", "truncate"})
_MACHINE = frozenset(
    {
        "low_vram",
        "main_gpu",
        "num_batch",
        "num_ctx",
        "num_gpu",
        "num_keep",
        "num_thread",
        "numa",
        "use_mlock",
        "use_mmap",
        "vocab_only",
    }
)
"""Options that say how the machine runs the model."""

_IMAGES = {"iVBORw0KGgo": "image/png", "/9j/": "image/jpeg", "R0lGOD": "image/gif", "UklGR": "image/webp"}
"""What pictures begin with in base64: Ollama says no types."""


def is_cloud(model: str) -> bool:
    """Whether a model is run by Ollama's servers, to which the one on this machine hands it on: `NAME:cloud`,
    `NAME:TAG-cloud`."""
    name = model.strip().lower()
    return name.endswith((":cloud", "-cloud"))


def read(body: Json, endpoint: str) -> Conversation:  # noqa: ARG001 - the model stands in the body
    """A conversation. Raises `Untranslatable`."""
    fields = Fields(body)
    options = fields.fields("options")
    fields.leave_out(_HINTS)
    options.leave_out(_MACHINE)
    fields.only({"logprobs": (False,), "top_logprobs": (0,)})
    system, turns = _messages(fields)
    limit = options.whole("num_predict")
    found = Conversation(
        fields.text("model"),
        system,
        ordered(turns),
        tools=tuple(_tool(each) for each in fields.each("tools")),
        limit=None if limit == -1 else limit,
        temperature=options.number("temperature"),
        top_p=options.number("top_p"),
        top_k=options.whole("top_k"),
        stop=options.texts("stop"),
        seed=options.whole("seed"),
        presence=options.number("presence_penalty"),
        frequency=options.number("frequency_penalty"),
        output=_output(fields.take("format")),
        stream=fields.flag("stream", default=True),
        left_out=tuple(fields.left_out),
    )
    options.done()
    fields.done()
    return found


def _messages(fields: Fields) -> tuple[tuple[str, ...], list[Turn]]:
    """The instructions at the beginning, and the turns."""
    system: list[str] = []
    turns: list[Turn] = []
    for message in fields.each("messages"):
        role, content = message.text("role"), message.text("content")
        if role == "system" and not turns:
            system += [content] if content else []
        elif role == "tool":
            name = message.text("tool_name") or message.text("name")
            turns.append(Turn("user", (Result(message.text("tool_call_id"), name, content),)))
        elif role in {"user", "assistant", "system"}:
            message.leave_out({"thinking"})
            parts: tuple[Part, ...] = (*_images(message), Text(content), *_calls(message))
            turns.append(Turn(role, parts))
        else:
            raise Untranslatable(f"`{message.at('role')}` is a role that is not known")
        message.done()
    return tuple(system), turns


def _images(message: Fields) -> Iterator[Media]:
    for data in message.texts("images"):
        kind = next((kind for start, kind in _IMAGES.items() if data.startswith(start)), None)
        if kind is None:
            raise Untranslatable(f"`{message.at('images')}` holds a picture of an unknown type")
        yield Media(kind, data)


def _calls(message: Fields) -> Iterator[Call]:
    for call in message.each("tool_calls"):
        call.leave_out({"type"})
        function = call.fields("function")
        function.leave_out({"index"})
        yield Call(call.text("id"), function.text("name"), function.object("arguments"))
        function.done()
        call.done()


def _tool(tool: Fields) -> Tool:
    if tool.text("type", "function") != "function":
        raise Untranslatable(f"`{tool.where}` is of a type that has no counterpart there")
    function = tool.fields("function")
    found = Tool(function.text("name"), function.text("description"), function.object("parameters"))
    function.done()
    tool.done()
    return found


def _output(format: Json) -> Output | None:
    if isinstance(format, dict):
        return Output(format)
    if format == "json":
        return Output(None)
    if format in {None, ""}:
        return None
    raise Untranslatable("`format` is not known")


def write(asked: Conversation) -> tuple[str, dict[str, Json]]:
    """The path and the body. Raises `Untranslatable`."""
    if is_cloud(asked.model):
        raise Untranslatable("the model is run by Ollama's cloud, not on its own machine")
    if asked.tools and (asked.choice.mode != "auto" or not asked.parallel):
        raise Untranslatable("Ollama cannot be told whether, or how many, tools are called")
    messages: list[Json] = [{"role": "system", "content": text} for text in asked.system]
    for turn in asked.turns:
        messages += _written(turn)
    options = given(
        num_predict=asked.limit,
        temperature=asked.temperature,
        top_p=asked.top_p,
        top_k=asked.top_k,
        stop=list(asked.stop) or None,
        seed=asked.seed,
        presence_penalty=asked.presence,
        frequency_penalty=asked.frequency,
    )
    output = asked.output
    body = given(
        model=asked.model,
        messages=messages,
        stream=asked.stream,
        truncate=False,  # what is too long is an error, not a conversation that lacks its beginning
        options=options or None,
        format=None if output is None else "json" if output.schema is None else output.schema,
        tools=[_definition(tool) for tool in asked.tools] or None,
    )
    return PATH, body


def _definition(tool: Tool) -> dict[str, Json]:
    function = given(name=tool.name, description=tool.description or None, parameters=tool.schema or None)
    return {"type": "function", "function": function}


def _written(turn: Turn) -> Iterator[dict[str, Json]]:
    rest: list[Part] = []
    for part in turn.parts:
        if not isinstance(part, Result):
            rest.append(part)
            continue
        if part.media:
            raise Untranslatable("Ollama takes text alone as the result of a tool")
        yield {"role": "tool", "tool_name": part.name, "tool_call_id": part.id, "content": part.text}
    if rest:
        yield message(turn.role, tuple(rest))


def message(role: str, parts: tuple[Part, ...]) -> dict[str, Json]:
    """A message: its words are one text, and pictures stand beside it."""
    images: list[Json] = []
    for part in parts:
        if isinstance(part, Media):
            if not part.type.startswith("image/") or not part.data:
                raise Untranslatable("Ollama takes no files but pictures, and those by their data alone")
            images.append(part.data)
    calls: list[Json] = [
        {"id": part.id, "function": {"name": part.name, "arguments": part.arguments}}
        for part in parts
        if isinstance(part, Call)
    ]
    return given(role=role, content=texts(parts), images=images or None, tool_calls=calls or None)
