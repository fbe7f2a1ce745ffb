"""Payment, banking, crypto and health: numbers with issuers, lengths and check digits."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from corpora.accuracy.checks import luhn, mod97, weighted
from corpora.accuracy.draw import Draw
from corpora.accuracy.values.value import record

_CARDS = (
    ("4", 16), ("4", 16), ("4", 19), ("51", 16), ("55", 16), ("2221", 16), ("2720", 16), ("34", 15), ("37", 15),
    ("6011", 16), ("65", 16), ("3528", 16), ("3589", 16), ("36", 14), ("6304", 16), ("5018", 12), ("62", 16),
)  # fmt: skip


def card(draw: Draw) -> str:
    """ISO/IEC 7812 with the issuers' ranges and lengths, bare or in groups."""
    prefix, length = draw.choice(_CARDS)
    digits = prefix + draw.digits(length - len(prefix) - 1)
    digits += luhn(digits)
    if length == 16:
        return draw.grouped(digits, (4, 4, 4, 4), " ", "-", "")
    return draw.grouped(digits, (4, 6, 5), " ", "-", "") if length == 15 else digits


def track2(draw: Draw) -> str:
    """ISO/IEC 7813, track 2."""
    digits = "4" + draw.digits(14)
    return f";{digits}{luhn(digits)}={draw.number(27, 33)}{draw.number(1, 12, 2)}101{draw.digits(10)}?"


_BANKS: dict[str, Callable[[Draw], str]] = {
    "DE": lambda d: d.digits(18),
    "FR": lambda d: d.digits(10) + d.of("ABCDEFGHIJK0123456789", 11) + d.digits(2),
    "GB": lambda d: d.one("NWBK", "BARC", "LOYD") + d.digits(14),
    "NL": lambda d: d.one("ABNA", "INGB", "RABO") + d.digits(10),
    "ES": lambda d: d.digits(20),
    "IT": lambda d: d.upper(1) + d.digits(10) + d.of("ABC0123456789", 12),
    "BE": lambda d: d.digits(12),
    "AT": lambda d: d.digits(16),
    "CH": lambda d: d.digits(5) + d.of("0123456789", 12),
    "PL": lambda d: d.digits(24),
    "PT": lambda d: d.digits(21),
    "SE": lambda d: d.digits(20),
    "NO": lambda d: d.digits(11),
    "DK": lambda d: d.digits(14),
    "FI": lambda d: d.digits(14),
    "IE": lambda d: d.one("AIBK", "BOFI") + d.digits(14),
    "CZ": lambda d: d.digits(20),
    "SA": lambda d: d.digits(2) + d.digits(18),
    "AE": lambda d: d.digits(19),
    "TR": lambda d: d.digits(22),
}  # fmt: skip


def iban(draw: Draw) -> str:
    """ISO 13616: country, MOD 97-10, a national account number of the registered length; bare or in fours."""
    country = draw.choice(list(_BANKS))
    account = _BANKS[country](draw)
    text = f"{country}{mod97(account + country)}{account}"
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4)) if draw.random() < 0.5 else text


def bic(draw: Draw) -> str:
    """ISO 9362: institution, country, location, and perhaps a branch."""
    return (
        draw.one("DEUT", "COBA", "BNPA", "BARC", "INGB", "UBSW")
        + draw.one("DE", "FR", "GB", "NL", "CH")
        + draw.one("FF", "2L", "22", "PP")
        + draw.one("", "XXX", draw.digits(3))
    )


def aba(draw: Draw) -> str:
    """ABA: eight digits, weights 3 7 1."""
    digits = draw.one("02", "03", "07", "11", "12") + draw.digits(6)
    return digits + str(-weighted(digits, (3, 7, 1, 3, 7, 1, 3, 7)) % 10)


