"""Real texts without secrets: sources and documentation of what this machine has installed.

They are read where they lie and never copied. Files come in the order of a hash of their path, so that a bounded
sample is spread over all packages and the same on every run. Folders of tests are left out: they hold made-up secrets
on purpose.
"""

from __future__ import annotations

import hashlib
import sys
import sysconfig
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from aigov_runtime import Engine
from aigov_runtime.model import Confidence
from corpora.accuracy.scan import Found, scan_all

_SUFFIXES = frozenset(
    {
        ".py",
        ".pyi",
        ".md",
        ".rst",
        ".txt",
        ".c",
        ".h",
        ".js",
        ".css",
        ".json",
        ".toml",
        ".yaml",
        ".yml",
        ".cfg",
        ".html",
        ".sh",
        "",
    }
)
_SKIPPED = frozenset({"test", "tests", "testing", "SelfTest", "test_data", "testdata", "idlelib", "__pycache__"})
_MAX_FILE = 1_000_000


class Hit(NamedTuple):
    """A finding in a real file: `line` is (part of) the line it is in, where it starts at `at`."""

    path: str
    found: Found
    line: str
    at: int


@dataclass(frozen=True, slots=True)
class Real:
    """What real texts gave: findings at `likely` and up, most telling first by path."""

    files: int
    megabytes: float
    hits: list[Hit]

    def per_megabyte(self) -> dict[str, float]:
        """Findings per MB, by class."""
        counts = Counter(hit.found.cls for hit in self.hits)
        return {cls: count / self.megabytes for cls, count in sorted(counts.items())} if self.megabytes else {}


def measure(engine: Engine, megabytes: float) -> Real:
    """Scan about so many MB."""
    paths, texts, size = [], [], 0
    for path in _files():
        text = _read(path)
        if text is None:
            continue
        size += len(text.encode())
        paths.append(path)
        texts.append(text)
        if size >= megabytes * 1_000_000:
            break
    hits = [
        Hit(str(path), found, *_line(text, found))
        for path, text, results in zip(paths, texts, scan_all(engine, texts), strict=True)
        for found in results
        if found.confidence >= Confidence.LIKELY
    ]
    return Real(len(paths), size / 1_000_000, hits)


def roots() -> list[Path]:
    """Where the interpreter and the system keep sources and documentation."""
    places = [
        sysconfig.get_path("stdlib"),
        sysconfig.get_path("purelib"),
        f"{sys.base_prefix}/include",
        "/usr/share/doc",
        "/usr/include",
    ]
    return [path for path in map(Path, dict.fromkeys(places)) if path.is_dir()]


def _files() -> Iterator[Path]:
    found = {
        path
        for root in roots()
        for path in root.rglob("*")
        if path.suffix in _SUFFIXES and _SKIPPED.isdisjoint(path.relative_to(root).parts)
    }
    return iter(sorted(found, key=lambda path: hashlib.sha256(str(path).encode()).digest()))


def _read(path: Path) -> str | None:
    """The text of a file; None for what is no text, is too large, or cannot be read."""
    try:
        if not path.is_file() or not 0 < path.stat().st_size <= _MAX_FILE:
            return None
        data = path.read_bytes()
        return None if b"\0" in data else data.decode()
    except (OSError, UnicodeDecodeError):
        return None


def _line(text: str, found: Found) -> tuple[str, int]:
    start = max(text.rfind("\n", 0, found.start) + 1, found.start - 80)
    end = text.find("\n", found.end)
    return text[start : min(end if end >= 0 else len(text), found.end + 60)], found.start - start
