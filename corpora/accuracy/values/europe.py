"""National identifiers of Europe, from the rules of the offices that give them."""

from __future__ import annotations

from corpora.accuracy.checks import ean, luhn, mod11_10, mrz, weighted
from corpora.accuracy.draw import Draw
from corpora.accuracy.values.value import record


def _until(
    draw: Draw, size: int, weights: tuple[int, ...], modulus: int = 11, first: str = "123456789"
) -> tuple[str, int]:
    """Digits whose weighted sum leaves a remainder below ten, and the remainder."""
    while True:
        digits = draw.of(first, 1) + draw.digits(size - 1)
        rest = weighted(digits, weights) % modulus
        if rest < 10:
            return digits, rest


def uk_nino(draw: Draw) -> str:
    """HMRC, NIM39110: two prefix letters, six digits, a suffix of A to D."""
    prefix = draw.of("ABCEHJKLMPRSTWXYZ", 1) + draw.of("ABCEHJKLMPRSTWXYZ", 1)
    if prefix in {"GB", "NK", "TN", "ZZ"}:
        prefix = "JL"
    return draw.grouped(prefix + draw.digits(6) + draw.of("ABCD", 1), (2, 2, 2, 2, 1), "", " ")


def uk_nhs(draw: Draw) -> str:
    """NHS Data Dictionary, "NHS number": weights 10 to 2, modulo 11."""
    while True:
        digits = draw.of("4679", 1) + draw.digits(8)
        check = (11 - weighted(digits, range(10, 1, -1)) % 11) % 11
        if check != 10:
            return draw.grouped(digits + str(check), (3, 3, 4), " ", "", "-")


def de_tax_id(draw: Draw) -> str:
    """BZSt: eleven digits, of the first ten exactly one comes twice, ISO 7064 MOD 11,10."""
    digits = draw.sample("0123456789", 9)
    digits.insert(draw.randrange(9), draw.choice(digits))
    if digits[0] == "0":
        digits = [*digits[::-1]]
    if digits[0] == "0":
        digits[0], digits[4] = digits[4], digits[0]
    text = "".join(digits)
    if text[0] == "0":
        return de_tax_id(draw)
    return draw.grouped(text + mod11_10(text), (2, 3, 3, 3), "", " ")


def de_id_card(draw: Draw) -> str:
    """PAuswV: nine characters without vowels and confusable letters, and a check digit as in ICAO 9303."""
    text = draw.of("LMNPRTVWXY", 1) + draw.of("CFGHJKLMNPRTVWXYZ0123456789", 8)
    return text + mrz(text)


def de_social_security(draw: Draw) -> str:
    """VKVV § 2: area, birth date, initial, serial number; weights 2 1 2 5 7 1 2 1 2 1 2 1 over cross sums."""
    born, initial = draw.day(), draw.upper(1)
    area, serial = draw.one("12", "53", "65", "04", "15"), draw.number(1, 49, 2)
    digits = f"{area}{born:%d%m%y}{ord(initial) - 64:02d}{serial}"
    total = sum(
        sum(map(int, str(int(d) * w))) for d, w in zip(digits, (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1), strict=True)
    )
    return draw.one("{} {} {} {}{}", "{}{}{}{}{}").format(area, f"{born:%d%m%y}", initial, serial, total % 10)


def fr_nir(draw: Draw) -> str:
    """INSEE: sex, year, month, department, commune, order, and a key modulo 97."""
    born = draw.day()
    department = draw.number(1, 95, 2).replace("20", "75")
    digits = f"{draw.one('1', '2')}{born:%y%m}{department}{draw.number(1, 600, 3)}{draw.number(1, 900, 3)}"
    return draw.grouped(f"{digits}{97 - int(digits) % 97:02d}", (1, 2, 2, 2, 3, 3, 2), " ", "")


def es_dni(draw: Draw) -> str:
    """Ministerio del Interior: the number modulo 23 gives the letter."""
    number = draw.randint(10_000_000, 79_999_999)
    return f"{number}{draw.one('', '-')}{'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23]}"


