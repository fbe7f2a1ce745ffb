"""One text that arrives in pieces: how far it is settled, and what was found there."""

from __future__ import annotations

from aigov_runtime.model import Scan, Segment
from aigov_runtime.redact import decode
from aigov_runtime.scan.scanner import Scanner

HELD = 256
CONTEXT = 1024


class Passage:
    """Bytes below `settled` are final: nothing that comes later is part of a match with them. `base` is where the text
    starts that is kept."""

    def __init__(self, scanner: Scanner, segment: Segment) -> None:
        self._scanner, self._segment = scanner, segment
        self._data = bytearray()
        self.base = self.settled = 0

    def feed(self, piece: bytes, *, last: bool) -> Scan | None:
        """Take a piece. What was found in what is newly settled, in bytes of the whole text."""
        self._data += piece
        data, before = self._data, self.settled - self.base
        hold = len(data) if last else max(before, _word(data, len(data) - HELD))
        if hold == before and not last:
            return None
        scan = self._scanner.scan([self._segment._replace(text=decode(bytes(data)))])
        for found in sorted(scan.findings, key=lambda found: -found.start):
            if found.start < hold < found.end:
                hold = max(before, found.start)
        self.settled = self.base + hold
        findings = tuple(
            found._replace(start=max(found.start, before) + self.base, end=found.end + self.base)
            for found in scan.findings
            if before < found.end <= hold
        )
        return Scan(findings, scan.incomplete)

    def text(self, upto: int) -> bytes:
        """What is kept, up to byte `upto` of the whole text."""
        return bytes(self._data[: upto - self.base])

    def forget(self) -> None:
        """Drop what no later match can reach."""
        spare = _word(self._data, self.settled - self.base - CONTEXT)
        if spare > CONTEXT:
            del self._data[:spare]
            self.base += spare


def _word(data: bytearray, at: int) -> int:
    """The start of the word at a byte, 0 when there is none."""
    if at <= 0:
        return 0
    return max(data.rfind(blank, 0, at) for blank in (b" ", b"\n", b"\t")) + 1
