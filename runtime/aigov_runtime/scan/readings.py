"""The texts that are matched: the segments as written, their views, and all of them behind the names of their members.

`password` and `hunter22` say little alone, `"password": "hunter22"` a lot. Findings of a text that was made of
another one are told in bytes of the segment that all came from.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from aigov_runtime.model import Finding, Reading, Segment
from aigov_runtime.scan.layout import encode
from aigov_runtime.scan.overlaps import unique
from aigov_runtime.scan.views import Places, views


class Derived(Protocol):
    """A text made of another one, number `origin`."""

    @property
    def origin(self) -> int:
        """The number of the other text."""
        ...

    def source(self, start: int, end: int) -> tuple[int, int] | None:
        """The bytes of the origin that these bytes come from; None when some come from nowhere."""
        ...

    def kinds(self, start: int, end: int) -> list[str]:
        """What was decoded in these bytes."""
        ...

    def guessed(self, start: int, end: int) -> bool:
        """Two of these bytes stand together by a guess."""
        ...


class Named(NamedTuple):
    """A text of `size` bytes behind its name, which takes `before` bytes."""

    origin: int
    before: int
    size: int

    def source(self, start: int, end: int) -> tuple[int, int] | None:
        """The same bytes of the text alone, when they lie in it."""
        start, end = start - self.before, end - self.before
        return (start, end) if start >= 0 and end <= self.size else None

    def kinds(self, start: int, end: int) -> list[str]:  # noqa: ARG002 - as every derived text
        """Nothing was decoded."""
        return []

    def guessed(self, start: int, end: int) -> bool:  # noqa: ARG002 - as every derived text
        """Nothing was guessed."""
        return False


class Readings:
    """Segments and what is derived of them, numbered on: `texts`, and `parts`, their UTF-8 form. `whole` is false when
    there would be too many views."""

    def __init__(self, segments: Sequence[Segment], parts: Sequence[bytes], places: Places | None) -> None:
        self._count = len(segments)
        self.texts = list(segments)
        made, self.whole = views(parts, places)
        self._derived: list[Derived] = list(made)
        self.parts = [*parts, *(view.text for view in made)]
        for view in made:
            self.texts.append(self.texts[view.origin]._replace(text=view.text.decode("utf-8", "surrogatepass")))
        for number, text in enumerate(self.texts[:]):
            if text.name:
                before = encode(f'"{text.name}": "')
                self._derived.append(Named(number, len(before), len(self.parts[number])))
                self.texts.append(text._replace(text=f'"{text.name}": "{text.text}"'))
                self.parts.append(before + self.parts[number] + b'"')

    def settle(self, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        """The findings of the texts as those of the segments, each once."""
        return unique(told for finding in findings for told in self._told(finding))

    def origin(self, number: int, start: int, end: int) -> tuple[int, int, int] | None:
        """The segment, and the bytes of it, that bytes of text `number` come from; None when some come from nowhere."""
        span: tuple[int, int] | None = (start, end)
        while number >= self._count and span is not None:
            derived = self._derived[number - self._count]
            number, span = derived.origin, derived.source(*span)
        return None if span is None else (number, *span)

    def _told(self, finding: Finding) -> Iterator[Finding]:
        """The finding in its segment, if it lies there."""
        number, span, kinds = finding.segment, (finding.start, finding.end), list[str]()
        guessed = False
        while number >= self._count:
            derived = self._derived[number - self._count]
            source = derived.source(*span)
            if source is None:
                return
            kinds[:0] = derived.kinds(*span)
            guessed = guessed or derived.guessed(*span)
            number, span = derived.origin, source
        reasons = (*(f"decoded {kind}" for kind in dict.fromkeys(kinds)), *finding.reasons)
        reading = Reading.GUESSED if guessed else Reading.DECODED if kinds else Reading.WRITTEN
        yield finding._replace(segment=number, start=span[0], end=span[1], reasons=reasons, reading=reading)
