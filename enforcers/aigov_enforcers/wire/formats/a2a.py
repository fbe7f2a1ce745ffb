"""A2A: agents that send each other messages and tasks, JSON-RPC 2.0 or plain REST (`/message:send`).

Revision 1.0 has parts of `text`, `data`, `raw` or `url`; 0.3 tells them by `kind` (`text`, `file`, `data`).
Source: https://a2a-protocol.org/latest/specification/
"""

from __future__ import annotations

from collections.abc import Mapping

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.format import Asked, Format
from aigov_enforcers.wire.formats.common import FILE, ID, PLAIN, WORD
from aigov_enforcers.wire.formats.mcp import ERROR, META, usage
from aigov_enforcers.wire.shape import Field, Shape
from aigov_runtime.model import Kind

PART = Shape(
    {
        "kind": WORD,
        "text": Field(),
        "data": PLAIN,
        "raw": FILE,
        "url": FILE,
        "filename": FILE,
        "mediaType": WORD,
        "file": Field(kind=Kind.FILE, shape=Shape({"name": FILE, "mimeType": WORD, "bytes": FILE, "uri": FILE})),
        "metadata": META,
    },
)
_COMMON = {
    "kind": WORD,
    "role": WORD,
    "messageId": ID,
    "taskId": ID,
    "contextId": ID,
    "parts": Field(shape=PART),
    "metadata": META,
    "extensions": META,
}


def _message(role: str) -> Shape:
    return Shape(_COMMON, role=role, kind=Kind.TEXT)


MESSAGE = Shape(
    _COMMON,
    kind=Kind.TEXT,
    role="user",
    tag="role",
    variants={
        "user": _message("user"),
        "ROLE_USER": _message("user"),
        "agent": _message("assistant"),
        "ROLE_AGENT": _message("assistant"),
    },
)
ARTIFACT = Shape(
    {"artifactId": ID, "name": Field(), "description": Field(), "parts": Field(shape=PART), "metadata": META},
    kind=Kind.TEXT,
    role="assistant",
)
STATUS = Field(shape=Shape({"state": WORD, "message": Field(shape=MESSAGE), "timestamp": Field()}))
TASK = Shape(
    _COMMON
    | {
        "id": ID,
        "status": STATUS,
        "artifacts": Field(shape=ARTIFACT),
        "artifact": Field(shape=ARTIFACT),
        "history": Field(shape=MESSAGE),
        "message": Field(shape=MESSAGE),
        "configuration": Field(kind=Kind.METADATA, shape=Shape()),
    },
    role="assistant",
    kind=Kind.TEXT,
)
TASK.fields |= dict.fromkeys(("task", "statusUpdate", "artifactUpdate"), Field(shape=TASK))

RPC = Shape(
    {
        "jsonrpc": Field(),
        "id": ID,
        "method": Field(),
        "params": Field(shape=TASK),
        "result": Field(shape=TASK),
        "error": ERROR,
        # REST: the parameters and the result are the body itself
        **{name: TASK.fields[name] for name in ("message", "configuration", "task", "statusUpdate", "artifactUpdate")},
        **{name: TASK.fields[name] for name in ("status", "artifacts", "history", "metadata", "contextId", "kind")},
    },
)


def asked(body: Mapping[str, Json], endpoint: str) -> Asked:
    """Whether the answer streams: the method says it, or REST's path."""
    method = body.get("method")
    streams = {"message/stream", "tasks/resubscribe", "SendStreamingMessage", "SubscribeToTask"}
    return Asked("", method in streams or endpoint.endswith(":stream"), frozenset(), None)


FORMATS = (Format("a2a", "a2a", RPC, RPC, asked, usage),)
