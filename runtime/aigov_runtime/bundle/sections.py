"""The sections of a bundle: what stands behind the envelope, because it is large and used as it is.

The signed document names each by its SHA-256 and its length, so a section is as good as signed. One is read when it is
asked for: of the databases a machine uses its own alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, BinaryIO, Protocol

from aigov_runtime.errors import BundleError, FormatError, SignatureError


class Sections(Protocol):
    """Contents by number; a tuple of bytes will do."""

    def __getitem__(self, number: int, /) -> bytes: ...


class FileSections:
    """The sections of an open bundle. Raises FormatError unless they end where the file does."""

    def __init__(self, file: BinaryIO, entries: Sequence[Mapping[str, Any]], start: int, size: int) -> None:
        """`entries` are those of a validated document; the first is at byte `start`, the file ends at `size`."""
        self._file, self._entries = file, entries
        self._starts = list(accumulate((entry["length"] for entry in entries), initial=start))
        if self._starts[-1] != size:
            raise FormatError(
                f"the sections end at byte {self._starts[-1]:,}, the file at {size:,}: it was cut off or lengthened"
            )

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[bytes]:
        return map(self.__getitem__, range(len(self)))

    def __getitem__(self, number: int) -> bytes:
        """The content, read into memory of its own, so that what is checked is what is used. Raises SignatureError when
        it is not what the document says."""
        entry = self._entries[number]
        try:
            self._file.seek(self._starts[number])
            content = self._file.read(entry["length"])
        except OSError as error:
            raise BundleError(f"cannot read section {number} of the bundle: {error.strerror}") from None
        if hashlib.sha256(content).digest() != entry["sha256"]:
            raise SignatureError(f"section {number} does not fit the bundle: it was altered or cut off")
        return content
