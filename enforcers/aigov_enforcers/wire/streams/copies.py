"""Texts that a stream says again as a whole, after it gave them in pieces: they get the very same changes."""

from __future__ import annotations

from collections.abc import Mapping

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.shape import escape
from aigov_enforcers.wire.streams.text import Held, Said, Text, said

_INDEXES = ("start_index", "end_index")


def repeated(tree: Json, texts: Mapping[Said, Text], held: Held) -> None:
    """Find the strings of an event that say one of these whole texts, change them as the text was changed, and blank
    them in the tree. What counts into such a string (annotations beside it) is moved along, what spells it (log
    probabilities beside it) goes."""
    if texts:
        sizes = {size for size, _ in texts}
        _walk(tree, "", texts, sizes, held)


def _walk(node: Json, at: str, texts: Mapping[Said, Text], sizes: set[int], held: Held) -> None:
    if type(node) is list:
        for index, item in enumerate(node):
            _walk(item, f"{at}/{index}", texts, sizes, held)
        return
    if type(node) is not dict:
        return
    for name, value in node.items():
        pointer = f"{at}/{escape(name)}"
        if type(value) is not str:
            _walk(value, pointer, texts, sizes, held)
            continue
        text = _known(value, texts, sizes)
        if text is not None:
            node[name] = ""
            if text.changed:
                held.change(pointer, text.rewritten(value))
                _beside(node, at, text, held)


def _known(value: str, texts: Mapping[Said, Text], sizes: set[int]) -> Text | None:
    if not value or (value.isascii() and len(value) not in sizes):
        return None
    return texts.get(said(value))


def _beside(node: dict[str, Json], at: str, text: Text, held: Held) -> None:
    annotations = node.get("annotations")
    for index, annotation in enumerate(annotations if type(annotations) is list else ()):
        if type(annotation) is dict:
            for name in _INDEXES:
                value = annotation.get(name)
                if type(value) is int:
                    held.change(f"{at}/annotations/{index}/{name}", text.moved(value, in_bytes=False))
    if node.get("logprobs"):
        held.blanks = {*(held.blanks or ()), f"{at}/logprobs"}
