"""How often four bytes, in lower case, stand together in English and in code: `grams.bin`, made by `count_grams`."""

from __future__ import annotations

import struct
import zlib
from collections import defaultdict
from functools import cache
from math import log2
from pathlib import Path

FILE = Path(__file__).with_name("grams.bin")
RARE = 0.05
"""What is not in the file, in a million."""

_ROW = struct.Struct("<4sB")


def pack(rows: dict[bytes, float]) -> bytes:
    """Four bytes each, and how often in a million, as the logarithm to the base of the fourth root of two."""
    return zlib.compress(b"".join(_ROW.pack(gram, round(4 * log2(often))) for gram, often in sorted(rows.items())), 9)


@cache
def _rows() -> dict[bytes, float]:
    return {gram: 2.0 ** (often / 4) for gram, often in _ROW.iter_unpack(zlib.decompress(FILE.read_bytes()))}


@cache
def _sums() -> tuple[dict[bytes, float], dict[bytes, float], dict[int, float]]:
    heads, tails, firsts = (
        defaultdict[bytes, float](float),
        defaultdict[bytes, float](float),
        defaultdict[int, float](float),
    )
    for gram, often in _rows().items():
        heads[gram[:-1]] += often
        tails[gram[1:]] += often
        firsts[gram[0]] += often
    return heads, tails, firsts


def often(gram: bytes) -> float:
    """How often the four bytes are met in a million."""
    return _rows().get(gram, RARE)


def follows(gram: bytes) -> float:
    """The share of the last byte among those behind the first three."""
    return _share(gram, _sums()[0].get(gram[:-1], 0.0))


def leads(gram: bytes) -> float:
    """The share of the first byte among those before the last three."""
    return _share(gram, _sums()[1].get(gram[1:], 0.0))


def _share(gram: bytes, of: float) -> float:
    return min(1.0, often(gram) / (of + 10 * RARE))


def byte_share(byte: int) -> float:
    """How often a byte is met."""
    return (_sums()[2].get(byte, 0.0) + 50) / 1e6
