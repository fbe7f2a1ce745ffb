"""Numbers that python-stdnum does not know, by the rules that their authorities publish.

A rule sees a number of the right form in capitals, without its spaces, hyphens, dots, slashes and brackets. Dates are
those of the holder's birth.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

from aigov_runtime.scan.validators.checksums import luhn

Rule = Callable[[str], bool]
Validator = Callable[[bytes, float | None], bool]

RULES: dict[str, Validator] = {}
"""Validator name → validator."""

_ICAO = {character: value for value, character in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")} | {"<": 0}
_SSN_NEVER_ISSUED = frozenset({"078051120", "219099999"})
"""Printed in advertisements and void since (ssa.gov/history/ssn/misused.html)."""


def _form(form: str) -> Callable[[Rule], Rule]:
    """Register the rule as the validator of its name, for numbers that match the form as a whole."""
    matches = re.compile(form, re.ASCII).fullmatch

    def register(rule: Rule) -> Rule:
        def validator(value: bytes, _minimum: float | None) -> bool:
            text = value.translate(None, b" -./()").decode("latin-1").upper()
            return matches(text) is not None and rule(text)

        RULES[rule.__name__] = validator
        return rule

    return register


def _weighted(digits: str, weights: Sequence[int]) -> int:
    """The sum of the digits times their weights; digits without one do not count."""
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _icao(text: str) -> int:
    return sum(_ICAO[character] * (7, 3, 1)[place % 3] for place, character in enumerate(text)) % 10


# Documents ----------------------------------------------------------------------------------------


@_form(r"[0-9A-Z<]+[0-9]")
def icao_check(text: str) -> bool:
    """The last digit checks the characters before it: weights 7, 3, 1, modulo 10 (ICAO 9303-3, 4.9)."""
    return _icao(text[:-1]) == int(text[-1])


@_form(r"[0-9A-Z<]{30}(?:\r?\n[0-9A-Z<]{30}){2}|[0-9A-Z<]{36}\r?\n[0-9A-Z<]{36}|[0-9A-Z<]{44}\r?\n[0-9A-Z<]{44}")
def mrz(text: str) -> bool:
    """Machine-readable zone: number, birth and expiry are right by their check digits (ICAO 9303-4, -5 and -6)."""
    first, second = text.split()[:2]
    if len(first) == 30:  # three lines
        fields = ((first[5:14], first[14]), (second[0:6], second[6]), (second[8:14], second[14]))
    else:
        fields = ((second[0:9], second[9]), (second[13:19], second[19]), (second[21:27], second[27]))
    return all(check.isdigit() and _icao(field) == int(check) for field, check in fields)


@_form(r"[A-Z]{2}[A-Z9]{3}[0-9]{6}[A-Z9]{2}[0-9A-Z][A-Z]{2}(?:[0-9]{2})?")
def gb_driving_licence(text: str) -> bool:
    """DVLA driver number: five of the surname, then decade, month (plus 50 for women), day and year of birth."""
    return 1 <= int(text[6:8]) % 50 <= 12 and 1 <= int(text[8:10]) <= 31


# Europe -------------------------------------------------------------------------------------------


@_form(r"[A-Z]{2}[0-9]{6}[A-DT]")
def gb_nino(text: str) -> bool:
    """National Insurance number: a prefix in use (HMRC, NIM39110), or ZZ of a temporary one, which ends in T."""
    return text[:2] not in ("BG", "GB", "KN", "NK", "NT", "TN") and (text[:2] == "ZZ") == (text[8] == "T")


@_form(r"[0-9]{8}[A-Z][0-9]{3}")
def de_rvnr(text: str) -> bool:
    """Rentenversicherungsnummer: area, date of birth, letter, serial, check digit (VKVV section 4)."""
    digits = f"{text[:8]}{ord(text[8]) - 64:02d}{text[9:11]}"
    products = (int(d) * w for d, w in zip(digits, (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1), strict=True))
    born = 1 <= int(text[2:4]) % 50 <= 31 and 1 <= int(text[4:6]) <= 12
    return born and sum(sum(divmod(product, 10)) for product in products) % 10 == int(text[11])


@_form(r"[0-9]{9}")
def hu_taj(text: str) -> bool:
    """TAJ number: weights 3 and 7 in turn, modulo 10 (1996/XX, annex)."""
    return _weighted(text, (3, 7) * 4) % 10 == int(text[8])


@_form(r"8[0-9]{9}")
def hu_tax_id(text: str) -> bool:
    """Adóazonosító jel: 8, days since 1867, serial, check: sum of digit times place, modulo 11 (1996/XX, annex)."""
    return _weighted(text, range(1, 10)) % 11 == int(text[9])


@_form(r"[0-9]{13}")
def lu_matricule(text: str) -> bool:
    """Matricule: date of birth, serial, a Luhn digit, and one that is not checked here."""
    return _is_date(int(text[:4]), int(text[4:6]), int(text[6:8])) and luhn(text[:12].encode(), None)


@_form(r"[0-9]{11}")
def lv_personal_code(text: str) -> bool:
    """Personas kods: since 2017 any number from 32; before, the date of birth and a check digit modulo 11."""
    if text[:2] >= "32":
        return text[:2] <= "39"
    check = (1101 - _weighted(text, (1, 6, 3, 7, 9, 10, 5, 8, 4, 2))) % 11
    return 1 <= int(text[2:4]) <= 12 and 1 <= int(text[:2]) <= 31 and check == int(text[10])


@_form(r"[0-9]{11}")
def ru_snils(text: str) -> bool:
    """SNILS: two check digits, the sum of digit times place from the right, modulo 101."""
    return _weighted(text, range(9, 0, -1)) % 101 % 100 == int(text[9:])


# The Americas -------------------------------------------------------------------------------------


@_form(r"[0-9]{9}")
def us_ssn(text: str) -> bool:
    """Nine digits that the Social Security Administration may issue: area not 000, 666 or 900 and up, group not 00,
    serial not 0000 (20 CFR 422.103; randomised since 2011)."""
    area, group, serial = text[:3], text[3:5], text[5:]
    issued = area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"
    return issued and text not in _SSN_NEVER_ISSUED


@_form(r"[1-9][A-Z][0-9A-Z][0-9][A-Z][0-9A-Z][0-9][A-Z]{2}[0-9]{2}")
def us_mbi(text: str) -> bool:
    """Medicare beneficiary identifier: no letter in it looks like another one or a digit (CMS)."""
    return not set(text) & set("SLOIBZ")


# Asia and the Pacific -----------------------------------------------------------------------------


@_form(r"[1-9][0-9]{16}[0-9X]")
def cn_resident_id(text: str) -> bool:
    """Resident identity number: date of birth, check character modulo 11 (GB 11643-1999; ISO 7064 MOD 11-2)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    born = _is_date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    return born and "10X98765432"[_weighted(text[:17], weights) % 11] == text[17]


