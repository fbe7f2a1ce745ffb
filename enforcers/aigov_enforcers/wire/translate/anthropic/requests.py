"""Requests of Anthropic messages, read and written.

Source: https://docs.anthropic.com/en/api/messages
"""

from __future__ import annotations

import base64
from collections.abc import Iterator

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
from aigov_enforcers.wire.translate.turns import ordered, texts

PATH = "/v1/messages"
LIMIT = 8192
"""The most tokens of an answer where the client says none: Anthropic must be told, and every model of today gives so
many."""

MAX_TEMPERATURE = 1.0

_HINTS = frozenset({"metadata", "service_tier", "speed", "thinking", "cache_control"})
_CACHE = frozenset({"cache_control"})
_REASONING = frozenset({"thinking", "redacted_thinking"})
_MODES = {"auto": "auto", "none": "none", "any": "required", "tool": "tool"}
_PLAIN = "text/plain"
_PDF = "application/pdf"


def read(body: Json, endpoint: str) -> Conversation:  # noqa: ARG001 - the model stands in the body
    """A conversation. Raises `Untranslatable`."""
    fields = Fields(body)
    fields.leave_out(_HINTS)
    output = fields.fields("output_config")
    output.leave_out({"effort"})
    choice = fields.fields("tool_choice")
    mode = choice.text("type", "auto")
    if mode not in _MODES:
        raise Untranslatable("`tool_choice` is not known")
    turns = [_turn(message) for message in fields.each("messages")]
    found = Conversation(
        fields.text("model"),
        tuple(part.text for part in _parts(fields, "system") if isinstance(part, Text) and part.text),
        ordered(turns),
        tools=tuple(_tool(each) for each in fields.each("tools")),
        choice=Choice(_MODES[mode], choice.text("name")),
        parallel=not choice.flag("disable_parallel_tool_use"),
        limit=fields.whole("max_tokens"),
        temperature=fields.number("temperature"),
        top_p=fields.number("top_p"),
        top_k=fields.whole("top_k"),
        stop=fields.texts("stop_sequences"),
        output=_output(output.fields("format")),
        stream=fields.flag("stream"),
        left_out=tuple(fields.left_out),
    )
    for each in (output, choice, fields):
        each.done()
    return found


def _turn(message: Fields) -> Turn:
    role = message.text("role")
    if role not in {"user", "assistant", "system"}:
        raise Untranslatable(f"`{message.at('role')}` is a role that is not known")
    turn = Turn(role, tuple(_parts(message, "content")))
    message.done()
    return turn


def _parts(message: Fields, name: str) -> Iterator[Part]:
    """Blocks, or words. Reasoning stays where it was made: it is signed."""
    content = message.take(name)
    if content is None or isinstance(content, str):
        yield Text(content or "")
        return
    for block in message.inner(name, content):
        kind = block.text("type")
        if kind in _REASONING:
            block.left_out.append(block.where)
            continue
        block.leave_out(_CACHE)
        yield _block(block, kind)
        block.done()


def _block(block: Fields, kind: str) -> Part:
    if kind == "text":
        block.only({"citations": ([],)})
        return Text(block.text("text"))
    if kind in {"image", "document"}:
        citations = block.fields("citations")
        citations.only({"enabled": (False,)})
        return _source(block.fields("source"), kind, block.text("title"))
    if kind == "tool_use":
        block.leave_out({"caller"})
        return Call(block.text("id"), block.text("name"), block.object("input"))
    if kind == "tool_result":
        parts = tuple(_parts(block, "content"))
        media = tuple(part for part in parts if isinstance(part, Media))
        if not all(isinstance(part, (Text, Media)) for part in parts):
            raise Untranslatable(f"`{block.where}` is a result of a kind that has no counterpart there")
        return Result(block.text("tool_use_id"), "", texts(parts), media, block.flag("is_error"))
    raise Untranslatable(f"`{block.where}` is of a type that has no counterpart there")


def _source(source: Fields, kind: str, name: str) -> Media:
    of = source.text("type")
    if of == "base64":
        found = Media(source.text("media_type").lower(), source.text("data"), name=name)
    elif of == "url" and kind == "image":
        found = Media("image/*", url=source.text("url"))
    elif of == "url":
        found = Media(_PDF, url=source.text("url"), name=name)
    elif of == "text":
        source.take("media_type")
        found = Media(_PLAIN, base64.b64encode(source.text("data").encode()).decode(), name=name)
    else:
        raise Untranslatable(f"`{source.where}` is of a type that has no counterpart there")
    source.done()
    return found


