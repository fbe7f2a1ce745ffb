from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import aigov_dsl.catalogue
from aigov_runtime.scan.code import LANGUAGES
from aigov_runtime.scan.validators import VALIDATORS
from tests.runtime import samples


def accepts(name: str, value: str, minimum: float | None = None) -> bool:
    return VALIDATORS[name](value.encode(), minimum)


def test_the_language_knows_exactly_these_names() -> None:
    assert set(aigov_dsl.catalogue.VALIDATORS) == set(VALIDATORS)
    assert [name for name, takes in aigov_dsl.catalogue.VALIDATORS.items() if takes] == ["entropy"]
    assert set(aigov_dsl.catalogue.LANGUAGES) == set(LANGUAGES)


@pytest.mark.parametrize("name", sorted(VALIDATORS))
@settings(deadline=None)  # the first call of some loads the tables of their library
@given(value=st.binary(max_size=60) | st.text("0123456789ABCDEFabcdef:.-+=/_ ", max_size=60).map(str.encode))
def test_no_validator_ever_raises(name: str, value: bytes) -> None:
    assert VALIDATORS[name](value, 3.0) in (True, False)


@pytest.mark.parametrize("make", samples.PII["payment.card"], ids=range(len(samples.PII["payment.card"])))
def test_one_wrong_digit_breaks_a_card(make: samples.Make) -> None:
    number = make(random.Random(1))
    assert accepts("payment_card", number)
    assert accepts("luhn", number)
    for index, digit in enumerate(number):
        if digit.isdigit():
            wrong = number[:index] + str((int(digit) + 1) % 10) + number[index + 1 :]
            assert not accepts("luhn", wrong), wrong
            assert not accepts("payment_card", wrong), wrong


@pytest.mark.parametrize(
    "number",
    [
        samples.luhn("711111111111111"),  # no issuer
        samples.luhn("41111111111111"),  # 15 digits of Visa
        samples.luhn("272100000000000"),  # just above Mastercard's 2-series
        "0000000000000000",
    ],
)
def test_a_number_that_no_network_issues_is_no_card(number: str) -> None:
    assert accepts("luhn", number)
    assert not accepts("payment_card", number)


@pytest.mark.parametrize("make", samples.PII["payment.iban"], ids=range(len(samples.PII["payment.iban"])))
def test_iban(make: samples.Make) -> None:
    number = make(random.Random(1))
    assert accepts("iban", number)
    assert accepts("iban", number.lower())
    assert accepts("mod97", number)
    assert not accepts("iban", number[:-1])
    assert not accepts("iban", number[:-1] + str((int(number[-1]) + 1) % 10))
    assert not accepts("iban", "ZZ" + number[2:])


def test_published_examples() -> None:
    assert accepts("iban", "GB82 WEST 1234 5698 7654 32")  # ISO 13616 examples
    assert accepts("iban", "NO93 8601 1117 947")
    assert accepts("luhn", "79927398713")
    assert accepts("crc32_base62", "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")  # revoked, published as an example
    assert accepts("crc32_hex", "glsa_yscW25imSKJIuav8zF37RZmnbiDvB05G_fcaaf58a")  # Grafana's own test
    assert not accepts("crc32_base62", "ghp_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq18")


@pytest.mark.parametrize(
    ("value", "bits"), [("", 0.0), ("aaaa", 0.0), ("abab", 1.0), ("abcd", 2.0), ("0123456789abcdef", 4.0)]
)
def test_entropy_is_shannons(value: str, bits: float) -> None:
    assert accepts("entropy", value, bits) is bool(value)
    assert not accepts("entropy", value, bits + 0.01)


@pytest.mark.parametrize(
    ("value", "valid"),
    [
        ("078-05-1120", False),
        ("000-12-3456", False),
        ("666-12-3456", False),
        ("900-12-3456", False),
        ("123-00-4567", False),
        ("123-45-0000", False),
        ("536-22-8145", True),
        ("536 22 8145", True),
    ],
)
def test_us_ssn(value: str, valid: bool) -> None:
    assert accepts("us_ssn", value) is valid


@pytest.mark.parametrize(
    ("value", "valid"),
    [
        ("+49 30 901820", True),
        ("+442079460123", True),
        ("(212) 555-0142", True),
        ("0171 2345678", True),
        ("+999 12345678", False),
        ("+1234", False),
        ("1" * 20, False),
    ],
)
def test_phone(value: str, valid: bool) -> None:
    assert accepts("phone", value) is valid


@pytest.mark.parametrize(
    ("name", "value", "valid"),
    [
        ("ipv4", "8.8.8.8", True),
        ("ipv4", "127.0.0.1", False),
        ("ipv4", "256.1.1.1", False),
        ("ipv6", "2001:db8::1", True),
        ("ipv6", "::1", False),
        ("ipv6", "12:34:56", False),
        ("ip", "10.1.2.3", True),
        ("ip", "fe80::1", True),
        ("base64", "aGVsbG8=", True),
        ("base64", "aGVsbG8", True),
        ("base64", "a", False),
        ("base64", "not base64!", False),
        ("jwt", samples.jwt(random.Random(1)), True),
        ("jwt", "eyJhIjoxfQ.eyJhIjoxfQ.c2ln", False),
        ("not_placeholder", "AKIA1234567890ABCDEF", False),
        ("not_placeholder", "sk_live_xxxxxxxxxxxx", False),
        ("not_placeholder", "9aF3kQ0zLw82TbVn", True),
        ("random", "self.get_next_token", False),
        ("random", "utf8_general_ci", False),
        ("random", "internationalization", False),
        ("random", "9aF3kQ0zLw82TbVn", True),
        ("random", "xKqZvTrWbNcLpMhGdF", True),
    ],
)
def test_content(name: str, value: str, valid: bool) -> None:
    assert accepts(name, value) is valid