def es_nie(draw: Draw) -> str:
    """As the DNI, with X, Y or Z for 0, 1 or 2."""
    first, rest = draw.randint(0, 2), draw.digits(7)
    return f"{'XYZ'[first]}{rest}{'TRWAGMYFPDXBNJZSQVHLCKE'[int(str(first) + rest) % 23]}"


_ODD = dict(
    zip(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        [
            1,
            0,
            5,
            7,
            9,
            13,
            15,
            17,
            19,
            21,
            1,
            0,
            5,
            7,
            9,
            13,
            15,
            17,
            19,
            21,
            2,
            4,
            18,
            20,
            11,
            3,
            6,
            8,
            12,
            14,
            16,
            10,
            22,
            25,
            24,
            23,
        ],
        strict=True,
    )
)


def it_codice_fiscale(draw: Draw) -> str:
    """D.M. 23 December 1976: letters of the names, birth date, place, and a check letter."""
    consonants = "BCDFGLMNPRSTVZ"
    born, day = draw.day(), 0
    day = born.day + draw.choice((0, 40))
    text = f"{draw.of(consonants, 6)}{born:%y}{'ABCDEHLMPRST'[born.month - 1]}{day:02d}{draw.of('ABCDEFGHIL', 1)}{draw.number(101, 899)}"
    total = sum(
        _ODD[c] if place % 2 == 0 else int(c, 36) % 10 if c.isdigit() else ord(c) - 65 for place, c in enumerate(text)
    )
    return text + chr(65 + total % 26)


def pt_nif(draw: Draw) -> str:
    """Portaria 386/98: weights 9 to 2, modulo 11."""
    digits = draw.of("12", 1) + draw.digits(7)
    rest = weighted(digits, range(9, 1, -1)) % 11
    return draw.grouped(digits + str(0 if rest < 2 else 11 - rest), (3, 3, 3), "", " ")


def nl_bsn(draw: Draw) -> str:
    """Logisch ontwerp BSN: the eleven test, last weight minus one."""
    digits, rest = _until(draw, 8, (9, 8, 7, 6, 5, 4, 3, 2))
    return digits + str(rest)


def be_nrn(draw: Draw) -> str:
    """Rijksregister: birth date, order, 97 minus the rest of 97; a 2 in front for births from 2000."""
    born, order = draw.day(), draw.number(1, 997, 3)
    digits = f"{born:%y%m%d}{order}"
    check = 97 - int(("2" if born.year >= 2000 else "") + digits) % 97
    return f"{born:%y.%m.%d}-{order}.{check:02d}" if draw.random() < 0.7 else f"{digits}{check:02d}"


def at_svnr(draw: Draw) -> str:
    """ASVG § 31: serial, check digit, birth date; weights 3 7 9 and 5 8 4 2 1 6, modulo 11."""
    born = f"{draw.day():%d%m%y}"
    while True:
        serial = draw.number(100, 999)
        rest = weighted(serial + born, (3, 7, 9, 5, 8, 4, 2, 1, 6)) % 11
        if rest < 10:
            return f"{serial}{rest}{draw.one(' ', '')}{born}"


def ch_ahv(draw: Draw) -> str:
    """ZAS: 756, nine digits, the check digit of EAN-13."""
    digits = "756" + draw.digits(9)
    return draw.grouped(digits + ean(digits), (3, 4, 4, 2), ".", ".", "")


def pl_pesel(draw: Draw) -> str:
    """gov.pl: birth date with the century in the month, serial, weights 1 3 7 9."""
    born = draw.day()
    month = born.month + (20 if born.year >= 2000 else 0)
    digits = f"{born:%y}{month:02d}{born:%d}{draw.digits(4)}"
    return digits + str(-weighted(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)) % 10)


def pl_nip(draw: Draw) -> str:
    """Weights 6 5 7 2 3 4 5 6 7, modulo 11."""
    digits, rest = _until(draw, 9, (6, 5, 7, 2, 3, 4, 5, 6, 7))
    return draw.grouped(digits + str(rest), (3, 3, 2, 2), "-", "")


