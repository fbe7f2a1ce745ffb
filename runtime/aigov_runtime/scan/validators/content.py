"""Validators that look at what a value is made of."""

from __future__ import annotations

import binascii
import ipaddress
import json
import re
from base64 import urlsafe_b64decode

from aigov_runtime.native._native import lib

_SSN_NEVER_ISSUED = frozenset({b"078051120", b"219099999"})
"""Printed in advertisements and void since (ssa.gov/history/ssn/misused.html)."""

_PLACEHOLDER = re.compile(
    rb"example|sample|dummy|placeholder|change.?me|your.?(?:api|key|token|secret|own)|insert|replace|redacted|removed"
    rb"|fake|foobar|lorem|not.?real|x{4}|\*{3}|\.{3}|(.)\1{5}|12345678|abcdefgh|abcdef0|qwerty",
    re.IGNORECASE,
)

_LETTERS = [bytes([byte]) for byte in range(256) if bytes([byte]).isalpha()]
_VOWELS = [bytes([byte]) for byte in b"aeiouAEIOU"]
_DIGITS = re.compile(rb"[0-9]+")
MIN_DIGIT_RUNS = 3
MIN_LETTERS = 12
MAX_VOWELS = 0.27
"""English words have about 0.38 vowels a letter, random letters 0.19."""


def entropy(value: bytes, minimum: float | None) -> bool:
    """Shannon entropy of the bytes, in bits per byte, reaches the minimum."""
    bits: float = lib.aigov_entropy(value, len(value))
    return bool(value) and bits >= (minimum or 0.0)


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


def not_placeholder(value: bytes, _minimum: float | None) -> bool:
    """Nothing that documentation writes where a value belongs: `EXAMPLE`, `your-key`, `xxxx`, a run of one character,
    a counted sequence."""
    return _PLACEHOLDER.search(value) is None


def random(value: bytes, _minimum: float | None) -> bool:
    """Looks drawn rather than written: no placeholder, and either digits in several places or too few vowels for
    words. Identifiers (`self.get_next_token`, `utf8_general`) and prose fail."""
    letters = sum(map(value.count, _LETTERS))
    vowels = sum(map(value.count, _VOWELS))
    digit_runs = len(_DIGITS.findall(value))
    few_vowels = letters >= MIN_LETTERS and vowels <= MAX_VOWELS * letters
    return (digit_runs >= MIN_DIGIT_RUNS or few_vowels) and not_placeholder(value, None)


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
