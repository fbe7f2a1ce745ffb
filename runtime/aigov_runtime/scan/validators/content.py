"""Validators that look at what a value is made of."""

from __future__ import annotations

import binascii
import ipaddress
import json
import math
from base64 import urlsafe_b64decode
from collections import Counter

_SSN_NEVER_ISSUED = frozenset({b"078051120", b"219099999", b"123456789", b"111111111", b"333333333"})
"""Printed in advertisements (ssa.gov/history/ssn/misused.html), or the usual made-up ones."""


def entropy(value: bytes, minimum: float | None) -> bool:
    """Shannon entropy of the bytes, in bits per byte, reaches the minimum."""
    if not value:
        return False
    size = len(value)
    bits = math.log2(size) - sum(count * math.log2(count) for count in Counter(value).values()) / size
    return bits >= (minimum or 0.0)


def base64(value: bytes, _minimum: float | None) -> bool:
    """Decodes as base64, standard or URL-safe alphabet (RFC 4648), padding optional."""
    return _base64(value) is not None


def _base64(value: bytes) -> bytes | None:
    stripped = value.rstrip(b"=").replace(b"+", b"-").replace(b"/", b"_")
    if not stripped.replace(b"-", b"").replace(b"_", b"").isalnum():
        return None
    try:
        return urlsafe_b64decode(stripped + b"=" * (-len(stripped) % 4))
    except binascii.Error:
        return None


def jwt(value: bytes, _minimum: float | None) -> bool:
    """Compact JWS or JWE (RFC 7515, 7516): the first part decodes to a JSON object with an `alg`."""
    header = _base64(value.split(b".", 1)[0])
    if header is None:
        return False
    try:
        decoded = json.loads(header)
    except (ValueError, RecursionError):
        return False
    return isinstance(decoded, dict) and isinstance(decoded.get("alg"), str)


def us_ssn(value: bytes, _minimum: float | None) -> bool:
    """Nine digits that the Social Security Administration may issue: area not 000, 666 or 900 and up, group not 00,
    serial not 0000 (20 CFR 422.103; randomised since 2011)."""
    digits = value.translate(None, b" -")
    if len(digits) != 9 or not digits.isdigit() or digits in _SSN_NEVER_ISSUED:
        return False
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    return area not in (b"000", b"666") and area < b"900" and group != b"00" and serial != b"0000"


def ipv4(value: bytes, _minimum: float | None) -> bool:
    """An IPv4 address of a host: not 0.0.0.0/8, loopback or broadcast, which name no one."""
    try:
        address = ipaddress.IPv4Address(value.decode("ascii", "replace"))
    except ValueError:
        return False
    return not (address.is_loopback or address.packed[0] in (0, 255))


def ipv6(value: bytes, _minimum: float | None) -> bool:
    """An IPv6 address (RFC 4291) other than `::` and loopback."""
    try:
        address = ipaddress.IPv6Address(value.decode("ascii", "replace"))
    except ValueError:
        return False
    return not (address.is_loopback or address.is_unspecified)
