"""What the reference evaluator of the language asks for, made of the parts that the engine itself uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from aigov_runtime.scan.code import code_spans
from aigov_runtime.scan.layout import join
from aigov_runtime.scan.plugins import entities_of
from aigov_runtime.scan.validators import VALIDATORS, Validator
from aigov_runtime.scan.views import View, find, views
from aigov_runtime.tokens import Tokens


class Primitives:
    """Validators, keyed replacements, the recogniser of code, plug-ins and views, for one session key of 32 bytes."""

    validators: Mapping[str, Validator] = VALIDATORS

    def __init__(self, key: bytes) -> None:
        self._tokens = Tokens(key, ())

    def replacement(
        self,
        style: str,
        detector_id: str,
        detector_name: str,  # noqa: ARG002 - asked for by the reference; here it follows from the id
        value: bytes,
    ) -> str:
        """What stands for `value` in the styles `hash` and `token`."""
        return self._tokens.replacement(style, detector_id, value)

    def code_spans(self, text: bytes, languages: tuple[str, ...]) -> list[tuple[int, int]]:
        """Spans that look like source code in one of `languages` (empty: any)."""
        found = code_spans(text, 0, len(text))
        return [(span.start, span.end) for span in found if not languages or span.language in languages]

    def plugin_spans(self, text: bytes, engine: str, model: str, labels: tuple[str, ...]) -> list[tuple[int, int]]:
        """Spans that a model calls one of `labels`, however long it takes. Raises PluginError where it is missing."""
        return entities_of(engine, model, text.decode("utf-8", "surrogatepass"), frozenset(labels))

    def views(self, text: bytes) -> list[Source]:
        """The views of a text and those of views."""
        made, _ = views([text], find(join([text])))
        return [Source(made, number) for number in range(len(made))]


class Source(NamedTuple):
    """A view whose spans are told in the text that all `views` come from."""

    made: Sequence[View]
    number: int

    @property
    def text(self) -> bytes:
        """The view's bytes."""
        return self.made[self.number].text

    def source(self, start: int, end: int) -> tuple[int, int]:
        """The bytes of the original text."""
        view = self.made[self.number]
        start, end = view.source(start, end)
        return (start, end) if view.origin == 0 else Source(self.made, view.origin - 1).source(start, end)

    def guessed(self, start: int, end: int) -> bool:
        """Two of these bytes stand together by a guess, in this view or one that it is made of."""
        view = self.made[self.number]
        if view.origin == 0 or view.guessed(start, end):
            return view.guessed(start, end)
        return Source(self.made, view.origin - 1).guessed(*view.source(start, end))
