"""The validators that a detector may name: `validate NAME` or `validate NAME >= MINIMUM`.

Each is a pure function `(value: bytes, minimum: float | None) -> bool`, linear in the value, that never
raises. The language knows their names from its own catalogue, which a test holds against this table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aigov_runtime.scan.validators.births import birth_date
from aigov_runtime.scan.validators.checksums import crc32_base62, crc32_hex, iban, luhn, mod97, payment_card
from aigov_runtime.scan.validators.crypto import (
    base58_32,
    base58check,
    bech32,
    bip39,
    bitcoin_address,
    eip55,
    monero_address,
    xrp_address,
)
from aigov_runtime.scan.validators.devices import iccid, imei, licence_plate, vin, vin_form
from aigov_runtime.scan.validators.encoded import base64, basic_auth, jwt
from aigov_runtime.scan.validators.health import de_kvnr, dea_number, npi
from aigov_runtime.scan.validators.literals import literal, password, uuid
from aigov_runtime.scan.validators.names import known_name, listed_name, person_name, titled_name
from aigov_runtime.scan.validators.national_ids import NATIONAL_IDS
from aigov_runtime.scan.validators.network import geo_coordinates, ip, ip_public, ipv4, ipv6
from aigov_runtime.scan.validators.payment import aba_routing, ar_cbu, bank_account, bic, mx_clabe, sepa_creditor
from aigov_runtime.scan.validators.phone import phone, phone_shape
from aigov_runtime.scan.validators.randomness import entropy, not_placeholder, random, strong

__all__ = ["SCREENS", "VALIDATORS", "Validator"]

Validator = Callable[[bytes, float | None], bool]

VALIDATORS: Mapping[str, Validator] = {
    function.__name__: function
    for function in (
        aba_routing,
        ar_cbu,
        bank_account,
        base58_32,
        base58check,
        base64,
        basic_auth,
        bech32,
        bic,
        bip39,
        birth_date,
        bitcoin_address,
        crc32_base62,
        crc32_hex,
        de_kvnr,
        dea_number,
        eip55,
        entropy,
        geo_coordinates,
        iban,
        iccid,
        imei,
        ip,
        ip_public,
        ipv4,
        ipv6,
        jwt,
        known_name,
        licence_plate,
        listed_name,
        literal,
        luhn,
        mod97,
        monero_address,
        mx_clabe,
        not_placeholder,
        npi,
        password,
        payment_card,
        person_name,
        phone,
        phone_shape,
        random,
        sepa_creditor,
        strong,
        titled_name,
        uuid,
        vin,
        vin_form,
        xrp_address,
    )
} | NATIONAL_IDS

SCREENS: Mapping[str, int] = {
    "luhn": 0,
    "payment_card": 0,
    "entropy": 1,
    "not_placeholder": 2,
    "random": 2,
    "strong": 2,
}
"""Validator → the screen (`native/screens.c`) that lets everything through which it accepts."""
