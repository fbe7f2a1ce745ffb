"""What a detector may name: validators and programming languages. The scanner implements both; a
test holds its tables against these."""

from __future__ import annotations

from collections.abc import Mapping

VALIDATORS: Mapping[str, bool] = {
    "base64": False,
    "basic_auth": False,
    "crc32_base62": False,
    "crc32_hex": False,
    "entropy": True,
    "iban": False,
    "ip": False,
    "ipv4": False,
    "ipv6": False,
    "jwt": False,
    "literal": False,
    "luhn": False,
    "mod97": False,
    "not_placeholder": False,
    "password": False,
    "payment_card": False,
    "phone": False,
    "random": False,
    "us_ssn": False,
}
"""Validator name → whether it takes a minimum (`validate entropy >= 3.5`)."""

LANGUAGES: tuple[str, ...] = (
    "c",
    "cpp",
    "csharp",
    "go",
    "java",
    "javascript",
    "php",
    "python",
    "ruby",
    "rust",
    "shell",
    "sql",
    "typescript",
)
"""Languages that `code languages …` may name."""
