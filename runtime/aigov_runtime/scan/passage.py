"""One text that arrives in pieces: how far it is settled, and what was found there.

pieces → prospects: where a value may have begun that goes on → held back from there
                └─ a match ended, something is encoded → scan of the last lines → findings before what is held

What is held is the shortest end of the text that may still become part of a finding of a detector that something is
held for (`Scanner.held`). The rest is settled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from aigov_runtime.limits import VIEW_DEPTH
from aigov_runtime.model import Finding, Scan, Segment
from aigov_runtime.native._native import ffi, lib
from aigov_runtime.redact import decode
from aigov_runtime.scan.margins import EXPANSION
from aigov_runtime.scan.prospects import Prospects
from aigov_runtime.scan.scanner import Scanner
from aigov_runtime.scan.tails import join_at_end, run_at_end
from aigov_runtime.scan.views import KINDS, View, find, views

MOST_HELD = 16 << 10
"""Bytes that are held back. When more would have to be, all detectors are incomplete, and nothing is held."""

_SPARE = 4 << 10
_ENCODED = 160
"""Bytes before what is held in which something encoded matters."""

_MOVES = 512
_TAILS = 8
"""Tails before each other that are looked at. Longer rows (escapes, lines of hashes) are read as a whole before."""

_LEAST = 24
"""Bytes that are settled at once where something is encoded: looking at it takes long."""

_BLOCKS = (KINDS.index("base64"), KINDS.index("hexadecimal"))


class _Waiting(NamedTuple):
    """A span that is not settled: bytes of the text, as of which byte it can be, and whether it goes out as a whole."""

    start: int
    end: int
    until: int
    held: bool


class Passage:
    """Bytes below `settled` are final: nothing that comes later is part of a finding with them. `base` is where what is
    kept starts."""

    def __init__(self, scanner: Scanner, segment: Segment, begun: Callable[[bytes], int]) -> None:
        """`begun` says where in the end of a text something else starts that may go on."""
        self._scanner, self._segment, self._begun = scanner, segment, begun
        self._margins = scanner.margins
        self._data = b""
        self._prospects = Prospects(scanner.automaton)
        self._others: dict[tuple[int, ...], tuple[Prospects, bytes]] = {}
        self._pin = 0
        self._places = ffi.new("aigov_view *"), ffi.new("aigov_view *")
        self._dirty = -1  # where the first match began that no scan has looked at
        self._waiting: Sequence[_Waiting] = ()
        self._again = 0  # as of which byte what is encoded is looked at
        self.base = self.settled = 0

    def feed(self, piece: bytes, *, last: bool) -> Scan | None:
        """Take a piece. What was found in what is newly settled, in bytes of the whole text; None for nothing."""
        data = self._data = self._data + piece
        end = self.base + len(data)
        value = self._prospects.read(data, self.base, end)
        matched = self._prospects.matched
        if matched >= 0 and not 0 <= self._dirty < matched:
            self._dirty = matched
        encoded = self._encoded()
        hold = end if last else self._hold(value, end, encoded=encoded)
        if end - hold > MOST_HELD:
            scan = self._scan(end, end, last=True)
            return Scan(scan.findings, {**self._scanner.incomplete("too much would be held back").incomplete})
        if hold <= self.settled:
            return None
        must = last or self._dirty >= 0 or encoded or self._margins.always
        if not must and all(each.start >= hold for each in self._waiting):
            self.settled = hold
            return None
        return self._scan(hold, end, last=last)

    def text(self, upto: int) -> bytes:
        """What is kept, up to byte `upto` of the whole text."""
        return self._data[: upto - self.base]

    def forget(self) -> None:
        """Drop what no later match can reach."""
        keep = min(self.settled, max(self._prospects.first, self.settled - _SPARE)) - self._margins.before
        if keep - self.base > _SPARE:
            self._data = self._data[keep - self.base :]
            self.base = keep

    def _hold(self, value: int | None, end: int, *, encoded: bool) -> int:
        """Where what is held starts."""
        base, data = self.base, self._data
        if not self._scanner.held and not (encoded and end - self.settled < _LEAST):
            return max(self._uncut(end), self.settled)
        if value is None or value <= self.settled or end < self._again or (encoded and end - self.settled < _LEAST):
            return self.settled
        hold = min(value, base + run_at_end(data))
        if self._margins.back:
            hold = min(hold, end - self._margins.back * (EXPANSION if encoded else 1))
        hold = min([hold, *(each.start for each in self._waiting if each.until > end)])
        if hold > self.settled and (encoded or join_at_end(data, len(data)) < len(data)):
            low = self._pinned() - base
            hold = min(hold, base + low + self._going_on(data[low:], (), encoded=encoded))
            if hold <= self.settled:  # looked at in vain: the more is held, the longer it takes
                self._again = end + (end - self.settled) // 8
        return max(self._uncut(hold), self.settled)

    def _encoded(self) -> bool:
        """Whether something is encoded in what is not settled, or just before."""
        part = self._data[max(self.settled - _ENCODED - self.base, 0) :]
        return bool(lib.aigov_views(part, len(part), *self._places))

    def _pinned(self) -> int:
        """Where the text starts whose views are looked at. It moves seldom, so that what is read once need not be read
        again (`_value`)."""
        low = self._low(self.settled)
        if not self.base <= self._pin <= low <= self._pin + _MOVES:
            self._pin = low
        return self._pin

    def _going_on(self, text: bytes, path: tuple[int, ...], *, encoded: bool = True) -> int:
        """Where the first value may have begun in a text that may go on behind it, as it stands, in its views, and
        before a tail that may come to nothing. `path` tells texts apart."""
        hold, size = run_at_end(text) if path else len(text), len(text)
        for number in range(_TAILS):
            part, here = text[:size], (*path, number)
            if here != (0,):  # that is `_prospects`
                hold = min(hold, self._value(part, here))
            places = find(part) if encoded and len(path) < 2 * VIEW_DEPTH else None
            for view in views([part], places)[0] if places else ():
                last = len(view.text)
                if view.origin == 0 and last and view.source(last - 1, last)[1] == size:
                    block = _block_at_end(view, part)
                    inner = self._going_on(view.text, (*here, int(block < size)))
                    hold = min(hold, block, view.source(inner, inner + 1)[0] if inner < last else size)
            tail = join_at_end(part, size, decoded=bool(path))
            if tail == size:
                return hold
            hold, size = min(hold, tail), tail
        return hold

    def _value(self, text: bytes, path: tuple[int, ...]) -> int:
        """Where the first value may have begun that may go on behind the text. What the text of this path began with
        before is not read again."""
        prospects, known = self._others.get(path) or (Prospects(self._scanner.automaton), b"")
        if not text.startswith(known):
            prospects.restart()
        self._others[path] = prospects, text
        value = prospects.read(text, 0, len(text))
        return 0 if value is None else value

    def _uncut(self, at: int) -> int:
        """A byte or one before it where neither a character nor what `begun` knows of is parted."""
        data, low, at = self._data, self.settled - self.base, at - self.base
        while low < at < len(data) and data[at] & 0xC0 == 0x80:
            at -= 1
        if low < at:
            begun = low + self._begun(data[low:at])
            if begun < at and (at == len(data) or low + self._begun(data[low : at + 1]) == begun):
                at = begun
        return self.base + at

    def _low(self, at: int) -> int:
        """Where a scan begins that finds what ends behind a byte."""
        reach = max(at - self._margins.before, self.base)
        return self.base + (_word(self._data, reach - self.base) if reach > self.base else 0)

    def _scan(self, hold: int, end: int, *, last: bool) -> Scan:
        start = self.settled if self._dirty < 0 else max(min(self.settled, self._dirty), self.settled - _SPARE)
        low, held = self._low(start), self._scanner.held
        scan, late = self._scanner.watch(self._segment._replace(text=decode(self._data[low - self.base :])))
        spans = [
            *(_Waiting(low + each.start, low + each.end, 0, each.detector in held) for each in scan.findings),
            *(_Waiting(low + each.start, low + each.end, low + each.end + each.reach, held=True) for each in late),
        ]
        spans = [each for each in spans if each.end > self.settled]
        settled = self.settled
        whole = [each for each in spans if each.held]
        while not last and (clear := self._uncut(_clear(whole, hold, end))) != hold:
            hold = clear
        self.settled = hold = max(settled, hold)
        self._waiting = [each for each in spans if each.end > hold]
        self._dirty = start if self._waiting and self._dirty >= 0 and hold == settled else -1
        return Scan(tuple(_placed(scan.findings, low, settled, hold)), scan.incomplete)


def _block_at_end(view: View, text: bytes) -> int:
    """Where a block of digits starts in the text that may go on; its end for none."""
    if view.first == view.last:
        return len(text)
    edit = view.edits[view.last - 1]
    open_ended = edit.kind in _BLOCKS and not text[edit.end :].strip(b"= \t\r\n>")
    return edit.start if open_ended else len(text)


def _clear(spans: Sequence[_Waiting], hold: int, end: int) -> int:
    """The hold, put back to where it parts no span, and before those that wait for more."""
    while True:
        back = min(
            (each.start for each in spans if each.start < hold and (each.end > hold or each.until > end)), default=hold
        )
        if back == hold:
            return hold
        hold = back


def _placed(findings: Sequence[Finding], low: int, settled: int, hold: int) -> Sequence[Finding]:
    """The findings that are settled now, in bytes of the whole text. What was given away stays as it was."""
    return [
        found._replace(start=max(low + found.start, settled), end=low + found.end)
        for found in findings
        if settled < low + found.end <= hold
    ]


def _word(data: bytes, at: int) -> int:
    """The start of the word at a byte, 0 when there is none."""
    if at <= 0:
        return 0
    return max(data.rfind(blank, 0, at) for blank in (b" ", b"\n", b"\t")) + 1
