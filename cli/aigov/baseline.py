"""The baseline of a scan: findings that are known, and not to be told again.

A JSON file with a random salt and, for each path, fingerprints of the values found in it. Fingerprints are keyed with
the salt; whoever has the file can still test guesses against them, so it is kept where the findings are.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import orjson

from aigov.exits import Failure

_VERSION = 1


class Baseline:
    """Known findings: how often each (path, fingerprint) was seen. Made empty, or by `load`."""

    def __init__(self, salt: bytes | None = None, known: Iterable[tuple[str, str]] = ()) -> None:
        self.salt = os.urandom(16) if salt is None else salt
        self._known = Counter(known)

    @classmethod
    def load(cls, path: Path) -> Baseline:
        """Read what `save` wrote. Raises Failure when the file is something else."""
        try:
            document = orjson.loads(path.read_bytes())
            known = [(name, each) for name, prints in document["findings"].items() for each in prints]
            if document["version"] == _VERSION and all(isinstance(each, str) for _, each in known):
                return cls(bytes.fromhex(document["salt"]), known)
        except (ValueError, KeyError, TypeError, AttributeError):
            pass
        raise Failure(f"{path} is no baseline of this version: make one with --write-baseline")

    def take(self, path: str, fingerprint: str) -> bool:
        """Whether this finding is known. Each entry answers once, so a second copy of a known value is new."""
        known = self._known[path, fingerprint] > 0
        self._known[path, fingerprint] -= known
        return known

    def save(self, path: Path) -> None:
        """Write all that was added."""
        findings: dict[str, list[str]] = {}
        for name, fingerprint in sorted(self._known.elements()):
            findings.setdefault(name, []).append(fingerprint)
        document = {"version": _VERSION, "salt": self.salt.hex(), "findings": findings}
        path.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))

    def add(self, path: str, fingerprint: str) -> None:
        """One more known finding."""
        self._known[path, fingerprint] += 1
