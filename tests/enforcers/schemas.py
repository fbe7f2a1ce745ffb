"""Bodies made from the official clients' own types: every field of every variant, with a mark where a string goes.

A type is a TypedDict, a pydantic model, a dataclass, or a method whose keywords are the members of its body. Each
variant of a union appears at least once; a type inside itself is left out.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import functools
import inspect
import io
import os
import pathlib
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import pydantic
import typing_extensions

from aigov_enforcers.wire.shape import escape

NAMED = "a name of the caller's"


class Text(str):
    """Stands where a type says `str`: any text may be there."""

    __slots__ = ()


class Word(str):
    """A value of an enum."""

    __slots__ = ()


class Leaf(NamedTuple):
    """A string of a body: its pointer, its member's name (that of the list it is in), and its mark."""

    pointer: str
    name: str
    mark: Text | Word


_NUMBERS = (bool, int, float)
_FILES = (bytes, io.IOBase, os.PathLike, pathlib.Path, typing.IO)  # parts of a form, not of JSON
_UNIONS = (typing.Union, types.UnionType)
_WRAPPERS = (typing.Annotated, typing_extensions.Required, typing_extensions.NotRequired, typing.ClassVar)


@functools.cache
def bodies(root: Any) -> list[Any]:
    """Bodies of a type, with `Text` and `Word` for strings."""
    return _samples(root, ())


def enums(root: Any) -> set[tuple[str, str]]:
    """Every value of every enum of a type, with the name of its member."""
    found: set[tuple[str, str]] = set()
    _enums(root, "", set(), found)
    return found


def _enums(tp: Any, name: str, seen: set[int], found: set[tuple[str, str]]) -> None:
    if isinstance(tp, typing_extensions.TypeAliasType):
        _enums(tp.__value__, name, seen, found)
    elif typing.get_origin(tp) in {typing.Literal, typing_extensions.Literal}:
        found |= {(name, value) for value in typing.get_args(tp) if isinstance(value, str)}
    elif typing.get_origin(tp) is typing.Annotated:
        _enums(typing.get_args(tp)[0], name, seen, found)
    elif args := typing.get_args(tp):
        for each in args:
            _enums(each, name, seen, found)
    elif isinstance(tp, type) and issubclass(tp, enum.Enum):
        found |= {(name, each.value) for each in tp}
    elif _is_object(tp) and id(tp) not in seen:
        seen.add(id(tp))
        for member, inner in _fields(tp).items():
            _enums(inner, member, seen, found)


def _is_object(tp: Any) -> bool:
    return (
        inspect.isfunction(tp)
        or typing_extensions.is_typeddict(tp)
        or dataclasses.is_dataclass(tp)
        or (isinstance(tp, type) and issubclass(tp, pydantic.BaseModel))
    )


def _samples(tp: Any, stack: tuple[Any, ...]) -> list[Any]:
    if isinstance(tp, typing_extensions.TypeAliasType):
        return _samples(tp.__value__, stack)
    origin, args = typing.get_origin(tp), typing.get_args(tp)
    if isinstance(origin, typing_extensions.TypeAliasType):  # mistralai's Nullable[…] and the like: an argument or none
        return _samples(args[0], stack)
    if origin in _WRAPPERS:
        return _samples(args[0], stack)
    if origin in _UNIONS:
        return [sample for each in args for sample in _samples(each, stack)]
    if origin in {typing.Literal, typing_extensions.Literal}:
        return [Word(value) if isinstance(value, str) else value for value in args][:1]
    if tp in {Any, object, dt.datetime, dt.date}:
        return [Text()]
    if tp is pydantic.FileUrl:
        return [Text()]
    if tp in {type(None), pydantic.BaseModel, enum.Enum} or tp in _FILES or origin in _FILES:
        return []
    if tp in _NUMBERS:
        return [tp(1)]
    if origin is not None and isinstance(origin, type):
        if issubclass(origin, Mapping):
            inner = _samples(args[1], stack)
            return [{f"{NAMED} {number}": sample for number, sample in enumerate(inner)}] if inner else []
        if issubclass(origin, tuple):
            return []  # only files come as tuples
        if issubclass(origin, typing.Iterable):
            items = [sample for sample in _samples(args[0], stack) if not isinstance(sample, _NUMBERS)]
            return [items]
        return _samples(origin, stack)
    if isinstance(tp, typing.NewType):
        return _samples(tp.__supertype__, stack)
    if isinstance(tp, type) and issubclass(tp, enum.Enum):
        return [Word(next(iter(tp)).value)]
    if isinstance(tp, type) and issubclass(tp, str):
        return [Text()]
    if tp in {dict, Mapping}:
        return [{NAMED: Text()}]
    if tp is list:
        return [[Text()]]
    fields = _fields(tp)
    if stack.count(tp):
        return []
    return _object(fields, (*stack, tp))


def _object(fields: Mapping[str, Any], stack: tuple[Any, ...]) -> list[Any]:
    variants = {name: found for name, tp in fields.items() if (found := _samples(tp, stack))}
    count = max(map(len, variants.values()), default=0)
    return [{name: found[at % len(found)] for name, found in variants.items()} for at in range(count)]


def _fields(tp: Any) -> dict[str, Any]:
    """The members of an object and their types."""
    if inspect.isfunction(tp):
        hints = typing.get_type_hints(tp, include_extras=True)
        return {name: hint for name, hint in hints.items() if name not in {"return", "request_options"}}
    if typing_extensions.is_typeddict(tp):
        return typing_extensions.get_type_hints(tp, include_extras=True)
    if isinstance(tp, type) and issubclass(tp, pydantic.BaseModel):
        tp.model_rebuild()
        return {field.alias or name: field.annotation for name, field in tp.model_fields.items()}
    if dataclasses.is_dataclass(tp):
        return typing.get_type_hints(tp)
    raise TypeError(f"no idea what a {tp!r} is")


def filled(body: Any, text: Callable[[Leaf], str]) -> Any:
    """The body with a text where there was a mark `Text`; words stay."""
    at = {leaf.pointer: leaf for leaf in leaves(body)}

    def walk(node: Any, pointer: str) -> Any:
        if isinstance(node, Text):
            return text(at[pointer])
        if isinstance(node, Word):
            return str(node)
        if isinstance(node, dict):
            return {key: walk(value, f"{pointer}/{escape(key)}") for key, value in node.items()}
        if isinstance(node, list):
            return [walk(value, f"{pointer}/{index}") for index, value in enumerate(node)]
        return node

    return walk(body, "")


def leaves(node: Any, pointer: str = "", name: str = "") -> Iterator[Leaf]:
    """The strings of a body."""
    if isinstance(node, (Text, Word)):
        yield Leaf(pointer, name, node)
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from leaves(value, f"{pointer}/{escape(key)}", key)
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from leaves(value, f"{pointer}/{index}", name)


def names(node: Any, pointer: str = "") -> Iterator[str]:
    """Pointers to the names that the caller chose."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key.startswith(NAMED):
                yield f"{pointer}/{escape(key)}#"
            yield from names(value, f"{pointer}/{escape(key)}")
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from names(value, f"{pointer}/{index}")
