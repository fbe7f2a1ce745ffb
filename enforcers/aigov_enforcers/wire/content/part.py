"""A piece of content that was read: its texts, and the way back. Pieces are inside one another."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import NamedTuple, NoReturn

from aigov_enforcers.wire.body import Unreadable
from aigov_enforcers.wire.message import FixedError
from aigov_runtime.model import Attachment, Segment

MAX_BYTES = 32 * 1024 * 1024  # of all files of a message together, expanded
MAX_SECONDS = 3.0
MAX_INSIDE = 4  # files inside files

Write = Callable[[Mapping[str, str]], bytes]
"""The new bytes of a piece, of the texts changed, by path. Raises `FixedError` when a text cannot be changed."""


class Part(NamedTuple):
    """`attachments` are the files in it; `unparsed` says why some of it could not be read."""

    texts: tuple[Segment, ...]
    write: Write
    attachments: tuple[Attachment, ...] = ()
    unparsed: str = ""


class Budget:
    """What reading the files of one message may cost."""

    __slots__ = ("_bytes", "_deadline")

    def __init__(self) -> None:
        self._bytes = MAX_BYTES
        self._deadline = time.monotonic() + MAX_SECONDS

    def spend(self, size: int) -> None:
        """Account for so many bytes. Raises `Unreadable` when they, or the time, are too much."""
        self._bytes -= size
        if self._bytes < 0:
            raise Unreadable(f"the files of the body hold more than {MAX_BYTES} bytes")
        if time.monotonic() > self._deadline:
            raise Unreadable(f"the files of the body take longer than {MAX_SECONDS:.0f} s to read")

    @property
    def left(self) -> int:
        """Bytes that may still be read."""
        return self._bytes


def fixed(what: str) -> Write:
    """The way back that does not exist."""

    def write(_: Mapping[str, str]) -> NoReturn:
        raise FixedError(f"text inside {what} cannot be edited")

    return write
