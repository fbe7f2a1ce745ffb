"""Hyperscan databases: read from a bundle or a cache, or compiled from patterns.

Patterns are compiled for bytes, with line anchors and nothing else: no start of match, no UTF-8 mode
(both make patterns slow or too large). Starts come from the confirm step.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Sequence
from typing import Any

import hyperscan

from aigov_runtime import cache
from aigov_runtime.bundle.format import platform
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


def open_database(patterns: Sequence[bytes], numbers: Sequence[int] | None = None) -> hyperscan.Database:
    """The database of these patterns, with these ids (their indices if not given): from the user's cache, else compiled
    and cached. Raises hyperscan.HyperscanError for a bad pattern."""
    named = zip(range(len(patterns)) if numbers is None else numbers, patterns, strict=True)
    digest = hashlib.sha256(host_platform().encode())
    for number, pattern in named:
        digest.update(b" %d %d:%b" % (number, len(pattern), pattern))
    name = f"{digest.hexdigest()}.hyperscan"
    database = read_database(cache.read(name))
    if database is None:
        database = compile_database(patterns, numbers)
        cache.write(name, hyperscan.dumpb(database))
    return database


def read_database(serialised: bytes | None) -> hyperscan.Database | None:
    """None for a damaged database, and for one of another version of Hyperscan."""
    try:
        return hyperscan.loadb(serialised, hyperscan.HS_MODE_BLOCK) if serialised else None
    except hyperscan.HyperscanError:
        return None
