"""Check digits of values, against numbers that their standards print."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from corpora.accuracy import checks
from corpora.accuracy.draw import Draw
from corpora.accuracy.values import accounts, europe, world


@pytest.mark.parametrize(
    ("check", "digits", "expected"),
    [
        (checks.luhn, "7992739871", "3"),
        (checks.ean, "400638133393", "1"),
        (checks.mod11_10, "0794", "5"),
        (checks.mod97, "WEST12345698765432GB", "82"),
        (checks.mrz, "520727", "3"),
        (checks.verhoeff, "236", "3"),
        (checks.crc32_base62, "", "000000"),
    ],
)
def test_check_digits(check: Callable[[str], str], digits: str, expected: str) -> None:
    assert check(digits) == expected


def test_addresses_of_bitcoin() -> None:
    assert accounts.base58check(b"\0" * 21) == "1111111111111111111114oLvT2"
    genesis = bytes.fromhex("751e76e8199196d454941c45d1b3a323f1433bd6")
    bits = "".join(f"{byte:08b}" for byte in genesis)
    groups = [0, *(int(bits[at : at + 5], 2) for at in range(0, 160, 5))]
    assert accounts.bech32("bc", groups) == "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"


@pytest.mark.parametrize("seed", range(20))
def test_identifiers_keep_their_rules(seed: int) -> None:
    draw = Draw(seed)
    bsn = europe.nl_bsn(draw)
    assert (checks.weighted(bsn[:8], range(9, 1, -1)) - int(bsn[8])) % 11 == 0
    nir = europe.fr_nir(draw).replace(" ", "")
    assert (int(nir[:13]) + int(nir[13:])) % 97 == 0
    resident = world.cn_resident_id(draw)
    weights = [2**place % 11 for place in range(17, 0, -1)]
    total = checks.weighted(resident[:17], weights) + (10 if resident[17] == "X" else int(resident[17]))
    assert total % 11 == 1
    iban = accounts.iban(draw).replace(" ", "")
    assert int("".join(str(int(letter, 36)) for letter in iban[4:] + iban[:4])) % 97 == 1
