"""One streamed response: texts that arrive in pieces, decided as they flow (`docs/streaming.md`).

pieces → passage: what is settled, and what was found there → judge when something new was found → changes

What is settled has been given away: it is never taken back, so a decision only gets stricter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from aigov_runtime.inside_json import escaped, mended, value_of, widened
from aigov_runtime.limits import MAX_FINDINGS
from aigov_runtime.model import Decision, Direction, Edit, Finding, Kind, Obligations, Outcome, Scan, Segment, Value
from aigov_runtime.redact import Proposal, decode, merged, render
from aigov_runtime.scan.passage import Passage
from aigov_runtime.verdict import Verdict
from aigov_runtime.view import View, evidence_of, flags_of, proposals_of, verdict_of

_STRENGTH = {outcome: strength for strength, outcome in enumerate(Outcome)}
_LEAST_TOKEN = 30
"""Bytes of a reversible token: a letter, `_`, and the 28 digits of the shortest payload."""


class Change(NamedTuple):
    """Bytes `start` to `end` of a channel's text, in UTF-8 and from its beginning, become `replacement`."""

    start: int
    end: int
    replacement: str


class Settled(NamedTuple):
    """Bytes below `upto` of a channel's text are final, with these changes: new ones only, in order; none crosses
    `upto`."""

    upto: int
    changes: tuple[Change, ...]


class Flow:
    """Made by `Session.flow`; for one thread. `decision` is what holds as of now: at the start, what the rules say
    that need no findings; BLOCK, which stays, ends the stream."""

    def __init__(self, view: View, attributes: Mapping[str, Value], measures: Mapping[str, int]) -> None:
        self._view = view
        self._stage = view.profile(attributes).stage
        self._measures = measures
        self._segments: list[Segment] = []
        self._flags = flags_of(view.policy, Direction.RESPONSE, ())
        self._found: list[int] = []
        self._findings: list[Finding] = []
        self._incomplete: dict[str, str] = {}
        self._edits: list[Edit] = []
        self.decision = Decision(Outcome.ALLOW, "", "", (), (), (), (), Obligations(), view.policy.revision)
        self._judge()

    def blocked(self) -> bool:
        """Whether the stream has to end."""
        return self.decision.outcome is Outcome.BLOCK

    def open(self, role: str, path: str, kind: Kind, *, json: bool = False) -> Channel:
        """One text that arrives in pieces. `json`: it is JSON that is being built, such as a tool call's arguments;
        what replaces a value is then written as in a JSON string."""
        segment = Segment(role, path, "", kind)
        self._meet((segment,))
        return Channel(self, self._place(segment), json=json)

    def whole(self, segments: Sequence[Segment]) -> tuple[tuple[Change, ...], ...]:
        """The changes of texts that came as a whole, for each text."""
        self._meet(segments)
        scan = self._within(self._view.policy.scanner.scan(segments))
        own: dict[int, list[Finding]] = {found.segment: [] for found in scan.findings}
        places = {
            number: self._place(segments[number]._replace(text="")) for number in own
        }  # of the others none is kept
        for found in scan.findings:
            own[found.segment].append(found._replace(segment=places[found.segment]))
        self._take(Scan(tuple(chain(*own.values())), scan.incomplete))
        if self.blocked():
            return tuple(() for _ in segments)
        changes = []
        for number, segment in enumerate(segments):
            data = segment.text.encode("utf-8", "surrogatepass")
            changes.append(self._changes(places.get(number, -1), data, 0, 0, own.get(number, ()), json=False))
        return tuple(changes)

    def end(self, measures: Mapping[str, int]) -> Decision:
        """The last word, for the record, with the measures of the whole response besides."""
        self._measures = {**self._measures, **measures}
        self._judge()
        return self.decision

    def _place(self, segment: Segment) -> int:
        """The number of a text."""
        self._segments.append(segment)
        return len(self._segments) - 1

    def _meet(self, segments: Sequence[Segment]) -> None:
        """Rules on tool calls or results apply from when there is one."""
        flags = self._flags | flags_of(self._view.policy, Direction.RESPONSE, segments)
        if flags != self._flags:
            self._flags = flags
            self._judge()

    def _within(self, scan: Scan) -> Scan:
        """As many findings as there is room for; of the others the detectors are incomplete."""
        room = MAX_FINDINGS - len(self._findings)
        if len(scan.findings) <= room:
            return scan
        over = {found.detector: "too many findings" for found in scan.findings[room:]}
        return Scan(scan.findings[:room], {**scan.incomplete, **over})

    def _take(self, scan: Scan) -> None:
        """Add to what was found, and judge anew. `scan` numbers texts as this flow does."""
        if not scan.findings and scan.incomplete.keys() <= self._incomplete.keys():
            return
        self._findings += scan.findings
        self._incomplete.update(scan.incomplete)
        self._found += evidence_of(self._view.policy, self._segments, Scan(scan.findings, {}))[0]
        self._judge()

    def _judge(self) -> None:
        """What the rules say of all that was found so far, unless the stream is blocked."""
        if self.blocked():
            return
        policy = self._view.policy
        _, incomplete = evidence_of(policy, (), Scan((), self._incomplete))
        evidence = self._found, incomplete
        self._verdict: Verdict = verdict_of(
            self._view, policy.verdicts, self._stage, self._flags, self._measures, evidence
        )
        verdict = self._verdict
        self._decided(max(self.decision.outcome, verdict.outcome, key=_STRENGTH.__getitem__))

    def _decided(self, outcome: Outcome) -> None:
        verdict = self._verdict
        self.decision = Decision(
            outcome,
            verdict.message,
            verdict.target,
            tuple(self._edits),
            verdict.hits,
            tuple(self._findings),
            verdict.unknown,
            verdict.obligations,
            self._view.policy.revision,
        )

    def _changes(
        self, place: int, data: bytes, base: int, low: int, findings: Sequence[Finding], *, json: bool
    ) -> tuple[Change, ...]:
        """The changes of a text from byte `low` of `data` on, which is its part from byte `base` on. `findings`, all
        behind `low`, tell bytes of the text; they are judged already."""
        policy, changes, restored = self._view.policy, list[Change](), list[Change]()
        proposals = proposals_of(policy, self._verdict.redactions, self._segments, findings) if findings else ()
        moved = (p._replace(finding=_moved(p.finding, -base, data, json=json)) for p in proposals)
        at = low
        for start, end, proposal in merged(sorted(moved, key=_start)):
            first = max(start, low)
            restored += self._restored(data, base, at, first, json=json)
            replacement = self._rendered(proposal, data[first:end], json=json)
            changes.append(Change(base + first, base + end, replacement))
            path = self._segments[place].path
            edit = Edit(place, path, base + first, base + end, replacement, proposal.finding.detector, proposal.rule)
            self._edits.append(edit)
            at = end
        if changes:
            self._decided(max(self.decision.outcome, Outcome.REDACT, key=_STRENGTH.__getitem__))
        restored += self._restored(data, base, at, len(data), json=json)
        return tuple(sorted((*changes, *restored)))

    def _rendered(self, proposal: Proposal, value: bytes, *, json: bool) -> str:
        detector, replace = proposal.finding.detector, self._view.replace
        if not json:
            return render(proposal.style, detector, value, replace)
        plain = value_of(value)
        if plain is None:
            return mended(render(proposal.style, detector, value, replace))
        return escaped(render(proposal.style, detector, plain, replace))

    def _restored(self, data: bytes, base: int, low: int, high: int, *, json: bool) -> list[Change]:
        """Tokens of the session between two bytes, and what they stand for."""
        if high - low < _LEAST_TOKEN:
            return []
        text = decode(data[low:high])
        changes = []
        for first, last, value in self._view.tokens.found(text):
            start = base + low + len(text[:first].encode("utf-8", "surrogatepass"))
            end = start + len(text[first:last].encode("utf-8", "surrogatepass"))
            changes.append(Change(start, end, escaped(value) if json else value))
        return changes


