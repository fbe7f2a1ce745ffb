"""Turn table columns into keyed hashes. The bundle never holds the clear values.

The key travels in the bundle, for the runtime must hash what it reads; so the hashes keep a table out of sight, not out
of reach of somebody who holds the bundle and guesses values.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from aigov_dsl import typed
from aigov_runtime.scan.tables import MIN_CELL_CHARS, cell_hash, normalise

KEY_BYTES = 32


def plan(detectors: Sequence[typed.Detector], secret: bytes) -> list[dict[str, Any]]:
    """One entry per `table` clause; `secret` is what the keys are derived from, one key for each entry."""
    return [
        _table(number, table, _key(secret, detector.id, place))
        for number, detector in enumerate(detectors)
        for place, table in enumerate(source for source in detector.sources if isinstance(source, typed.Table))
    ]


def _key(secret: bytes, detector: str, place: int) -> bytes:
    """HKDF (RFC 5869): the same secret gives the same bundle, and no key tells anything about another."""
    info = f"aigov table {detector} {place}".encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(secret)


def _table(number: int, table: typed.Table, key: bytes) -> dict[str, Any]:
    rows = [[normalise(cell) for cell in row] for row in table.rows]
    lengths = {len(cell) for row in rows for cell in row if len(cell) >= MIN_CELL_CHARS}
    return {
        "detector": number,
        "key": key,
        "columns": list(table.columns),
        "lengths": sorted(lengths),
        "rows": [[cell_hash(key, cell) if len(cell) >= MIN_CELL_CHARS else None for cell in row] for row in rows],
    }
