"""What carries a value: a template, and how it writes what is put into it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from corpora.accuracy.carriers.escapes import plain
from corpora.accuracy.case import Label
from corpora.accuracy.draw import Draw
from corpora.accuracy.values import Family, Value, words
from corpora.accuracy.values.people import email, full

Escape = Callable[[str], str]

_FIELD = re.compile("«([A-Za-z]+)»")
_NAMES = {"NAME", "name", "camel", "Camel", "kebab", "noun"}
_FILLERS: dict[str, Callable[[Draw], str]] = {
    "word": lambda draw: draw.one(
        "ledger", "gateway", "importer", "scheduler", "checkout", "reports", "catalog", "mailer"
    ),
    "n": lambda draw: draw.number(2, 99),
    "id": lambda draw: draw.number(10_000, 99_999),
    "sha": lambda draw: draw.hex(7),
    "date": lambda draw: f"{draw.day(2023, 2026)}",
    "time": lambda draw: f"{draw.number(0, 23, 2)}:{draw.number(0, 59, 2)}:{draw.number(0, 59, 2)}",
}
_LABELLED = {"person": ("pii.person_name", full), "email": ("pii.email", email)}


@dataclass(frozen=True, slots=True)
class Carrier:
    """A template with fields in « ».

    `«value»` is the value; `«NAME»`, `«name»`, `«camel»`, `«Camel»`, `«kebab»` and `«noun»` write its name; `«person»`
    and `«email»` bring labelled values of their own; the rest is filler. `escape` writes the value as the carrier's
    format demands; an `opaque` one (base64) hides where it begins and ends, and the label spans all of
    what it wrote.
    """

    name: str
    template: str
    families: frozenset[Family]
    language: str = "en"
    block: bool = False
    escape: Escape = plain
    opaque: bool = False

    @property
    def named(self) -> bool:
        """Whether the value's name stands in it."""
        return not _NAMES.isdisjoint(_FIELD.findall(self.template))

    def fits(self, value: Value) -> bool:
        """Whether the value may stand in this carrier."""
        return (
            value.family in self.families
            and (self.named or not value.named)
            and (self.block or not value.block)
            and (self.language == "en" or not value.local or self.language in value.local)
        )

    def render(self, value: Value, draw: Draw) -> tuple[str, tuple[Label, ...]]:
        """The text with a fresh value in it, and its labels."""
        called = draw.choice(value.names)
        out, labels = "", []
        parts = _FIELD.split(self.template)
        for place, part in enumerate(parts):
            if place % 2 == 0:
                out += part
            elif part == "value":
                before, made, after = self._written(value.make(draw))
                start = len(out) + len(before)
                labels.append(Label(value.detector, start, start + len(made)))
                out += before + made + after
            elif part in _LABELLED:
                detector, make = _LABELLED[part]
                made = make(draw)
                labels.append(Label(detector, len(out), len(out) + len(made)))
                out += made
            else:
                out += _FILLERS[part](draw) if part in _FILLERS else self._named(part, value, called)
        return out, tuple(labels)

    def _written(self, made: str) -> tuple[str, str, str]:
        before, middle, after = made.split("\0") if "\0" in made else ("", made, "")
        if self.opaque:
            return "", self.escape(before + middle + after), ""
        return self.escape(before), self.escape(middle), self.escape(after)

    def _named(self, form: str, value: Value, called: str) -> str:
        if form == "noun":
            return value.local.get(self.language, called)
        parts = words(called)
        match form:
            case "NAME":
                return "_".join(parts).upper()
            case "name":
                return "_".join(parts)
            case "kebab":
                return "-".join(parts)
            case "camel":
                return parts[0] + "".join(part.title() for part in parts[1:])
            case _:
                return "".join(part.title() for part in parts)


ANY = frozenset({Family.SECRET, Family.RECORD})
SECRET = frozenset({Family.SECRET})
RECORD = frozenset({Family.RECORD})
PASSAGE = frozenset({Family.PASSAGE})