@_form(r"[0-9]{6}[1-8][0-9]{6}")
def kr_resident_number(text: str) -> bool:
    """Resident registration number: date of birth, sex and century. Since 2020 its last digit checks nothing."""
    century = 1900 if text[6] in "1256" else 2000
    return _is_date(century + int(text[:2]), int(text[2:4]), int(text[4:6]))


@_form(r"[A-Z]{1,2}[0-9]{6}[0-9A]")
def hk_hkid(text: str) -> bool:
    """HKID: one or two letters, six digits, check digit modulo 11 (A for ten)."""
    letters = [36, *(ord(letter) - 55 for letter in text[:-7])][-2:]
    total = letters[0] * 9 + letters[1] * 8 + _weighted(text[-7:-1], range(7, 1, -1))
    return (total + int(text[-1], 16)) % 11 == 0


@_form(r"[A-Z][1289][0-9]{8}")
def tw_national_id(text: str) -> bool:
    """National (1, 2) or resident (8, 9) number of Taiwan: a letter for the place, nine digits, modulo 10."""
    place = "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(text[0]) + 10
    return _weighted(f"{place}{text[1:]}", (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)) % 10 == 0


@_form(r"[STFGM][0-9]{7}[A-Z]")
def sg_nric(text: str) -> bool:
    """NRIC and FIN: a letter for the century or status, seven digits, a check letter modulo 11."""
    total = _weighted(text[1:8], (2, 7, 6, 5, 4, 3, 2)) + {"T": 4, "G": 4, "M": 3}.get(text[0], 0)
    if text[0] == "M":
        return "KLJNPQRTUWX"[10 - total % 11] == text[8]
    return ("JZIHGFEDCBA" if text[0] in "ST" else "XWUTRQPNMLK")[total % 11] == text[8]


@_form(r"[2-6][0-9]{9,10}")
def au_medicare(text: str) -> bool:
    """Medicare card: the ninth digit is a check with weights 1, 3, 7, 9."""
    return _weighted(text[:8], (1, 3, 7, 9) * 2) % 10 == int(text[8])


@_form(r"[1-9][0-9]{15}")
def id_nik(text: str) -> bool:
    """NIK: region, date of birth (day plus 40 for women), serial that is not 0000."""
    born = 1 <= int(text[6:8]) % 40 <= 31 and 1 <= int(text[8:10]) <= 12
    return born and "11" <= text[:2] <= "96" and text[12:] != "0000"


@_form(r"0[0-9]{11}")
def vn_cccd(text: str) -> bool:
    """Citizen identity card of Vietnam: province (001 to 096), century and sex, year of birth, serial."""
    return 1 <= int(text[:3]) <= 96


@_form(r"[0-9]{12}")
def kz_iin(text: str) -> bool:
    """IIN: date of birth, century and sex, serial, check modulo 11 with a second row of weights."""
    check = _weighted(text, range(1, 12)) % 11
    if check == 10:
        check = _weighted(text, (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)) % 11
    return check == int(text[11]) and _is_date(2000, int(text[2:4]), int(text[4:6]))


# The Middle East and Africa -----------------------------------------------------------------------


@_form(r"784(?:19|20)[0-9]{10}")
def ae_emirates_id(text: str) -> bool:
    """Emirates ID: 784, year of birth, serial, Luhn digit."""
    return luhn(text.encode(), None)


@_form(r"[12][0-9]{9}")
def sa_national_id(text: str) -> bool:
    """Saudi national (1) or resident (2) number with a Luhn digit."""
    return luhn(text.encode(), None)


@_form(r"[23][0-9]{13}")
def eg_national_id(text: str) -> bool:
    """Egyptian national number: century (2 or 3), date of birth, governorate. How its last digit checks is not
    published."""
    year = (1900 if text[0] == "2" else 2000) + int(text[1:3])
    governorate = int(text[7:9])
    return _is_date(year, int(text[3:5]), int(text[5:7])) and (1 <= governorate <= 35 or governorate == 88)


@_form(r"[0-9]{10}")
def ir_melli_code(text: str) -> bool:
    """Kod-e Melli: ten digits, not all the same, check digit modulo 11."""
    rest = _weighted(text, range(10, 1, -1)) % 11
    return len(set(text)) > 1 and int(text[9]) == (rest if rest < 2 else 11 - rest)
