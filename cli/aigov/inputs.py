"""What `aigov scan` reads: a file, standard input, or a version of a file in a git repository."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from aigov.commands.verb import STDIN, read_input
from aigov.files import walk
from aigov.output import shown


class Input(NamedTuple):
    """One text to scan, under the name that findings give it.

    `path` is read when the input is scanned, unless `data` is at hand. `lines` (from 1) are those that count, None all;
    `commit` is the one that brought them, "" outside git.
    """

    name: str
    path: Path
    data: bytes | None = None
    lines: frozenset[int] | None = None
    commit: str = ""

    def read(self) -> bytes:
        """The bytes. Raises OSError."""
        return read_input(self.path) if self.data is None else self.data


def files(paths: Iterable[Path]) -> Iterator[Input]:
    """Every file named or below a directory named; `-` is standard input, read now: workers have none."""
    for path in walk(paths):
        yield Input(shown(path), path, read_input(path) if path == STDIN else None)