def cz_birth_number(draw: Draw) -> str:
    """Act 133/2000: birth date (month plus 50 for women), serial; ten digits that 11 divides."""
    born = draw.day(1955, 2004)
    month = born.month + draw.choice((0, 50))
    while True:
        digits = f"{born:%y}{month:02d}{born:%d}{draw.digits(3)}"
        rest = int(digits) % 11
        if rest < 10:
            return draw.grouped(digits + str(rest), (6, 4), "/", "/", "")


def ro_cnp(draw: Draw) -> str:
    """Sex and century, birth date, county, serial; weights 2 7 9 1 4 6 3 5 8 2 7 9, modulo 11."""
    born = draw.day()
    sex = draw.choice("12" if born.year < 2000 else "56")
    digits = f"{sex}{born:%y%m%d}{draw.number(1, 46, 2)}{draw.number(1, 999, 3)}"
    rest = weighted(digits, (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11
    return digits + str(1 if rest == 10 else rest)


def bg_egn(draw: Draw) -> str:
    """Birth date (month plus 40 from 2000), serial; weights 2 4 8 5 10 9 7 3 6, modulo 11."""
    born = draw.day()
    digits = f"{born:%y}{born.month + (40 if born.year >= 2000 else 0):02d}{born:%d}{draw.digits(3)}"
    return digits + str(weighted(digits, (2, 4, 8, 5, 10, 9, 7, 3, 6)) % 11 % 10)


def hr_oib(draw: Draw) -> str:
    """Zakon o OIB: ten digits and ISO 7064 MOD 11,10."""
    digits = draw.of("123456789", 1) + draw.digits(9)
    return digits + mod11_10(digits)


def rs_jmbg(draw: Draw) -> str:
    """Birth date, region, serial; weights 7 6 5 4 3 2 twice, modulo 11."""
    born = draw.day()
    while True:
        digits = f"{born:%d%m}{born.year % 1000:03d}{draw.number(70, 89)}{draw.digits(3)}"
        check = 11 - weighted(digits, (7, 6, 5, 4, 3, 2) * 2) % 11
        if check != 10:
            return digits + str(check % 11)


def gr_amka(draw: Draw) -> str:
    """Birth date, serial, Luhn."""
    digits = f"{draw.day():%d%m%y}{draw.digits(4)}"
    return digits + luhn(digits)


def se_personnummer(draw: Draw) -> str:
    """Skatteverket, SKV 704: birth date, serial, Luhn over ten digits."""
    born, serial = draw.day(), draw.number(1, 999, 3)
    check = luhn(f"{born:%y%m%d}{serial}")
    return f"{born:{draw.one('%y', '%Y')}%m%d}-{serial}{check}"


def no_fnr(draw: Draw) -> str:
    """Skatteetaten: birth date, individual number, two check digits modulo 11."""
    born = draw.day(1955, 1999)
    while True:
        digits = f"{born:%d%m%y}{draw.number(0, 499, 3)}"
        first = -weighted(digits, (3, 7, 6, 1, 8, 9, 4, 5, 2)) % 11
        if first < 10:
            second = -weighted(f"{digits}{first}", (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
            if second < 10:
                return f"{digits}{first}{second}"


def dk_cpr(draw: Draw) -> str:
    """CPR office: birth date, serial; weights 4 3 2 7 6 5 4 3 2 1, modulo 11."""
    born = draw.day(1940, 1999)
    while True:
        digits = f"{born:%d%m%y}{draw.number(0, 399, 3)}"
        check = -weighted(digits, (4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
        if check < 10:
            return f"{digits[:6]}-{digits[6:]}{check}"


def fi_hetu(draw: Draw) -> str:
    """DVV: birth date, century sign, individual number, one of 31 check characters."""
    born, number = draw.day(), draw.number(2, 899, 3)
    check = "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(f"{born:%d%m%y}{number}") % 31]
    return f"{born:%d%m%y}{'-' if born.year < 2000 else 'A'}{number}{check}"


def ee_isikukood(draw: Draw) -> str:
    """EVS 585: sex and century, birth date, serial; two rounds of weights modulo 11."""
    born = draw.day()
    digits = f"{draw.choice('34' if born.year < 2000 else '56')}{born:%y%m%d}{draw.digits(3)}"
    check = weighted(digits, (1, 2, 3, 4, 5, 6, 7, 8, 9, 1)) % 11
    if check == 10:
        check = weighted(digits, (3, 4, 5, 6, 7, 8, 9, 1, 2, 3)) % 11 % 10
    return digits + str(check)


def ie_pps(draw: Draw) -> str:
    """Revenue: seven digits, a check letter of weights 8 to 2 modulo 23, and from 2013 a letter A."""
    digits, second = draw.digits(7), draw.one("", "A")
    total = weighted(digits, range(8, 1, -1)) + (9 if second else 0)
    return f"{digits}{'WABCDEFGHIJKLMNOPQRSTUV'[total % 23]}{second}"


def hu_taj(draw: Draw) -> str:
    """Weights 3 and 7, modulo 10."""
    digits = draw.digits(8)
    return draw.grouped(digits + str(weighted(digits, (3, 7) * 4) % 10), (3, 3, 3), " ", "-", "")


VALUES = (
    record("pii.gb_nino", "National Insurance number, NI number", uk_nino),
    record("pii.gb_nhs_number", "NHS number", uk_nhs),
    record("pii.de_tax_id", "German tax id", de_tax_id, de="Steuer-ID"),
    record("pii.de_id_card", "German id card number", de_id_card, de="Personalausweisnummer"),
    record(
        "pii.de_pension_number", "German social insurance number", de_social_security, de="Sozialversicherungsnummer"
    ),
    record("pii.fr_nir", "French social security number", fr_nir, fr="numéro de sécurité sociale"),
    record("pii.es_dni", "DNI", es_dni, es="DNI", named=False),
    record("pii.es_nie", "NIE", es_nie, es="NIE", named=False),
    record(
        "pii.it_codice_fiscale", "codice fiscale, Italian tax code", it_codice_fiscale, it="codice fiscale", named=False
    ),
    record("pii.pt_nif", "Portuguese NIF", pt_nif, pt="NIF"),
    record("pii.nl_bsn", "BSN, Dutch BSN", nl_bsn, nl="burgerservicenummer"),
    record(
        "pii.be_national_number",
        "Belgian national register number",
        be_nrn,
        nl="rijksregisternummer",
        fr="numéro de registre national",
    ),
    record("pii.at_social_security", "Austrian social insurance number", at_svnr, de="Sozialversicherungsnummer"),
    record("pii.ch_ahv", "AHV number, Swiss AHV", ch_ahv, de="AHV-Nummer", fr="numéro AVS"),
    record("pii.pl_pesel", "PESEL", pl_pesel, pl="PESEL"),
    record("pii.pl_nip", "Polish NIP", pl_nip, pl="NIP"),
    record("pii.cz_sk_birth_number", "Czech birth number, rodné číslo", cz_birth_number),
    record("pii.ro_cnp", "CNP", ro_cnp),
    record("pii.bg_egn", "EGN", bg_egn),
    record("pii.hr_oib", "OIB", hr_oib),
    record("pii.yu_jmbg", "JMBG", rs_jmbg),
    record("pii.gr_amka", "AMKA", gr_amka),
    record("pii.se_personnummer", "personnummer, Swedish personal number", se_personnummer),
    record("pii.no_fodselsnummer", "fødselsnummer, Norwegian national id", no_fnr),
    record("pii.dk_cpr", "CPR number", dk_cpr),
    record("pii.fi_hetu", "henkilötunnus, Finnish HETU", fi_hetu),
    record("pii.ee_isikukood", "isikukood", ee_isikukood),
    record("pii.ie_pps", "PPS number, PPSN", ie_pps),
    record("pii.hu_taj", "TAJ number", hu_taj),
)
