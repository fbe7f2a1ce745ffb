"""The texts that are matched: the segments as written, their views, and all of them behind the names of their members.

`password` and `hunter22` say little alone, `"password": "hunter22"` a lot. Findings of a text that was made of
another one are told in bytes of the segment that all came from.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from operator import attrgetter
from typing import NamedTuple, Protocol

from aigov_runtime.model import Finding, Segment
from aigov_runtime.scan.layout import encode
from aigov_runtime.scan.overlaps import surest
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
        """The findings of the texts as those of the segments, each once. What shares a byte with a finding that a
        detector has of the text as written, it need not find in a view."""
        told = [each for finding in findings for each in self._told(finding)]
        written = [finding for finding in told if not finding.decoded]
        taken = _Taken(written)
        decoded = (finding for finding in told if finding.decoded and not taken.meets(finding))
        return tuple(surest([*written, *decoded]).values())

    def _told(self, finding: Finding) -> Iterator[Finding]:
        """The finding in its segment, if it lies there."""
        number, span, kinds = finding.segment, (finding.start, finding.end), list[str]()
        while number >= self._count:
            derived = self._derived[number - self._count]
            source = derived.source(*span)
            if source is None:
                return
            kinds[:0] = derived.kinds(*span)
            number, span = derived.origin, source
        reasons = (*(f"decoded {kind}" for kind in dict.fromkeys(kinds)), *finding.reasons)
        yield replace(finding, segment=number, start=span[0], end=span[1], reasons=reasons, decoded=bool(kinds))


class _Taken:
    """The bytes in which detectors have findings."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        spans: defaultdict[tuple[int, str], list[Finding]] = defaultdict(list)
        for finding in sorted(findings, key=attrgetter("start")):
            spans[finding.segment, finding.detector].append(finding)
        self._starts = {place: [finding.start for finding in found] for place, found in spans.items()}
        self._ends = {place: [*accumulate((finding.end for finding in found), max)] for place, found in spans.items()}

    def meets(self, finding: Finding) -> bool:
        """A finding of the same detector shares a byte with this one."""
        place = finding.segment, finding.detector
        before = bisect_left(self._starts.get(place, ()), finding.end)
        return before > 0 and self._ends[place][before - 1] > finding.start
