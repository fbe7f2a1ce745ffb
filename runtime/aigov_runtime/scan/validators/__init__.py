"""The validators that a detector may name: `validate NAME` or `validate NAME >= MINIMUM`.

Each is a pure function `(value: bytes, minimum: float | None) -> bool`, linear in the value, that never
raises. The language knows their names from its own catalogue, which a test holds against this table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aigov_runtime.scan.validators.checksums import crc32_base62, crc32_hex, iban, luhn, mod97, payment_card
from aigov_runtime.scan.validators.content import ip, ipv4, ipv6, us_ssn
from aigov_runtime.scan.validators.encoded import base64, basic_auth, jwt
from aigov_runtime.scan.validators.literals import literal, password
from aigov_runtime.scan.validators.phone import phone
from aigov_runtime.scan.validators.randomness import entropy, not_placeholder, random

__all__ = ["VALIDATORS", "Validator"]

Validator = Callable[[bytes, float | None], bool]

VALIDATORS: Mapping[str, Validator] = {
    function.__name__: function
    for function in (
        base64,
        basic_auth,
        crc32_base62,
        crc32_hex,
        entropy,
        iban,
        ip,
        ipv4,
        ipv6,
        jwt,
        literal,
        luhn,
        mod97,
        not_placeholder,
        password,
        payment_card,
        phone,
        random,
        us_ssn,
    )
}
