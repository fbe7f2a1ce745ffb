"""National identifiers of the rest of the world, from the rules of the offices that give them."""

from __future__ import annotations

from corpora.accuracy.checks import luhn, verhoeff, weighted
from corpora.accuracy.draw import Draw
from corpora.accuracy.values.value import record


def us_ssn(draw: Draw) -> str:
    """SSA, POMS RM 10201: area not 000, 666 or 9xx, group not 00, serial not 0000."""
    area = draw.choice([n for n in range(100, 900) if n != 666])
    return draw.grouped(f"{area}{draw.number(11, 99)}{draw.number(1000, 9999)}", (3, 2, 4), "-", "-", " ")


def us_itin(draw: Draw) -> str:
    """IRS: 9xx, a group of 50-65, 70-88, 90-92 or 94-99."""
    return f"9{draw.digits(2)}-{draw.choice([*range(50, 66), *range(70, 89), 90, 91, 92])}-{draw.number(1000, 9999)}"


def us_ein(draw: Draw) -> str:
    """IRS: a campus prefix and seven digits."""
    return f"{draw.choice(('12', '20', '36', '46', '58', '83'))}-{draw.digits(7)}"


def ca_sin(draw: Draw) -> str:
    """Service Canada: nine digits, Luhn."""
    digits = draw.of("1234567", 1) + draw.digits(7)
    return draw.grouped(digits + luhn(digits), (3, 3, 3), " ", "-")


def mx_curp(draw: Draw) -> str:
    """RENAPO: names, birth date, sex, state, consonants, and a check digit of weights 18 to 2."""
    born = draw.day()
    alphabet = "0123456789ABCDEFGHIJKLMN\u00d1OPQRSTUVWXYZ"
    state = draw.one("DF", "JC", "NL", "MC", "VZ", "OC")
    century = "0" if born.year < 2000 else "A"
    names = draw.of("BCDFGLMPRSTV", 1) + draw.of("AEIOU", 1) + draw.of("BCDFGLMPRSTV", 2)
    text = f"{names}{born:%y%m%d}{draw.one('H', 'M')}{state}{draw.of('BCDFGLMNPRSTVZ', 3)}{century}"
    total = sum(alphabet.index(letter) * (18 - place) for place, letter in enumerate(text))
    return text + str(-total % 10)


def _cpf_digits(digits: str, first: range, second: range) -> str:
    for weights in (first, second):
        rest = weighted(digits, weights) % 11
        digits += str(0 if rest < 2 else 11 - rest)
    return digits


def br_cpf(draw: Draw) -> str:
    """Receita Federal: nine digits and two checks modulo 11."""
    digits = _cpf_digits(draw.digits(9), range(10, 1, -1), range(11, 1, -1))
    return f"{digits[:3]}.{digits[3:6]}.{digits[6:9]}-{digits[9:]}" if draw.random() < 0.75 else digits


def br_cnpj(draw: Draw) -> str:
    """Receita Federal: twelve digits and two checks modulo 11."""
    digits = draw.digits(8) + "0001"
    weights = (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
    for size in (12, 13):
        rest = weighted(digits, weights[-size:]) % 11
        digits += str(0 if rest < 2 else 11 - rest)
    return f"{digits[:2]}.{digits[2:5]}.{digits[5:8]}/{digits[8:12]}-{digits[12:]}"


def cl_rut(draw: Draw) -> str:
    """Registro Civil: weights 2 to 7 from the right, modulo 11, K for ten."""
    number = draw.number(5_000_000, 25_999_999)
    total = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(number)))
    check = "0123456789K"[-total % 11]
    return f"{int(number):,}".replace(",", ".") + f"-{check}" if draw.random() < 0.6 else f"{number}-{check}"


