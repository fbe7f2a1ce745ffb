"""A frame of a stream, and what every framing can do."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from aigov_enforcers.wire.body import MAX_BYTES
from aigov_enforcers.wire.ends import Event

MAX_FRAME = MAX_BYTES
"""The most bytes of one frame; a longer one is malformed."""


class Frame(NamedTuple):
    """One frame. The `raw` bytes of all frames of a stream, joined, are the stream.

    `data` is the payload, None when the frame has none (comments, pings); `event` its name if the framing has names;
    `start` the offset of `data` in `raw`, -1 when it does not stand there as it is; `notes` are texts beside
    the payload (comments, ids, unknown fields).
    """

    raw: bytes
    data: bytes | None
    event: str = ""
    start: int = -1
    notes: tuple[str, ...] = ()


make = partial(tuple.__new__, Frame)  # as in `shape`


class Framing:
    """An incremental parser, and the writer that goes with it.

    `malformed` says why the bytes are no such stream; whatever comes after that is not read. With `rewrites`, an
    unchanged frame goes out as `passed` says: a change before it has changed what its bytes mean.
    """

    def __init__(self) -> None:
        self.malformed = ""
        self.rewrites = False

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that these bytes complete. The same frames come out at any split of the stream."""
        raise NotImplementedError

    def end(self) -> list[Frame]:
        """What is left at the end of the stream."""
        raise NotImplementedError

    def encode(self, frame: Frame, data: bytes) -> bytes:
        """The frame with other data, everything else as it was."""
        return frame.raw[: frame.start] + data + frame.raw[frame.start + len(frame.data or b"") :]

    def passed(self, frame: Frame) -> bytes:
        """The bytes of an unchanged frame when `rewrites` is set."""
        return frame.raw

    def bare(self, frame: Frame, data: bytes) -> bytes:
        """The frame with this data and without its notes. Raises ValueError when the framing cannot do without."""
        raise ValueError("these notes cannot be left out")

    def closing(self, events: list[Event], *, opened: bool) -> bytes:
        """The bytes that end the stream with these events; `opened`: frames of it have gone out before."""
        raise NotImplementedError
