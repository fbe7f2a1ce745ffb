"""What an event says of the texts that a stream builds."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import Any, NamedTuple

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.shape import escape
from aigov_enforcers.wire.words import ID, SEALED, WORDS
from aigov_runtime.model import Kind

Key = tuple[Any, ...]
"""A text that arrives in pieces, by what tells it from the others of its stream."""

Node = dict[str, Json]


class Delta(NamedTuple):
    """A piece of a text, and the pointer at which it stands in the event.

    `json`: the text is JSON that is being built. `side`: the piece is not the string at the pointer but spelled out by
    the value there (log probabilities of tokens), which is emptied when any of it is changed.
    """

    channel: Key
    pointer: str
    text: str
    role: str
    kind: Kind
    json: bool = False
    side: bool = False


class Offset(NamedTuple):
    """A number that counts into a text: characters, or bytes of its UTF-8 form."""

    channel: Key
    pointer: str
    value: int
    in_bytes: bool = False


class Event:
    """One event, read.

    `ends` are beginnings of the keys whose texts are now complete: `()` is all of them. `repeats`: strings of this
    event may say a whole text again. `resets`: a new answer begins, with texts of its own. `used` is the object that
    has the counts of tokens, None when this event has none; `finish` the reason why the answer ended.
    """

    __slots__ = ("deltas", "ends", "finish", "offsets", "repeats", "resets", "used")

    def __init__(self) -> None:
        self.deltas: list[Delta] = []
        self.ends: list[Key] = []
        self.offsets: list[Offset] = []
        self.repeats = False
        self.resets = False
        self.used: Mapping[str, Json] | None = None
        self.finish = ""

    def take(
        self,
        node: Node,
        name: str,
        pointer: str,
        channel: Key,
        kind: Kind = Kind.TEXT,
        *,
        role: str = "assistant",
        json: bool = False,
    ) -> None:
        """Take a piece out of its node, if it is there."""
        text = node.get(name)
        if type(text) is str and text:
            self.deltas.append(Delta(channel, f"{pointer}/{escape(name)}", text, role, kind, json))
            node[name] = ""

    def take_others(self, node: Node, pointer: str, channel: Key, whole: Container[str]) -> None:
        """Take the strings of members that nobody knows: any may be a piece of a text, unless it comes `whole` or is an
        enum's word or an identifier."""
        others = [each for each, value in node.items() if type(value) is str and each not in whole]
        for name in others:
            if (value := node[name]) not in WORDS and ID.fullmatch(str(value)) is None:
                self.take(node, name, pointer, (*channel, "other", name))

    @staticmethod
    def seal(node: Node, name: str) -> None:
        """Leave out sound or a picture: long base64 that stands where one belongs."""
        value = node.get(name)
        if type(value) is str and SEALED.fullmatch(value):
            node[name] = ""

    def spelled(self, pointer: str, channel: Key, tokens: list[Json]) -> None:
        """Take the tokens that the value at the pointer spells a text with."""
        words = []
        for at, token in enumerate(tokens):
            if type(token) is dict and type(word := token.get("token")) is str:
                words.append(word)
                token["token"] = ""
            elif type(token) is str:
                words.append(token)
                tokens[at] = ""
        if text := "".join(words):
            self.deltas.append(Delta(channel, pointer, text, "assistant", Kind.TEXT, side=True))


Reader = Callable[[str, Node, Event], None]
"""(name of the event, its tree, what it says) reads an event and blanks the pieces in its tree."""


def whole(_name: str, _tree: Node, _event: Event) -> None:
    """The reader of formats whose events hold whole texts only."""


def objects(value: Json) -> list[tuple[int, Node]]:
    """The objects of a list, with their places; none when it is no list."""
    if type(value) is list:
        return [(at, each) for at, each in enumerate(value) if type(each) is dict]
    return []


def inner(node: Node, name: str) -> Node:
    """The object that is a member, an empty one when there is none."""
    value = node.get(name)
    return value if type(value) is dict else {}


def number(node: Node, name: str, otherwise: int = 0) -> int:
    """A member that is a whole number."""
    value = node.get(name)
    return value if type(value) is int else otherwise


def word(node: Node, name: str) -> str:
    """A member that is a string, "" when it is none."""
    value = node.get(name)
    return value if type(value) is str else ""
