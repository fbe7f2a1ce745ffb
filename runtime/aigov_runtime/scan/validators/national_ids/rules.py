"""Numbers that python-stdnum does not know, by the rules that their authorities publish.

Spaces, hyphens, dots, slashes and brackets do not count. Dates are those of the holder's birth.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from aigov_runtime.scan.validators.checksums import luhn

_ICAO = {character: value for value, character in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")} | {"<": 0}
_SSN_NEVER_ISSUED = frozenset({"078051120", "219099999"})
"""Printed in advertisements and void since (ssa.gov/history/ssn/misused.html)."""


def _compact(value: bytes) -> str:
    return value.translate(None, b" -./()").decode("ascii", "replace").upper()


def _weighted(digits: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def us_ssn(value: bytes, _minimum: float | None) -> bool:
    """Nine digits that the Social Security Administration may issue: area not 000, 666 or 900 and up, group not 00,
    serial not 0000 (20 CFR 422.103; randomised since 2011)."""
    digits = _compact(value)
    if len(digits) != 9 or not digits.isdigit() or digits in _SSN_NEVER_ISSUED:
        return False
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    return area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"


def us_mbi(value: bytes, _minimum: float | None) -> bool:
    """Medicare beneficiary identifier: eleven places, each of its own kind, without S, L, O, I, B and Z (CMS)."""
    letter, either = "[AC-HJKMNP-RT-Y]", "[AC-HJKMNP-RT-Y0-9]"
    form = f"[1-9]{letter}{either}[0-9]{letter}{either}[0-9]{letter}{{2}}[0-9]{{2}}"
    return re.fullmatch(form, _compact(value)) is not None


def gb_nino(value: bytes, _minimum: float | None) -> bool:
    """National Insurance number: a prefix that is in use (HMRC, NIM39110)."""
    prefix = _compact(value)[:2]
    return prefix not in ("BG", "GB", "KN", "NK", "NT", "TN", "ZZ")


def gb_driving_licence(value: bytes, _minimum: float | None) -> bool:
    """DVLA driver number: five of the surname, then decade, month (plus 50 for women), day and year of birth."""
    text = _compact(value)
    month = int(text[6:8]) % 50
    return 1 <= month <= 12 and 1 <= int(text[8:10]) <= 31 and text[5:11].isdigit()


def icao_check(value: bytes, _minimum: float | None) -> bool:
    """The last digit checks the characters before it: weights 7, 3, 1, modulo 10 (ICAO 9303-3, 4.9)."""
    text = _compact(value)
    return len(text) > 1 and text[-1].isdigit() and _icao(text[:-1]) == int(text[-1])


def _icao(text: str) -> int:
    return sum(_ICAO.get(character, 0) * (7, 3, 1)[place % 3] for place, character in enumerate(text)) % 10


def mrz(value: bytes, _minimum: float | None) -> bool:
    """Machine-readable zone: number, birth and expiry are right by their check digits (ICAO 9303-4, -5 and -6)."""
    lines = value.decode("ascii", "replace").split()
    if len(lines) == 3:
        first, second = lines[:2]
        fields = ((first[5:14], first[14]), (second[0:6], second[6]), (second[8:14], second[14]))
    elif len(lines) == 2:
        second = lines[1]
        fields = ((second[0:9], second[9]), (second[13:19], second[19]), (second[21:27], second[27]))
    else:
        return False
    return all(check.isdigit() and _icao(field) == int(check) for field, check in fields)


def de_rvnr(value: bytes, _minimum: float | None) -> bool:
    """Rentenversicherungsnummer: area, date of birth, letter, serial, check digit (VKVV section 4)."""
    text = _compact(value)
    digits = text[:8] + f"{ord(text[8]) - 64:02d}" + text[9:11]
    products = (int(d) * w for d, w in zip(digits, (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1), strict=True))
    in_range = 1 <= int(text[2:4]) % 50 <= 31 and 1 <= int(text[4:6]) <= 12
    return in_range and sum(sum(divmod(product, 10)) for product in products) % 10 == int(text[11])


def hu_taj(value: bytes, _minimum: float | None) -> bool:
    """TAJ number: weights 3 and 7 in turn, modulo 10 (1996/XX, annex)."""
    digits = _compact(value)
    return len(digits) == 9 and _weighted(digits[:8], (3, 7) * 4) % 10 == int(digits[8])


def hu_tax_id(value: bytes, _minimum: float | None) -> bool:
    """Adóazonosító jel: 8, days since 1867, serial, check: sum of digit times place, modulo 11 (1996/XX, annex)."""
    digits = _compact(value)
    return len(digits) == 10 and digits[0] == "8" and _weighted(digits[:9], range(1, 10)) % 11 == int(digits[9])


def lu_matricule(value: bytes, _minimum: float | None) -> bool:
    """Matricule: date of birth, serial, then a Luhn and a Verhoeff digit; the Luhn digit and the date are checked."""
    digits = _compact(value)
    if len(digits) != 13 or not digits.isdigit():
        return False
    return _is_date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])) and luhn(digits[:12].encode(), None)


def lv_personal_code(value: bytes, _minimum: float | None) -> bool:
    """Personas kods: since 2017 any number from 32; before, the date of birth and a check digit modulo 11."""
    digits = _compact(value)
    if len(digits) != 11 or not digits.isdigit():
        return False
    if digits[:2] >= "32":
        return digits[:2] <= "39"
    check = (1101 - _weighted(digits, (1, 6, 3, 7, 9, 10, 5, 8, 4, 2))) % 11
    return 1 <= int(digits[2:4]) <= 12 and 1 <= int(digits[:2]) <= 31 and check == int(digits[10])


def ru_snils(value: bytes, _minimum: float | None) -> bool:
    """SNILS: two check digits, the sum of digit times place from the right, modulo 101."""
    digits = _compact(value)
    if len(digits) != 11 or not digits.isdigit():
        return False
    return _weighted(digits[:9], range(9, 0, -1)) % 101 % 100 == int(digits[9:])


def kz_iin(value: bytes, _minimum: float | None) -> bool:
    """IIN: date of birth, century and sex, serial, check modulo 11 with a second row of weights."""
    digits = _compact(value)
    if len(digits) != 12 or not digits.isdigit() or not _is_date(2000, int(digits[2:4]), int(digits[4:6])):
        return False
    check = _weighted(digits[:11], range(1, 12)) % 11
    if check == 10:
        check = _weighted(digits[:11], (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)) % 11
    return check == int(digits[11])


def ae_emirates_id(value: bytes, _minimum: float | None) -> bool:
    """Emirates ID: 784, year of birth, serial, Luhn digit."""
    digits = _compact(value)
    return len(digits) == 15 and digits[:3] == "784" and "1900" <= digits[3:7] <= "2035" and luhn(value, None)


def sa_national_id(value: bytes, _minimum: float | None) -> bool:
    """Saudi national (1) or resident (2) number: ten digits with a Luhn digit."""
    digits = _compact(value)
    return len(digits) == 10 and digits[0] in "12" and luhn(value, None)


def eg_national_id(value: bytes, _minimum: float | None) -> bool:
    """Egyptian national number: century (2 or 3), date of birth, governorate. How its last digit checks is not
    published."""
    digits = _compact(value)
    if len(digits) != 14 or digits[0] not in "23":
        return False
    year = (1700 if digits[0] == "2" else 1800) + 200 + int(digits[1:3])
    governorate = int(digits[7:9])
    return _is_date(year, int(digits[3:5]), int(digits[5:7])) and (1 <= governorate <= 35 or governorate == 88)


def hk_hkid(value: bytes, _minimum: float | None) -> bool:
    """HKID: one or two letters, six digits, check digit modulo 11 (A for ten)."""
    text = _compact(value)
    head, body, check = text[:-7], text[-7:-1], text[-1]
    letters = [36, *(ord(letter) - 55 for letter in head)][-2:]
    total = letters[0] * 9 + letters[1] * 8 + _weighted(body, range(7, 1, -1))
    return (total + (10 if check == "A" else int(check))) % 11 == 0


def tw_national_id(value: bytes, _minimum: float | None) -> bool:
    """National (1, 2) or resident (8, 9) number of Taiwan: a letter for the place, nine digits, modulo 10."""
    text = _compact(value)
    place = "ABCDEFGHJKLMNPQRSTUVXYWZIO".find(text[0]) + 10
    digits = f"{place}{text[1:]}"
    return len(digits) == 11 and _weighted(digits, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)) % 10 == 0


def sg_nric(value: bytes, _minimum: float | None) -> bool:
    """NRIC and FIN: a letter for the century or status, seven digits, a check letter modulo 11."""
    text = _compact(value)
    total = _weighted(text[1:8], (2, 7, 6, 5, 4, 3, 2)) + {"T": 4, "G": 4, "M": 3}.get(text[0], 0)
    letters = {"S": "JZIHGFEDCBA", "T": "JZIHGFEDCBA", "M": "KLJNPQRTUWX"}.get(text[0], "XWUTRQPNMLK")
    place = 10 - total % 11 if text[0] == "M" else total % 11
    return letters[place] == text[8]


def au_medicare(value: bytes, _minimum: float | None) -> bool:
    """Medicare card: first digit 2 to 6, ninth digit a check with weights 1, 3, 7, 9."""
    digits = _compact(value)
    return (
        len(digits) in (10, 11)
        and digits[0] in "23456"
        and _weighted(digits[:8], (1, 3, 7, 9, 1, 3, 7, 9)) % 10 == int(digits[8])
    )


def id_nik(value: bytes, _minimum: float | None) -> bool:
    """NIK: region, date of birth (day plus 40 for women), serial that is not 0000."""
    digits = _compact(value)
    if len(digits) != 16 or not digits.isdigit():
        return False
    day = int(digits[6:8]) % 40
    return "11" <= digits[:2] <= "96" and 1 <= day <= 31 and 1 <= int(digits[8:10]) <= 12 and digits[12:] != "0000"


def vn_cccd(value: bytes, _minimum: float | None) -> bool:
    """Citizen identity card of Vietnam: province (001 to 096), century and sex, year of birth, serial."""
    digits = _compact(value)
    return len(digits) == 12 and digits.isdigit() and 1 <= int(digits[:3]) <= 96


def ir_melli_code(value: bytes, _minimum: float | None) -> bool:
    """Kod-e Melli: ten digits, not all the same, check digit modulo 11."""
    digits = _compact(value)
    if len(digits) != 10 or not digits.isdigit() or len(set(digits)) == 1:
        return False
    rest = _weighted(digits[:9], range(10, 1, -1)) % 11
    return int(digits[9]) == (rest if rest < 2 else 11 - rest)


RULES: Mapping[str, Callable[[bytes, float | None], bool]] = {
    function.__name__: function
    for function in (
        ae_emirates_id,
        au_medicare,
        de_rvnr,
        eg_national_id,
        gb_driving_licence,
        gb_nino,
        hk_hkid,
        hu_taj,
        hu_tax_id,
        icao_check,
        id_nik,
        ir_melli_code,
        kz_iin,
        lu_matricule,
        lv_personal_code,
        mrz,
        ru_snils,
        sa_national_id,
        sg_nric,
        tw_national_id,
        us_mbi,
        us_ssn,
        vn_cccd,
    )
}
