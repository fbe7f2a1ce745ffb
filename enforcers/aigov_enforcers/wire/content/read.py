"""A body of any content type: its text as segments, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from aigov_enforcers.wire.body import Json, Unreadable, page, parse
from aigov_enforcers.wire.message import Message
from aigov_enforcers.wire.shape import Shape, copies, segments
from aigov_enforcers.wire.splice import splice
from aigov_runtime.model import Kind, Segment

_OPENING = b'{["'  # what JSON begins with that somebody may want to read


class Content(NamedTuple):
    """A body that was read: its tree when it is JSON, its texts, and what makes the new body of the texts changed,
    by path. It raises `FixedError` when a text cannot be changed. `unparsed` says why the tree's texts are not known.
    """

    tree: Json
    texts: tuple[Segment, ...]
    write: Callable[[Mapping[str, str]], bytes]
    unparsed: str = ""


NOTHING = Content(None, (), lambda _: b"")


def read(message: Message, shape: Shape) -> Content:
    """The content of a body. Raises `Unreadable`.

    JSON is known by its bytes, whatever the content type says. What cannot be JSON and is declared as text is one text.
    """
    body = message.body
    if body.lstrip()[:1] not in _OPENING and _is_text(message):
        return Content(None, (Segment("", "", page(body), Kind.TEXT),), _whole)
    tree = parse(body)
    try:
        texts = segments(tree, shape)
    except Unreadable as reason:
        return NOTHING._replace(tree=tree, unparsed=str(reason))
    return Content(tree, texts, partial(_spliced, body, tree, shape))


def _spliced(body: bytes, tree: Json, shape: Shape, changed: Mapping[str, str]) -> bytes:
    return splice(body, changed, copies(tree, shape))


def _is_text(message: Message) -> bool:
    types = message.values("content-type")
    return len(types) == 1 and types[0].lower().startswith("text/")


def _whole(changed: Mapping[str, str]) -> bytes:
    return changed[""].encode()
