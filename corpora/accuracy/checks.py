"""Check digits, computed from their standards. Each takes the digits before the check and gives the check."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from corpora.accuracy.draw import BASE62


def weighted(digits: str, weights: Sequence[int]) -> int:
    """The sum of digits times weights."""
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))


def luhn(digits: str) -> str:
    """ISO/IEC 7812-1, annex B."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def ean(digits: str) -> str:
    """GS1 General Specifications, 7.9: weights 1 and 3."""
    return str(-sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits))) % 10)


def mod11_10(digits: str) -> str:
    """ISO/IEC 7064, MOD 11,10."""
    product = 10
    for digit in digits:
        product = (int(digit) + product) % 10 or 10
        product = product * 2 % 11
    return str((11 - product) % 10)


def mod97(text: str) -> str:
    """ISO/IEC 7064, MOD 97-10, as ISO 13616 uses it: letters are 10 to 35, and `00` stands for the check."""
    number = int("".join(str(int(letter, 36)) for letter in text) + "00")
    return f"{98 - number % 97:02d}"


def mrz(text: str) -> str:
    """ICAO Doc 9303, part 3, 4.9: weights 7, 3, 1."""
    return str(sum(int(letter, 36) * (7, 3, 1)[place % 3] for place, letter in enumerate(text)) % 10)


_DIHEDRAL = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
_PERMUTED = (
    "0123456789", "1576283094", "5803796142", "8916043527",
    "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip
_INVERSE = "0432156789"


def verhoeff(digits: str) -> str:
    """J. Verhoeff, Error Detecting Decimal Codes, 1969."""
    check = 0
    for place, digit in enumerate(reversed(digits), start=1):
        check = int(_DIHEDRAL[check][int(_PERMUTED[place % 8][int(digit)])])
    return _INVERSE[check]


def crc32_base62(text: str) -> str:
    """github.blog, "Behind GitHub's new authentication token formats": CRC-32 in base 62, six characters."""
    number, out = zlib.crc32(text.encode()), ""
    while number:
        number, rest = divmod(number, 62)
        out = BASE62[rest] + out
    return out.rjust(6, "0")
