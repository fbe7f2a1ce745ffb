"""Validators of places: on a network, and on earth."""

from __future__ import annotations

import ipaddress
import re

_NUMBER = re.compile(rb"-?[0-9]+(?:\.[0-9]+)?")


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


def ip_public(value: bytes, _minimum: float | None) -> bool:
    """An address that is routed: not private (RFC 1918, RFC 4193), link-local or for documentation (RFC 5737, 3849)."""
    try:
        return ipaddress.ip_address(value.decode("ascii", "replace")).is_global
    except ValueError:
        return False


def geo_coordinates(value: bytes, _minimum: float | None) -> bool:
    """Degrees that exist: a single number or the first of two up to 90 (180 when single), the second up to 180;
    minutes and seconds below 60. Zeros alone are a default, not a place."""
    numbers = [abs(float(number)) for number in _NUMBER.findall(value)]
    if not any(numbers) or len(numbers) > 6:
        return False
    if len(numbers) == 1:
        return numbers[0] <= 180
    half = len(numbers) // 2
    latitude, longitude = numbers[:half], numbers[half:]
    rest = latitude[1:] + longitude[1:]
    return latitude[0] <= 90 and longitude[0] <= 180 and all(number < 60 for number in rest)
