"""Validators that compute a check value."""

from __future__ import annotations

import string
import zlib
from collections.abc import Mapping

_DOUBLED = bytes.maketrans(b"0123456789", bytes((0, 2, 4, 6, 8, 1, 3, 5, 7, 9)))
_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase

# ISO/IEC 7812 issuer ranges as published by the networks: (first six digits from, to, lengths).
_ISSUERS = (
    (180000, 180099, (15,)),  # JCB, 15 digits
    (213100, 213199, (15,)),  # JCB, 15 digits
    (220000, 220499, (16, 17, 18, 19)),  # Mir
    (222100, 272099, (16,)),  # Mastercard, 2-series
    (300000, 305999, (14, 16)),  # Diners Club
    (309500, 309599, (14, 16)),  # Diners Club
    (340000, 349999, (15,)),  # American Express
    (352800, 358999, (16, 17, 18, 19)),  # JCB
    (360000, 369999, (14, 16, 17, 18, 19)),  # Diners Club
    (370000, 379999, (15,)),  # American Express
    (380000, 399999, (14, 16, 17, 18, 19)),  # Diners Club
    (400000, 499999, (13, 16, 18, 19)),  # Visa
    (500000, 509999, (12, 13, 14, 15, 16, 17, 18, 19)),  # Maestro and domestic debit
    (510000, 559999, (16,)),  # Mastercard
    (560000, 599999, (12, 13, 14, 15, 16, 17, 18, 19)),  # Maestro
    (601100, 601199, (16, 17, 18, 19)),  # Discover
    (606282, 606282, (16,)),  # Hipercard
    (620000, 629999, (16, 17, 18, 19)),  # UnionPay
    (630400, 630499, (12, 13, 14, 15, 16, 17, 18, 19)),  # Maestro
    (670000, 679999, (12, 13, 14, 15, 16, 17, 18, 19)),  # Maestro
    (644000, 659999, (16, 17, 18, 19)),  # Discover
    (600000, 609999, (12, 13, 14, 15, 16, 17, 18, 19)),  # Maestro, RuPay
)

# Countries by length: SWIFT IBAN registry, release 99.
_IBAN_COUNTRIES: Mapping[int, str] = {
    15: "NO",
    16: "BE",
    18: "DK FI FK FO GL NL SD",
    19: "MK SI",
    20: "AT BA EE KZ LT LU MN XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK TN VG",
    25: "LY PT ST",
    26: "IS TR",
    27: "BI DJ FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
    29: "BR EG PS QA UA",
    30: "JO KW MU YE",
    31: "MT SC",
    32: "LC",
    33: "RU",
}


def luhn(value: bytes, _minimum: float | None) -> bool:
    """The Luhn check digit (ISO/IEC 7812-1 annex B) over the digits; spaces, dots and hyphens do not count."""
    digits = value.translate(None, b" -.")
    if len(digits) < 2 or not digits.isdigit():
        return False
    total = sum(digits[-1::-2]) - 48 * len(digits[-1::-2])
    return (total + sum(digits[-2::-2].translate(_DOUBLED))) % 10 == 0


def payment_card(value: bytes, _minimum: float | None) -> bool:
    """A card number: known issuer, a length that the issuer uses, Luhn."""
    digits = value.translate(None, b" -.")
    if not 12 <= len(digits) <= 19 or not digits.isdigit():
        return False
    return luhn(digits, None) and _issued(int(digits[:6]), len(digits))


def _issued(prefix: int, length: int) -> bool:
    return any(low <= prefix <= high and length in lengths for low, high, lengths in _ISSUERS)


def mod97(value: bytes, _minimum: float | None) -> bool:
    """ISO 7064 MOD 97-10 as IBAN and LEI use it: letters are 10 to 35. The first four characters of an IBAN go last."""
    text = _compact(value)
    return len(text) > 4 and text.isalnum() and _mod97(text[4:] + text[:4])


def iban(value: bytes, _minimum: float | None) -> bool:
    """ISO 13616: a registered country, its length, two check digits that are right."""
    text = _compact(value)
    country = text[:2]
    if not (text.isalnum() and country.isalpha() and text[2:4].isdigit()):
        return False
    return country in _IBAN_COUNTRIES.get(len(text), "").split() and _mod97(text[4:] + text[:4])


def _compact(value: bytes) -> str:
    return value.translate(None, b" -.").decode("ascii", "replace").upper()


def _mod97(text: str) -> bool:
    return int("".join(str(int(character, 36)) for character in text)) % 97 == 1


def crc32_base62(value: bytes, _minimum: float | None) -> bool:
    """The last six characters are the CRC-32 of the characters between the prefix (up to the last `_`) and them, in
    base 62, padded with zeros: GitHub's and npm's tokens (github.blog, "Behind GitHub's new authentication token
    formats", 2021)."""
    secret = value[value.rfind(b"_") + 1 :]
    return len(secret) > 6 and secret[-6:] == _base62(zlib.crc32(secret[:-6]))


def _base62(number: int) -> bytes:
    digits = ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        digits = _BASE62[digit] + digits
    return digits.encode()


def crc32_hex(value: bytes, _minimum: float | None) -> bool:
    """The eight hex digits after the last `_` are the CRC-32 of everything before it, least significant byte first:
    Grafana's service account tokens (grafana/grafana, pkg/components/satokengen)."""
    body, _, check = value.rpartition(b"_")
    return check.lower() == zlib.crc32(body).to_bytes(4, "little").hex().encode()
