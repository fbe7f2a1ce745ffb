"""One text of a stream: the pieces that wait until they are settled, and the changes that were made to it."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

from aigov_enforcers.wire.shifts import Shift, moved
from aigov_enforcers.wire.streams.framing import Frame
from aigov_runtime.flow import Change, Channel, Settled
from aigov_runtime.redact import decode
from aigov_runtime.scan.layout import encode

Said = tuple[int, bytes]
"""What a whole text is known by when it comes again: its size and its digest."""


class Held:
    """A frame on its way out: it waits for `waits` pieces.

    `edits` are new values of strings (or numbers) by pointer, `blanks` values that become null, as do `sides` when
    anything is changed. `offsets` count into texts: text, pointer, value, in bytes. `bare` leaves the texts beside the
    data out.
    """

    # What hardly any frame has is a default of the class: one is made for every event.
    edits: dict[str, str | int] | None = None
    blanks: set[str] | None = None
    sides: tuple[str, ...] = ()
    offsets: tuple[tuple[Text, str, int, bool], ...] = ()
    bare = False

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.waits = 0

    def change(self, pointer: str, value: str | int) -> None:
        """Give the string (or number) at the pointer another value."""
        if self.edits is None:
            self.edits = {}
        self.edits[pointer] = value


class Piece(NamedTuple):
    """A piece of a text: where it stands, and where it lies in the text (bytes of UTF-8, and characters before it)."""

    held: Held
    pointer: str
    text: str
    start: int
    end: int
    before: int
    side: bool


_piece = partial(tuple.__new__, Piece)  # as in `shape`


class Text:
    """A text in the making. `ended`: nothing more may come."""

    __slots__ = ("_before", "_changes", "_first", "_fresh", "_hash", "_pieces", "_shifts", "_size", "channel", "ended")

    def __init__(self, channel: Channel, *, repeats: bool) -> None:
        self.channel = channel
        self.ended = False
        self._fresh: list[str] = []  # not yet fed
        self._pieces: deque[Piece] = deque()
        self._changes: deque[Change] = deque()  # those that reach into pieces that wait
        self._shifts: list[Shift] = []
        self._first = 0
        self._size = self._before = 0
        self._hash = hashlib.blake2b(digest_size=16) if repeats else None

    def add(self, held: Held, pointer: str, text: str, *, side: bool = False) -> bool:
        """Take one more piece. Whether it is the first since the last `feed`."""
        size = len(text)
        start = self._size
        self._size = end = start + (size if text.isascii() else len(encode(text)))
        self._pieces.append(_piece((held, pointer, text, start, end, self._before, side)))
        self._before += size
        held.waits += 1
        self._fresh.append(text)
        return len(self._fresh) == 1

    def feed(self) -> None:
        """Hand the new pieces to the channel, as one."""
        text = self._fresh[0] if len(self._fresh) == 1 else "".join(self._fresh)
        self._fresh.clear()
        if self._hash is not None:
            self._hash.update(encode(text))
        self._settle(self.channel.feed(text))

    def end(self) -> None:
        """Nothing more comes: all that waits is settled."""
        self._settle(self.channel.end())

    def _settle(self, settled: Settled) -> None:
        self._changes += settled.changes
        pieces, upto = self._pieces, settled.upto
        while pieces and pieces[0].end <= upto:
            piece = pieces.popleft()
            piece.held.waits -= 1
            if self._changes and self._changes[0].start <= piece.end:
                self._change(piece)

    def _change(self, piece: Piece) -> None:
        """Write a piece anew: a change goes into the first piece that it touches, and is cut from the others."""
        data, at, parts = encode(piece.text), piece.start, list[bytes]()
        changes = self._changes
        while changes and (change := changes[0]).start <= piece.end:
            if change.start == piece.end and change.end > change.start:
                break
            low, high = max(change.start, piece.start), min(change.end, piece.end)
            parts.append(data[at - piece.start : low - piece.start])
            if change.start >= piece.start:
                parts.append(encode(change.replacement))
                self._first = piece.before + len(decode(data[: low - piece.start]))
            at = high
            if change.end > piece.end:
                break
            last = piece.before + len(decode(data[: high - piece.start]))
            self._shifts.append(Shift(change.start, change.end, self._first, last, change.replacement))
            changes.popleft()
        if parts:
            text = decode(b"".join([*parts, data[at - piece.start :]]))
            if piece.side:
                piece.held.blanks = {*(piece.held.blanks or ()), piece.pointer}
            else:
                piece.held.change(piece.pointer, text)

    @property
    def said(self) -> Said:
        """What the whole text is known by. Only where a stream may say it again."""
        assert self._hash is not None
        return self._size, self._hash.digest()

    @property
    def changed(self) -> bool:
        """Whether it was changed anywhere."""
        return bool(self._shifts)

    def rewritten(self, text: str) -> str:
        """The same text, said again, with the same changes."""
        return changed(text, self._shifts)

    def moved(self, value: int, *, in_bytes: bool) -> int:
        """Where an offset into the text leads after the changes."""
        return moved(self._shifts, value, in_bytes=in_bytes)


def said(text: str) -> Said:
    """What a text is known by (`Text.said`)."""
    data = encode(text)
    return len(data), hashlib.blake2b(data, digest_size=16).digest()


def changed(text: str, changes: Iterable[Change | Shift]) -> str:
    """A text after changes, which are in order."""
    data, at, parts = encode(text), 0, list[bytes]()
    for change in changes:
        parts += data[at : change.start], encode(change.replacement)
        at = change.end
    return decode(b"".join([*parts, data[at:]]))
