"""Finding and reading the files that `aigov scan` looks at."""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

_SNIFFED = 8192
_SKIPPED_DIRECTORIES = frozenset({".git", ".hg", ".svn"})


def walk(paths: Iterable[Path]) -> Iterator[Path]:
    """Every regular file named or below a directory named, in a stable order. Symbolic links inside
    directories are not followed, and the stores of version control are left out. A directory that cannot be listed
    comes last, itself: reading it fails, so it is not passed over in silence."""
    closed: list[Path] = []
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for folder, folders, files in os.walk(path, onerror=lambda error: closed.append(Path(error.filename))):
            folders[:] = sorted(name for name in folders if name not in _SKIPPED_DIRECTORIES)
            for name in sorted(files):
                found = Path(folder, name)
                if found.is_file() and not found.is_symlink():
                    yield found
    yield from closed


def decode(data: bytes) -> str | None:
    """The text of a file, None when it is binary (a NUL near its start). A byte that is not UTF-8 becomes `?`,
    so that offsets stay those of the file."""
    if b"\0" in data[:_SNIFFED]:
        return None
    return data.decode("utf-8", errors="aigov.keep_length")


def _keep_length(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "?" * (error.end - error.start), error.end


codecs.register_error("aigov.keep_length", _keep_length)


class Lines:
    """Turns byte offsets of a text's UTF-8 form into lines and columns (code points), both from 1."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._line = 1
        self._start = 0

    def locate(self, offset: int) -> tuple[int, int]:
        """The position of `offset`. Fast when asked in ascending order."""
        if offset < self._start:
            self._line, self._start = 1, 0
        self._line += self._data.count(b"\n", self._start, offset)
        self._start = max(self._start, self._data.rfind(b"\n", self._start, offset) + 1)
        return self._line, len(self._data[self._start : offset].decode("utf-8", errors="replace")) + 1
