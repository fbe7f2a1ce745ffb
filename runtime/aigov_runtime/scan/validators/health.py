"""Numbers of health care that carry a check digit."""

from __future__ import annotations

from aigov_runtime.scan.validators.checksums import luhn


def npi(value: bytes, _minimum: float | None) -> bool:
    """National Provider Identifier: ten digits from 1 or 2, Luhn over 80840 and them (45 CFR 162.406)."""
    digits = value.translate(None, b" -")
    return len(digits) == 10 and digits[:1] in (b"1", b"2") and luhn(b"80840" + digits, None)


def dea_number(value: bytes, _minimum: float | None) -> bool:
    """Registration with the US Drug Enforcement Administration: two letters (or a letter and 9) and seven digits.
    The sum of the 1st, 3rd and 5th and twice the 2nd, 4th and 6th ends in the 7th (DEA Diversion Control)."""
    text = value.translate(None, b" -").decode("ascii", "replace").upper()
    if len(text) != 9 or not text[2:].isdigit():
        return False
    digits = [int(digit) for digit in text[2:]]
    return (sum(digits[0:6:2]) + 2 * sum(digits[1:6:2])) % 10 == digits[6]


def de_kvnr(value: bytes, _minimum: float | None) -> bool:
    """Krankenversichertennummer: a letter and nine digits, the letter as two, weights 1 and 2, sums of digits,
    modulo 10 (SGB V section 290; GKV-Spitzenverband)."""
    text = value.translate(None, b" ").decode("ascii", "replace").upper()
    if len(text) != 10 or not ("A" <= text[0] <= "Z" and text[1:].isdigit()):
        return False
    digits = f"{ord(text[0]) - 64:02d}{text[1:9]}"
    products = (int(digit) * (1 + place % 2) for place, digit in enumerate(digits))
    return sum(product // 10 + product % 10 for product in products) % 10 == int(text[9])
