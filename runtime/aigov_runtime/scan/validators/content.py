"""Validators of numbers that an authority hands out."""

from __future__ import annotations

import ipaddress

_SSN_NEVER_ISSUED = frozenset({b"078051120", b"219099999"})
"""Printed in advertisements and void since (ssa.gov/history/ssn/misused.html)."""


def us_ssn(value: bytes, _minimum: float | None) -> bool:
    """Nine digits that the Social Security Administration may issue: area not 000, 666 or 900 and up, group not 00,
    serial not 0000 (20 CFR 422.103; randomised since 2011)."""
    digits = value.translate(None, b" -")
    if len(digits) != 9 or not digits.isdigit() or digits in _SSN_NEVER_ISSUED:
        return False
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    return area not in (b"000", b"666") and area < b"900" and group != b"00" and serial != b"0000"


def ip(value: bytes, _minimum: float | None) -> bool:
    """An IPv4 (RFC 791, dotted decimal) or IPv6 (RFC 4291) address."""
    return ipv4(value, None) or ipv6(value, None)


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