_B58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def base58check(payload: bytes) -> str:
    """Bitcoin's Base58Check: four bytes of double SHA-256 behind the payload."""
    raw = payload + hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4]
    number, out = int.from_bytes(raw, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        out = _B58[rest] + out
    return "1" * (len(raw) - len(raw.lstrip(b"\0"))) + out


_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if top >> bit & 1 else 0
    return check


def bech32(prefix: str, data: list[int]) -> str:
    """BIP 173, for data of five bits."""
    expanded = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    check = _polymod([*expanded, *data, *[0] * 6]) ^ 1
    return prefix + "1" + "".join(_BECH32[value] for value in data + [check >> 5 * (5 - n) & 31 for n in range(6)])


def bitcoin(draw: Draw) -> str:
    """Pay to public key hash, to script hash, or to witness public key hash."""
    digest = draw.randbytes(20)
    if draw.random() < 0.6:
        return base58check(draw.choice((b"\0", b"\x05")) + digest)
    bits = "".join(f"{byte:08b}" for byte in digest)
    return bech32("bc", [0, *(int(bits[at : at + 5], 2) for at in range(0, 160, 5))])


def npi(draw: Draw) -> str:
    """CMS: ten digits, Luhn over the prefix 80840."""
    digits = draw.one("1", "2") + draw.digits(8)
    return digits + luhn("80840" + digits)


def dea(draw: Draw) -> str:
    """DEA: registrant, initial, seven digits: (1+3+5) + 2 (2+4+6)."""
    digits = draw.digits(6)
    total = sum(map(int, digits[::2])) + 2 * sum(map(int, digits[1::2]))
    return f"{draw.one('A', 'B', 'F', 'M')}{draw.upper(1)}{digits}{total % 10}"


def icd10(draw: Draw) -> str:
    """WHO and CMS: a letter, two digits, and up to three after a point."""
    return draw.one(
        "E11.9", "I10", "F32.1", "C50.911", "J45.909", "M54.5", "K21.9", "N18.3", "F41.1", "G43.009", "Z79.4", "I25.10"
    )


def medicare_mbi(draw: Draw) -> str:
    """CMS: eleven characters with fixed classes, no S L O I B Z."""
    letters = "ACDEFGHJKMNPQRTUVWXY"
    both = letters + "0123456789"
    one = draw.of
    text = (
        one("123456789", 1)
        + one(letters, 1)
        + one(both, 1)
        + draw.digits(1)
        + one(letters, 1)
        + one(both, 1)
        + draw.digits(1)
        + one(letters, 2)
        + draw.digits(2)
    )
    return draw.grouped(text, (4, 3, 4), "-", "")


def de_health_card(draw: Draw) -> str:
    """GKV § 290: a letter, eight digits, a check of weights 1 2 over the letter's number and the digits."""
    letter, digits = draw.upper(1), draw.digits(8)
    numbers = f"{ord(letter) - 64:02d}{digits}"
    total = sum(sum(map(int, str(int(d) * (1 + place % 2)))) for place, d in enumerate(numbers))
    return f"{letter}{digits}{total % 10}"


VALUES = (
    record("payment.card", "card number, credit card, PAN", card, named=False, de="Kreditkarte", fr="carte bancaire", es="tarjeta", it="carta di credito", pt="cartão", nl="creditcard", pl="karta"),
    record("payment.card_track", "track 2", track2, named=False),
    record("payment.card_verification", "CVV, CVC, security code", lambda d: d.digits(3)),
    record("payment.iban", "IBAN, bank account", iban, named=False),
    record("payment.bic", "BIC, SWIFT code", bic),
    record("payment.us_routing_number", "routing number, ABA routing", aba),
    record("payment.bank_account", "bank account number, checking account", lambda d: d.digits(d.randint(9, 12))),
    record("payment.bitcoin_address", "bitcoin address, BTC wallet", bitcoin, named=False),
    record("payment.ethereum_address", "ETH address, wallet address", lambda d: "0x" + d.hex(40)),
    record("health.medical_record_number", "MRN, medical record number", lambda d: d.one("", "MRN-") + d.digits(d.randint(7, 8)), de="Patientennummer"),
    record("health.npi", "NPI", npi),
    record("health.dea_number", "DEA number, DEA", dea),
    record("health.icd10_code", "diagnosis code, ICD-10, dx", icd10, de="Diagnose"),
    record("pii.us_mbi", "MBI, Medicare beneficiary id", medicare_mbi),
    record("health.de_kvnr", "German health insurance number", de_health_card, de="Krankenversichertennummer"),
    record("health.insurance_id", "insurance member id, health plan member number", lambda d: d.upper(3) + d.digits(9)),
)  # fmt: skip
