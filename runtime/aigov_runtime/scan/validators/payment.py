"""Numbers of accounts and of the banks that keep them; cards and IBAN are in `checksums`."""

from __future__ import annotations

import re
from collections.abc import Sequence

_DATE = re.compile(r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}|[0-9]{2}-[0-9]{2}-(?:19|20)[0-9]{2}")


def _compact(value: bytes) -> str:
    return value.translate(None, b" -.").decode("ascii", "replace")


def _weighted(digits: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))


def aba_routing(value: bytes, _minimum: float | None) -> bool:
    """Nine digits: a Federal Reserve district, and weights 3, 7, 1 modulo 10 (ABA, "Routing Number Policy")."""
    digits = _compact(value)
    if len(digits) != 9 or not digits.isdigit():
        return False
    district = int(digits[:2])
    known = 1 <= district <= 12 or 21 <= district <= 32 or 61 <= district <= 72 or district == 80
    return known and _weighted(digits, (3, 7, 1) * 3) % 10 == 0


def bank_account(value: bytes, _minimum: float | None) -> bool:
    """Five to twenty digits that are neither one digit repeated nor the date of a day."""
    text = value.decode("ascii", "replace")
    digits = text.replace("-", "").replace(" ", "")
    return 5 <= len(digits) <= 20 and len(set(digits)) > 1 and _DATE.fullmatch(text) is None


def mx_clabe(value: bytes, _minimum: float | None) -> bool:
    """CLABE: 18 digits, products with 3, 7, 1 modulo 10 each, then modulo 10 (Banco de México, circular 3/2012)."""
    digits = _compact(value)
    if len(digits) != 18 or not digits.isdigit():
        return False
    total = sum(int(digit) * weight % 10 for digit, weight in zip(digits[:17], (3, 7, 1) * 6, strict=False))
    return -total % 10 == int(digits[17])


def ar_cbu(value: bytes, _minimum: float | None) -> bool:
    """CBU: a bank block of 8 and an account block of 14 digits, each with its check digit (BCRA, A 2622)."""
    digits = _compact(value)
    if len(digits) != 22 or not digits.isdigit():
        return False
    bank, account = digits[:8], digits[8:]
    return -_weighted(bank[:7], (7, 1, 3, 9, 7, 1, 3)) % 10 == int(bank[7]) and -_weighted(
        account[:13], (3, 9, 7, 1) * 3 + (3,)
    ) % 10 == int(account[13])


def sepa_creditor(value: bytes, _minimum: float | None) -> bool:
    """SEPA creditor identifier: country, check digits modulo 97 over the national part, business code left out
    (EPC262-08)."""
    text = _compact(value).upper()
    national = text[7:] + text[:4]
    if not (text.isascii() and text.isalnum() and len(national) > 4):
        return False
    return int("".join(str(int(character, 36)) for character in national)) % 97 == 1


def bic(value: bytes, _minimum: float | None) -> bool:
    """BIC: four letters or digits, a country of ISO 3166-1, place, branch (ISO 9362:2022)."""
    return value[4:6].decode("ascii", "replace") in _COUNTRIES


_COUNTRIES_TEXT = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ "
    "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO "
    "FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE "
    "JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO "
    "MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW "
    "PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM "
    "TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW"
)
_COUNTRIES = frozenset(_COUNTRIES_TEXT.split())
