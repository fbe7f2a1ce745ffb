"""Turn table columns into keyed hashes. The bundle never holds the clear values.

The key travels in the bundle, for the runtime must hash what it reads; so the hashes keep a table out of sight, not out
of reach of somebody who holds the bundle and guesses values.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from aigov_compiler.errors import CompileError, Error
from aigov_compiler.sections import Sections
from aigov_dsl import typed
from aigov_runtime.scan.tables import KEY_BYTES, MAX_CELL_BYTES, Cells


def plan(detectors: Sequence[typed.Detector], secret: bytes, sections: Sections) -> list[dict[str, Any]]:
    """One entry per `table` clause, its index a section; `secret` is what the keys are derived from, one for each.

    Raises CompileError for a cell that is too long.
    """
    return [
        _table(number, detector, table, _key(secret, detector.id, place), sections)
        for number, detector in enumerate(detectors)
        for place, table in enumerate(source for source in detector.sources if isinstance(source, typed.Table))
    ]


def _key(secret: bytes, detector: str, place: int) -> bytes:
    """HKDF (RFC 5869): the same secret gives the same bundle, and no key tells anything about another."""
    info = f"aigov table {detector} {place}".encode()
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(secret)


def _table(number: int, detector: typed.Detector, table: typed.Table, key: bytes, sections: Sections) -> dict[str, Any]:
    width, cells = len(table.columns), Cells(key)
    for slot, cell in enumerate(cell for row in table.rows for cell in row):
        try:
            cells.add(slot, cell)
        except ValueError:
            row, column = slot // width + 1, table.columns[slot % width]
            where = f"row {row:,} of the table `{table.file}`, column `{column}`"
            message = f"{where}: the cell has more than {MAX_CELL_BYTES:,} bytes"
            advice = "name columns that tell one customer from others"
            raise CompileError((Error.LIMIT.at(detector.span, message, help=advice),)) from None
    return {
        "detector": number,
        "key": key,
        "columns": list(table.columns),
        "index": sections.add(cells.index(len(table.rows), width)),
    }
