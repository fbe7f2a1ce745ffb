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


def serialise(database: hyperscan.Database, patterns: Sequence[bytes]) -> bytes:
    """The bytes that `open_database` reads on the same platform: SHA-256 of the patterns, then the database of them."""
    serialised: bytes = hyperscan.dumpb(database)
    return _digest(patterns) + serialised


@functools.cache
def host_platform() -> str:
    """The platform key of databases compiled here."""
    info: Any = compile_database([b"a"]).info()  # bytes, whatever the stub says
    return platform(info)


def database_key(gate: Gate) -> str:
    """The key of the database of one gate's patterns in a bundle made here."""
    return host_platform() if gate is Gate.OPEN else f"{host_platform()} {gate.name.lower()}"


def open_database(
    patterns: Sequence[bytes],
    databases: Mapping[str, bytes],
    gate: Gate = Gate.OPEN,
    numbers: Sequence[int] | None = None,
) -> hyperscan.Database:
    """The database of these patterns, all of one gate, with these ids (their indices if not given): from `databases`
    (`database_key` → bytes) when one fits this machine, else from the user's cache, else compiled and cached. Raises
    hyperscan.HyperscanError for a bad pattern."""
    digest = _digest(patterns)
    ids = b"" if numbers is None else repr(list(numbers)).encode()
    name = f"{hashlib.sha256(host_platform().encode() + digest + ids).hexdigest()}.hsdb"
    for serialised in (databases.get(database_key(gate)), cache.read(name)):
        database = _deserialise(serialised, digest)
        if database is not None:
            return database
    database = compile_database(patterns, numbers)
    cache.write(name, serialise(database, patterns))
    return database


def _deserialise(serialised: bytes | None, digest: bytes) -> hyperscan.Database | None:
    """None for a damaged database, and for one of other patterns: it would not find what it should."""
    if not serialised or not serialised.startswith(digest):
        return None
    try:
        return hyperscan.loadb(serialised[len(digest) :], hyperscan.HS_MODE_BLOCK)
    except hyperscan.HyperscanError:
        return None


def _digest(patterns: Sequence[bytes]) -> bytes:
    digest = hashlib.sha256()
    for pattern in patterns:
        digest.update(b"%d:%b" % (len(pattern), pattern))
    return digest.digest()
