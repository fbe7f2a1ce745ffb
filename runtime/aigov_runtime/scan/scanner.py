"""The scanner: segments in, findings out.

All segments are joined into one buffer and scanned once by Hyperscan, which reports (pattern, end) pairs. Most text
has none, and then there is nothing else to do. The rest is confirmed on small windows. Word lists,
tables and code have their own passes, which a bundle without them does not pay for.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from itertools import chain
from operator import attrgetter
from typing import Any

import hyperscan

from aigov_runtime.bundle.sections import Sections
from aigov_runtime.limits import MAX_FINDINGS, MAX_MATCHES, MAX_SCAN_BYTES, MAX_SEGMENTS
from aigov_runtime.model import Finding, Scan, Segment
from aigov_runtime.scan import overlaps, views
from aigov_runtime.scan.code import code_spans
from aigov_runtime.scan.confirm import Patterns
from aigov_runtime.scan.detector import Detectors, Span
from aigov_runtime.scan.layout import Layout, encode_all, join
from aigov_runtime.scan.margins import EXPANSION, Late, Margins, bearing, margins, reach
from aigov_runtime.scan.near import NO_SPANS, Spans
from aigov_runtime.scan.plugins import Plugins, find
from aigov_runtime.scan.plugins import plugins as group
from aigov_runtime.scan.prospects import Automaton
from aigov_runtime.scan.readings import Readings
from aigov_runtime.scan.sweep import Candidates, Sweep
from aigov_runtime.scan.tables import Table, TooMuchWorkError
from aigov_runtime.scan.words import WordLists

_NOTHING = Scan((), {})
_name = attrgetter("name")


class Scanner:
    """All detectors of one bundle. Threads share it: only Hyperscan's scratch space is written, one per thread."""

    def __init__(
        self,
        *,
        detectors: Detectors,
        patterns: Patterns | None,
        sweep: Sweep | None,
        words: WordLists | None,
        tables: Sequence[tuple[int, Table]],
        plugins: Sequence[Mapping[str, Any]],
        around: Margins,
        reaches: Sequence[int],
        held: Collection[int],
    ) -> None:
        self._detectors = detectors
        self._by_id = {each.id: each for each in detectors}
        self._patterns = patterns
        self._sweep = sweep
        self._words = words
        self._tables = tables
        self._code = [(n, each.languages) for n, each in enumerate(detectors) if each.languages is not None]
        self._patterns_only = not (words or tables or self._code)
        self.deferred = frozenset(detectors[entry["detector"]].id for entry in plugins if not entry["inline"])
        self._inline, self._plugins = (group(plugins, deferred=deferred) for deferred in (False, True))
        self.margins = around
        self._reaches = reaches
        self._held = held
        self.held = frozenset(detectors[number].id for number in held)

    @classmethod
    def from_document(
        cls,
        detectors: Sequence[Mapping[str, Any]],
        scan: Mapping[str, Any],
        sections: Sections,
        held: Iterable[str] | None = None,
    ) -> Scanner:
        """Build from these parts of a document (`docs/bundle.md`), shapes and indices already checked.

        Of a text that arrives in pieces something is held back for the detectors `held`, and for those that bear upon
        what they find; None is all. Raises ValueError for a pattern that cannot be compiled here and for an unknown
        validator.
        """
        programs = b"" if scan["programs"] is None else sections[scan["programs"]]
        try:
            sweep = Sweep(scan, sections) if scan["patterns"] else None
        except hyperscan.HyperscanError as error:
            raise ValueError(f"Hyperscan refuses a pattern: {error}") from None
        words = [(entry["detector"], entry["words"]) for entry in scan["words"]]
        waited = range(len(detectors)) if held is None else bearing(detectors, held)
        return cls(
            detectors=Detectors(detectors, scan),
            patterns=Patterns(scan["patterns"], detectors, programs) if scan["patterns"] else None,
            sweep=sweep,
            words=WordLists(words) if words else None,
            tables=[(entry["detector"], _table(entry, detectors, sections)) for entry in scan["tables"]],
            plugins=scan["plugins"],
            around=margins(detectors, scan, waited),
            reaches=[reach(entry) if number in waited else 0 for number, entry in enumerate(detectors)],
            held=waited,
        )

    @cached_property
    def automaton(self) -> Automaton:
        """For texts that arrive in pieces. Made when first needed."""
        programs = self._patterns.programs if self._patterns else ()
        return Automaton([(program, width, detector in self._held) for program, width, detector in programs])

    def watch(self, segment: Segment) -> tuple[Scan, list[Late]]:
        """As `scan`, of one text that goes on behind its end; and the spans about which more text may say otherwise."""
        late: list[tuple[int, Late]] = []
        scan, readings = self._read([segment], self._inline, late)
        if readings is None:
            return scan, [each for _, each in late]
        waiting = []
        for number, each in late:
            if (place := readings.origin(number, each.start, each.end)) is not None:
                waiting.append(Late(place[1], place[2], each.reach * (EXPANSION if number else 1)))
        return scan, waiting

    def scan(self, segments: Sequence[Segment], *, deferred: bool = False) -> Scan:
        """Find everything in the texts, with the `deferred` plug-ins or without. Never raises for what they hold; what
        could not be finished is named."""
        return self._read(segments, self._plugins if deferred else self._inline, None)[0]

    def _read(
        self, segments: Sequence[Segment], plugins: Plugins, late: list[tuple[int, Late]] | None
    ) -> tuple[Scan, Readings | None]:
        """What `scan` gives, and the texts that were derived of the segments. Spans that wait go into `late`, with the
        number of their text."""
        parts = encode_all(segments)
        data = join(parts)
        if len(data) > MAX_SCAN_BYTES or len(segments) > MAX_SEGMENTS:
            return self.incomplete("the input is too large"), None
        places = views.find(data)
        if places is None and not any(map(_name, segments)):  # nearly always
            return self._settle(self._scan(segments, parts, data, plugins, late)), None
        readings = Readings(segments, parts, places)
        scan = self._scan(readings.texts, readings.parts, join(readings.parts), plugins, late)
        unread = {} if readings.whole else self.incomplete("too much is encoded in the input").incomplete
        return self._settle(Scan(readings.settle(scan.findings), {**unread, **scan.incomplete})), readings

    def incomplete(self, reason: str) -> Scan:
        """No detector could finish."""
        return Scan((), {detector.id: reason for detector in self._detectors})

    def _settle(self, scan: Scan) -> Scan:
        """Of overlapping findings of one family, the better ones; at most MAX_FINDINGS; and whose confidence rests on
        a detector that is incomplete is so too."""
        if not (scan.findings or scan.incomplete):
            return _NOTHING
        findings = overlaps.resolve(scan.findings, self._by_id)
        incomplete = {**scan.incomplete, **self._detectors.resting_on(scan.incomplete)}
        incomplete.update((finding.detector, "too many findings") for finding in findings[MAX_FINDINGS:])
        return Scan(tuple(findings[:MAX_FINDINGS]), incomplete)

    def _scan(
        self,
        segments: Sequence[Segment],
        parts: Sequence[bytes],
        data: bytes,
        plugins: Plugins,
        late: list[tuple[int, Late]] | None,
    ) -> Scan:
        candidates = self._sweep.candidates(data) if self._sweep else None
        if not candidates and self._patterns_only and not plugins:
            return _NOTHING
        layout = Layout(segments, parts, data)
        code = self._code_in(layout) if self._code else []
        if not (candidates or code or plugins or self._words or self._tables):
            return _NOTHING
        matches = Counter[int]()
        incomplete: dict[str, str] = {}
        matched = chain(self._spans(layout, candidates, incomplete, matches), code)
        named = self._named(layout, plugins, incomplete) if plugins else ()
        return self._confirm(layout, chain(matched, named), incomplete, matches, late)

    def _confirm(
        self,
        layout: Layout,
        matched: Iterable[Span],
        incomplete: dict[str, str],
        matches: Counter[int],
        late: list[tuple[int, Late]] | None,
    ) -> Scan:
        """What the matches come to. `incomplete` and `matches` are shared with what gives them."""
        kept: defaultdict[tuple[int, int], dict[tuple[int, int], Span]] = defaultdict(dict)
        judged: defaultdict[int, dict[bytes, bool]] = defaultdict(dict)  # a value that comes again is judged once
        for span in matched:
            detector = self._detectors[span.detector]
            matches[span.detector] += 1
            if late is not None and (behind := self._reaches[span.detector]):
                low = layout.starts[span.segment]
                late.append((span.segment, Late(span.start - low, span.end - low, behind)))
            if matches[span.detector] > MAX_MATCHES:
                incomplete[detector.id] = "too many matches"
            elif (refusal := detector.refusal) is not None:
                incomplete[detector.id] = refusal
            elif detector.gate.passes(
                layout.data, span.start, span.end, layout.bounds(span.segment), judged[span.detector]
            ):
                kept[span.segment, span.detector].setdefault((span.start, span.end), span)
        places = {place: Spans(spans) for place, spans in kept.items()}
        findings: list[Finding] = []
        for (segment, number), spans in kept.items():
            detector, near = self._detectors[number], partial(_spans_of, places, segment)
            findings += (detector.finding(layout, span, near) for span in spans.values())
        return Scan(tuple(findings), incomplete)

    def _spans(
        self, layout: Layout, candidates: Candidates | None, incomplete: dict[str, str], matches: Counter[int]
    ) -> Iterator[Span]:
        """Every match but code. `matches` is kept by the caller; tables of a detector with too many are left."""
        if candidates and self._patterns:
            if candidates.too_many:
                incomplete.update((self._detectors[n].id, "too many candidates") for n in self._patterns.detectors)
            refused: dict[int, str] = {}
            for number, segment, start, end in self._patterns.spans(candidates, layout, refused):
                yield Span(number, segment, start, end, "pattern")
            incomplete.update((self._detectors[number].id, reason) for number, reason in refused.items())
        if self._words is not None:
            for number, first, last in self._words.matches(layout.text):
                end = layout.offsets[last]
                yield Span(number, layout.segment_at(end), layout.offsets[first], end, "word")
        for segment, (low, high) in enumerate(zip(layout.starts, layout.ends, strict=True)):
            for number, table in self._tables:
                try:
                    for start, end in table.spans(layout.data, low, high):
                        yield Span(number, segment, start, end, "table row")
                        if matches[number] > MAX_MATCHES:
                            break
                except TooMuchWorkError:
                    incomplete[self._detectors[number].id] = "too many rows share what the text holds"

    def _code_in(self, layout: Layout) -> list[Span]:
        """Every run of code, of each detector that looks for its language."""
        return [
            Span(number, segment, found.start, found.end, f"{found.language}, {found.lines} lines")
            for segment, (low, high) in enumerate(zip(layout.starts, layout.ends, strict=True))
            for found in code_spans(layout.data, low, high)
            for number, languages in self._code
            if not languages or found.language in languages
        ]

    def _named(self, layout: Layout, plugins: Plugins, incomplete: dict[str, str]) -> Iterator[Span]:
        """Every entity that models name."""
        failed: dict[int, str] = {}
        for found in find(plugins, [segment.text for segment in layout.segments], failed):
            start = layout.starts[found.text]
            yield Span(found.detector, found.text, start + found.start, start + found.end, f"model: {found.label}")
        incomplete.update((self._detectors[number].id, reason) for number, reason in failed.items())


def _spans_of(places: Mapping[tuple[int, int], Spans], segment: int, detector: int) -> Spans:
    return places.get((segment, detector), NO_SPANS)


def _table(entry: Mapping[str, Any], detectors: Sequence[Mapping[str, Any]], sections: Sections) -> Table:
    asked = detectors[entry["detector"]]["table"]
    return Table(
        sections[entry["index"]], entry["key"], len(entry["columns"]), count=asked["count"], within=asked["within"]
    )