def ar_cuit(draw: Draw) -> str:
    """AFIP: weights 5 4 3 2 7 6 5 4 3 2, modulo 11."""
    while True:
        digits = draw.one("20", "23", "27", "30") + draw.digits(8)
        check = -weighted(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
        if check < 10:
            return f"{digits[:2]}-{digits[2:]}-{check}"


def au_tfn(draw: Draw) -> str:
    """ATO: nine digits, weights 1 4 3 7 5 8 6 9 10, divisible by 11."""
    while True:
        digits = draw.of("12345678", 1) + draw.digits(8)
        if weighted(digits, (1, 4, 3, 7, 5, 8, 6, 9, 10)) % 11 == 0:
            return draw.grouped(digits, (3, 3, 3), " ", "")


def au_medicare(draw: Draw) -> str:
    """Services Australia: eight digits, a check of weights 1 3 7 9, an issue number."""
    digits = draw.of("23456", 1) + draw.digits(7)
    check = weighted(digits, (1, 3, 7, 9, 1, 3, 7, 9)) % 10
    return draw.grouped(f"{digits}{check}{draw.of('12345', 1)}", (4, 5, 1), " ", "")


def nz_ird(draw: Draw) -> str:
    """Inland Revenue: weights 3 2 7 6 5 4 3 2, modulo 11."""
    while True:
        digits = draw.number(10_000_000, 14_999_999)
        check = -weighted(digits, (3, 2, 7, 6, 5, 4, 3, 2)) % 11
        if check < 10:
            return draw.grouped(digits + str(check), (3, 3, 3), "-", "")


def za_id(draw: Draw) -> str:
    """Home Affairs: birth date, sex, citizenship, Luhn."""
    digits = f"{draw.day():%y%m%d}{draw.digits(4)}08"
    return digits + luhn(digits)


def in_aadhaar(draw: Draw) -> str:
    """UIDAI: twelve digits, Verhoeff, not starting with 0 or 1."""
    digits = draw.of("23456789", 1) + draw.digits(10)
    return draw.grouped(digits + verhoeff(digits), (4, 4, 4), " ", "-", "")


def in_pan(draw: Draw) -> str:
    """Income Tax Department: five letters, the fourth of which is the holder's kind, four digits, a letter."""
    return f"{draw.upper(3)}P{draw.upper(1)}{draw.number(1, 9999, 4)}{draw.upper(1)}"


def cn_resident_id(draw: Draw) -> str:
    """GB 11643: area, birth date, serial, ISO 7064 MOD 11-2."""
    area = draw.one("110101", "310104", "440305", "510107", "330106")
    digits = f"{area}{draw.day():%Y%m%d}{draw.number(1, 999, 3)}"
    return digits + "10X98765432"[weighted(digits, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)) % 11]


def jp_my_number(draw: Draw) -> str:
    """Ministerial ordinance 85 of 2014: eleven digits and a check modulo 11."""
    digits = draw.digits(11)
    total = sum(
        int(digit) * (place + 1 if place <= 6 else place - 5) for place, digit in enumerate(reversed(digits), start=1)
    )
    rest = total % 11
    return draw.grouped(digits + str(0 if rest <= 1 else 11 - rest), (4, 4, 4), " ", "-", "")


def kr_rrn(draw: Draw) -> str:
    """Birth date, sex and century, region, serial; weights 2 to 9, 2 to 5, modulo 11."""
    born = draw.day()
    digits = f"{born:%y%m%d}{draw.choice('12' if born.year < 2000 else '34')}{draw.digits(5)}"
    return f"{digits[:6]}-{digits[6:]}{(11 - weighted(digits, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)) % 11) % 10}"


def tw_id(draw: Draw) -> str:
    """A letter (10 to 35 in an order of its own), sex, seven digits, a check modulo 10."""
    letter = draw.of("ABCDEFGHJKLMNPQRSTUVXYWZIO", 1)
    code = 10 + "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(letter)
    digits = draw.one("1", "2") + draw.digits(7)
    total = code // 10 + code % 10 * 9 + weighted(digits, range(8, 0, -1))
    return f"{letter}{digits}{-total % 10}"


def hk_id(draw: Draw) -> str:
    """A letter and six digits, weights 9 (36 for the blank) 8 … 2, modulo 11, A for ten."""
    letter, digits = draw.of("ABCDEGHKMPRVYZ", 1), draw.digits(6)
    total = 36 * 9 + int(letter, 36) * 8 + weighted(digits, range(7, 1, -1))
    return f"{letter}{digits}({'0123456789A'[-total % 11]})"


def sg_nric(draw: Draw) -> str:
    """ICA: weights 2 7 6 5 4 3 2, T and G add four, the rest names a letter."""
    prefix, digits = draw.one("S", "T", "F", "G"), draw.digits(7)
    total = weighted(digits, (2, 7, 6, 5, 4, 3, 2)) + (4 if prefix in "TG" else 0)
    return f"{prefix}{digits}{('JZIHGFEDCBA' if prefix in 'ST' else 'XWUTRQPNMLK')[total % 11]}"