class Channel:
    """Made by `Flow.open`."""

    def __init__(self, flow: Flow, place: int, *, json: bool) -> None:
        self._flow, self._place, self._json = flow, place, json
        view = flow._view  # noqa: SLF001 - one module
        segment = flow._segments[place]  # noqa: SLF001 - one module
        self._passage = Passage(view.policy.scanner, segment, view.tokens.begun)
        self._upto = 0

    def feed(self, piece: str) -> Settled:
        """What is settled with the piece. The caller may join several."""
        return self._settle(piece, last=False)

    def end(self) -> Settled:
        """Nothing more comes: all is settled."""
        return self._settle("", last=True)

    def _settle(self, piece: str, *, last: bool) -> Settled:
        flow, passage = self._flow, self._passage
        if flow.blocked():
            return Settled(self._upto, ())
        scan = passage.feed(piece.encode("utf-8", "surrogatepass"), last=last)
        upto = passage.settled
        if upto == self._upto:
            return Settled(upto, ())
        findings: Sequence[Finding] = ()
        if scan is not None:
            scan = flow._within(scan)  # noqa: SLF001 - one module
            findings = [found._replace(segment=self._place) for found in scan.findings]
            flow._take(Scan(tuple(findings), scan.incomplete))  # noqa: SLF001 - one module
            if flow.blocked():
                return Settled(self._upto, ())
        base = passage.base
        data, low = passage.text(upto), self._upto - base
        changes = flow._changes(self._place, data, base, low, findings, json=self._json)  # noqa: SLF001 - one module
        passage.forget()
        self._upto = upto
        return Settled(upto, changes)


def _start(proposal: Proposal) -> int:
    return proposal.finding.start


def _moved(finding: Finding, by: int, data: bytes, *, json: bool) -> Finding:
    start, end = finding.start + by, finding.end + by
    if json:
        start, end = widened(data, start, end)
    return finding._replace(start=start, end=end)