def _tool(tool: Fields) -> Tool:
    if tool.text("type", "custom") != "custom":
        raise Untranslatable(f"`{tool.where}` is a tool of the provider's own")
    tool.leave_out(_CACHE | {"eager_input_streaming"})
    tool.only({"allowed_callers": (["direct"],), "defer_loading": (False,)})
    found = Tool(tool.text("name"), tool.text("description"), tool.object("input_schema"), tool.flag("strict"))
    tool.done()
    return found


def _output(format: Fields) -> Output | None:
    kind = format.text("type")
    if kind not in {"", "json_schema"}:
        raise Untranslatable(f"`{format.where}` is of a type that has no counterpart there")
    found = Output(format.object("schema"), strict=True) if kind else None
    format.done()
    return found


def write(asked: Conversation) -> tuple[str, dict[str, Json]]:
    """The path and the body. Raises `Untranslatable`."""
    if asked.seed is not None or asked.presence or asked.frequency:
        raise Untranslatable("Anthropic has no seed, presence penalty or frequency penalty")
    if asked.temperature is not None and asked.temperature > MAX_TEMPERATURE:
        raise Untranslatable(f"Anthropic takes a temperature of at most {MAX_TEMPERATURE}")
    if asked.turns[0].role != "user":
        raise Untranslatable("Anthropic takes no conversation that the assistant begins")
    body = given(
        model=asked.model,
        max_tokens=LIMIT if asked.limit is None else asked.limit,
        system=[{"type": "text", "text": text} for text in asked.system] or None,
        messages=[_message(turn) for turn in asked.turns],
        temperature=asked.temperature,
        top_p=asked.top_p,
        top_k=asked.top_k,
        stop_sequences=list(asked.stop) or None,
        output_config=_config(asked.output),
        stream=asked.stream or None,
    )
    if asked.tools:
        body["tools"] = [
            given(
                name=tool.name,
                description=tool.description or None,
                input_schema=tool.schema or {"type": "object"},
                strict=tool.strict or None,
            )
            for tool in asked.tools
        ]
        if asked.choice.mode != "auto" or not asked.parallel:
            body["tool_choice"] = _choice(asked)
    return PATH, body


def _choice(asked: Conversation) -> dict[str, Json]:
    kind = next(kind for kind, mode in _MODES.items() if mode == asked.choice.mode)
    one = True if not asked.parallel and kind != "none" else None
    return given(type=kind, name=asked.choice.name or None, disable_parallel_tool_use=one)


def _config(output: Output | None) -> Json:
    if output is None:
        return None
    if output.schema is None:
        raise Untranslatable("Anthropic gives JSON by a schema alone")
    return {"format": {"type": "json_schema", "schema": output.schema}}


def _message(turn: Turn) -> dict[str, Json]:
    if turn.role == "system":
        raise Untranslatable("Anthropic takes no instructions in the middle of a conversation")
    return {"role": turn.role, "content": blocks(turn.parts)}


def blocks(parts: tuple[Part, ...]) -> list[Json]:
    """Parts as content blocks. Raises `Untranslatable`."""
    return [_written(part) for part in parts]


def _written(part: Part) -> dict[str, Json]:
    match part:
        case Call():
            return {"type": "tool_use", "id": part.id, "name": part.name, "input": part.arguments}
        case Result():
            content: list[Json] = [{"type": "text", "text": part.text}] if part.text else []
            content += blocks(part.media)
            return given(type="tool_result", tool_use_id=part.id, content=content, is_error=part.failed or None)
        case Media():
            return _file(part)
    return {"type": "text", "text": part.text}


def _file(part: Media) -> dict[str, Json]:
    of: dict[str, Json] = {"type": "base64", "media_type": part.type, "data": part.data}
    if part.url:
        of = {"type": "url", "url": part.url}
    if part.type.startswith("image/"):
        return {"type": "image", "source": of}
    title = part.name or None
    if part.type == _PDF:
        return given(type="document", source=of, title=title)
    if part.type == _PLAIN and not part.url:
        try:
            words = base64.b64decode(part.data).decode()
        except ValueError:
            raise Untranslatable("a text file is not UTF-8 in base64") from None
        return given(type="document", source={"type": "text", "media_type": _PLAIN, "data": words}, title=title)
    raise Untranslatable(f"Anthropic takes no file of the type `{part.type[:80]}`")