def my_nric(draw: Draw) -> str:
    """JPN: birth date, place of birth, serial."""
    return f"{draw.day():%y%m%d}-{draw.number(1, 14, 2)}-{draw.number(1, 9999, 4)}"


def th_id(draw: Draw) -> str:
    """Thirteen digits, weights 13 to 2, modulo 11."""
    digits = draw.of("12345", 1) + draw.digits(11)
    check = (11 - weighted(digits, range(13, 1, -1)) % 11) % 10
    return draw.grouped(digits + str(check), (1, 4, 5, 2, 1), "-", "")


def id_nik(draw: Draw) -> str:
    """Dukcapil: area, birth date (day plus 40 for women), serial."""
    born = draw.day()
    day = born.day + draw.choice((0, 40))
    return f"{draw.one('317402', '327305', '357801')}{day:02d}{born:%m%y}{draw.number(1, 20, 4)}"


def ru_inn(draw: Draw) -> str:
    """FNS: twelve digits with two checks modulo 11."""
    digits = draw.one("77", "78", "50") + draw.digits(8)
    for weights in ((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)):
        digits += str(weighted(digits, weights) % 11 % 10)
    return digits


def ru_snils(draw: Draw) -> str:
    """PFR: nine digits, weights 9 to 1, modulo 101."""
    digits = draw.number(100_000_000, 199_999_999)
    check = weighted(digits, range(9, 0, -1)) % 101 % 100
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]} {check:02d}"


def tr_tckn(draw: Draw) -> str:
    """NVI: eleven digits with two checks modulo 10."""
    digits = draw.of("123456789", 1) + draw.digits(8)
    odd, even = sum(map(int, digits[::2])), sum(map(int, digits[1::2]))
    digits += str((odd * 7 - even) % 10)
    return digits + str(sum(map(int, digits)) % 10)


def il_id(draw: Draw) -> str:
    """Population Authority: nine digits, weights 1 and 2 with cross sums."""
    digits = draw.of("0123", 1) + draw.digits(7)
    return digits + luhn(digits)


VALUES = (
    record("pii.us_ssn", "SSN, social security number", us_ssn),
    record("pii.us_itin", "ITIN, taxpayer id", us_itin),
    record("pii.us_ein", "EIN", us_ein),
    record("pii.ca_sin", "SIN, social insurance number", ca_sin),
    record("pii.mx_curp", "CURP", mx_curp, named=False),
    record("pii.br_cpf", "CPF", br_cpf, pt="CPF"),
    record("pii.br_cnpj", "CNPJ", br_cnpj, pt="CNPJ", named=False),
    record("pii.cl_rut", "RUT", cl_rut, es="RUT"),
    record("pii.ar_cuit", "CUIT", ar_cuit, es="CUIT"),
    record("pii.au_tfn", "tax file number, TFN", au_tfn),
    record("pii.au_medicare", "Medicare number", au_medicare),
    record("pii.nz_ird", "IRD number", nz_ird),
    record("pii.za_id", "South African id number", za_id),
    record("pii.in_aadhaar", "Aadhaar number, Aadhaar", in_aadhaar),
    record("pii.in_pan", "Indian PAN, permanent account number", in_pan),
    record("pii.cn_resident_id", "Chinese resident id", cn_resident_id, zh="身份证号"),
    record("pii.jp_my_number", "My Number", jp_my_number, ja="マイナンバー"),
    record("pii.kr_rrn", "Korean resident registration number, RRN", kr_rrn),
    record("pii.tw_national_id", "Taiwan national id", tw_id),
    record("pii.hk_hkid", "HKID", hk_id),
    record("pii.sg_nric", "NRIC", sg_nric),
    record("pii.my_nric", "MyKad number", my_nric),
    record("pii.th_national_id", "Thai national id", th_id),
    record("pii.id_nik", "NIK", id_nik),
    record("pii.ru_inn", "Russian INN", ru_inn),
    record("pii.ru_snils", "SNILS", ru_snils),
    record("pii.tr_tckn", "TC kimlik no", tr_tckn),
    record("pii.il_teudat_zehut", "Teudat Zehut", il_id),
)
