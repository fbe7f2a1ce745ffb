"""Members of a JSON object, taken one by one: what nobody takes cannot be carried over."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from aigov_enforcers.wire.body import Json
from aigov_enforcers.wire.translate.neutral import Untranslatable


class Fields:
    """The members of an object at `where` in a request. A member that is null is none.

    `left_out` names the members that were left out, here and in all objects within. The methods take a member and
    raise `Untranslatable` when it is of another type; `done` raises for what is left.
    """

    def __init__(self, value: Json, where: str = "", left_out: list[str] | None = None) -> None:
        if not isinstance(value, dict):
            raise Untranslatable(f"`{where or 'the body'}` is not an object")
        self._rest = {name: each for name, each in value.items() if each is not None}
        self.where = where
        self.left_out: list[str] = [] if left_out is None else left_out

    def at(self, name: str) -> str:
        """How a member is called in messages."""
        return f"{self.where}.{name}" if self.where else name

    def __contains__(self, name: str) -> bool:
        return name in self._rest

    def take(self, name: str) -> Json:
        """A member of any type, None when there is none."""
        return self._rest.pop(name, None)

    def text(self, name: str, default: str = "") -> str:
        """A string."""
        value = self.take(name)
        if value is None:
            return default
        if not isinstance(value, str):
            raise self._wrong(name, "a string")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A boolean."""
        value = self.take(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self._wrong(name, "true or false")
        return value

    def whole(self, name: str) -> int | None:
        """A whole number; some clients write it as `1.0`."""
        value = self.number(name)
        if value is None or value == int(value):
            return None if value is None else int(value)
        raise self._wrong(name, "a whole number")

    def number(self, name: str) -> float | None:
        """A number."""
        value = self.take(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self._wrong(name, "a number")
        return value

    def object(self, name: str) -> dict[str, Json]:
        """An object, empty when there is none."""
        value = self.take(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self._wrong(name, "an object")
        return value

    def fields(self, name: str) -> Fields:
        """An object whose members are taken too."""
        return Fields(self.object(name), self.at(name), self.left_out)

    def items(self, name: str) -> list[Json]:
        """A list, empty when there is none."""
        value = self.take(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self._wrong(name, "a list")
        return value

    def each(self, name: str) -> Iterator[Fields]:
        """The objects of a list."""
        yield from self.inner(name, self.items(name))

    def inner(self, name: str, items: Json) -> Iterator[Fields]:
        """The objects of a list that was taken as the member of this name."""
        if not isinstance(items, list):
            raise self._wrong(name, "a list")
        for number, value in enumerate(items):
            yield Fields(value, f"{self.at(name)}[{number}]", self.left_out)

    def texts(self, name: str) -> tuple[str, ...]:
        """A string, or a list of strings."""
        value = self.take(name)
        found = [] if value is None else [value] if isinstance(value, str) else value
        if not isinstance(found, list):
            raise self._wrong(name, "a list of strings")
        texts = tuple(each for each in found if isinstance(each, str))
        if len(texts) != len(found):
            raise self._wrong(name, "a list of strings")
        return texts

    def only(self, allowed: Mapping[str, tuple[Json, ...]]) -> None:
        """Take members that may only say what holds without them."""
        for name, values in allowed.items():
            value = self.take(name)
            if value is not None and value not in values:
                raise Untranslatable(f"`{self.at(name)}` has no counterpart there")

    def leave_out(self, names: Collection[str]) -> None:
        """Take members that say nothing about the answer."""
        for name in [each for each in self._rest if each in names]:
            del self._rest[name]
            self.left_out.append(self.at(name))

    def done(self) -> None:
        """Nothing else may be there."""
        if self._rest:
            raise Untranslatable(f"`{self.at(next(iter(self._rest)))[:80]}` has no counterpart there")

    def _wrong(self, name: str, what: str) -> Untranslatable:
        return Untranslatable(f"`{self.at(name)}` is not {what}")


def given(**members: Json) -> dict[str, Json]:
    """An object of the members that say something."""
    return {name: each for name, each in members.items() if each is not None}


def plain(value: Json) -> dict[str, Json]:
    """The value when it is an object, an empty one otherwise: answers are read leniently."""
    return value if isinstance(value, dict) else {}


def listed(value: Json) -> list[dict[str, Json]]:
    """The objects of a list; none when it is no list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def word(value: Json) -> str:
    """The value when it is a string, "" otherwise."""
    return value if isinstance(value, str) else ""


def count(value: Json) -> int:
    """The value when it is a whole number, 0 otherwise."""
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
