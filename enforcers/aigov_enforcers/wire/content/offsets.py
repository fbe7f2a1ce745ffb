"""Numbers of a body that count into its texts: annotations and citations, which move when the text is changed.

text with annotations beside it      OpenAI, in characters; Gemini's interactions, in bytes
citations of a message               Cohere, in characters
documents and citations of them      Anthropic, in characters, where both are in one body
grounding and citations              Gemini, in bytes
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.shape import escape
from aigov_enforcers.wire.shifts import Shift, moved
from aigov_runtime.scan.layout import encode

_MARKS = (b'_index"', b'Index"', b'"citations"')
_BOTH = ("start_index", "end_index")
_CITED = ("start_char_index", "end_char_index")

Node = Mapping[str, Json]


class Offset(NamedTuple):
    """A number, where it stands, and the texts that it counts into, as if they were one."""

    pointer: str
    value: int
    texts: tuple[str, ...]
    in_bytes: bool


def offsets(body: bytes, tree: Json, *, in_bytes: bool) -> list[Offset]:
    """The offsets of a body. `in_bytes` says how annotations count."""
    if not any(mark in body for mark in _MARKS):
        return []
    documents: list[str] = []
    citations: list[tuple[str, Node]] = []
    found: list[Offset] = []
    for at, node in _objects(tree, ""):
        found += _annotations(at, node, in_bytes=in_bytes)
        found += _grounding(at, node)
        found += _message(at, node)
        if node.get("type") == "document":
            documents.append(f"{at}/source/data")
        citations += _items(node, at, "citations")
    for at, citation in citations:
        number = citation.get("document_index")
        if type(number) is int and 0 <= number < len(documents):
            found += _numbers(citation, at, _CITED, (documents[number],), in_bytes=False)
    return found


def moves(found: Iterable[Offset], changed: Callable[[str], tuple[str, list[Shift]]]) -> dict[str, str | int]:
    """The new numbers, by pointer. `changed` gives a text as it was, and its changes, by path."""
    new: dict[str, str | int] = {}
    for pointer, value, texts, in_bytes in found:
        before = after = 0
        for path in texts:
            text, shifts = changed(path)
            size = len(encode(text)) if in_bytes else len(text)
            if value - before <= size or path == texts[-1]:
                after += moved(shifts, value - before, in_bytes=in_bytes)
                break
            before += size
            after += moved(shifts, size, in_bytes=in_bytes)
        if texts and after != value:
            new[pointer] = after
    return new


def _objects(node: Json, at: str) -> Iterator[tuple[str, Node]]:
    """Every object, in the order of the body."""
    if isinstance(node, dict):
        yield at, node
        for name, inner in node.items():
            yield from _objects(inner, f"{at}/{escape(name)}")
    elif isinstance(node, list):
        for number, inner in enumerate(node):
            yield from _objects(inner, f"{at}/{number}")


def _items(node: Node, at: str, name: str) -> Iterator[tuple[str, Node]]:
    """The objects of a list that is a member."""
    items = node.get(name)
    for number, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict):
            yield f"{at}/{name}/{number}", item


def _numbers(
    node: Node, at: str, names: tuple[str, ...], texts: tuple[str, ...], *, in_bytes: bool
) -> Iterator[Offset]:
    for name in names:
        value = node.get(name)
        if type(value) is int:
            yield Offset(f"{at}/{name}", value, texts, in_bytes)


def _annotations(at: str, node: Node, *, in_bytes: bool) -> Iterator[Offset]:
    text = next((name for name in ("text", "content") if isinstance(node.get(name), str)), None)
    if text is None:
        return
    for place, annotation in _items(node, at, "annotations"):
        inner = annotation.get("url_citation")
        if isinstance(inner, dict):
            yield from _numbers(inner, f"{place}/url_citation", _BOTH, (f"{at}/{text}",), in_bytes=in_bytes)
        yield from _numbers(annotation, place, _BOTH, (f"{at}/{text}",), in_bytes=in_bytes)


def _message(at: str, node: Node) -> Iterator[Offset]:
    content = node.get("content")
    for place, citation in _items(node, at, "citations"):
        if isinstance(content, list):
            number = citation.get("content_index")
            text = f"{at}/content/{number if type(number) is int else 0}/text"
        else:
            text = f"{at}/content" if isinstance(content, str) else f"{at}/text"
        yield from _numbers(citation, place, ("start", "end"), (text,), in_bytes=False)


def _grounding(at: str, node: Node) -> Iterator[Offset]:
    content = node.get("content")
    parts = list(_items(content, f"{at}/content", "parts")) if isinstance(content, dict) else []
    whole = tuple(f"{place}/text" for place, part in parts if part.get("thought") is not True and "text" in part)
    names = ("startIndex", "endIndex")
    grounding = node.get("groundingMetadata")
    if isinstance(grounding, dict):
        for place, support in _items(grounding, f"{at}/groundingMetadata", "groundingSupports"):
            segment = support.get("segment")
            if isinstance(segment, dict):
                number = segment.get("partIndex", 0)
                yield from _numbers(
                    segment, f"{place}/segment", names, (f"{at}/content/parts/{number}/text",), in_bytes=True
                )
    cited = node.get("citationMetadata")
    if isinstance(cited, dict):
        for name in ("citationSources", "citations"):
            for place, source in _items(cited, f"{at}/citationMetadata", name):
                yield from _numbers(source, place, names, whole, in_bytes=True)
