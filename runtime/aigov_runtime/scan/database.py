"""The Hyperscan database of a bundle: read from the bundle, from a cache, or compiled from the patterns.

Patterns are compiled for bytes, with line anchors and nothing else: no start of match, no UTF-8 mode
(both make patterns slow or too large). Starts come from the confirm step.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import hyperscan

from aigov_runtime import cache
from aigov_runtime.bundle.format import platform
from aigov_runtime.bundle.sections import Sections
from aigov_runtime.scan.triggers import Gate


def compile_database(patterns: Sequence[bytes], numbers: Sequence[int] | None = None) -> hyperscan.Database:
    """Compile; a pattern's id is its number, or its index. Raises hyperscan.HyperscanError for a pattern it refuses.

    Hyperscan groups neighbours into engines, so their order decides the speed: unlucky ones of the standard patterns
    run at a quarter. Sorted by text, patterns that begin alike stand together.
    """
    order = sorted(range(len(patterns)), key=patterns.__getitem__)
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[patterns[index] for index in order],
        ids=[index if numbers is None else numbers[index] for index in order],
        elements=len(order),
        flags=[hyperscan.HS_FLAG_MULTILINE] * len(order),
    )
    return database


@functools.cache
def host_platform() -> str:
    """The platform key of databases compiled here."""
    info: Any = compile_database([b"a"]).info()  # bytes, whatever the stub says
    return platform(info)


def database_key(gate: Gate) -> str:
    """The key of the database of one gate's patterns in a bundle made here."""
    return host_platform() if gate is Gate.OPEN else f"{host_platform()} {gate.name.lower()}"


def patterns_digest(patterns: Sequence[bytes], numbers: Sequence[int] | None = None) -> bytes:
    """SHA-256 of patterns with their ids: what a database is known by. One of others would not find what it should."""
    named = zip(range(len(patterns)) if numbers is None else numbers, patterns, strict=True)
    return hashlib.sha256(b"".join(b"%d %d:%b" % (number, len(text), text) for number, text in named)).digest()


class Databases:
    """Those that a bundle brings along, each made on one kind of machine."""

    def __init__(self, entries: Mapping[str, Mapping[str, Any]], sections: Sections) -> None:
        """From `scan.databases` of the document."""
        self._entries, self._sections = entries, sections

    def serialised(self, gate: Gate, digest: bytes) -> bytes | None:
        """The database of these patterns for this machine; None when there is none. Raises BundleError for a section
        that was altered."""
        entry = self._entries.get(database_key(gate))
        return None if entry is None or entry["patterns"] != digest else self._sections[entry["section"]]


def open_database(
    patterns: Sequence[bytes],
    numbers: Sequence[int] | None = None,
    gate: Gate = Gate.OPEN,
    databases: Databases | None = None,
) -> hyperscan.Database:
    """The database of these patterns, all of one gate, with these ids (their indices if not given): the bundle's when
    it brings one for this machine, else from the user's cache, else compiled and cached. Raises
    hyperscan.HyperscanError for a bad pattern."""
    digest = patterns_digest(patterns, numbers)
    database = None if databases is None else _deserialise(databases.serialised(gate, digest))
    if database is None:
        name = f"{hashlib.sha256(host_platform().encode() + digest).hexdigest()}.hyperscan"
        database = _deserialise(cache.read(name))
        if database is None:
            database = compile_database(patterns, numbers)
            cache.write(name, hyperscan.dumpb(database))
    return database


def _deserialise(serialised: bytes | None) -> hyperscan.Database | None:
    """None for a damaged database, and for one of another version of Hyperscan."""
    try:
        return hyperscan.loadb(serialised, hyperscan.HS_MODE_BLOCK) if serialised else None
    except hyperscan.HyperscanError:
        return None
