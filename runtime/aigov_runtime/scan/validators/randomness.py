"""Validators that ask how a value came about: drawn at random, written by a person, or filled in where one belongs."""

from __future__ import annotations

from aigov_runtime.native._native import lib

MIN_RANDOM_BITS = 8.0
"""Sixteen drawn hex digits have 9 or more in 99 of 100 cases, names and words are below zero."""

STRONG_BITS = 72.0
"""More than names and dates squeeze into a value, fewer than any vendor's key has."""


def bits_per_byte(value: bytes) -> float:
    """Shannon entropy of the bytes."""
    bits: float = lib.aigov_entropy(value, len(value))
    return bits


def entropy(value: bytes, minimum: float | None) -> bool:
    """Shannon entropy of the bytes, in bits per byte, reaches the minimum."""
    bits = bits_per_byte(value)
    return bool(value) and bits >= (minimum or 0.0)


def random(value: bytes, _minimum: float | None) -> bool:
    """Looks drawn rather than written: a uniform draw from its alphabet explains the value better than the letter
    pairs of names and words do (log-likelihood ratio, `native/randomness.c`), and no one typed it as a filler."""
    bits: float = lib.aigov_randomness(value, len(value))
    return bits >= MIN_RANDOM_BITS and not_placeholder(value, None)


def strong(value: bytes, _minimum: float | None) -> bool:
    """Random, and long enough for a key: a draw of at least 72 bits, such as twelve bytes in base64."""
    bits: float = lib.aigov_draw(value, len(value))
    return bits >= STRONG_BITS and random(value, None)


def not_placeholder(value: bytes, _minimum: float | None) -> bool:
    """No run of one character, no counted or keyboard sequence, no block again and again, no handful of characters.
    What documentation writes in words (`your-key`, `<token>`) is `secrets.placeholders`."""
    return not lib.aigov_filler(value, len(value))
